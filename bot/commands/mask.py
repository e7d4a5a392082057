"""``wenzheng mask``: what masking does with texts of your own, a line each from standard input to standard output."""

from __future__ import annotations

import sys

from nlu.privacy import mask as masked


def mask() -> None:
    """Mask personal data in each line of standard input."""
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    for line in sys.stdin:
        text = line.rstrip("\n")
        sys.stdout.write(f"{masked(text)}\n")
        sys.stdout.flush()
