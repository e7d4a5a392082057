"""``rasa data validate`` and ``rasa test`` on the conversation tests of this folder; fails if one of them does.

The report of failed conversations is kept in ``artefacts/rasa-test``. Needs a trained model: ``wenzheng train``.
"""

from __future__ import annotations

import subprocess
import sys

from bot.processes import dialogue_environment
from bot.settings import ROOT, get_settings
from bot.setup_steps import RASA_DATA, RASA_PYTHON, rasa_paths

RESULTS = ROOT / "artefacts" / "rasa-test"
SECONDS = 600


def rasa(*arguments: str) -> int:
    """Run one Rasa command with our environment; returns its exit code."""
    command = [str(RASA_PYTHON), "-W", "ignore", "-m", "rasa", *arguments]
    environment = dialogue_environment(get_settings()) | {"LOG_LEVEL_LIBRARIES": "ERROR"}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False, timeout=SECONDS).returncode


def main() -> int:
    """Validate, then play the conversations."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    data = ("--config", "config.yml", "--domain", "domain.yml", "--data", *RASA_DATA)
    if rasa("data", "validate", *data):
        print("✗ rasa data validate found problems", file=sys.stderr)
        return 1
    stories = ("--stories", "tests/dialogue", "--model", str(rasa_paths(get_settings()).model))
    if rasa(
        "test", "core", *stories, "--endpoints", "endpoints.yml", "--out", str(RESULTS), "--fail-on-prediction-errors"
    ):
        print(f"✗ conversation tests failed: {RESULTS / 'failed_test_stories.yml'}", file=sys.stderr)
        return 1
    print("✓ the dialogue data are sound and every conversation test passed")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
