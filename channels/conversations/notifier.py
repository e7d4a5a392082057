"""Messages from other rooms into a citizen's conversation."""

from __future__ import annotations

from actions.messages import Part
from channels.conversations.transcript import Transcript


class ConversationNotifier:
    """Puts a ticket's news into the transcript; the same ``key`` once."""

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript

    def notify(self, conversation_id: str, part: Part, *, key: str) -> None:
        """See :class:`actions.tickets.outbox.CitizenNotifier`."""
        self._transcript.staff_message(conversation_id, part, key=key)
