"""Resident identity numbers (GB 11643-1999): 17 digits and a check character by ISO 7064 MOD 11-2."""

from __future__ import annotations

import re
from datetime import date

from nlu.entities.span import Span

_NUMBER = re.compile(r"(?<!\d)(\d{6})(\d{8})(\d{3})([\dXxＸｘ])(?![\dA-Za-z])")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def check_character(first17: str) -> str:
    """The 18th character that belongs to the first 17 digits."""
    return _CHECK[sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True)) % 11]


def is_valid_identity_number(value: str) -> bool:
    """Whether birth date and check character are right."""
    try:
        date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return False
    return len(value) == 18 and check_character(value[:17]) == value[17].upper()


def find_identity_numbers(text: str) -> list[Span]:
    """Every 18-character number with a possible birth date; kind tells whether its check character is right."""
    spans = []
    for m in _NUMBER.finditer(text):
        value = "".join(m.groups()).upper().replace("Ｘ", "X")
        kind = "identity_number" if is_valid_identity_number(value) else "identity_number_wrong"
        spans.append(Span(m.start(), m.end(), m.group(), value, kind))
    return spans
