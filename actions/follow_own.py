"""The tickets of this very conversation: they need no code, and no number where it is said which of them is meant."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from actions.follow_words import FollowWords
from actions.messages import Button
from actions.tickets.numbering import parse_number
from actions.tickets.service import TicketService
from actions.tickets.views import TicketView
from nlu.text import content_only, normalise
from nlu.tokenizer import known_pieces
from nlu.vocabulary import LEXICON_DIR

# A ticket filed in this very conversation needs no code. Codes are kept sealed, and no sealed text looks like this.
OWN = "own"
MOST_BUTTONS = 5
LABEL_LENGTH = 12
# The end of a number, shown where two stories begin alike.
TAIL = 5
COUNTS = {"一": 0, "1": 0, "二": 1, "两": 1, "2": 1, "三": 2, "3": 2, "四": 3, "4": 3, "五": 4, "5": 4}
# Up to so many characters an answer to the question which one is meant names it; more are a story of their own.
SHORT = 16
_CLAUSE_END = re.compile("[，。！？；：、,.!?;:…\\s]")
_HAN = re.compile("[\u3400-\u9fff]+")


class OwnTickets:
    """Finds which of a conversation's own tickets is meant; the tickets of other conversations are never looked at."""

    def __init__(self, tickets: TicketService, words: FollowWords) -> None:
        self._tickets = tickets
        self._words = words

    def numbered(self, number: str, conversation_id: str) -> TicketView | None:
        """The conversation's ticket with this number, however it was typed."""
        parsed = parse_number(number, self._tickets.catalogue.number_prefix)
        own = self._tickets.of(conversation_id) if parsed else []
        return next((ticket for ticket in own if ticket.number == parsed), None)

    def meant(self, said: str, own: Sequence[TicketView]) -> TicketView | None:
        """The one that is spoken of, counted as they were filed; None where it does not say. ``own``: newest first."""
        return self._counted(said, own[::-1]) or self._described(said, own)

    def chosen(self, said: str, own: Sequence[TicketView]) -> TicketView | None:
        """The one that is picked from the list just shown, counted as it is shown."""
        shown, plain = own[:MOST_BUTTONS], content_only(said)
        if len(plain) > SHORT:
            return None
        if plain in COUNTS:
            return shown[COUNTS[plain]] if COUNTS[plain] < len(shown) else None
        if self._words.which["newest"].search(normalise(said)):
            return own[0]
        return self._counted(said, shown) or self._described(said, own)

    def buttons(self, own: Sequence[TicketView], purpose: str) -> list[Button]:
        """The newest tickets, each with what its button does to it."""
        shown = own[:MOST_BUTTONS]
        labels = Counter(_label(ticket) for ticket in shown)
        intent = self._words.intent_of(purpose)
        return [
            Button(
                title=f"{_told_apart(ticket, labels)}（{ticket.status_label}）",
                payload=f"/{intent}{json.dumps({'draft': ticket.number})}",
            )
            for ticket in shown
        ]

    def _counted(self, said: str, own: Sequence[TicketView]) -> TicketView | None:
        """The one that an ordinal means in a list: 第一个, 第二件, 最后一个."""
        if not own:
            return None
        plain, which = normalise(said), self._words.which
        if which["first"].search(plain):
            return own[0]
        if which["last"].search(plain) or which["newest"].search(plain):
            return own[-1]
        counted = which["counted"].search(plain)
        index = COUNTS[counted[1]] if counted else len(own)
        return own[index] if index < len(own) else None

    def _described(self, said: str, own: Sequence[TicketView]) -> TicketView | None:
        """The one ticket that shares more with the words than any other does."""
        marks = self._marks(said)
        shares = [sum(mark in text for mark in marks) for text in map(_text, own)]
        most = max(shares, default=0)
        return own[shares.index(most)] if most and shares.count(most) == 1 else None

    def _marks(self, said: str) -> set[str]:
        """What may tell a matter or a place: pairs of characters within words, single characters only where no pair is."""
        rest = self._words.fillers.sub(" ", normalise(said))
        words = [word for word in known_pieces(rest) if _HAN.fullmatch(word) and word not in _stop_words()]
        pairs = {word[start : start + 2] for word in words for start in range(len(word) - 1)}
        return pairs or set(words)


def taken(ticket: TicketView) -> dict[str, str]:
    """A ticket of this conversation, as the form remembers it."""
    return {"follow_number": ticket.number, "follow_code": OWN}


@lru_cache(maxsize=1)
def _stop_words() -> frozenset[str]:
    return frozenset((LEXICON_DIR / "stop_words.txt").read_text(encoding="utf-8").split())


def _text(ticket: TicketView) -> str:
    return normalise(f"{ticket.kind_label}\n{ticket.summary}\n{ticket.where}")


def _label(ticket: TicketView) -> str:
    """The first words of the story."""
    first = next((part for part in _CLAUSE_END.split(ticket.summary) if part), ticket.kind_label)
    return first[:LABEL_LENGTH]


def _told_apart(ticket: TicketView, labels: Counter[str]) -> str:
    label = _label(ticket)
    return label if labels[label] == 1 else f"{label} {ticket.number[-TAIL:]}"
