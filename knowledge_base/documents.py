"""What can be done with policy documents: list them, publish and retire them whole, let a successor end one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.database import SessionFactory
from knowledge_base import review, revisions
from knowledge_base.golden.gate import GateReport
from knowledge_base.importing.progress import begin, steps
from knowledge_base.lifecycle import EntryStatus, InvalidEntry, KnowledgeError, VersionConflict
from knowledge_base.models import Entry, KnowledgeImport, PolicyDocument
from knowledge_base.service import KnowledgeService


class DocumentNotFound(KnowledgeError):
    """No policy document has this id."""

    def __init__(self, document_id: str) -> None:
        super().__init__(f"没有编号为 {document_id} 的政策文件")


@dataclass(frozen=True)
class DocumentView:
    """A document, how many passages it has, and how many of them wait to be published.

    ``state`` grows with every change of the document and of any passage.
    """

    document: PolicyDocument
    passages: int
    waiting: int
    state: int


class DocumentService:
    """A deed on a document is one transaction over all of its passages; ``knowledge`` then shows them to citizens.

    With ``expected_state`` (``DocumentView.state``) a deed raises VersionConflict where anything changed since.
    """

    def __init__(self, sessions: SessionFactory, knowledge: KnowledgeService) -> None:
        self._sessions = sessions
        self._knowledge = knowledge

    def documents(self) -> list[DocumentView]:
        """All documents, the last changed first."""
        with self._sessions() as session:
            rows = session.scalars(select(PolicyDocument).order_by(PolicyDocument.updated_at.desc(), PolicyDocument.id))
            return [self._view(session, row) for row in rows]

    def get(self, document_id: str) -> DocumentView:
        """One document; raises DocumentNotFound."""
        with self._sessions() as session:
            return self._view(session, _document(session, document_id))

    def passages(self, document_id: str) -> list[Entry]:
        """Its passages that are not retired, in the order of the text."""
        with self._sessions() as session:
            _document(session, document_id)
            return [entry for entry in _passages(session, document_id) if entry.status != EntryStatus.RETIRED]

    def publish(
        self, document_id: str, *, actor: str, sign_off: str = "", expected_state: int | None = None
    ) -> PolicyDocument:
        """Every passage that waits becomes what citizens get; what left the text is retired. Raises FourEyes, GoldenSetDrop."""

        def change(session: Session, document: PolicyDocument) -> list[str]:
            touched = self._publish(session, document, actor)
            if not touched:
                raise InvalidEntry("这份文件的条文都已发布，没有等待发布的内容")
            return touched

        return self._do(document_id, actor, change, sign_off, expected_state)

    def publish_import(self, token: str, *, actor: str, sign_off: str = "") -> int:
        """Everything that an import brought and that still waits, at once; returns how many entries.

        Raises FourEyes, GoldenSetDrop.
        """

        def deed(session: Session) -> list[str]:
            row = session.get(KnowledgeImport, token)
            if row is None:
                raise InvalidEntry("没有找到这次导入")
            touched: list[str] = []
            for document_id in row.result["documents"]:
                document = _document(session, document_id, lock=True)
                touched += self._publish(session, document, actor)
                document.version += 1
                document.updated_by = actor
            return touched + self._publish_entries(session, row.result["entries"], actor)

        return len(self._carry_out(deed, token, actor, sign_off))

    def retire(
        self, document_id: str, *, actor: str, sign_off: str = "", expected_state: int | None = None
    ) -> PolicyDocument:
        """Nobody gets answers from this document any more. Raises GoldenSetDrop."""

        def change(session: Session, document: PolicyDocument) -> list[str]:
            if document.status == EntryStatus.RETIRED:
                raise InvalidEntry("这份文件已经停用")
            entries = [entry for entry in _passages(session, document_id) if entry.status != EntryStatus.RETIRED]
            for entry in entries:
                review.retire(entry)
            document.status, document.leaving = EntryStatus.RETIRED, []
            return [_kept(session, entry, actor, "retire", "") for entry in entries]

        return self._do(document_id, actor, change, sign_off, expected_state)

    def supersede(
        self,
        document_id: str,
        successor_id: str,
        *,
        actor: str,
        sign_off: str = "",
        expected_state: int | None = None,
    ) -> PolicyDocument:
        """``document_id`` ends on the day its successor comes into force; raises InvalidEntry while that is unknown.

        Raises GoldenSetDrop where that day has come and golden questions lose their answer.
        """

        def change(session: Session, document: PolicyDocument) -> list[str]:
            successor = _document(session, successor_id)
            day = successor.effective
            if document_id == successor_id or successor.predecessor_id not in ("", document_id):
                raise InvalidEntry("接替的文件不对：不能是它自己，也不能已经接替了别的文件")
            if day is None:
                raise InvalidEntry("新文件还没有生效日期，请先填写")
            if document.effective and day <= document.effective:
                raise InvalidEntry("新文件的生效日期应晚于旧文件")
            successor.predecessor_id = document.id
            document.expires = day
            entries = [entry for entry in _passages(session, document_id) if entry.status != EntryStatus.RETIRED]
            return [_ends(session, entry, day, actor, successor.title) for entry in entries]

        return self._do(document_id, actor, change, sign_off, expected_state)

    def _publish(self, session: Session, document: PolicyDocument, actor: str) -> list[str]:
        leaving, touched = set(document.leaving), []
        for entry in _passages(session, document.id):
            if entry.status == EntryStatus.RETIRED:
                continue
            if entry.id in leaving:
                review.retire(entry)
                touched.append(_kept(session, entry, actor, "retire", "新的文本里没有这一条"))
            elif review.may(entry, "publish"):
                review.publish(entry, actor, four_eyes=self._knowledge.four_eyes)
                touched.append(_kept(session, entry, actor, "publish", ""))
        document.status, document.leaving = EntryStatus.PUBLISHED, []
        return touched

    def _publish_entries(self, session: Session, entry_ids: Sequence[str], actor: str) -> list[str]:
        touched = []
        for entry_id in steps(entry_ids):
            entry = session.get(Entry, entry_id, with_for_update=True)
            if entry is not None and entry.status != EntryStatus.RETIRED and review.may(entry, "publish"):
                review.publish(entry, actor, four_eyes=self._knowledge.four_eyes)
                touched.append(_kept(session, entry, actor, "publish", ""))
        return touched

    def _do(
        self,
        document_id: str,
        actor: str,
        change: Callable[[Session, PolicyDocument], list[str]],
        sign_off: str,
        expected_state: int | None,
    ) -> PolicyDocument:
        def deed(session: Session) -> list[str]:
            document = _document(session, document_id, lock=True)
            if expected_state not in (None, _state(session, document)):
                raise VersionConflict
            touched = change(session, document)
            document.version += 1
            document.updated_by = actor
            return touched

        self._carry_out(deed, document_id, actor, sign_off)
        return self.get(document_id).document

    def _carry_out(self, deed: Callable[[Session], list[str]], object_id: str, actor: str, sign_off: str) -> list[str]:
        """Try a deed, ask the golden set, do it for good, show it; returns the entries it touched."""
        begin("rehearse")
        report = self._rehearsed(deed)
        begin("publish")
        with self._sessions() as session, session.begin():
            touched = deed(session)
            self._knowledge.pass_gate(session, report, object_id, actor=actor, reason=sign_off)
        begin("show")
        self._knowledge.show(touched, report)
        return touched

    def _rehearsed(self, deed: Callable[[Session], list[str]]) -> GateReport:
        with self._sessions() as session:
            entries = [session.get(Entry, entry_id) for entry_id in deed(session)]
            session.expunge_all()  # as the deed left them; nothing of it is kept
            session.rollback()
        return self._knowledge.rehearse_entries([entry for entry in entries if entry is not None])

    @staticmethod
    def _view(session: Session, document: PolicyDocument) -> DocumentView:
        standing = Entry.document_id == document.id, Entry.status != EntryStatus.RETIRED
        passages = session.scalar(select(func.count()).where(*standing)) or 0
        live = session.scalar(
            select(func.count()).where(*standing, Entry.status == EntryStatus.PUBLISHED, Entry.draft_status == "")
        )
        return DocumentView(document, passages, passages - (live or 0), _state(session, document))


def _document(session: Session, document_id: str, *, lock: bool = False) -> PolicyDocument:
    document = session.get(PolicyDocument, document_id, with_for_update=lock)
    if document is None:
        raise DocumentNotFound(document_id)
    return document


def _state(session: Session, document: PolicyDocument) -> int:
    """Versions only grow and passages are never removed, so the sum is another one after every change."""
    return document.version + int(
        session.scalar(select(func.sum(Entry.version)).where(Entry.document_id == document.id)) or 0
    )


def _passages(session: Session, document_id: str) -> list[Entry]:
    """All its passages, locked, in the order of their numbers."""
    chosen = select(Entry).where(Entry.document_id == document_id).with_for_update()
    return sorted(session.scalars(chosen), key=lambda entry: int(entry.id.rpartition(".")[2]))


def _kept(session: Session, entry: Entry, actor: str, deed: str, comment: str) -> str:
    entry.edited = True
    entry.version += 1
    entry.updated_by = actor
    revisions.record(session, entry, actor=actor, deed=deed, comment=comment)
    return entry.id


def _ends(session: Session, entry: Entry, day: date, actor: str, successor: str) -> str:
    entry.expires = day
    if entry.draft is not None:
        entry.draft = {**entry.draft, "expires": day.isoformat()}
    return _kept(session, entry, actor, "supersede", f"由《{successor}》接替"[:200])
