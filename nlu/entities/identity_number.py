"""Resident identity numbers (GB 11643-1999): 17 digits and a check character by ISO 7064 MOD 11-2."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from nlu.entities.span import Span, SpanSet

_NUMBER = re.compile(r"(?<![\dA-Za-z])(\d{6}) ?(\d{8}) ?(\d{3})([\dXxＸｘ])(?![\dA-Za-z])")
# Said to be one, but too long or too short.
_ANNOUNCED = re.compile(r"身份证(?:号码|号|件)?(?:是|为|[:： ])*(\d{14,19}[\dXxＸｘ]?)(?![\dA-Za-z])")
_IS_ANNOUNCED = re.compile(r"身份证\D{0,6}$")
# A case of an office may have eighteen digits with a day in them.
_NO_PERSON = re.compile(r"(?<!档案)(?:编号|单号|案号|流水号|受理号|业务号)\D{0,3}$")
_CUE_REACH = 10
# Provinces of GB/T 2260, residents from Hong Kong, Macao and Taiwan, and foreign permanent residents.
_PROVINCES = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9[1-6]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


@dataclass(frozen=True)
class IdentityNumber:
    """What a valid number tells: birth date, sex, and the county (GB/T 2260) where it was first registered."""

    birth: date
    sex: Literal["male", "female"]
    division_code: str


def check_character(first17: str) -> str:
    """The 18th character that belongs to the first 17 digits."""
    return _CHECK[sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True)) % 11]


def is_valid_identity_number(value: str) -> bool:
    """Whether birth date and check character are right."""
    return len(value) == 18 and _birth(value) is not None and check_character(value[:17]) == value[17].upper()


def read_identity_number(value: str) -> IdentityNumber:
    """Birth date, sex and division code; raises ``ValueError`` where the number is not valid.

    >>> read_identity_number("11010519491231002X")
    IdentityNumber(birth=datetime.date(1949, 12, 31), sex='female', division_code='110105')
    """
    birth = _birth(value)
    if birth is None or not is_valid_identity_number(value):
        raise ValueError("not a valid identity number")
    return IdentityNumber(birth, "male" if int(value[16]) % 2 else "female", value[:6])


def find_identity_numbers(text: str) -> list[Span]:
    """Every identity number, in order; kind ``identity_number``, or ``identity_number_wrong``.

    Wrong are those whose check character does not fit, and those that are said to be one and have an impossible date or
    another length. Other numbers of 18 digits (orders, accounts) are none.
    """
    spans = SpanSet()
    for m in _NUMBER.finditer(text):
        value = "".join(m.groups()).upper().replace("Ｘ", "X")
        if is_valid_identity_number(value):
            spans.add(Span(m.start(), m.end(), m.group(), value, "identity_number"))
        elif _NO_PERSON.search(text[max(0, m.start() - _CUE_REACH) : m.start()]):
            continue
        elif _looks_like_one(value) or _IS_ANNOUNCED.search(text[max(0, m.start() - _CUE_REACH) : m.start()]):
            spans.add(Span(m.start(), m.end(), m.group(), value, "identity_number_wrong"))
    for m in _ANNOUNCED.finditer(text):
        spans.add(Span(m.start(1), m.end(1), m.group(1), m.group(1).upper(), "identity_number_wrong"))
    return list(spans)


def _birth(value: str) -> date | None:
    try:
        return date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return None


def _looks_like_one(value: str) -> bool:
    birth = _birth(value)
    return _PROVINCES.match(value) is not None and birth is not None and 1880 <= birth.year <= 2099
