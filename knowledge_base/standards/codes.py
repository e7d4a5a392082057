"""Codes and numbers in a text that cannot be right: credit codes, codes of service items, telephone numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlu.entities.credit_code import find_credit_codes, is_valid_credit_code
from nlu.entities.phone import find_phones

# GB/T 39554.1-2020: 基本编码 has 12 digits; 实施编码 is the credit code of who implements it (18), a digit for its level, and the
# 基本编码; 业务办理项编码 adds two digits. Whether there is such an item only the national catalogue knows.
ITEM_CODES = {"基本编码": (12,), "实施编码": (31,), "业务办理项编码": (33,), "事项编码": (12, 31, 33)}
CREDIT_CODE = 18
_ITEM = re.compile(rf"({'|'.join(ITEM_CODES)})(?:为|是|[:： ])*([0-9A-Za-z]{{4,40}})")
_NO_DIGIT = re.compile(r"\D")
_CALL = re.compile(
    r"(?:电话|手机|座机|传真|热线)(?:号码)?(?:为|是|[:： ])*((?:\+?86[- ]?)?[(（]?\d[\d()（） -]{5,16}\d)"
)
# 7 and 8 digits are numbers within a city; shorter ones are hotlines.
LOCAL = 8


@dataclass(frozen=True)
class WrongCode:
    """``text`` cannot be right, and why. ``impossible``: nobody can have meant it."""

    text: str
    why: str
    impossible: bool


def wrong_codes(text: str) -> Iterator[WrongCode]:
    """What is wrong with the codes and numbers of a text, in the order of their kinds."""
    items = list(_ITEM.finditer(text))
    for item in items:
        yield from _wrong_item(item[1], item[2])
    for span in find_credit_codes(text):
        inside = any(item.start(2) <= span.start < item.end(2) for item in items)
        if span.kind == "credit_code_wrong" and not inside:
            yield WrongCode(span.text, "统一社会信用代码的校验位不对（GB 32100），请核对", impossible=True)
    for call in _CALL.finditer(text):
        if _is_no_number(call[1]):
            yield WrongCode(call[1], "不像一个电话号码，请核对位数和区号", impossible=False)


def _wrong_item(name: str, code: str) -> Iterator[WrongCode]:
    lengths = ITEM_CODES[name]
    if len(code) not in lengths:
        wanted = "、".join(map(str, lengths))
        yield WrongCode(code, f"{name}应为 {wanted} 位（GB/T 39554.1），这里有 {len(code)} 位", impossible=False)
        return
    head, rest = (code[:CREDIT_CODE], code[CREDIT_CODE:]) if len(code) > CREDIT_CODE else ("", code)
    if head and not is_valid_credit_code(head.upper()):
        yield WrongCode(code, f"{name}前 18 位是实施主体的统一社会信用代码，校验位不对，请核对", impossible=True)
    elif not rest.isdigit():
        yield WrongCode(code, f"{name}的后 {len(rest)} 位应为数字（GB/T 39554.1）", impossible=False)


def _is_no_number(text: str) -> bool:
    digits = _NO_DIGIT.sub("", text)
    if len(digits) <= LOCAL:
        return digits.startswith("0")
    return not any(span.start == 0 or span.end == len(text) for span in find_phones(text))
