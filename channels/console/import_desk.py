"""The part of the desk that has to do with importing and with policy documents."""

from __future__ import annotations

from pathlib import Path

from channels.console.desk_base import DeskBase
from knowledge_base.documents import DocumentView
from knowledge_base.exporting import ExportCounts
from knowledge_base.importing.limits import Limits
from knowledge_base.importing.service import ImportPreview, ImportResult
from knowledge_base.models import Entry, PolicyDocument


class ImportDesk(DeskBase):
    """Each method checks the permission, asks the service, writes the audit log."""

    @property
    def limits(self) -> Limits:
        """How large a file may be."""
        return self._services.imports.limits

    def preview(self, name: str, data: bytes, topic: str) -> ImportPreview:
        """What importing a file would do; nothing changes. Raises ImportProblem."""
        self._require("knowledge.edit")
        return self._services.imports.preview(name, data, topic=topic, actor=self.principal.signature)

    def look(self, token: str) -> ImportPreview:
        """One's own preview once more, as it would be now; raises PreviewGone."""
        self._require("knowledge.edit")
        return self._services.imports.look(token, actor=self.principal.signature)

    def give_up(self, token: str) -> None:
        """Forget one's own preview; nothing was imported."""
        self._require("knowledge.edit")
        self._services.imports.give_up(token, actor=self.principal.signature)

    def describe(self, token: str, forms: list[dict[str, str | None]]) -> ImportPreview:
        """The same with what a person says about the documents in it."""
        self._require("knowledge.edit")
        return self._services.imports.describe(token, forms, actor=self.principal.signature)

    def commit(self, token: str, *, only_valid: bool) -> ImportResult:
        """Import it, as drafts."""
        self._require("knowledge.edit")
        result = self._services.imports.commit(token, actor=self.principal.signature, only_valid=only_valid)
        self._log("knowledge.import", ",".join(result.documents), f"新建 {result.created}，更新 {result.updated}")
        return result

    def publish_import(self, token: str, *, sign_off: str = "") -> int:
        """Put all that an import brought in force; returns how many entries. Raises GoldenSetDrop."""
        self._require("knowledge.publish")
        actor = self.principal.signature
        published = self._services.documents.publish_import(token, actor=actor, sign_off=sign_off)
        self._log("knowledge.publish_import", "", f"{published} 条")
        return published

    def export(self, path: Path) -> ExportCounts:
        """The whole knowledge base as one file at ``path``: every status, history, policy documents."""
        self._require("knowledge.read")
        counts = self._services.imports.export(path)
        self._log("knowledge.export", "", f"{counts.entries} 个条目，{counts.documents} 份文件")
        return counts

    def documents(self) -> list[DocumentView]:
        """All policy documents."""
        self._require("knowledge.read")
        return self._services.documents.documents()

    def document(self, document_id: str) -> tuple[DocumentView, list[Entry]]:
        """One document with its passages; raises DocumentNotFound."""
        self._require("knowledge.read")
        return self._services.documents.get(document_id), self._services.documents.passages(document_id)

    def publish_document(
        self, document_id: str, *, sign_off: str = "", expected_state: int | None = None
    ) -> PolicyDocument:
        """Put the newest text of a document in force. Raises GoldenSetDrop."""
        self._require("knowledge.publish")
        actor = self.principal.signature
        document = self._services.documents.publish(
            document_id, actor=actor, sign_off=sign_off, expected_state=expected_state
        )
        self._log("knowledge.publish_document", document_id)
        return document

    def retire_document(
        self, document_id: str, *, sign_off: str = "", expected_state: int | None = None
    ) -> PolicyDocument:
        """Take a document out of force. Raises GoldenSetDrop."""
        self._require("knowledge.publish")
        actor = self.principal.signature
        document = self._services.documents.retire(
            document_id, actor=actor, sign_off=sign_off, expected_state=expected_state
        )
        self._log("knowledge.retire_document", document_id)
        return document

    def supersede_document(
        self, document_id: str, successor_id: str, *, sign_off: str = "", expected_state: int | None = None
    ) -> PolicyDocument:
        """Let a document end on the day its successor comes into force. Raises GoldenSetDrop, where that day has come."""
        self._require("knowledge.publish")
        actor = self.principal.signature
        document = self._services.documents.supersede(
            document_id, successor_id, actor=actor, sign_off=sign_off, expected_state=expected_state
        )
        self._log("knowledge.supersede_document", document_id, successor_id)
        return document
