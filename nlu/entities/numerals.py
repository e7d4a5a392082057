"""Numbers as people write and say them: 1,200, 1.2万, 三千五, 一百零五, 二〇二六, 叁仟, 5w."""

from __future__ import annotations

import re
from decimal import Decimal

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")}
_DIGITS |= {char: value for value, char in enumerate("〇壹贰叁肆伍陆柒捌玖")} | {"两": 2, "俩": 2, "幺": 1}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "k": 1000, "K": 1000}
_BIG = {"万": 10_000, "w": 10_000, "W": 10_000, "亿": 100_000_000}
# Longer ones are no numbers that anybody says, and would make every pattern that holds one slow.
_ARABIC = r"\d{1,3}(?:,\d{3}){1,8}(?:\.\d{1,20})?|\d{1,12}(?:\.\d{1,6})?"
_CHINESE = "零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟"
# A number in running text: digits with or without a scale and a rest (1万2, 3千5), or Chinese characters.
# One scale at a time: a run of them can then be read in one way only.
_SCALED = r"(?:[十百千万亿](?:\d{1,4}|[零一二两三四五六七八九])?){1,16}(?![\d.])"
NUMERAL = rf"(?:(?:{_ARABIC})(?:{_SCALED}|[wWkK](?![A-Za-z]))?|[{_CHINESE}]{{1,16}})"
_PART = re.compile(rf"{_ARABIC}|.")


def read_numeral(text: str) -> Decimal | None:
    """The value, or None where the text is no number.

    A digit behind a scale is the next lower place, as it is said: 三千五 is 3500, 一万二 12000, 三千零五 3005.
    Two digits before a scale (两三千, 三五百) are a range: the value is the lower one.
    """
    if len(text) >= 2 and all(char in _DIGITS for char in text):
        return Decimal("".join(str(_DIGITS[char]) for char in text))
    reading = _Reading()
    for part in _PART.findall(text):
        if not reading.take(part):
            return None
    return reading.value()


def plain(value: Decimal) -> str:
    """Decimal text without exponent or trailing zeros: 12000, 3.5."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


class _Reading:
    """A number read from left to right: whole sections of 万 and 亿, the section under way, the digit under way."""

    def __init__(self) -> None:
        self._total = self._section = Decimal(0)
        self._number: Decimal | None = None
        self._last_unit = 0
        self._seen = self._zero = self._approximate = False

    def take(self, part: str) -> bool:
        """Read one part; False where it does not belong into a number."""
        if part in _UNITS:
            return self._unit(_UNITS[part])
        if part in _BIG:
            return self._scale(_BIG[part])
        if part in "零〇":
            self._zero = self._seen = True
            return self._number is None
        if part in _DIGITS:
            return self._digit(Decimal(_DIGITS[part]))
        if part[0].isdecimal():
            return self._digit(Decimal(part.replace(",", "")))
        return False

    def value(self) -> Decimal | None:
        """What was read."""
        if not self._seen or (self._approximate and self._number is not None):
            return None
        rest = self._number or Decimal(0)
        if 0 < rest < 10 and self._last_unit > 10 and not self._zero:
            rest *= Decimal(self._last_unit) / 10
        return self._total + self._section + rest

    def _digit(self, digit: Decimal) -> bool:
        if self._number is not None:
            # 两三千, 三五百: the lower of two digits, and a scale has to follow.
            if self._approximate or digit <= self._number or digit > 9:
                return False
            self._approximate = True
            return True
        self._number, self._seen = digit, True
        return True

    def _unit(self, unit: int) -> bool:
        if self._number is None and (unit != 10 or (self._last_unit and self._last_unit < 100)):
            return False
        self._section += (Decimal(1) if self._number is None else self._number) * unit
        self._after(unit)
        return True

    def _scale(self, scale: int) -> bool:
        section = self._section + (self._number or Decimal(0))
        if section == 0 and not self._total:
            return False
        self._total = (self._total + section) * scale if scale > 10_000 else self._total + section * scale
        self._section = Decimal(0)
        self._after(scale)
        return True

    def _after(self, unit: int) -> None:
        self._number, self._last_unit, self._seen = None, unit, True
        self._zero = self._approximate = False
