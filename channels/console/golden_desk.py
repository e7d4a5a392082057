"""The part of the desk that has to do with the golden set: permission, service, audit log."""

from __future__ import annotations

from collections.abc import Iterable

from channels.console.desk_base import DeskBase
from knowledge_base.entry_form import EntryForm
from knowledge_base.golden.gate import GateReport, Verdict
from knowledge_base.golden.models import GateSignOff, GoldenQuestion
from knowledge_base.golden.questions import Added


class GoldenDesk(DeskBase):
    """Questions that the city has promised itself to answer."""

    def verdicts(self) -> list[tuple[GoldenQuestion, Verdict]]:
        """Every golden question with how it stands now."""
        self._require("knowledge.read")
        return self._services.knowledge.golden_verdicts()

    def titles(self) -> dict[str, str]:
        """Titles of the entries that golden questions expect, by their ids."""
        self._require("knowledge.read")
        return self._services.knowledge.golden.titles()

    def of_entry(self, entry_id: str) -> list[GoldenQuestion]:
        """The questions that an entry must answer."""
        self._require("knowledge.read")
        return self._services.knowledge.golden.of_entry(entry_id)

    def add(self, entry_id: str, questions: Iterable[str]) -> Added:
        """Promise that an entry answers these; raises EntryNotFound, InvalidEntry."""
        self._require("knowledge.edit")
        added = self._services.knowledge.golden.add(entry_id, questions, actor=self.principal.signature)
        self._log("golden.add", entry_id, f"{added.new} 个问题")
        return added

    def remove(self, question_id: int) -> None:
        """Take a question away."""
        self._require("knowledge.edit")
        gone = self._services.knowledge.golden.remove(question_id)
        if gone is not None:
            self._log("golden.remove", gone.entry_id, gone.question)

    def rehearse(self, entry_id: str, form: EntryForm) -> GateReport:
        """What would become of the golden set if this text were published; nothing changes. Raises InvalidEntry."""
        self._require("knowledge.edit")
        return self._services.knowledge.rehearse(entry_id, form)

    def sign_offs(self) -> list[GateSignOff]:
        """Who let changes through that made golden questions worse, newest first."""
        self._require("knowledge.read")
        return self._services.knowledge.golden.sign_offs()
