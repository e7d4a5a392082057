"""``wenzheng mask``: what masking does with texts of your own, a line each from standard input to standard output."""

from __future__ import annotations

import sys

from bot.masking import use_recogniser
from bot.settings import get_settings
from nlu.privacy import mask as masked

ONLY_RULES = (
    "! The recogniser of names is not trained: names that no word announces stay readable. Run: wenzheng train\n"
)


def mask() -> None:
    """Mask personal data in each line of standard input."""
    if not use_recogniser(get_settings()):
        sys.stderr.write(ONLY_RULES)
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    for line in sys.stdin:
        text = line.rstrip("\n")
        sys.stdout.write(f"{masked(text)}\n")
        sys.stdout.flush()
