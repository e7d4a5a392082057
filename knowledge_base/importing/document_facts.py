"""What a policy document says about itself: title, issuer, number, since when and until when it is in force."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path, PurePath

from knowledge_base.content_schema import load_yaml
from knowledge_base.importing.parts import Block
from knowledge_base.importing.structure_marks import begins_part

WORDS_FILE = Path(__file__).parent / "document_words.yml"
TOP, BOTTOM = 12, 12
LONGEST_TITLE = 60
_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
# Spaces that scans and layouts leave.
_GAP = r"\s{0,9}"
_SMALL = r"([\d一二三四五六七八九十]{1,3})"
_DATE = rf"([\d〇零○一二三四五六七八九]{{4}}){_GAP}年{_GAP}{_SMALL}{_GAP}月{_GAP}{_SMALL}{_GAP}日"
_IN_FORCE = re.compile(rf"自{_GAP}{_DATE}{_GAP}起{_GAP}(?:正式)?{_GAP}(?:施行|实施|执行|生效|试行)")
_AT_ONCE = re.compile(r"自(?:公布|发布|印发|颁布)之日起(?:施行|实施|执行|生效)")
_UNTIL = re.compile(rf"(?:有效期(?:截)?[至到]|有效期?至|执行至|施行至){_GAP}{_DATE}")
_YEARS = re.compile(rf"有效期(?:为)?{_GAP}([一二三四五六七八九十\d]{{1,2}}){_GAP}年")
_ANY_DATE = re.compile(_DATE)
_NUMBER = re.compile(
    rf"[\u4e00-\u9fa5]{{1,15}}[〔\[［（(【]{_GAP}(?:19|20)\d{{2}}{_GAP}[〕\]］）)】]{_GAP}第?{_GAP}\d{{1,5}}{_GAP}号"
)
_ORDER = re.compile(rf"([\u4e00-\u9fa5]{{2,25}}?)令{_GAP}第{_GAP}\d{{1,5}}{_GAP}号")
_DRAFT = re.compile(r"[（(](?:试行|暂行|修订|草案|征求意见稿)[）)]$")
_SPACE = re.compile(r"\s")
_YEAR_BRACKETS = re.compile(r"[\[［（(【](\d{4})[\]］）)】]")
_NO_ISSUER = re.compile(r"\s|文件$")
_NAME = re.compile(r"[\u4e00-\u9fa5、]+")
_TENS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


@dataclass(frozen=True)
class DocumentFacts:
    """What was recognised; empty or None where the text does not say. ``expires`` is the first day it is no longer used."""

    title: str
    issuer: str = ""
    number: str = ""
    effective: date | None = None
    expires: date | None = None


@lru_cache(maxsize=1)
def _words() -> dict[str, tuple[str, ...]]:
    return {key: tuple(values) for key, values in load_yaml(WORDS_FILE).items()}


def recognise(name: str, blocks: Sequence[Block]) -> DocumentFacts:
    """The facts of a document; ``name`` of its file is the title where the text has none."""
    lines = [block.text.strip() for block in blocks if block.text.strip()]
    whole = "\n".join(lines)
    top = lines[:TOP]
    effective = _effective(whole, lines)
    return DocumentFacts(
        _title(name, blocks, top), _issuer(top, lines[-BOTTOM:]), _number(top), effective, _expires(whole, effective)
    )


def _title(name: str, blocks: Sequence[Block], top: Sequence[str]) -> str:
    headed = [block.text.strip() for block in blocks[:TOP] if block.level == 1]
    for line in [*headed, *top]:
        bare = _DRAFT.sub("", line.strip("《》 　"))
        if len(line) <= LONGEST_TITLE and bare.endswith(_words()["title_ends"]) and not _is_mark(line):
            return line.strip("《》 　")
    short = next((line for line in [*headed, *top] if 2 <= len(line) <= LONGEST_TITLE and not _is_mark(line)), "")
    return short.strip("《》 　") or PurePath(name).stem[:LONGEST_TITLE]


def _is_mark(line: str) -> bool:
    return bool(begins_part(line) or _NUMBER.fullmatch(line) or _ORDER.fullmatch(line))


def _number(top: Sequence[str]) -> str:
    for line in top:
        found = _NUMBER.search(line) or _ORDER.search(line)
        if found:
            text = _SPACE.sub("", found[0])
            return _YEAR_BRACKETS.sub(r"〔\1〕", text)
    return ""


def _issuer(top: Sequence[str], bottom: Sequence[str]) -> str:
    ends = _words()["issuer_ends"]
    for line in [*top, *reversed(bottom)]:
        bare = _NO_ISSUER.sub("", line)
        if 3 <= len(bare) <= 40 and bare.endswith(ends) and _NAME.fullmatch(bare):
            return bare
    order = next((found for line in top if (found := _ORDER.search(line))), None)
    return order[1] if order else ""


def _effective(whole: str, lines: Sequence[str]) -> date | None:
    said = _IN_FORCE.search(whole)
    if said:
        return _day(said)
    if not _AT_ONCE.search(whole):
        return None
    dated = [found for line in [*lines[-BOTTOM:], *lines[:TOP]] if (found := _ANY_DATE.search(line))]
    return _day(dated[0]) if dated else None


def _expires(whole: str, effective: date | None) -> date | None:
    until = _UNTIL.search(whole)
    if until:
        last = _day(until)
        return last + timedelta(days=1) if last else None
    years = _YEARS.search(whole)
    if years and effective:
        count = _small(years[1])
        try:
            return effective.replace(year=effective.year + count)
        except ValueError:  # 29 February
            return effective.replace(year=effective.year + count, day=28) + timedelta(days=1)
    return None


def _day(found: re.Match[str]) -> date | None:
    try:
        return date(int(found[1].translate(_DIGITS)), _small(found[2]), _small(found[3]))
    except ValueError:
        return None


def _small(text: str) -> int:
    """A number up to 99 in digits or characters.

    >>> _small("二十一"), _small("十"), _small("05")
    (21, 10, 5)
    """
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    return (_TENS.get(tens, 1) * 10 if ten else 0) + _TENS.get(ones, 0)
