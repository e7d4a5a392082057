"""A city's own name in a question: said aloud by everybody, it tells nothing, but where it says which way somebody moves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

OWN = "本市"
# 迁回云州 and 云州户口 differ from 迁出 and 外地户口; 云州居住证 is a residence permit and nothing more.
TELLING_BEFORE = frozenset("返回入进来到去离非")
TELLING_AFTER = frozenset("户")
# 云州市民卡 is a card of citizens, not of 云州市.
CITY_WORDS = "民区政长级场属容郊面委值"
KINDS_OF_PLACE = ("市", "州", "盟", "地区", "县", "区")
SHORTEST = 2


def own_or_nothing(text: str, start: int, end: int) -> str:
    """What stands in place of the city's name between two places of a text: 本市 where it tells something, nothing elsewhere.

    >>> own_or_nothing("户口迁回云州", 4, 6), own_or_nothing("云州居住证", 0, 2)
    ('本市', '')
    """
    telling = (start > 0 and text[start - 1] in TELLING_BEFORE) or (end < len(text) and text[end] in TELLING_AFTER)
    return OWN if telling else ""


class CityName:
    """The city's long name, and the proper names that begin with its short one, which stay whole; no name: nothing changes.

    ``short``: what people call it where that is not the long name without 市, 州, 县 …: 恩施 for 恩施土家族苗族自治州.

    >>> CityName("云州市", ["云州通APP"]).read_as_own("云州市民卡能在云州通里办吗")
    '市民卡能在云州通里办吗'
    """

    def __init__(self, name: str = "", proper: Iterable[str] = (), short: str = "") -> None:
        self._pattern = _pattern(name, tuple(proper), short) if name else None

    def read_as_own(self, text: str) -> str:
        """The text with the city's name read as the city's own; itself where nothing else is in it."""
        if self._pattern is None:
            return text
        pieces: list[str] = []
        at = 0
        for m in self._pattern.finditer(text):
            if not m.group("proper"):
                pieces += [text[at : m.start()], own_or_nothing(text, m.start(), m.end())]
                at = m.end()
        return "".join([*pieces, text[at:]]).strip() or text


@lru_cache(maxsize=8)
def _pattern(name: str = "例城市", proper: tuple[str, ...] = ("例城通",), short: str = "") -> re.Pattern[str] | None:
    """The city's name in a text; what is found with ``proper`` stays. None where a name is too short to be told from words."""
    kind = next((kind for kind in KINDS_OF_PLACE if name.endswith(kind)), "")
    short = short or name.removesuffix(kind)
    if len(short) < SHORTEST:
        return None
    called = {one.upper().removesuffix("APP") for one in proper if one.startswith(short)}
    called = {one for one in called if not one.startswith(name) and len(one) > len(short)}
    whole = "|".join(re.escape(one) for one in sorted(called, key=len, reverse=True)) or "(?!)"
    ends = [end for end in (name.removeprefix(short), kind) if end and end != name]
    long = rf"(?:(?:{'|'.join(map(re.escape, ends))})(?![{CITY_WORDS}]))?" if ends else ""
    return re.compile(rf"(?P<proper>{whole})|{re.escape(short)}{long}", re.IGNORECASE)
