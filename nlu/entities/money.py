"""Amounts of money in 元: 3000块, 三千五, 1.2万元, 三块五毛, 每月两千多, 3到5万."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import yaml

from nlu.entities.numerals import NUMERAL, plain, read_numeral
from nlu.entities.span import Span, SpanSet

_WORDS = yaml.safe_load((Path(__file__).parents[1] / "lexicon" / "money.yml").read_text(encoding="utf-8"))


def _any_of(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_ABOUT = r"(?:[多来余](?=[元块圆万]|$|[^\u4e00-\u9fff]|钱)|多|几(?=[元块]))"
_TENTH = r"[1-9一二两三四五六七八九]"
# 一块 and 两块 count pieces more often than money, 元旦 and 元宵 are days.
_UNIT = r"(?:元钱|元整|元(?![旦宵月素件宇老])|圆整?|块钱|块(?![儿头地儿砖板牌])|人民币)"
# Of 一万一平 and 三千一年 the last 一 belongs to what follows.
_EACH = r"(?!(?<=[百千万]一)[个年月天平次吨套人斤张亩方])"
_LOW = rf"(?:(?P<low>{NUMERAL})元?(?:到|至|[-~～—－]{{1,2}}))?"
_NUMBER = rf"{_LOW}(?P<number>{NUMERAL}){_EACH}(?P<about>{_ABOUT})?(?P<scale>[万亿])?"
# 三块五毛二, 3块5, 2元5角; of 20块一吨 the last number is none of the price.
_REST = rf"(?P<tenth>{_TENTH})(?:[毛角](?:(?P<hundredth>{_TENTH})分?)?|(?<=块.)(?![\d\u4e00-\u9fff])|(?<=块.)(?=[的了吧吗呢]))"
_AMOUNT = re.compile(rf"(?:[￥¥]|(?i:rmb) ?)?(?<![\d.第]){_NUMBER}(?:(?P<unit>{_UNIT})多?(?:{_REST})?)?")
# How far in front of a number the word may stand that makes it money.
_REACH = 12
_SMALL = re.compile(rf"(?P<tenth>{_TENTH})[毛角](?:钱|(?P<hundredth>{_TENTH})分?)?(?![一-龥]{{0,1}}[落楼])")
_CUED = re.compile(rf"(?:{_any_of(_WORDS['cues'])})(?:{_any_of(_WORDS['between'])}|[:： ]){{0,{_REACH}}}$")
_COUNTED = re.compile(_any_of(_WORDS["counted"]))
_SPOKEN = re.compile(r"(?:[一二两三四五六七八九]|\d{1,2}(?=万))[百千万][1-9一二三四五六七八九]")
_SCALES = frozenset("百千万亿wWkK")
_CHARACTER = re.compile(r"[\u4e00-\u9fff]")
# Behind these a number is a date, a telephone number or the beginning of a list.
_GOES_ON = re.compile(r"[A-Za-z\d./:：-]|、\d")
_SIGN = re.compile(r"[￥¥]|rmb", re.IGNORECASE)


def find_money(text: str) -> list[Span]:
    """Every amount, in order; the value is 元 as decimal text, of a range its lower and upper end: ``3000-5000``."""
    spans = SpanSet()
    for m in _AMOUNT.finditer(text):
        if _is_money(text, m) and (value := _value(m)):
            spans.add(Span(m.start(), m.end(), m.group(), value, "money"))
    for m in _SMALL.finditer(text):
        spans.add(Span(m.start(), m.end(), m.group(), plain(_tenths(m) or Decimal(0)), "money"))
    return list(spans)


def _is_money(text: str, m: re.Match[str]) -> bool:
    number = m.group("number")
    if m.group("unit"):
        # 两块广告牌 are pieces; 两块钱, 两块五, 两块。 and everything from ten on are money.
        small = m.group("unit") == "块" and len(number) == 1 and not m.group("tenth")
        if small and number == "一":
            return False
        return not (small and _CHARACTER.match(text, m.end()) and text[m.end()] not in "了的吧吗每一")
    if _COUNTED.match(text, m.end()) or _GOES_ON.match(text, m.end()):
        return False
    if _SIGN.match(m.group()):
        return True
    before = text[max(0, m.start() - _REACH) : m.start()]
    if _CUED.search(before) and len(number) <= 10:
        return len(number) >= 2 or bool(m.group("scale"))
    return bool(_SPOKEN.fullmatch(number))


def _value(m: re.Match[str]) -> str:
    number = read_numeral(m.group("number"))
    if number is None:
        return ""
    scale = {"万": 10_000, "亿": 100_000_000}.get(m.group("scale") or "", 1)
    number = number * scale + (_tenths(m) or 0)
    low = read_numeral(m.group("low")) if m.group("low") else None
    if low is None or low >= number:
        return plain(number)
    return f"{plain(_same_scale(low, m, scale))}-{plain(number)}"


def _same_scale(low: Decimal, m: re.Match[str], scale: int) -> Decimal:
    """3到5万 means 3万: the lower end takes the upper end's scale where it has none."""
    if scale > 1:
        return low * scale
    last = m.group("number")[-1]
    if last in _SCALES and low < 100 and _SCALES.isdisjoint(m.group("low")):
        return low * (read_numeral("1" + last) or 1)
    return low


def _tenths(m: re.Match[str]) -> Decimal | None:
    """Jiao and fen behind the units: of 三块五毛二 0.52."""
    tenth = read_numeral(m.group("tenth")) if m.group("tenth") else None
    if tenth is None:
        return None
    hundredth = read_numeral(m.group("hundredth")) if m.group("hundredth") else None
    return tenth / 10 + (hundredth or Decimal(0)) / 100
