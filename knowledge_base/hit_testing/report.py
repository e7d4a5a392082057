"""All that a search found, as staff read it and as it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from pydantic import BaseModel, ConfigDict

from knowledge_base.calibration import Evidence
from knowledge_base.results import Band
from knowledge_base.search import SearchState
from knowledge_base.validity import ObstacleKind
from nlu.text import normalise

# Of hits and of dropped candidates the first so many are kept.
KEPT = 10


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True)


class Scores(_Kept):
    """What spoke for a candidate.

    ``dice``, ``coverage`` and ``contained`` (0–1), ``dense`` and ``whole`` (cosines) as in :class:`Evidence`; ``bm25`` of
    the best phrase (0: shares no term); ``strength``: all of it together, as log-odds, before any rival is looked at.
    """

    dice: float
    coverage: float
    contained: float
    bm25: float
    dense: float
    whole: float
    strength: float


class Matched(_Kept):
    """The phrase that matched best, the words it shares with the question, and where they stand in it."""

    phrase: str = ""
    words: list[str] = []
    spans: list[tuple[int, int]] = []


class HitRow(_Kept):
    """An entry that was found. ``probability`` (0–1) is calibrated, and is what the chat decides by."""

    entry_id: str
    title: str
    question: str
    probability: float
    scores: Scores
    matched: Matched


class DroppedRow(_Kept):
    """A candidate that may not be shown, and why: see :class:`knowledge_base.validity.Obstacle`."""

    entry_id: str
    title: str
    kind: ObstacleKind
    day: date | None = None
    region: str = ""
    scores: Scores
    matched: Matched


class UnpublishedRow(_Kept):
    """An entry that search does not know, but whose words are near; ``status`` is its own or that of its change."""

    entry_id: str
    title: str
    status: str
    phrase: str


class HitReport(_Kept):
    """One hit test.

    ``question`` as it was asked, personal data masked; ``asked``: without it, to ask again; ``text``: what was looked up
    after all ``corrections`` (as typed, as meant) and ``expansions`` (as asked, what was added). ``found`` counts all hits.
    """

    question: str
    asked: str
    text: str
    corrections: list[tuple[str, str]] = []
    expansions: list[tuple[str, str]] = []
    region: str
    on: date
    band: Band
    answer_threshold: float
    clarify_threshold: float
    hits: list[HitRow] = []
    found: int = 0
    dropped: list[DroppedRow] = []
    unpublished: list[UnpublishedRow] = []
    latency_ms: float = 0.0


def scores_of(state: SearchState, entry_id: str, evidence: Evidence) -> Scores:
    """The evidence for one candidate of a search."""
    return Scores(
        dice=round(evidence.dice, 4),
        coverage=round(evidence.coverage, 4),
        contained=round(evidence.contained, 4),
        bm25=round(state.bm25.get(entry_id, 0.0), 3),
        dense=round(evidence.dense, 4),
        whole=round(evidence.whole, 4),
        strength=round(state.strengths.get(entry_id, 0.0), 3),
    )


def matched_in(phrase: str, texts: Iterable[str], terms: Callable[[str], list[str]]) -> Matched:
    """What ``phrase`` shares with any of the looked-up ``texts``; ``terms`` cuts them as the index does."""
    plain = normalise(phrase)
    # Positions are those of the normal form: where it is as long as the phrase they are the phrase's own.
    shown = phrase if len(plain) == len(phrase) else plain
    asked = {term for text in texts for term in terms(text)}
    shared = [term for term in dict.fromkeys(terms(phrase)) if term in asked]
    words = [term for term in shared if not term.startswith("#")]
    covered = {at for term in shared for at in _places(plain, term.removeprefix("#"))}
    return Matched(phrase=shown, words=words, spans=_spans(covered))


def _places(text: str, part: str) -> set[int]:
    """Positions of all characters of ``text`` that belong to an occurrence of ``part``."""
    places: set[int] = set()
    at = text.find(part)
    while at >= 0:
        places.update(range(at, at + len(part)))
        at = text.find(part, at + 1)
    return places


def _spans(places: set[int]) -> list[tuple[int, int]]:
    """Positions as runs (start, end)."""
    spans: list[tuple[int, int]] = []
    for at in sorted(places):
        if spans and spans[-1][1] == at:
            spans[-1] = (spans[-1][0], at + 1)
        else:
            spans.append((at, at + 1))
    return spans
