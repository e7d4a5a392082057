"""Digits in any writing as one number: １３８, 138.0013.8000, 1 3 8 …, 幺三八洞洞, 壹叁捌, ①③⑧, and all of these mixed.

A run is a row of digits with at most two separators between each two. What it is – a telephone, an identity number, a card –
is told by its length, its first digits, and the words in front of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlu.entities.span import Span

_ARABIC = "0123456789"
_SPOKEN = {
    **{char: str(value) for value, char in enumerate("零一二三四五六七八九")},
    **{char: str(value) for value, char in enumerate("〇壹贰叁肆伍陆柒捌玖")},
    **{char: str(value) for value, char in enumerate("〇壹貳叄肆伍陸柒捌玖")},
    **{"幺": "1", "妖": "1", "洞": "0", "两": "2", "拐": "7", "勾": "9", "参": "3", "○": "0"},
}
_OTHER = {
    **{chr(ord("０") + value): str(value) for value in range(10)},
    **{chr(ord("①") + value): str(value + 1) for value in range(9)},
    "⓪": "0",
}
DIGITS = {**{char: char for char in _ARABIC}, **_SPOKEN, **_OTHER}
# Letters that are taken for digits where they stand between two.
_LIKE_DIGITS = {"O": "0", "o": "0", "I": "1", "l": "1"}
_GAP = "[ \ufe0f\u20e3\u3000.．·・•—–－_/、，,~～-]"
_DIGIT = f"[{''.join(DIGITS)}]"
_LETTER_BETWEEN = rf"(?<={_DIGIT})[OoIl](?={_DIGIT})"
_RUN = re.compile(rf"{_DIGIT}(?:{_GAP}{{0,2}}(?:{_DIGIT}|{_LETTER_BETWEEN}))*")
_TAIL = re.compile(r"[xXｘＸ]|(?:叉|艾克斯)")
_FEWEST = 7
_CUE_REACH = 14

_PHONE_WORDS = re.compile(
    r"电话|電話|手机|手機|号码|號碼|联系|聯繫|联络|致电|拨打|回电|来电|打给|打我|打這|打这|座机|固话|宅电|热线|tel|phone|call|mobile|whatsapp|短信|号是|號係",
    re.IGNORECASE,
)
_CARD_WORDS = re.compile(
    r"卡号|卡號|银行|銀行|账号|帐号|賬號|账户|帐户|存折|工行|农行|建行|中行|交行|邮储|招行|信用社|储蓄|卡是|卡|card|account",
    re.IGNORECASE,
)
_IDENTITY_WORDS = re.compile(r"身份证|身份證|身份|证号|證號|社保号|社会保障号|社保卡|id ?card|\bid\b", re.IGNORECASE)
# Papers of persons whose numbers are called 编号 or stand behind 第.
_PAPERS = re.compile(r"军官证|警官证|士兵证|文职干部证|残疾人?证|档案编号|驾驶证|驾照")
_LANDLINE = re.compile(r"0(?:10|2\d|[3-9]\d{2}|000)\d{7,8}")
_MOBILE = re.compile(r"(?:0?0?86)?(1[3-9]\d{9})")
_OVERSEAS = re.compile(r"(?:00)?(?:852|853|886)\d{8,10}")
_FIRMS = re.compile(r"[48]00\d{7}|9[56]\d{3,6}|1\d{2}|12\d{3}|10\d{3,6}")
_NO_PERSON = re.compile(
    r"订单|单号|工单|运单|快递|文号|编号|货号|批号|型号|案号|发票|票号|准字|准考证|邮编|邮政|条码|流水|版本|信用代码|公告|第|合同|航班|车次|"
    r"代码|许可证|备案|执照|注册号|受理号|业务号|户号|表号|股票|基金|isbn|no\.?|order|ticket",
    re.IGNORECASE,
)
# Invoices and examinations have several numbers, one behind the other.
_NO_PERSON_FAR, _FAR = re.compile("发票|准考证"), 26
_AMOUNT_BEHIND = re.compile(
    r"\s{0,2}(?:元|块|万|亿|千|百|人|平|㎡|米|公里|吨|票|度|%|％|号令|次|年|月|日|岁|分|股|户|点)"
)
_SUM_BEHIND = re.compile(r"\s{0,2}(?:元(?![旦宵])|块|万元|亿元)")
_DATE = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")


def _runs(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Start, end, digits and text of each run that is long enough."""
    for match in _RUN.finditer(text):
        written = match.group()
        digits = "".join(DIGITS.get(char) or _LIKE_DIGITS.get(char, "") for char in written)
        if len(digits) >= _FEWEST:
            yield match.start(), match.end(), digits, written


def find_number_runs(text: str) -> list[Span]:
    """Numbers of persons in any writing, in order; the value is the digits, kinds are those of the other recognisers."""
    spans = []
    for start, end, digits, written in _runs(text):
        before = text[max(0, start - _CUE_REACH) : start]
        if _NO_PERSON_FAR.search(text[max(0, start - _FAR) : start]):
            continue
        behind = text[end : end + 4]
        tail = _TAIL.match(text, end)
        if tail and len(digits) == 17:
            spans.append(Span(start, tail.end(), text[start : tail.end()], digits + "X", "identity_number"))
            continue
        kind = _kind(digits, written, before, behind)
        if kind:
            spans.append(Span(start, end, written, digits, kind))
    return spans


def _kind(digits: str, written: str, before: str, behind: str) -> str:
    """What a run is by its digits and the words in front; empty: nobody's number."""
    if _PAPERS.search(before):
        return "identity_number_wrong"
    if _is_letter(before[-1:]) or _is_letter(behind[:1]) or _NO_PERSON.search(before[-10:]):
        return ""
    if _MOBILE.fullmatch(digits) and _SUM_BEHIND.match(behind):
        return ""
    return _by_form(digits, written) or _by_word(digits, written, before, behind)


def _is_letter(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _by_form(digits: str, written: str) -> str:
    """What the digits alone tell."""
    if len(digits) == 18 and _has_birthday(digits):
        return "identity_number"
    if _MOBILE.fullmatch(digits) and not _money(written):
        return "mobile"
    if _LANDLINE.fullmatch(digits) and not (written.isascii() and written.isdigit()):
        return "landline"
    # 银联, whatever the check digit
    return "bank_card" if digits.startswith("62") and 16 <= len(digits) <= 19 else ""


def _by_word(digits: str, written: str, before: str, behind: str) -> str:
    """What the words in front tell."""
    if _IDENTITY_WORDS.search(before) and 8 <= len(digits) <= 19:
        return "identity_number_wrong"
    if _CARD_WORDS.search(before) and 12 <= len(digits) <= 19:
        return "bank_card"
    if _AMOUNT_BEHIND.match(behind) or _DATE.fullmatch(digits) or _FIRMS.fullmatch(digits) or _money(written):
        return ""
    abroad = before.endswith(("+", "＋"))
    if (_PHONE_WORDS.search(before) or abroad) and 7 <= len(digits) <= 14:
        return "mobile"
    return "landline" if abroad and _OVERSEAS.fullmatch(digits) else ""


def _has_birthday(digits: str) -> bool:
    """Whether the digits of the birth date of an identity number are one."""
    return "1900" <= digits[6:10] <= "2099" and "01" <= digits[10:12] <= "12" and "01" <= digits[12:14] <= "31"


def _money(written: str) -> bool:
    """Whether it is written as sums are: 1,234,567."""
    groups = written.split(",")
    return len(groups) > 1 and all(len(group) == 3 for group in groups[1:]) and len(groups[0]) <= 3
