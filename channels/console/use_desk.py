"""The part of the desk that shows how entries are used, and which answers were given from them."""

from __future__ import annotations

from channels.console.desk_base import DeskBase
from channels.conversations.entry_use import UseLists, UseOfEntry, UseRules
from channels.conversations.past_answers import PastAnswersPage

MAX_ARTICLE = 40


class UseDesk(DeskBase):
    """Counters hold nothing about persons; past answers show masked questions and take more than reading the knowledge."""

    @property
    def rules(self) -> UseRules:
        """From when on an entry is called unused or badly rated."""
        return self._services.transcripts.use.rules

    def of_entry(self, entry_id: str) -> UseOfEntry:
        """How one entry is used."""
        self._require("knowledge.read")
        return self._services.transcripts.use.of_entry(entry_id)

    def lists(self) -> UseLists:
        """Unused, badly rated and most used entries."""
        self._require("knowledge.read")
        return self._services.transcripts.use.lists()

    def answers_of_entry(self, entry_id: str, *, limit: int = 50, offset: int = 0) -> PastAnswersPage:
        """Answers that were given with an entry."""
        self._require("conversations.read")
        self._log("conversations.past_answers", entry_id)
        return self._services.transcripts.past_answers.of_entry(entry_id, limit=limit, offset=offset)

    def answers_of_document(
        self, document_id: str, *, article: str = "", limit: int = 50, offset: int = 0
    ) -> PastAnswersPage:
        """Answers that named a policy document, or one article of it, as their source."""
        self._require("conversations.read")
        self._log("conversations.past_answers", document_id, article[:MAX_ARTICLE])
        answers = self._services.transcripts.past_answers
        return answers.of_document(document_id, article=article, limit=limit, offset=offset)
