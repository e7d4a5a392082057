"""``wenzheng mask``: what masking does with texts of your own, a line each from standard input to standard output."""

from __future__ import annotations

import sys

from bot.settings import get_settings
from nlu.privacy import mask as masked
from nlu.privacy import use

ONLY_RULES = (
    "! The recogniser of names is not trained: names that no word announces stay readable. Run: wenzheng train\n"
)


def mask() -> None:
    """Mask personal data in each line of standard input."""
    from bot.calm_examples import calm_files
    from nlu.recogniser import trained

    recogniser = trained.load(get_settings().models, calm_files())
    use(recogniser)
    if recogniser is None:
        sys.stderr.write(ONLY_RULES)
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    for line in sys.stdin:
        text = line.rstrip("\n")
        sys.stdout.write(f"{masked(text)}\n")
        sys.stdout.flush()
