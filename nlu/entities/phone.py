"""Telephone numbers: mobile (工信部 numbering plan: 11 digits, 13–19), landline, and the 400/800 numbers of firms."""

from __future__ import annotations

import re

from nlu.entities.span import Span, SpanSet

_MOBILE = re.compile(
    r"(?<![\d-])(?:(?:\+|00)?86[- ]?)?(1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})(?!\d|\s{0,2}(?:元(?![旦宵])|块|万元|亿元))"
)
# 发票代码 045002100111 has the form of a number with an area code.
_NO_PHONE = re.compile(r"(?:代码|编号|票号|单号|流水号)\D{0,3}$")
_CUE_REACH = 10
_EXTENSION = r"(?:(?:转|[- ]?分机|-)(\d{1,5}))?(?!\d)"
_AREA = r"0(?:10|2\d|[3-9]\d{2}|000)"
_LANDLINE = re.compile(rf"(?<![\d-])(?<!\d )[(（]?({_AREA})[)）]?[- ]?(\d{{3,4}})[- ]?(\d{{4}}){_EXTENSION}")
_SERVICE = re.compile(
    r"(?<![\d-])([48]00)(?:[- ]?(\d{3})[- ]?(\d{4})|[- ]?(\d{4})[- ]?(\d{3})|(\d)-(\d{3})-(\d{3}))(?!\d)"
)
# Without an area code seven or eight digits may be anything: a word must say that it is a telephone.
_LOCAL = re.compile(
    r"(?:座机|固话|固定电话|电话|宅电|传真|值班室|办公室)(?:号码|号)?(?:是|为|[:： ])*"
    rf"([2-9]\d{{2,3}})[- ]?(\d{{4}}){_EXTENSION}"
)
_NO_DIGIT = re.compile(r"\D")


def _joined(*parts: str | None) -> str:
    return "-".join(part for part in parts if part)


def find_phones(text: str) -> list[Span]:
    """Every telephone number, in order. Values: ``mobile`` 11 digits, ``landline`` [area-]number[-extension],
    ``service_number`` (400 and 800, which belong to firms and not to people) 10 digits.
    """
    mobiles = [Span(m.start(), m.end(), m.group(), "".join(m.groups()), "mobile") for m in _MOBILE.finditer(text)]
    others = [
        Span(m.start(), m.end(), m.group(), _joined(m.group(1), m.group(2) + m.group(3), m.group(4)), "landline")
        for m in _LANDLINE.finditer(text)
        if not _NO_PHONE.search(text[max(0, m.start() - _CUE_REACH) : m.start()])
    ]
    others += [
        Span(m.start(), m.end(), m.group(), _NO_DIGIT.sub("", m.group()), "service_number")
        for m in _SERVICE.finditer(text)
    ]
    others += [
        Span(m.start(1), m.end(), text[m.start(1) : m.end()], _joined(m.group(1) + m.group(2), m.group(3)), "landline")
        for m in _LOCAL.finditer(text)
    ]
    return list(SpanSet([*mobiles, *others]))
