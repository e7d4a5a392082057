"""The words of filing a ticket: ``ticket_form.yml``, compiled once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from actions.questions import residual
from nlu.entities.phone import find_phones
from nlu.entities.place import find_places
from nlu.entities.times import find_times
from nlu.text import content_only, normalise

WORDS_FILE = Path(__file__).parent / "ticket_form.yml"
FIELDS = ("what", "where", "when", "contact")
MIN_WHAT = 4


@dataclass(frozen=True)
class Kind:
    """A kind of ticket as a citizen's words show it; ``skip`` are fields that need not be asked."""

    name: str
    label: str
    skip: frozenset[str]
    words: re.Pattern[str]


@dataclass(frozen=True)
class TicketWords:
    """Everything of ``ticket_form.yml``."""

    default_kind: str
    kinds: Mapping[str, Kind]
    field_labels: Mapping[str, str]
    field_words: Mapping[str, re.Pattern[str]]
    patterns: Mapping[str, re.Pattern[str]]
    texts: Mapping[str, str]
    small_talk: Mapping[str, str]
    about_filing: Mapping[str, re.Pattern[str]]

    def question_about_filing(self, text: str) -> str:
        """The response to a question about the filing itself (is it free, how long will it take), or empty."""
        plain = normalise(text)
        return next((response for response, words in self.about_filing.items() if words.search(plain)), "")

    def says(self, name: str, text: str) -> bool:
        """Whether the text matches the named pattern (agrees, refuses, cancel, anonymous, unsure)."""
        return bool(self.patterns[name].search(normalise(text)))

    def kind_of(self, text: str) -> str:
        """The kind that the words show; the default where they do not say."""
        plain = normalise(text)
        return next((kind.name for kind in self.kinds.values() if kind.words.search(plain)), self.default_kind)

    def change_in(self, text: str) -> tuple[str, str] | None:
        """Which field is to be changed and to what (empty: not said yet); None where no change is asked for."""
        if not self.patterns["change"].search(text):
            return None
        moved = self.patterns["change_to"].search(text)
        value = moved["value"].strip() if moved else ""
        before = text[: moved.start()] if moved else text
        named = next((field for field, words in self.field_words.items() if words.search(before)), "")
        return (named or _field_of(value, self), value) if named or value else None

    def field_in(self, text: str) -> tuple[str, str]:
        """The field that a short answer names, or that its value belongs to; both empty where neither is clear."""
        named = next((field for field, words in self.field_words.items() if words.search(text)), "")
        return (named, "") if named else (_field_of(text, self), text)


def _field_of(value: str, words: TicketWords) -> str:
    if find_phones(value) or words.says("anonymous", value):
        return "contact"
    if find_times(value) and not find_places(value):
        return "when"
    return "where" if find_places(value) else ""


def tells_what(text: str) -> bool:
    """Whether more is said than that, where and when something is to be filed."""
    words = load_ticket_words()
    rest = words.patterns["lead"].sub("", normalise(text))
    for span in sorted([*find_places(rest), *find_times(rest)], key=lambda span: -span.start):
        rest = rest[: span.start] + " " + rest[span.end :]
    return len(content_only(residual(rest) or "")) >= MIN_WHAT


@lru_cache(maxsize=1)
def load_ticket_words(path: Path = WORDS_FILE) -> TicketWords:
    """The words; raises ``re.error`` or ``KeyError`` where the file is wrong."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    names = (
        "lead",
        "change",
        "change_alone",
        "field_alone",
        "change_to",
        "cancel",
        "agrees",
        "refuses",
        "anonymous",
        "unsure",
        "resumes",
    )
    texts = ("summary_line", "skipped", "unsure_value", "anonymous_value", "addition", "some_ticket")
    return TicketWords(
        default_kind=data["default_kind"],
        kinds={
            name: Kind(name, kind["label"], frozenset(kind["skip"]), re.compile("|".join(kind["words"])))
            for name, kind in data["kinds"].items()
        },
        field_labels={field: data["fields"][field]["label"] for field in FIELDS},
        field_words={field: re.compile(data["fields"][field]["words"]) for field in FIELDS},
        patterns={name: re.compile(data[name]) for name in names},
        texts={name: data[name] for name in texts},
        small_talk=data["small_talk"],
        about_filing={response: re.compile(words) for response, words in data["about_filing"].items()},
    )
