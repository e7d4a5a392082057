"""Finding and masking personal data, for everything that is stored or logged beside the one place it is needed.

Numbers are found by rules. Names and houses are found by rules where a word announces them, and everywhere by a trained
recogniser, where the process has one (:func:`use`). Masks keep the kind and the ends of a value, so that staff can still
tell two numbers apart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from stdnum import luhn as _luhn

from nlu.entities.account import find_accounts
from nlu.entities.address import find_house_addresses
from nlu.entities.bank_card import find_bank_cards
from nlu.entities.email import find_emails
from nlu.entities.house_chain import find_house_chains
from nlu.entities.identity_number import find_identity_numbers
from nlu.entities.number_runs import DIGITS, find_number_runs
from nlu.entities.person import find_persons
from nlu.entities.phone import find_phones
from nlu.entities.plate import find_plates
from nlu.entities.span import Span, SpanSet
from nlu.entities.told_names import find_told_names
from nlu.entities.travel_document import find_travel_documents
from nlu.folding import folded

# Without one of these there is no number, and nothing but names to look for; this runs on every turn.
_NUMBERS = re.compile(r"[\d@＠]")
_AT = re.compile("[@＠]")
_LETTERS = re.compile(r"[A-Za-z扣企微威薇绿綠抖快小陌]")
_LONG_NUMBER = re.compile(rf"[{''.join(DIGITS)}][^\u4e00-\u9fff]{{0,2}}[{''.join(DIGITS)}]")
_HOUSE_PARTS = re.compile(r"[-栋幢弄室户房号门组座元住]")
_HOUSES = re.compile(r"[\d号栋幢室弄]")
# Where the house begins in an address: 8弄, 12号, 三栋. A road of digits (104国道) is masked with it.
_FIRST_NUMBER = re.compile(r"\d|[A-Za-z一二三四五六七八九十百]{1,40}(?:[号弄栋幢单室楼座]|$)")
# The numbers of firms are no personal data.
_PUBLIC = frozenset({"service_number"})
# What the recogniser finds too.
_TOLD = frozenset({"name", "address"})
# A mask may lay open what stood in its shadow: a telephone within a card number, a house behind a name.
_ROUNDS = 4
# So many names of a text are looked for again; nobody's message has more.
MOST_NAMES = 50


class NameFinder(Protocol):
    """Finds names and houses that no word announces: :class:`nlu.recogniser.Recogniser`."""

    def find(self, text: str, ruled: Sequence[Span] = ()) -> list[Span]:
        """Spans of the kinds ``name`` and ``address``; ``ruled``: what the rules found."""


_used: list[NameFinder] = []


def use(finder: NameFinder | None) -> None:
    """Let :func:`mask` of this process find names with it from now on; None: with the rules alone."""
    _used[:] = [finder] if finder else []


def luhn(number: str) -> bool:
    """Whether a card number's check digit is right (ISO/IEC 7812-1)."""
    return _luhn.is_valid(number)


def find_personal_data(text: str) -> list[Span]:
    """Spans of numbers of persons, cards, documents, telephones and plates, of accounts, e-mail and house addresses and of
    names, in order and not overlapping. Travel documents of all kinds are ``passport``.

    The text is read with full-width signs and traditional characters folded, one for one, so that places stay. By the
    rules alone: what is looked up must not lose a word that the recogniser takes for a name.
    """
    return _found(text, [])


def _found(text: str, finders: Sequence[NameFinder]) -> list[Span]:
    plain = folded(text)
    ruled = list(SpanSet(_candidates(plain)))
    told = [span for finder in finders for span in finder.find(plain, ruled)]
    spans = SpanSet(_joined(plain, ruled, told) if told else ruled)
    names = list(dict.fromkeys(span.text for span in spans if span.kind == "name"))
    for name in names[:MOST_NAMES]:
        # Who was named once is meant wherever the name stands.
        at = plain.find(name)
        while at >= 0:
            spans.add(Span(at, at + len(name), name, name, "name"))
            at = plain.find(name, at + len(name))
    return [replace(span, text=text[span.start : span.end]) for span in spans]


def _joined(text: str, ruled: Sequence[Span], told: Sequence[Span]) -> list[Span]:
    """What both found; where they found parts of one name or house, all that either of them took for it."""
    joined: list[Span] = []
    for span in sorted([*ruled, *told], key=lambda one: one.start):
        last = joined[-1] if joined else None
        if last and last.kind == span.kind and span.kind in _TOLD and span.start < last.end:
            start, end = last.start, max(last.end, span.end)
            joined[-1] = replace(last, end=end, text=text[start:end], value=text[start:end])
        else:
            joined.append(span)
    return joined


def _candidates(text: str) -> list[Span]:
    candidates: list[Span] = []
    if _NUMBERS.search(text):
        candidates += find_identity_numbers(text)
        candidates += find_emails(text)
        candidates += (replace(span, kind="passport") for span in find_travel_documents(text))
        candidates += find_plates(text)
        candidates += find_bank_cards(text)
        candidates += (span for span in find_phones(text) if span.kind not in _PUBLIC)
    if _LETTERS.search(text):
        candidates += find_accounts(text)
    if _LONG_NUMBER.search(text):
        candidates += find_number_runs(text)
    if _HOUSES.search(text):
        candidates += find_house_addresses(text)
    if _HOUSE_PARTS.search(text):
        candidates += find_house_chains(text)
    candidates += find_persons(text)
    candidates += find_told_names(text)
    return candidates


def _masked(span: Span) -> str:
    text = span.text
    if span.kind == "name":
        return text[0] + "＊" * (len(text) - 1)
    if span.kind == "email":
        at = _AT.search(text)
        return text[0] + "***" + text[at.start() if at else 1 :]
    if span.kind == "address":
        # The street stays, so that staff see where it is; the house does not.
        house = _FIRST_NUMBER.search(text)
        street = house.start() if house else 1
        return text[:street] + "*" * (len(text) - street)
    keep_head, keep_tail = (3, 2) if len(text) >= 8 else (1, 1)
    return text[:keep_head] + "*" * (len(text) - keep_head - keep_tail) + text[-keep_tail:]


def mask(text: str) -> str:
    """The text with every piece of personal data masked; masking twice changes nothing more that the rules find."""
    before, now = text, _masked_once(text, _used)
    for _ in range(_ROUNDS):
        if now == before:
            break
        before, now = now, _masked_once(now, [])
    return now


def _masked_once(text: str, finders: Sequence[NameFinder]) -> str:
    return "".join(_masked(piece) if isinstance(piece, Span) else piece for piece in _pieces(text, finders))


def remove(text: str) -> str:
    """The text without personal data: what is looked up must not be found by somebody's digits."""
    return "".join(piece for piece in _pieces(text, []) if isinstance(piece, str))


def _pieces(text: str, finders: Sequence[NameFinder]) -> list[str | Span]:
    """The text cut into personal data and what lies between."""
    pieces: list[str | Span] = []
    at = 0
    for span in _found(text, finders):
        pieces += [text[at : span.start], span]
        at = span.end
    return [*pieces, text[at:]]
