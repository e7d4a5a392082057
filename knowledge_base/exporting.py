"""The whole knowledge base as one file, and back: entries in every status, their history, policy documents, vocabulary.

The file is a zip of ``manifest.json`` and one ``.jsonl`` a table, one row a line, in a stable order, so that two exports
of equal content hold equal tables.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Date, inspect, select
from sqlalchemy.orm import Session

from bot.database import Base, SessionFactory, UtcDateTime, utcnow
from knowledge_base import revisions
from knowledge_base.entry_form import EntryForm
from knowledge_base.importing.limits import Limits, default_limits, size_text
from knowledge_base.importing.packages import open_package, unpack
from knowledge_base.importing.parts import ImportProblem
from knowledge_base.lifecycle import EntryStatus, InvalidEntry
from knowledge_base.models import Entry, EntryRevision, PolicyDocument
from knowledge_base.revisions import form_in
from knowledge_base.vocabulary.carrying import bring, exported
from knowledge_base.vocabulary.words import CHANGED

FORMAT, VERSION = "wenzheng-knowledge", 1
MANIFEST, ENTRIES, DOCUMENTS, HISTORY = "manifest.json", "entries.jsonl", "documents.jsonl", "history.jsonl"
VOCABULARY = "vocabulary.jsonl"
TABLES = (ENTRIES, DOCUMENTS, HISTORY, VOCABULARY)
EPOCH = (1980, 1, 1, 0, 0, 0)
# When and by whom a row was last touched is not what it says.
TOUCH = frozenset({"version", "updated_at", "updated_by"})
DEED = "import"


@dataclass(frozen=True)
class ExportCounts:
    """What a file holds."""

    entries: int
    documents: int


@dataclass(frozen=True)
class RestoreResult:
    """What an import of such a file did to entries; ``changed``: their ids (and what stands for the vocabulary), for those who
    show them.
    """

    created: int
    updated: int
    same: int
    changed: tuple[str, ...]


def export_all(sessions: SessionFactory, path: Path) -> ExportCounts:
    """Write everything to ``path`` in one step; raises OSError where that cannot be written."""
    unfinished = path.with_name(path.name + ".part")
    with sessions() as session, session.begin():
        entries = list(session.scalars(select(Entry).order_by(Entry.id)))
        documents = list(session.scalars(select(PolicyDocument).order_by(PolicyDocument.id)))
        history = session.scalars(select(EntryRevision).order_by(EntryRevision.entry_id, EntryRevision.version))
        counts = ExportCounts(len(entries), len(documents))
        manifest = {"format": FORMAT, "version": VERSION, "exported_at": utcnow().isoformat(), **vars(counts)}
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as package:
            package.writestr(_member(MANIFEST), json.dumps(manifest, indent=1))
            for name, rows in ((ENTRIES, entries), (DOCUMENTS, documents), (HISTORY, history)):
                package.writestr(_member(name), "".join(_line(row) for row in rows))
            package.writestr(_member(VOCABULARY), "".join(map(_json, exported(session))))
    unfinished.replace(path)
    return counts


def is_export(data: bytes, limits: Limits | None = None) -> bool:
    """Whether the bytes are a file that ``export_all`` wrote."""
    try:
        with open_package(data, limits or default_limits()) as package:
            return MANIFEST in package.namelist() and ENTRIES in package.namelist()
    except ImportProblem:
        return False


def restore(
    sessions: SessionFactory,
    data: bytes,
    check: Callable[[EntryForm], None],
    *,
    actor: str,
    dry_run: bool = False,
    limits: Limits | None = None,
) -> RestoreResult:
    """Bring an exported file in, in one transaction, with every status as exported; ids that differ are overwritten.

    What is there and not in the file stays. Raises ImportProblem, and changes nothing, if any line is wrong.
    """
    tables = _tables(data, limits or default_limits())
    _check_entries(tables[ENTRIES], check)
    with sessions() as session:
        result = _Restoring(session, actor, tables).run()
        if dry_run:
            session.rollback()
        else:
            session.commit()
    return result


class _Restoring:
    def __init__(self, session: Session, actor: str, tables: Mapping[str, list[dict[str, Any]]]) -> None:
        self._session = session
        self._actor = actor
        self._tables = tables
        self._known = {entry.id: entry for entry in session.scalars(select(Entry))}

    def run(self) -> RestoreResult:
        created, updated, same = [], [], 0
        for kept in self._tables[ENTRIES]:
            existing = self._known.get(kept["id"])
            if existing is None:
                self._session.add(Entry(**_values(Entry, kept)))
                created.append(kept["id"])
            elif _says(existing, kept):
                same += 1
            else:
                self._overwrite(existing, kept)
                updated.append(existing.id)
        self._session.flush()
        self._add_history(set(created))
        for kept in self._tables[DOCUMENTS]:
            self._document(kept)
        return RestoreResult(len(created), len(updated), same, (*created, *updated, *self._vocabulary()))

    def _overwrite(self, entry: Entry, kept: Mapping[str, Any]) -> None:
        version = max(entry.version, kept["version"]) + 1
        for name, value in _values(Entry, kept).items():
            setattr(entry, name, value)
        entry.version, entry.updated_by = version, self._actor
        content_by = entry.content_by
        revisions.record(self._session, entry, actor=self._actor, deed=DEED)
        entry.content_by = content_by  # the author is the one who wrote it, not the one who brought the file

    def _add_history(self, created: set[str]) -> None:
        """New entries come with their history; where it lacks the present version, that is added."""
        present: set[tuple[str, int]] = set()
        for kept in self._tables[HISTORY]:
            if kept["entry_id"] in created:
                present.add((kept["entry_id"], kept["version"]))
                self._session.add(EntryRevision(**_values(EntryRevision, kept)))
        for entry in (self._session.get_one(Entry, entry_id) for entry_id in sorted(created)):
            if (entry.id, entry.version) not in present:
                content_by = entry.content_by
                revisions.record(self._session, entry, actor=self._actor, deed=DEED)
                entry.content_by = content_by

    def _vocabulary(self) -> list[str]:
        try:
            return [CHANGED] if bring(self._session, self._tables[VOCABULARY], actor=self._actor) else []
        except InvalidEntry as error:
            raise ImportProblem(f"{VOCABULARY}：{error}") from error

    def _document(self, kept: Mapping[str, Any]) -> None:
        existing = self._session.get(PolicyDocument, kept["id"])
        if existing is None:
            self._session.add(PolicyDocument(**_values(PolicyDocument, kept)))
        elif not _says(existing, kept):
            version = max(existing.version, kept["version"]) + 1
            for name, value in _values(PolicyDocument, kept).items():
                setattr(existing, name, value)
            existing.version, existing.updated_by = version, self._actor


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, EPOCH)
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def _columns(table: type[Base]) -> list[str]:
    surrogate = {"id"} if table is EntryRevision else set()  # the number of a row means nothing elsewhere
    return [column.key for column in inspect(table).column_attrs if column.key not in surrogate]


def _row(row: Base) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in _columns(type(row))}
    return {name: value.isoformat() if isinstance(value, date | datetime) else value for name, value in values.items()}


def _says(row: Base, kept: Mapping[str, Any]) -> bool:
    """Whether a row says what the file says of it; an older file does not know every column, and leaves those alone."""
    return all(kept[name] == value for name, value in _row(row).items() if name in kept and name not in TOUCH)


def _line(row: Base) -> str:
    return _json(_row(row))


def _json(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True) + "\n"


def _values(table: type[Base], kept: Mapping[str, Any]) -> dict[str, Any]:
    """Values for the columns of ``table``; columns that the file does not know keep their defaults."""
    values = {name: kept[name] for name in _columns(table) if name in kept}
    for column in inspect(table).columns:
        text = values.get(column.key)
        if text is not None and isinstance(column.type, UtcDateTime):
            values[column.key] = datetime.fromisoformat(text)
        elif text is not None and isinstance(column.type, Date):
            values[column.key] = date.fromisoformat(text)
    return values


def _tables(data: bytes, limits: Limits) -> dict[str, list[dict[str, Any]]]:
    if len(data) > limits.file_bytes:
        raise ImportProblem(f"文件超过 {size_text(limits.file_bytes)}")
    with open_package(data, limits) as package:
        names = set(package.namelist())
        if not {MANIFEST, ENTRIES} <= names:
            raise ImportProblem("这不是知识库的导出文件")
        texts = {name: unpack(package, package.getinfo(name), limits.unpacked_bytes, limits) for name in names}
    (manifest,) = _lines(MANIFEST, [texts[MANIFEST]])
    if manifest.get("format") != FORMAT or manifest.get("version") != VERSION:
        raise ImportProblem("导出文件的格式或版本不对，请用同一版本的程序导出")
    return {name: list(_lines(name, texts.get(name, b"").splitlines())) for name in TABLES}


def _lines(name: str, lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
        except ValueError as error:
            raise ImportProblem(f"{name} 第 {number} 行读不出来") from error
        if not isinstance(row, dict):
            raise ImportProblem(f"{name} 第 {number} 行读不出来")
        yield row


def _check_entries(rows: Iterable[dict[str, Any]], check: Callable[[EntryForm], None]) -> None:
    for number, kept in enumerate(rows, start=1):
        try:
            EntryStatus(kept["status"])
            check(form_in({**kept, "draft": None}))
            if kept.get("draft"):
                check(form_in(kept))
        except (KeyError, TypeError, ValueError, ValidationError, InvalidEntry) as error:
            reason = str(error) if isinstance(error, InvalidEntry) else "缺少内容，或者内容不对"
            raise ImportProblem(f"{ENTRIES} 第 {number} 行（{kept.get('id', '没有编号')}）：{reason}") from error
