"""What a change of the vocabulary would do to questions that were asked, before it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from knowledge_base.golden.gate import GateReport
from knowledge_base.results import Band
from knowledge_base.search import Searcher
from knowledge_base.vocabulary.words import Vocabulary
from nlu.privacy import remove
from nlu.text import content_only, normalise
from nlu.typos import correct

# Questions whose corrected form is kept: those of a large golden set and of one preview.
REMEMBERED = 15_000
BAND_LABELS: dict[Band, str] = {"answer": "直接回答", "clarify": "出现在选项里", "unknown": "没有找到"}


@dataclass(frozen=True)
class Outcome:
    """What becomes of a question: the best entry's title (empty: none) and what is done with it."""

    band: Band
    title: str = ""
    entry_id: str = ""

    @property
    def label(self) -> str:
        """The words staff read."""
        return f"{BAND_LABELS[self.band]}《{self.title}》" if self.title else BAND_LABELS[self.band]


@dataclass(frozen=True)
class Changed:
    """A question that a change of the vocabulary leads elsewhere."""

    question: str
    before: Outcome
    after: Outcome


@dataclass(frozen=True)
class Preview:
    """``asked`` questions have one of the words; of them ``gained`` find something that found nothing, ``lost`` the other way
    round, ``changed`` get another answer. ``report`` says what becomes of the golden set.
    """

    asked: int
    gained: tuple[Changed, ...]
    changed: tuple[Changed, ...]
    lost: tuple[Changed, ...]
    report: GateReport

    @property
    def summary(self) -> str:
        """In one line, for whoever is to decide."""
        parts = [f"多命中 {len(self.gained)} 个问题", f"{len(self.changed)} 个答案会变"]
        if self.lost:
            parts.append(f"{len(self.lost)} 个问题不再命中")
        return "，".join(parts)


@lru_cache(maxsize=REMEMBERED)
def _readings(question: str) -> tuple[str, str]:
    """A question in normal form, as typed and with its typos corrected: what takes longest, and is asked for twice."""
    text = normalise(remove(question))
    return text, correct(text).text


class Reach:
    """Which questions a change of the vocabulary can reach: those that it puts otherwise."""

    def __init__(self, before: Vocabulary, after: Vocabulary) -> None:
        self._before, self._after = before, after

    def __call__(self, question: str) -> bool:
        """Whether the question, as typed or with its typos corrected, is looked up otherwise."""
        return any(map(self._differs, _readings(question)))

    def _differs(self, text: str) -> bool:
        return self._before.expand(text) != self._after.expand(text)


def compare(
    questions: Iterable[str],
    before: Searcher,
    after: Searcher,
    reached: Callable[[str], bool],
    *,
    on: date,
    region: str,
    report: GateReport,
) -> Preview:
    """Search for every question that the change reaches, each once, with and without it."""
    each = {content_only(normalise(text)): text for text in questions if text.strip()}
    chosen = [text for text in each.values() if reached(text)]
    moved = [Changed(text, _outcome(before, text, on, region), _outcome(after, text, on, region)) for text in chosen]
    return Preview(
        asked=len(chosen),
        gained=tuple(one for one in moved if one.before.band == "unknown" != one.after.band),
        changed=tuple(one for one in moved if one.before != one.after and "unknown" not in _bands(one)),
        lost=tuple(one for one in moved if one.before.band != "unknown" == one.after.band),
        report=report,
    )


def _bands(one: Changed) -> tuple[Band, Band]:
    return one.before.band, one.after.band


def _outcome(searcher: Searcher, question: str, on: date, region: str) -> Outcome:
    found = searcher.search(question, on, 1, region)
    if found.band == "unknown":
        return Outcome("unknown")
    return Outcome(found.band, found.hits[0].title, found.hits[0].entry_id)
