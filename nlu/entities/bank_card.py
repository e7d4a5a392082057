"""Numbers of bank cards (ISO/IEC 7812-1): 15 to 19 digits, a scheme's first digits, and a right check digit."""

from __future__ import annotations

import re

from stdnum import luhn

from nlu.entities.span import Span

# One run, or groups of four (six in front) as they stand on the card.
_CARD = re.compile(
    r"(?<![\dA-Za-z.])(?:\d{15,19}|\d{4}(?:[ -]\d{4}){2,3}(?:[ -]\d{1,4})?|\d{6}[ -]\d{9,13})(?![\dA-Za-z])"
)
# 银联 62 and 81, older cards of Chinese banks 60 65 68 69 9x, Visa 4, Mastercard 22-27 and 51-55, JCB 35, Amex 34 37.
_NO_DIGIT = re.compile(r"\D")
_SCHEME = re.compile(r"6[02589]|81|9|4|5[1-5]|2[2-7]|3[457]")


def find_bank_cards(text: str) -> list[Span]:
    """Every card number whose check digit is right, in order; the value is digits alone."""
    spans = []
    for m in _CARD.finditer(text):
        value = _NO_DIGIT.sub("", m.group())
        if 15 <= len(value) <= 19 and _SCHEME.match(value) and luhn.is_valid(value):
            spans.append(Span(m.start(), m.end(), m.group(), value, "bank_card"))
    return spans
