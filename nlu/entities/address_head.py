"""The divisions at the head of an address: province, city, county, with levels left out, repeated or abbreviated."""

from __future__ import annotations

import re
from dataclasses import replace

from nlu.entities.address_parts import DIVISION_KINDS, Part
from nlu.entities.division import Name, divisions

_COUNTRY = re.compile(r"中国|中华人民共和国")
_SKIP = re.compile(r"null|NULL|市辖区|[\s_,，、.;；:：()（）\[\]*#·|/\\-]+")
_QUARTER = re.compile(r"(?:老城区|城区|市区|郊区)(?![域内])")
# Behind a short name these make it another name: 东阳街道, 江东路, 乐清大道, 海宁南路.
_LONGER = re.compile(
    r"[东西南北中]?[一二三四五六七八九]?(?:路|街|大道|大街|巷)(?!道)|街道|镇|乡|村|社区|桥|小区|花园|新村|大厦|广场|大酒店|公寓|[苑里坊院弄]"
)
# The short name of a county belongs to these: 昌黎经济开发区, 蓝田工业园, 太白湖, 平湖人民医院.
_LONGER_COUNTY = re.compile(
    r"(?:经济|高新|技术|工业|科技|综合|产业){0,6}(?:开发区|园区|工业园|工业区|科技园|产业园)|[湖江河湾山岛]|(?:国际)?机场|火?车站|(?:第[一二三四五]|人民)?(?:医院|中学|小学)"
)
# 浦东区, 慈溪县: a rank that the place does not have.
_WRONG_RANK = re.compile(r"[区县](?![域内])")
_BELOW_COUNTY = re.compile(r"[\u4e00-\u9fff]{1,4}(?:街道|镇|乡|大道|路|街|巷)")
# How far behind a town an address may begin anew.
_RESTART_REACH = 40
# Repeated levels and all: a text that names more is no address.
_MOST_DIVISIONS = 20
# Behind a road or number none does.
_BEFORE_NUMBER = re.compile(r"[0-9路]")
# A county that the table does not have, behind a city.
_UNLISTED = re.compile(r"[\u4e00-\u9fff]{2}(?:区|县|市)(?![域场内])")
_NOT_COUNTY = re.compile(r"(?:小|园|业|发|新|[一二三四五六七八九十ABC])区|市场|[村镇乡路街]")


def read_head(text: str) -> tuple[list[Part], int]:
    """Division parts at the beginning of a text and where they end; what is repeated has the kind redundant."""
    parts: list[Part] = []
    chain: list[tuple[str, ...]] = []
    at = 0
    while at < len(text) and len(parts) < _MOST_DIVISIONS:
        if m := _SKIP.match(text, at):
            at = m.end()
        elif m := _COUNTRY.match(text, at):
            parts.append(Part("country", at, m.end(), m.group()))
            at = m.end()
        elif name := _name_at(text, at, chain):
            kind = DIVISION_KINDS[divisions().level(name.codes[0])]
            end = name.end + bool(_WRONG_RANK.match(text, name.end) and not name.full)
            parts.append(Part(kind, at, end, text[at:end]))
            chain.append(name.codes)
            at = end
        elif m := _QUARTER.match(text, at):
            parts.append(Part("quarter", at, m.end(), m.group()))
            at = m.end()
        elif m := _unlisted(text, at, parts):
            kind = "city" if m.group()[-1] == "市" and not parts else "district"
            parts.append(Part(kind, at, m.end(), m.group()))
            at = m.end()
        else:
            break
    return _without_repeats(parts), at


def _unlisted(text: str, at: int, parts: list[Part]) -> re.Match[str] | None:
    """A city or county that the table does not have: 云州市东湖区."""
    m = _UNLISTED.match(text, at)
    if m is None or _NOT_COUNTY.search(m.group()):
        return None
    last = parts[-1].kind if parts else ""
    # At the very beginning only a city is clear enough; 县 and 区 need something larger before or a town behind.
    fits = last in ("prov", "city") or (
        not last and (m.group()[-1] == "市" or bool(_BELOW_COUNTY.match(text, m.end())))
    )
    return m if fits else None


def _name_at(text: str, at: int, chain: list[tuple[str, ...]]) -> Name | None:
    table = divisions()
    for name in table.names_at(text, at):
        below = any(table.contains(up, code) for known in chain for up in known for code in name.codes)
        word = text[at : name.end]
        if word in table.general and not below:
            continue
        if (name.full and len(word) > 2) or (
            _stands_alone(text, name) and (name.full or _short_fits(word, name, chain, below))
        ):
            return name
    return None


def _stands_alone(text: str, name: Name) -> bool:
    """Whether a short name is not the beginning of another name, or of a division below: 苏州吴中区."""
    table = divisions()
    if any(after.full and table.contains(name.codes[0], after.codes[0]) for after in table.names_at(text, name.end)):
        return True
    county = table.level(name.codes[0]) == "county"
    return not (_LONGER.match(text, name.end) or (county and _LONGER_COUNTY.match(text, name.end)))


def _short_fits(word: str, name: Name, chain: list[tuple[str, ...]], below: bool) -> bool:
    table = divisions()
    if table.level(name.codes[0]) == "county" and any(table.level(known[0]) == "county" for known in chain):
        return any(set(name.codes) & set(known) for known in chain)
    if below or any(set(name.codes) & set(known) for known in chain):
        return True
    if chain:
        return table.level(name.codes[0]) == "province"
    # A county may open an address without its rank if it is, or was, a city or county; 朝阳 and 江东 are too common.
    return table.level(name.codes[0]) != "county" or bool(table.codes(f"{word}市") or table.codes(f"{word}县"))


def _without_repeats(parts: list[Part]) -> list[Part]:
    """Of several runs from large to small the fullest counts, the last of equals; the others are redundant."""
    rank = {"country": 0, "prov": 1, "city": 2, "district": 3, "quarter": 4}
    runs: list[list[int]] = []
    for i, part in enumerate(parts):
        if not runs or rank[part.kind] <= rank[parts[runs[-1][-1]].kind]:
            # 北京市北京市朝阳区 and 苏州市昆山市 stay one run where the name is another one of the same rank.
            if (
                runs
                and rank[part.kind] == rank[parts[runs[-1][-1]].kind]
                and parts[runs[-1][-1]].text[:2] != part.text[:2]
            ):
                runs[-1].append(i)
                continue
            runs.append([])
        runs[-1].append(i)
    if len(runs) < 2:
        return parts
    best = max(range(len(runs)), key=lambda number: (len(runs[number]), number))
    kept = set(runs[best])
    return [part if i in kept else replace(part, kind="redundant") for i, part in enumerate(parts)]


def restart(text: str, at: int) -> int:
    """Where a second address begins behind a town, with a division and one below it; 0 where none does."""
    table = divisions()
    end = min(len(text), at + _RESTART_REACH)
    number = _BEFORE_NUMBER.search(text, at, end)
    for i in range(at + 2, min(end, number.start() + 1) if number else end):
        for name in table.names_at(text, i):
            skipped = _SKIP.match(text, name.end)
            following = next(table.names_at(text, skipped.end() if skipped else name.end), None)
            if following and following.full and table.contains(name.codes[0], following.codes[0]):
                return i
    return 0
