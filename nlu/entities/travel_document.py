"""Passports, travel permits, permanent residence and Hong Kong's identity cards: letters and digits.

Passports E and G with 8 digits, E with a letter and 7 digits, D S P for officials; 往来港澳通行证 C and W; 往来台湾通行证
L and T; 港澳居民来往内地通行证 H and M; 台湾居民来往大陆通行证 8 digits; 外国人永久居留身份证 3 letters and 12 digits, or since
2023 an 18-digit number that begins with 9 and keeps the check character of GB 11643.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlu.entities.identity_number import is_valid_identity_number
from nlu.entities.span import Span

_START, _END = r"(?<![0-9A-Za-z_-])", r"(?![0-9A-Za-z_-])"
# How far before a number a word may stand that tells what it is.
_REACH = 12
_NOT_A_DOCUMENT = re.compile(
    r"(?:订单|单号|运单|快递|工单|货号|票号|批号|型号|合同|航班|车次|账号|户号|发票|案号|受理号|业务号|准字|准考证)"
)


@dataclass(frozen=True)
class _Form:
    """A form of number; ``cue`` must stand near it where the form alone says too little."""

    kind: str
    number: re.Pattern[str]
    cue: re.Pattern[str] | None = None


_TRAVEL = re.compile(r"护照|通行证|证件|出入境|出境|港澳|香港|澳门|台湾|台胞|回乡证|签注|证号", re.IGNORECASE)


def _form(kind: str, number: str, cue: re.Pattern[str] | None = None) -> _Form:
    return _Form(kind, re.compile(f"{_START}(?:{number}){_END}", re.IGNORECASE), cue)


_FORMS = (
    _form(
        "hong_kong_identity", r"[A-Z]{1,2}\d{6}[(（]?[\dA][)）]?", re.compile(r"身份[证證]|香港|HKID", re.IGNORECASE)
    ),
    _form("permanent_residence", r"[A-Z]{3}\d{12}"),
    _form("permanent_residence", r"9\d{16}[\dX]"),
    _form("passport", r"[EG]\d{8}|E[A-HJ-NP-Z]\d{7}"),
    _form("passport", r"1[45]\d{7}|[DSP]E?\d{7,8}", re.compile(r"护照")),
    _form("hong_kong_macao_permit", r"C\d{8}|C[A-HJ-NP-Z]\d{7}"),
    _form("hong_kong_macao_permit", r"W\d{8}", _TRAVEL),
    _form("taiwan_permit", r"[TL]\d{8}", _TRAVEL),
    _form("home_return_permit", r"[HM]\d{8}(?:\d{2})?"),
    _form("taiwan_resident_permit", r"\d{8}(?:\d{2})?", re.compile(r"台胞证|来往大陆通行证")),
)
TRAVEL_DOCUMENT_KINDS = frozenset(form.kind for form in _FORMS)


def _is_one(form: _Form, value: str, before: str, cued: bool) -> bool:
    if _NOT_A_DOCUMENT.search(before):
        return False
    if len(value) == 18:
        return is_valid_identity_number(value)
    if value.isdigit():
        return form.cue is not None and form.cue.search(before) is not None
    return cued


def find_travel_documents(text: str) -> list[Span]:
    """Every document number, in order; the kind tells the document, the value is in capitals."""
    spans: dict[int, Span] = {}
    for form in _FORMS:
        cued = form.cue is None or form.cue.search(text) is not None
        for m in form.number.finditer(text):
            value, before = m.group().upper(), text[max(0, m.start() - _REACH) : m.start()]
            if m.start() not in spans and _is_one(form, value, before, cued):
                spans[m.start()] = Span(m.start(), m.end(), m.group(), value, form.kind)
    return [spans[start] for start in sorted(spans)]
