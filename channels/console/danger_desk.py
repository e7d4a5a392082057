"""The part of the desk that has to do with citizens in danger: who waits, who looks after them, what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from channels.console.desk_base import DeskBase
from channels.conversations.danger_alerts import AlertView, outcomes

READ = "conversations.read"
HANDLE = "danger.handle"


class DangerDesk(DeskBase):
    """Each method checks the permission, asks the service, writes the audit log."""

    @property
    def outcomes(self) -> Mapping[str, str]:
        """What may come of an alert: code → words."""
        return outcomes()

    @property
    def may_handle(self) -> bool:
        """Whether this person may take and close alerts."""
        return self.principal.may(HANDLE)

    def listed(self, *, closed: bool = False, limit: int = 50, offset: int = 0) -> list[AlertView]:
        """A page of alerts: open ones, or closed ones."""
        self._require(READ)
        return self._services.transcripts.alerts.listed(closed=closed, limit=limit, offset=offset)

    def of_conversation(self, conversation_id: str) -> Sequence[AlertView]:
        """The alerts of one conversation, the newest first."""
        self._require(READ)
        return self._services.transcripts.alerts.of_conversation(conversation_id)

    def take(self, alert: AlertView) -> None:
        """This person looks after it."""
        self._require(READ, HANDLE, keeps=True)
        self._services.transcripts.alerts.take(alert.id, actor=self.principal.username)
        self._log("danger.take", alert.conversation_id)

    def close(self, alert: AlertView, outcome: str, note: str = "") -> None:
        """It is over, and what came of it."""
        self._require(READ, HANDLE, keeps=True)
        self._services.transcripts.alerts.close(alert.id, outcome, note, actor=self.principal.username)
        self._log("danger.close", alert.conversation_id, outcomes()[outcome])
