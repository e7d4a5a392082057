"""Fit the weights of ``actions/detail_finder.yml`` on questions of people in cases of their own: ``make fit-details``.

Each pen is measured with weights fitted on the others; the lines printed at the end are fitted on all. Regularised logistic
regression over every detail of the right entry, asked for or not; what is asked of an entry in general asks for none.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from actions.detail_finder import DetailFinder
from bot.settings import get_settings
from knowledge_base.content_schema import load_content
from nlu.encoder.pretrained import load_pretrained
from tests.benchmarks.case_questions import CaseQuestion, case_questions

# Titles and standard questions of the entries: who asks so asks for no detail.
GENERAL = "general"
SHOWN = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True)
class Asked:
    """Figures of each detail of the right entry, and which is right; -1 where none is."""

    question: CaseQuestion
    names: Sequence[str]
    figures: npt.NDArray[np.float64]
    right: int


def asked(questions: Sequence[CaseQuestion]) -> list[Asked]:
    """The figures of every question whose entry has details, verified or not."""
    names = get_settings().encoder_choice.pretrained
    finder = DetailFinder(load_pretrained(names) if names else None)
    entries = {entry.id: entry for content in load_content() for entry in content.entries}
    found = []
    general = [
        CaseQuestion(GENERAL, entry.id, "", text)
        for entry in entries.values()
        if entry.details
        for text in (entry.question, entry.title)
    ]
    for one in [*questions, *general]:
        rows = finder.figures(one.text, entries[one.entry_id]) if one.entry_id in entries else []
        if rows:
            details = entries[one.entry_id].details
            right = [place for place, detail in enumerate(details) if one.detail and one.detail in detail.asked]
            figures = np.array([list(row.values()) for row in rows])
            found.append(Asked(one, list(rows[0]), figures, right[0] if right else -1))
    return found


def fit(rows: Sequence[Asked]) -> LogisticRegression:
    """The model of some questions."""
    labels = np.concatenate([np.arange(len(one.figures)) == one.right for one in rows])
    return LogisticRegression(C=1.0, max_iter=2000).fit(np.concatenate([one.figures for one in rows]), labels)


def main() -> int:
    """Fit, measure by pen, and print."""
    rows = asked(case_questions())
    best: list[tuple[float, bool, bool]] = []
    for pen in sorted({one.question.pen for one in rows}):
        model = fit([one for one in rows if one.question.pen != pen])
        own = [one for one in rows if one.question.pen == pen]
        for one in own:
            shares = model.predict_proba(one.figures)[:, 1]
            best.append((float(shares.max()), int(shares.argmax()) == one.right, one.right >= 0))
        ranked = [hit for _, hit, there in best[-len(own) :] if there]
        if pen == GENERAL:
            continue
        print(
            f"# {pen}: {len(own)} questions, {len(ranked)} with a detail, of those the likeliest is right: {np.mean(ranked):.3f}"
        )
    for least in SHOWN:
        taken = [one for one in best if one[0] >= least]
        right = sum(hit for _, hit, _ in taken)
        of_all = right / sum(there for _, _, there in best)
        share = len(taken) / len(best)
        print(f"# from {least}: shown {share:.2f}, {right / len(taken):.3f} of them right, {of_all:.3f} of the details")
    model = fit(rows)
    print(f"bias: {model.intercept_[0]:.3f}\nweights:")
    for name, weight in zip(rows[0].names, model.coef_[0], strict=True):
        print(f"  {name}: {weight:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
