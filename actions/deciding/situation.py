"""Where a conversation stands before a message: what the assistant did last, and what it waits for."""

from __future__ import annotations

from dataclasses import dataclass

from nlu.text import content_only

# Up to so many characters a message is as short as that.
LENGTHS = (1, 2, 4, 8, 16, 32, 64)


@dataclass(frozen=True)
class Situation:
    """``did``: what the last reply was (``answered``, ``choices``, ``offered`` …), empty at the beginning.

    ``form``: the open form (``ticket``, ``follow``) or empty, ``asked``: the field it has asked for. ``at_hand``: an item is at
    hand; ``aspect``: the point that was asked last; ``has_ticket``: a ticket was filed or looked at in this conversation.
    """

    did: str = ""
    form: str = ""
    asked: str = ""
    at_hand: bool = False
    aspect: str = ""
    has_ticket: bool = False

    def marks(self, text: str) -> list[str]:
        """What a classifier is told beside the words: the situation, and how long and of what kind the text is."""
        plain = content_only(text)
        length = next((most for most in LENGTHS if len(plain) <= most), "more")
        digits = sum(char.isdigit() for char in plain)
        marks = [f"did={self.did}", f"length={length}", f"digits={min(digits, 8) // 4}"]
        questions = text.count("？") + text.count("?")
        if questions:
            marks.append("questions" if questions > 1 else "question")
        if self.form:
            marks += [f"form={self.form}", f"asked={self.asked}", f"asked={self.asked}&length={length}"]
        for name in ("at_hand", "has_ticket"):
            if getattr(self, name):
                marks.append(name)
        return marks
