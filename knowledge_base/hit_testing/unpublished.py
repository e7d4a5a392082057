"""What is written but not published and says nearly what was asked: search does not know it, and staff ask why."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import or_, select

from bot.database import SessionFactory
from knowledge_base.details import details_of, phrasings
from knowledge_base.hit_testing.report import UnpublishedRow
from knowledge_base.lifecycle import EntryStatus
from knowledge_base.models import Entry
from nlu.text import content_only, normalise

# Of what was changed last, so much is looked through.
LOOKED_THROUGH = 2000
SHOWN = 3
# Share of character pairs (Dice) from which a phrasing is near.
NEAR = 0.5


def near_unpublished(sessions: SessionFactory, text: str) -> list[UnpublishedRow]:
    """Drafts, retired entries and waiting changes with a phrasing near ``text``, the nearest first."""
    asked = _pairs(text)
    statement = select(Entry).where(or_(Entry.status != EntryStatus.PUBLISHED, Entry.draft_status != ""))
    with sessions() as session:
        entries = list(session.scalars(statement.order_by(Entry.updated_at.desc()).limit(LOOKED_THROUGH)))
    near = []
    for entry in entries:
        share, phrase = max(((_dice(asked, _pairs(phrase)), phrase) for phrase in _phrasings(entry)), default=(0.0, ""))
        if share >= NEAR:
            status = entry.draft_status or entry.status
            row = UnpublishedRow(entry_id=entry.id, title=entry.title, status=status, phrase=phrase)
            near.append((share, row))
    return [row for _, row in sorted(near, key=lambda pair: (-pair[0], pair[1].entry_id))[:SHOWN]]


def _phrasings(entry: Entry) -> Iterator[str]:
    """Title and questions that citizens cannot find yet."""
    live = entry.status == EntryStatus.PUBLISHED
    if not live:
        yield from (entry.title, entry.question, *entry.similar, *entry.asked)
    if entry.draft is not None:
        known = {entry.title, entry.question, *entry.similar, *entry.asked} if live else set()
        draft = entry.draft
        details = details_of(draft.get("details", []))
        texts = (draft.get("title", ""), draft.get("question", ""), *draft.get("similar", []), *phrasings(details))
        yield from (text for text in texts if text not in known)


def _pairs(text: str) -> frozenset[str]:
    plain = content_only(normalise(text))
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1)) or frozenset([plain])


def _dice(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other))
