"""Asking for a human: recorded for staff, and said honestly whether somebody is there."""

from __future__ import annotations

from actions.fallback import HELPED
from actions.messages import Trace
from actions.ports import HandoverRecorder
from actions.replies import Reply
from actions.turns import Turn

REASON = "human_requested"


class HumanRequests:
    """Records requests for a human once per message."""

    def __init__(self, handovers: HandoverRecorder, *, agents_on_duty: bool) -> None:
        self._handovers = handovers
        self._agents_on_duty = agents_on_duty

    def reply(self, turn: Turn) -> Reply:
        """Record the request and say what happens next."""
        self._handovers.request(turn.conversation_id, REASON, key=turn.message_id)
        reply = Reply(Trace(decision="action", reason=REASON), slots=dict(HELPED))
        return reply.say("utter_human_coming" if self._agents_on_duty else "utter_human_recorded")
