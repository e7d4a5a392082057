"""Reading what a sum needs from what was said: a month of birth, a number of years, an amount, one of a few choices."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from nlu.entities.money import find_money
from nlu.entities.numerals import NUMERAL, plain, read_numeral

FieldKind = Literal["month", "years", "number", "money", "choice"]
# Who is born in 70年 is not born in 2070: two digits above this are of the last century.
LAST_CENTURY = 30
MONTHS = 12
_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_YEAR = (
    r"(?P<year>(?:19|20)\d\d|\d\d|[一二][九〇零][〇零一二三四五六七八九]{2}|[三四五六七八九][〇零一二三四五六七八九])"
)
# 10年2个月 is a length and no month.
_MONTH = re.compile(rf"(?<!\d){_YEAR} ?年的? ?(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九正腊])月")
_DOTTED = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)[-./](?P<month>1[0-2]|0?[1-9])(?!\d)")
_TOGETHER = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?!\d)")
_SPAN = re.compile(
    rf"(?P<years>{NUMERAL})(?P<half>半)?(?:年|载)(?P<and_half>半)?多?零?(?:(?P<months>{NUMERAL})个?多?月)?"
)
_MONTHS_ONLY = re.compile(rf"(?P<months>{NUMERAL})个多?月")
_HALF_YEAR = re.compile(r"半年")
_NUMBER = re.compile(NUMERAL)
_NAMES = {"正": 1, "腊": 12}


@dataclass(frozen=True)
class Field:
    """``name``: in the formula; ``ask``: the question; ``unit``: how the value is said again. ``choices``: of kind choice, by
    key: the label of its button and the words that mean it. ``cues``: words one of which stands in a message that tells this
    value without being asked. ``least``, ``most``: what a number must lie between. ``unless``: values of other fields with
    which it is not needed.
    """

    name: str
    kind: FieldKind
    ask: str
    unit: str = ""
    choices: Mapping[str, tuple[str, tuple[str, ...]]] | None = None
    cues: tuple[str, ...] = ()
    least: Decimal = Decimal(0)
    most: Decimal = Decimal(10**9)
    unless: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def needed(self, values: Mapping[str, str]) -> bool:
        """Whether it is asked, after what was told so far."""
        return not any(values.get(name) in some for name, some in self.unless.items())

    def read(self, text: str) -> str:
        """The value in a reply to ``ask``, empty where there is none."""
        if self.choices:
            return self._choice(text)
        value = _READERS[self.kind](text)
        if value and self.kind != "month" and not self.least <= Decimal(value) <= self.most:
            return ""
        return value

    def told(self, text: str) -> str:
        """The value where a message tells it by itself; empty where it may mean something else."""
        if self.choices or self.kind == "month" or any(cue in text for cue in self.cues):
            return self.read(text)
        return ""

    def spoken(self, value: str) -> str:
        """The value as it is said again."""
        if self.choices:
            return self.choices[value][0]
        if self.kind == "month":
            year, month = value.split("-")
            return f"{year}年{int(month)}月"
        return f"{value}{self.unit}"

    def _choice(self, text: str) -> str:
        found = {
            key: max((len(word) for word in words if word in text), default=0)
            for key, (_, words) in (self.choices or {}).items()
        }
        best = max(found, key=lambda key: found[key])
        return best if found[best] and list(found.values()).count(found[best]) == 1 else ""


def read_month(text: str) -> str:
    """A year and month as 1970-05.

    >>> read_month("我是70年5月生的"), read_month("一九七五年十二月"), read_month("199003")
    ('1970-05', '1975-12', '1990-03')
    """
    m = _MONTH.search(text) or _DOTTED.search(text) or _TOGETHER.search(text)
    if m is None:
        return ""
    year = int(m["year"].translate(_DIGITS))
    if year < 100:
        year += 1900 if year > LAST_CENTURY else 2000
    month = _NAMES.get(m["month"]) or int(read_numeral(m["month"]) or 0)
    return f"{year}-{month:02d}"


def read_years(text: str) -> str:
    """A length in years, months as parts of one; a bare number is years.

    >>> read_years("干了十二年半"), read_years("3年3个月"), read_years("8个月"), read_years("二十")
    ('12.5', '3.25', '0.67', '20')
    """
    if m := _SPAN.search(text):
        years = (read_numeral(m["years"]) or Decimal(0)) + (Decimal("0.5") if m["half"] or m["and_half"] else 0)
        return _rounded(years + (read_numeral(m["months"] or "零") or Decimal(0)) / MONTHS)
    if _HALF_YEAR.search(text):
        return "0.5"
    if m := _MONTHS_ONLY.search(text):
        return _rounded((read_numeral(m["months"]) or Decimal(0)) / MONTHS)
    return read_number(text)


def read_number(text: str) -> str:
    """The only number of a text."""
    found = [value for m in _NUMBER.finditer(text) if (value := read_numeral(m.group())) is not None]
    return plain(found[0]) if len(found) == 1 else ""


def read_money(text: str) -> str:
    """The only amount of a text in 元; a bare number is one."""
    amounts = [span.value for span in find_money(text) if "-" not in span.value]
    if len(amounts) == 1:
        return amounts[0]
    return read_number(text) if not amounts else ""


def _rounded(years: Decimal) -> str:
    return plain(years.quantize(Decimal("0.01")))


_READERS = {"month": read_month, "years": read_years, "number": read_number, "money": read_money}
