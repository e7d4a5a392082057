"""Phrasings that another entry has already, word for word or nearly, in whatever status it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sqlalchemy import or_, select

from bot.database import SessionFactory
from knowledge_base.content_schema import load_yaml
from knowledge_base.details import details_of, phrasings
from knowledge_base.entry_form import working_columns
from knowledge_base.lifecycle import EntryStatus
from knowledge_base.models import Entry
from knowledge_base.published import PublishedEntries
from nlu.text import content_only, normalise

LIMITS_FILE = Path(__file__).with_suffix(".yml")
KIND_LABELS = {"title": "标题", "question": "标准问", "similar": "相似问", "alias": "别名", "case": "细问"}


@dataclass(frozen=True)
class Duplicate:
    """``text`` is, or nearly is (not ``exact``), the ``phrasing`` of another entry; ``likeness`` 0–1."""

    text: str
    phrasing: str
    kind: str
    entry_id: str
    title: str
    status: EntryStatus
    exact: bool
    likeness: float

    @property
    def words(self) -> str:
        """What staff read."""
        where = f"《{self.title}》（{self.status.label}）的{KIND_LABELS[self.kind]}"
        return f"“{self.text}”已经是{where}" if self.exact else f"“{self.text}”和{where}“{self.phrasing}”很像"


@dataclass(frozen=True)
class _Known:
    """A phrasing of an entry that need not be published."""

    entry_id: str
    kind: str
    text: str


@lru_cache(maxsize=1)
def _limits() -> dict[str, float]:
    data: dict[str, float] = load_yaml(LIMITS_FILE)
    return data


class NearDuplicates:
    """Looks among the published entries by their indexes, among the others one by one."""

    def __init__(self, sessions: SessionFactory, published: PublishedEntries) -> None:
        self._sessions = sessions
        self._published = published

    def find(self, texts: Iterable[str], *, but: str = "") -> list[Duplicate]:
        """For each text what says it most alike in each other entry than ``but``; the same words first."""
        wanted = list(dict.fromkeys(text.strip() for text in texts if content_only(normalise(text))))
        if not wanted:
            return []
        others = list(self._unpublished(but))
        best: dict[tuple[str, str], tuple[float, _Known]] = {}
        for text in wanted:
            for likeness, known in [*self._among_published(text, but), *_among(text, others)]:
                key = (text, known.entry_id)
                if key not in best or likeness > best[key][0]:
                    best[key] = likeness, known
        return self._described(best)

    def _among_published(self, text: str, but: str) -> Iterator[tuple[float, _Known]]:
        limits = _limits()
        for phrase, words, cosine in self._published.like(text, int(limits["candidates"])):
            if phrase.kind not in KIND_LABELS or phrase.passage or phrase.entry_id == but:
                continue
            likeness = alike(text, phrase.text)
            near = cosine >= limits["same_meaning"] and likeness >= limits["characters_at_least"]
            if near or likeness == 1 or words >= limits["same_words"]:
                yield likeness, _Known(phrase.entry_id, phrase.kind, phrase.text)

    def _unpublished(self, but: str) -> Iterator[_Known]:
        """The phrasings of drafts, of waiting changes and of retired entries."""
        chosen = (
            select(Entry)
            .where(or_(Entry.status != EntryStatus.PUBLISHED, Entry.draft_status != ""), Entry.kind != "passage")
            .where(Entry.id != but)
            .order_by(Entry.updated_at.desc())
            .limit(int(_limits()["drafts"]))
        )
        with self._sessions() as session:
            for entry in session.scalars(chosen):
                columns = working_columns(entry)
                for kind, texts in (
                    ("title", [columns["title"]]),
                    ("question", [columns["question"]]),
                    ("similar", columns["similar"]),
                    ("alias", columns["aliases"]),
                    ("case", list(phrasings(details_of(columns["details"])))),
                ):
                    yield from (_Known(entry.id, kind, text) for text in texts)

    def _described(self, best: dict[tuple[str, str], tuple[float, _Known]]) -> list[Duplicate]:
        ids = {known.entry_id for _, known in best.values()}
        chosen = select(Entry.id, Entry.title, Entry.status).where(Entry.id.in_(ids))
        with self._sessions() as session:
            entries = {id_: (title, EntryStatus(status)) for id_, title, status in session.execute(chosen)}
        found = [
            Duplicate(text, known.text, known.kind, id_, *entries[id_], likeness == 1.0, likeness)
            for (text, id_), (likeness, known) in best.items()
            if id_ in entries
        ]
        found.sort(key=lambda one: (-one.likeness, one.status != EntryStatus.PUBLISHED, one.entry_id))
        return found[: int(_limits()["shown"])]


def repeated(texts: Sequence[str]) -> list[str]:
    """Texts of one entry that say what an earlier one says, but for punctuation.

    >>> repeated(["居住证怎么办？", "办居住证", "居住证怎么办"])
    ['居住证怎么办']
    """
    seen: set[str] = set()
    again = []
    for text in texts:
        key = content_only(normalise(text))
        if key and key in seen:
            again.append(text)
        seen.add(key)
    return again


def alike(one: str, other: str) -> float:
    """How far two texts have the same pairs of characters (Dice, 0–1); 1 only for the same words.

    >>> alike("居住证怎么办？", "居住证怎么办"), alike("办居住证", "办护照")
    (1.0, 0.0)
    """
    first, second = (content_only(normalise(text)) for text in (one, other))
    if first == second:
        return 1.0
    pairs, others = (Counter(text[i : i + 2] for i in range(len(text) - 1)) for text in (first, second))
    total = pairs.total() + others.total()
    return min(0.999, 2 * (pairs & others).total() / total) if total else 0.0


def _among(text: str, others: Sequence[_Known]) -> Iterator[tuple[float, _Known]]:
    least = _limits()["same_characters"]
    for known in others:
        likeness = alike(text, known.text)
        if likeness >= least:
            yield likeness, known
