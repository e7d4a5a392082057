"""The region that a test asks for, as staff write it: a code of GB/T 2260 or a name."""

from __future__ import annotations

from knowledge_base.lifecycle import InvalidEntry
from knowledge_base.regions import known_region
from nlu.entities.division import divisions

NAMED = 4


def region_code(text: str, city: str) -> str:
    """The code that ``text`` means, empty for no region; of namesakes the one in the city's own province.

    ``city`` is the city's own code. Raises InvalidEntry, in Chinese.
    """
    text = text.strip()
    if not text:
        return ""
    if text.isascii() and text.isdigit():
        if not known_region(text, city):
            raise InvalidEntry(f"没有代码为 {text} 的行政区划，请核对六位代码")
        return text
    codes = divisions().codes(text)
    near = [code for code in codes if city and code[:2] == city[:2]]
    if len(found := near or codes) == 1:
        return found[0]
    if not codes:
        raise InvalidEntry(f"没有找到“{text}”这个地区，请填全称或者六位代码")
    named = "、".join(f"{full_name(code)}（{code}）" for code in found[:NAMED])
    raise InvalidEntry(f"叫“{text}”的地区不止一个，请填六位代码：{named}")


def full_name(code: str) -> str:
    """The division's name after those above it, or the code where the table lacks it; empty for no region.

    >>> full_name("330203")
    '浙江省宁波市海曙区'
    """
    table = divisions()
    if code not in table:
        return code
    return "".join(table.name(one) for one in [*table.ancestors(code), code])
