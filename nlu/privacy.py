"""Finding and masking personal data, for everything that is stored or logged beside the one place it is needed.

Masks keep the kind and the ends of a value, so that staff can still tell two numbers apart.
"""

from __future__ import annotations

import re
from dataclasses import replace

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
from nlu.text import simplified

# Without one of these there is no number, and nothing but names to look for; this runs on every turn.
_NUMBERS = re.compile(r"[\d@＠]")
_AT = re.compile("[@＠]")
_LETTERS = re.compile(r"[A-Za-z扣企微威薇绿綠抖快小陌]")
_LONG_NUMBER = re.compile(rf"[{''.join(DIGITS)}][^\u4e00-\u9fff]{{0,2}}[{''.join(DIGITS)}]")
# Signs of full width that have a plain form: １, Ａ, but not the marks of Chinese sentences.
_FULL_WIDTH = re.compile("[０-９Ａ-Ｚａ-ｚ＋－．＠／＿]")
_HOUSE_PARTS = re.compile(r"[-栋幢弄室户房号门组座元住]")
_HOUSES = re.compile(r"[\d号栋幢室弄]")
# Where the house begins in an address: 8弄, 12号, 三栋. A road of digits (104国道) is masked with it.
_FIRST_NUMBER = re.compile(r"\d|[A-Za-z一二三四五六七八九十百]{1,40}(?:[号弄栋幢单室楼座]|$)")
# The numbers of firms are no personal data.
_PUBLIC = frozenset({"service_number"})
# A mask may lay open what stood in its shadow: a telephone within a card number, a house behind a name.
_ROUNDS = 4
# So many names of a text are looked for again; nobody's message has more.
MOST_NAMES = 50


def luhn(number: str) -> bool:
    """Whether a card number's check digit is right (ISO/IEC 7812-1)."""
    return _luhn.is_valid(number)


def find_personal_data(text: str) -> list[Span]:
    """Spans of numbers of persons, cards, documents, telephones and plates, of accounts, e-mail and house addresses and of
    names, in order and not overlapping. Travel documents of all kinds are ``passport``.

    The text is read with full-width signs and traditional characters folded, one for one, so that places stay.
    """
    plain = _folded(text)
    spans = SpanSet(_candidates(plain))
    names = list(dict.fromkeys(span.text for span in spans if span.kind == "name"))
    for name in names[:MOST_NAMES]:
        # Who was named once is meant wherever the name stands.
        at = plain.find(name)
        while at >= 0:
            spans.add(Span(at, at + len(name), name, name, "name"))
            at = plain.find(name, at + len(name))
    return [replace(span, text=text[span.start : span.end]) for span in spans]


def _folded(text: str) -> str:
    """The text with each character in its plain form, where that is one character too."""
    unified = _FULL_WIDTH.sub(lambda match: chr(ord(match.group()) - 0xFEE0), text)
    simple = simplified(unified)
    return simple if len(simple) == len(text) else unified


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
    """The text with every piece of personal data masked; masking twice changes nothing more."""
    before, now = "", text
    for _ in range(_ROUNDS):
        if now == before:
            break
        before, now = now, "".join(_masked(piece) if isinstance(piece, Span) else piece for piece in _pieces(now))
    return now


def remove(text: str) -> str:
    """The text without personal data: what is looked up must not be found by somebody's digits."""
    return "".join(piece for piece in _pieces(text) if isinstance(piece, str))


def _pieces(text: str) -> list[str | Span]:
    """The text cut into personal data and what lies between."""
    pieces: list[str | Span] = []
    at = 0
    for span in find_personal_data(text):
        pieces += [text[at : span.start], span]
        at = span.end
    return [*pieces, text[at:]]
