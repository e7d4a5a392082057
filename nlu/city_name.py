"""A city's own name in a question: said aloud by everybody, it tells nothing, but where it says which way somebody moves."""

from __future__ import annotations

OWN = "本市"
# 迁回云州 and 云州户口 differ from 迁出 and 外地户口; 云州居住证 is a residence permit and nothing more.
TELLING_BEFORE = frozenset("返回入进来到去离非")
TELLING_AFTER = frozenset("户")


def own_or_nothing(text: str, start: int, end: int) -> str:
    """What stands in place of the city's name between two places of a text: 本市 where it tells something, nothing elsewhere.

    >>> own_or_nothing("户口迁回云州", 4, 6), own_or_nothing("云州居住证", 0, 2)
    ('本市', '')
    """
    telling = (start > 0 and text[start - 1] in TELLING_BEFORE) or (end < len(text) and text[end] in TELLING_AFTER)
    return OWN if telling else ""
