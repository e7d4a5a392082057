"""Bringing the content files into the database: new entries appear, changed ones follow, staff keep what they edited."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from bot.database import SessionFactory
from knowledge_base.content_schema import ContentEntry, ContentFile
from knowledge_base.lifecycle import EntryStatus
from knowledge_base.models import Entry
from knowledge_base.revisions import record

AUTHOR = "content"
# Fields that entries did not have at first.
LATER = ("points", "details", "title_en", "summary_en", "expires")


@dataclass
class SeedReport:
    """How many entries were added, updated, left as staff edited them, retired because their text is gone."""

    added: int = 0
    updated: int = 0
    kept: int = 0
    retired: int = 0


def entry_hash(entry: ContentEntry, topic: str) -> str:
    """Fingerprint of all that a content entry says."""
    # An entry without points or English keeps the fingerprint that it had before there were any.
    said = entry.model_dump(mode="json", exclude={name for name in LATER if not getattr(entry, name)})
    text = json.dumps([topic, said], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _columns(entry: ContentEntry) -> dict[str, Any]:
    return {
        "kind": entry.kind,
        "title": entry.title,
        "question": entry.question,
        "similar": list(entry.similar),
        "aliases": list(entry.aliases),
        "answer": entry.answer.strip(),
        "title_en": entry.title_en,
        "summary_en": entry.summary_en,
        "facts": entry.facts.model_dump() if entry.facts else {},
        "points": {name: point.model_dump() for name, point in entry.points.items()},
        "details": [detail.model_dump(mode="json") for detail in entry.details],
        "legal_basis": [basis.model_dump() for basis in entry.legal_basis],
        "confirm": list(entry.confirm),
        "related": list(entry.related),
        "effective": entry.effective,
        "expires": entry.expires,
    }


def seed(sessions: SessionFactory, contents: list[ContentFile]) -> SeedReport:
    """Bring ``contents`` into the database in one transaction; running it again changes nothing."""
    report = SeedReport()
    with sessions() as session, session.begin():
        known = {entry.id: entry for entry in session.scalars(select(Entry))}
        given: set[str] = set()
        for content in contents:
            for entry in content.entries:
                given.add(entry.id)
                digest = entry_hash(entry, content.topic)
                row = known.get(entry.id)
                if row is None:
                    row = Entry(
                        id=entry.id,
                        topic=content.topic,
                        status=EntryStatus.PUBLISHED,
                        content_hash=digest,
                        updated_by=AUTHOR,
                        **_columns(entry),
                    )
                    record(session, row, actor=AUTHOR, deed="seed")
                    report.added += 1
                elif row.edited:
                    report.kept += 1
                elif row.content_hash != digest:
                    for name, value in (_columns(entry) | {"topic": content.topic, "content_hash": digest}).items():
                        setattr(row, name, value)
                    row.version += 1
                    record(session, row, actor=AUTHOR, deed="seed")
                    report.updated += 1
        for row in known.values():
            if row.content_hash and row.id not in given and not row.edited and row.status != EntryStatus.RETIRED:
                row.status = EntryStatus.RETIRED
                row.version += 1
                record(session, row, actor=AUTHOR, deed="retire")
                report.retired += 1
    return report
