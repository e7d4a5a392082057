"""Finding and masking personal data, for everything that is stored or logged beside the one place it is needed.

Masks keep the kind and the ends of a value, so that staff can still tell two numbers apart.
"""

from __future__ import annotations

import re
from pathlib import Path

from nlu.entities.identity_number import find_identity_numbers
from nlu.entities.phone import find_phones
from nlu.entities.span import Span

_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){14,18}(?!\d)")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
# A name is only taken after words that announce one; 我叫 of 我叫了车 is not followed by a family name.
_FAMILY = "".join((Path(__file__).parent / "lexicon" / "family_names.txt").read_text(encoding="utf-8").split())
_NAME = re.compile(
    r"(?:我叫|我姓名是|姓名[是为:： ]?|名字[是叫为:： ]|联系人[是为:： ]?)"
    rf"([{_FAMILY}][\u4e00-\u9fff]{{1,3}}?)"
    r"(?=$|[,，。.;；、 \d]|电话|手机|住|是|身份证)"
)


def luhn(number: str) -> bool:
    """Whether a card number's check digit is right (ISO/IEC 7812-1)."""
    digits = [int(char) for char in reversed(number)]
    return (sum(digits[0::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])) % 10 == 0


def _cards(text: str) -> list[Span]:
    spans = []
    for m in _CARD.finditer(text):
        value = re.sub(r"\D", "", m.group())
        if 15 <= len(value) <= 19 and luhn(value):
            spans.append(Span(m.start(), m.end(), m.group(), value, "bank_card"))
    return spans


def find_personal_data(text: str) -> list[Span]:
    """Spans of identity, telephone and card numbers, e-mail addresses and announced names, not overlapping."""
    candidates = [
        *find_identity_numbers(text),
        *find_phones(text),
        *_cards(text),
        *(Span(m.start(), m.end(), m.group(), m.group(), "email") for m in _EMAIL.finditer(text)),
        *(Span(m.start(1), m.end(1), m.group(1), m.group(1), "name") for m in _NAME.finditer(text)),
    ]
    kept: list[Span] = []
    for span in candidates:
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return sorted(kept, key=lambda span: span.start)


def _masked(span: Span) -> str:
    text = span.text
    if span.kind == "name":
        return text[0] + "＊" * (len(text) - 1)
    if span.kind == "email":
        return text[0] + "***" + text[text.index("@") :]
    keep_head, keep_tail = (3, 2) if len(text) >= 8 else (1, 1)
    return text[:keep_head] + "*" * (len(text) - keep_head - keep_tail) + text[-keep_tail:]


def mask(text: str) -> str:
    """The text with every piece of personal data masked; masking twice changes nothing more."""
    pieces, at = [], 0
    for span in find_personal_data(text):
        pieces += [text[at : span.start], _masked(span)]
        at = span.end
    return "".join([*pieces, text[at:]])


def remove(text: str) -> str:
    """The text without personal data: what is looked up must not be found by somebody's digits."""
    pieces, at = [], 0
    for span in find_personal_data(text):
        pieces.append(text[at : span.start])
        at = span.end
    return "".join([*pieces, text[at:]])
