"""A word in return."""

from __future__ import annotations

from actions.deciding.acts.base import Rooms
from actions.deciding.evidence import Evidence
from actions.deciding.settings import load_settings
from actions.messages import Trace
from actions.repeating import repeat
from actions.replies import Reply

REPEAT, NONSENSE = "repeat", "nonsense"


class SmallTalk:
    """Greetings, thanks, who are you, and what is said for its own sake."""

    name = "small_talk"

    def probability(self, evidence: Evidence) -> float:
        """Nothing is wanted but a word."""
        return evidence.wishes["small_talk"]

    def reply(self, evidence: Evidence, rooms: Rooms) -> Reply:
        """The response of the likeliest kind of small talk; an invitation where it is of none."""
        turn, settings = evidence.turn, load_settings()
        heard = [(share, name) for name, share in turn.ranking if name in settings.small_talk or name == REPEAT]
        share, name = max(heard, default=(0.0, ""))
        if name == REPEAT and share >= settings.chat:
            return repeat(turn)
        response = settings.small_talk[name] if share >= settings.chat else settings.chat_default
        return Reply(Trace(decision="smalltalk", reason=name), slots={"did": "chatted"}).say(response)
