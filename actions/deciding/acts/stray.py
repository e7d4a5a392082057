"""What belongs into a form, said where none is open."""

from __future__ import annotations

from actions.deciding.acts.base import Rooms
from actions.deciding.evidence import Evidence
from actions.replies import Reply

PARTS = ("fill", "change", "confirm", "cancel")


class Stray:
    """The form that was lost is gone on with; where there was none, that is said."""

    name = "stray"

    def probability(self, evidence: Evidence) -> float:
        """A field, a change, a confirmation or a cancellation."""
        if evidence.situation.form:
            return 0.0
        wishes, did = evidence.wishes, evidence.situation.did
        taken = {"cancel"} if evidence.situation.has_ticket or did == "offered" else set()
        taken |= {"confirm"} if did == "offered" else set()
        return sum(wishes[part] for part in PARTS if part not in taken)

    def reply(self, evidence: Evidence, rooms: Rooms) -> Reply:
        """By what it most likely is."""
        likeliest = max(PARTS, key=lambda part: evidence.wishes[part])
        return rooms.unfinished.strayed(evidence.turn, likeliest)
