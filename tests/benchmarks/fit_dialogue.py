"""Fit the weights of ``actions/deciding/at_hand.yml`` on the conversations: ``make fit-dialogue``.

Trained on all pens but the held-out ones, measured on those; prints the lines to put into the file. Regularised logistic
regression, so that eleven figures on some hundred turns stay as they are when a pen is added.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from actions.deciding.scenarios import QUESTIONS, Said, files, read
from bot.commands.evaluate.dialogue_room import DecidingRoom
from bot.settings import get_settings
from bot.setup_steps import SCENARIOS

Rows = tuple[list[dict[str, float]], npt.NDArray[np.bool_]]
SURE = (0.4, 0.5, 0.6, 0.7, 0.8)


def rows(room: DecidingRoom, turns: Sequence[Said]) -> Rows:
    """The figures of every question that is asked with an item at hand, and whether that item is right."""
    found, right = [], []
    for said in turns:
        if said.act in QUESTIONS and said.act != "ask_several" and said.entry_at_hand and said.entries:
            figures = room.at_hand(said)
            if figures is not None:
                found.append(figures)
                right.append(any(said.entry_at_hand in ids for ids in said.entries))
    return found, np.array(right)


def main() -> int:
    """Fit, measure and print."""
    with TemporaryDirectory(prefix="wenzheng-fit-") as folder:
        room = DecidingRoom(get_settings(), Path(folder))
        learned, asked = (rows(room, read(files(SCENARIOS, held_out))) for held_out in (False, True))
    names = list(learned[0][0])
    learned_x, asked_x = (np.array([[one[name] for name in names] for one in some[0]]) for some in (learned, asked))
    model = LogisticRegression(C=1.0, max_iter=1000).fit(learned_x, learned[1])
    shares = model.predict_proba(asked_x)[:, 1]
    base = max(asked[1].mean(), 1 - asked[1].mean())
    right = np.mean((shares > 0.5) == asked[1])
    print(f"# {len(learned_x)} turns; held out {len(asked_x)}: right {right:.3f}, always the same {base:.3f}")
    for least in SURE:
        taken = shares >= least
        print(f"# from {least}: {taken.mean():.2f} taken, {asked[1][taken].mean():.3f} of them right")
    print(f"bias: {model.intercept_[0]:.3f}\nweights:")
    for name, weight in zip(names, model.coef_[0], strict=True):
        print(f"  {name}: {weight:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
