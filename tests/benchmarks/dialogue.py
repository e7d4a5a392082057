"""How typed messages of the pens never trained on are decided, with floors that CI holds: ``make bench-dialogue``.

The floors stand a little below what was measured (docs/dialogue.md), so that they hold when a model is trained anew.
"""

from __future__ import annotations

import sys
from collections import defaultdict

from bot.commands.evaluate.dialogue import Decided, decide_all, figures
from bot.commands.evaluate.dialogue_rows import read_turns
from bot.settings import get_settings

AT_LEAST = {"right_act": 0.77, "right": 0.62, "outright": 0.70, "outright_right": 0.52}
AT_MOST = {"form_on_question": 0.01, "ours_refused": 0.01, "file_lost": 0.10, "wrong_aspect": 0.05, "wrong_entry": 0.26}
COLUMNS = ("turns", "right_act", "right", "outright_right", "wrong_entry", "form_on_question", "file_lost")


def main() -> int:
    """Measure, print a row a pen and the whole, and compare with the floors."""
    said = read_turns(None)
    decided = decide_all(get_settings(), said)
    by_pen: dict[str, list[Decided]] = defaultdict(list)
    for one, turn in zip(decided, said, strict=True):
        by_pen[turn.pen].append(one)
    found = figures(decided)
    print("  ".join(["pen  ", *(f"{name:>16}" for name in COLUMNS)]))
    for pen, ones in [*sorted(by_pen.items()), ("all", decided)]:
        row = figures(ones)
        print("  ".join([f"{pen:5}", *(f"{row[name]!s:>16}" for name in COLUMNS)]))
    missed = [f"{name} {found[name]} < {least}" for name, least in AT_LEAST.items() if float(str(found[name])) < least]
    missed += [f"{name} {found[name]} > {most}" for name, most in AT_MOST.items() if float(str(found[name])) > most]
    for line in missed:
        print(f"✗ {line}")
    if not missed:
        print("✓ every floor holds")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
