"""What the dialogue needs of other rooms, as Protocols."""

from __future__ import annotations

from typing import Protocol

from knowledge_base.results import PublishedEntry, SearchResult


class KnowledgeSearch(Protocol):
    """Search over what is published and in force."""

    def search(self, question: str, *, limit: int = 5) -> SearchResult:
        """The best entries for a question."""

    def surely_outside(self, question: str) -> bool:
        """Whether a question is plainly none of a government's business."""

    def entry(self, entry_id: str) -> PublishedEntry | None:
        """One entry, or None where it is not published any more."""


class HandoverRecorder(Protocol):
    """Where requests for a human are kept for staff."""

    def request(self, conversation_id: str, reason: str, *, key: str) -> None:
        """Record a request; the same key again records nothing more."""
