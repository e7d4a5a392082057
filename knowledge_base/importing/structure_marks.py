"""The marks by which Chinese policy texts divide themselves: 编, 章, 节, 条, 一、 and （一）."""

from __future__ import annotations

import re

_NUMBER = r"[〇零○一二三四五六七八九十百千\d]{1,12}"
PART = re.compile(rf"第{_NUMBER}([编篇章节])(?=[\s　]|$|[^\s，。；、的])")
# “第三条规定的…” and “第三条、第四条” speak of an article, they do not begin one.
ARTICLE = re.compile(rf"(第{_NUMBER}条(?:之{_NUMBER})?)(?=[\s　：:【（(]|$|[^规第所、和至或的中，。；及与])")
ITEM = re.compile(rf"({_NUMBER})[、．]")
SUB_ITEM = re.compile(rf"[（(]({_NUMBER})[）)]")
LEVELS = {"编": 1, "篇": 1, "章": 2, "节": 3}
ITEM_LEVEL, SUB_ITEM_LEVEL = 4, 5
HEADING_CHARACTERS = 40
SENTENCE_ENDS = "。；！？!?;"


def begins_part(line: str) -> bool:
    """Whether a line begins an article, a chapter or an item."""
    return any(mark.match(line) for mark in (PART, ARTICLE, ITEM, SUB_ITEM))


def article_of(text: str) -> str:
    """第十二条 of a paragraph that begins this article; empty otherwise."""
    found = ARTICLE.match(text)
    return found[1] if found else ""


def heading_level(text: str) -> int:
    """How high a heading stands (1 is the highest) by its own mark; 0 where the paragraph is no heading."""
    if len(text) > HEADING_CHARACTERS or text[-1:] in SENTENCE_ENDS or "。" in text:
        return 0
    part = PART.match(text)
    return LEVELS[part[1]] if part else 0


def item_level(text: str) -> int:
    """The same for 一、 and （一）, which are headings only where they are short and alone on their line."""
    if len(text) > HEADING_CHARACTERS or any(end in text for end in SENTENCE_ENDS + "：:"):
        return 0
    return ITEM_LEVEL if ITEM.match(text) else SUB_ITEM_LEVEL if SUB_ITEM.match(text) else 0
