"""The words of following a ticket: ``follow_form.yml``, compiled once, and what can be read from one message with them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from nlu.entities.query_code import find_query_codes
from nlu.text import normalise

SPACES = re.compile(" {2,}")
WORDS_FILE = Path(__file__).parent / "follow_form.yml"


@dataclass(frozen=True)
class Purpose:
    """What is to be done with the ticket, and whether that takes words or a confirmation."""

    name: str
    note: bool
    confirm: bool


@dataclass(frozen=True)
class FollowWords:
    """Everything of ``follow_form.yml``."""

    purposes: Mapping[str, Purpose]
    number: re.Pattern[str]
    lost: re.Pattern[str]
    note_lead: re.Pattern[str]
    none_of_these: re.Pattern[str]
    which: Mapping[str, re.Pattern[str]]
    fillers: re.Pattern[str]

    def intent_of(self, purpose: str) -> str:
        """The intent that asks for this to be done."""
        return next(intent for intent, one in self.purposes.items() if one.name == purpose)

    def number_and_code(self, text: str) -> tuple[str, str]:
        """Ticket number and query code found in a text, empty where missing; the code as it is compared."""
        plain = normalise(text)
        number = self.number.search(plain)
        rest = plain.replace(number.group(), "，") if number else plain
        codes = find_query_codes(rest)
        return (number.group().upper() if number else "", codes[0].value if codes else "")

    def note_of(self, text: str) -> str:
        """What is to be added to the ticket: without the words that only say so, and without number and code."""
        return self.note_lead.sub("", self.without_codes(text))

    def without_codes(self, text: str) -> str:
        """The text without ticket number and query code: a note is read by the department, a code is nobody's but the
        citizen's. Six digits are left out beside a number only; alone they may be anything.
        """
        beside_number = self.number.search(text) is not None
        kept = list(text)
        for span in find_query_codes(text):
            if beside_number or not span.value.isdigit():
                kept[span.start : span.end] = " " * (span.end - span.start)
        return SPACES.sub(" ", self.number.sub(" ", "".join(kept))).strip()


@lru_cache(maxsize=1)
def load_follow_words(path: Path = WORDS_FILE) -> FollowWords:
    """The words; raises ``re.error`` or ``KeyError`` where the file is wrong."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return FollowWords(
        purposes={intent: Purpose(**purpose) for intent, purpose in data["purposes"].items()},
        number=re.compile(data["number"]),
        lost=re.compile(data["lost"]),
        note_lead=re.compile(data["note_lead"]),
        none_of_these=re.compile(data["none_of_these"]),
        which={name: re.compile(words) for name, words in data["which"].items()},
        fillers=re.compile(data["fillers"]),
    )
