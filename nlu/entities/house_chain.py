"""Houses and rooms that stand without a road: 29号楼2单元1404号, 16楼5门201, 8-2-1103, 五单元三零二室, 3组12号."""

from __future__ import annotations

import re

from nlu.entities.span import Span

_NUMBER = r"(?:[0-9]{1,4}[A-Za-z]?|[甲乙丙丁东西南北中]|[零〇一二三四五六七八九十百幺]{1,5}|[A-Za-z])"
_PART = r"(?:号楼|号院|宿舍楼|单元|栋|幢|座|弄|门|号|楼|组|区|巷|层|排)"
_ROOM = r"(?:[0-9]{2,4}[A-Za-z]?|[零〇一二三四五六七八九十百幺]{2,5})"
# At least one part and a room behind it, or two parts: 3组12号.
_CHAIN = re.compile(
    rf"(?<![0-9月第.])(?:{_NUMBER}{_PART}附?[ ，,]?){{1,4}}{_ROOM}(?:室|户|房|号|门)?(?![0-9点时月日年人个名辆元块线路])"
    rf"|(?<![0-9月第.])(?:{_NUMBER}(?:号楼|号院|组|栋|幢|座|弄)[ ，,]?){{1,3}}{_NUMBER}(?:单元|室|户|号|门)(?![0-9线路])"
)
_DASHES = re.compile(r"(?<![0-9-])(?<!码)(?!(?:19|20)[0-9]{2}-)[0-9]{1,3}-[0-9]{1,2}-[0-9]{2,4}(?![0-9-])")
_ALONE = re.compile(
    rf"(?<![0-9]){_ROOM}(?:室|号房|房间)|(?<=住在)[0-9]{{3,4}}(?![0-9年路医])|(?<=住)[0-9]{{3,4}}(?![0-9年路医天])"
)


def find_house_chains(text: str) -> list[Span]:
    """Every such stretch, in order of the patterns; they may overlap."""
    return [
        Span(m.start(), m.end(), m.group(), m.group(), "address")
        for pattern in (_CHAIN, _DASHES, _ALONE)
        for m in pattern.finditer(text)
    ]
