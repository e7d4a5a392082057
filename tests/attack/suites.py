"""Trials that are test files of their own; ``make test`` runs them, the full scale of ``make attack`` runs them too."""

from __future__ import annotations

import subprocess
import sys

from bot.settings import ROOT
from tests.attack.trial import NotTried, Scale, Trial, hold

SECONDS = 900
SUITES = {
    "every pattern and recogniser on texts made to stop it": "tests/unit/nlu/test_linear_patterns.py",
    "payloads planted in every stored text, every page as every role": "tests/e2e/test_planted_scripts.py",
    "both APIs through schemathesis": "tests/integration/test_api_schemas.py",
}


def _suite(scale: Scale, path: str) -> str:
    if not scale.suites:
        raise NotTried(f"at this scale; make test runs {path}")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", path], cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    last = done.stdout.strip().splitlines()[-1:] or ["nothing was printed"]
    hold(done.returncode == 0, last[0])
    return last[0]


TRIALS = [Trial(name, lambda scale, path=path: _suite(scale, path)) for name, path in SUITES.items()]  # type: ignore[misc]
