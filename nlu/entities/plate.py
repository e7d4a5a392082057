"""Vehicle plates (GA 36-2018): 浙A12345, 浙B·60F92, 浙AD06713, 粤ZF023港, 浙A2765学."""

from __future__ import annotations

import re

from nlu.entities.span import Span, SpanSet

_PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
_GAP = r"[ ·•・．.-]?"
# The standard leaves out I and O, and allows two letters among the five signs of an ordinary plate.
_SIGN = r"[0-9A-HJ-NP-Z]"
_ORDINARY = rf"(?=(?:[0-9]*[A-Z]){{0,2}}[0-9]*(?![0-9A-Z])){_SIGN}{{5}}"
# Small cars of new energy carry D, F … in front of four digits, large ones behind five.
_NEW_ENERGY = r"[A-HJK][0-9A-HJ-NP-Z][0-9]{4}|[0-9]{5}[A-HJK]"
_SPECIAL = rf"{_SIGN}{{4}}[学警挂港澳领试超]"
_PLATE = re.compile(
    rf"[{_PROVINCES}] ?[A-HJ-Z]{_GAP}(?:{_SPECIAL}|(?:{_NEW_ENERGY}|{_ORDINARY})(?![0-9A-Z]))", re.IGNORECASE
)
# Written with gaps, or read aloud; told from words by its digits.
_READ = "零一二三四五六七八九幺"
_SPACED = re.compile(
    rf"[{_PROVINCES}] ?[A-HJ-Z]{_GAP}[0-9A-HJ-NP-Z{_READ}](?:{_GAP}[0-9A-HJ-NP-Z{_READ}]){{4,5}}(?![0-9A-Z])",
    re.IGNORECASE,
)
_LEAST_DIGITS = 3
_NOT_SIGNS = re.compile(r"[^0-9A-Z\u4e00-\u9fff]")


def find_plates(text: str) -> list[Span]:
    """Every plate, in order; the value is in capitals without separators."""
    spans = []
    for m in _PLATE.finditer(text):
        value = _NOT_SIGNS.sub("", m.group().upper())
        if any(char.isdigit() for char in value):
            spans.append(Span(m.start(), m.end(), m.group(), value, "plate"))
    for m in _SPACED.finditer(text):
        if sum(char.isdigit() or char in _READ for char in m.group()) >= _LEAST_DIGITS:
            spans.append(Span(m.start(), m.end(), m.group(), _NOT_SIGNS.sub("", m.group().upper()), "plate"))
    return list(SpanSet(spans))
