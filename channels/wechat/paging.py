"""Cutting a text to WeChat's limit in bytes, at the end of a line or sentence and never inside a character."""

from __future__ import annotations

import re
import unicodedata

MAX_BYTES = 2048
SENTENCE_END = re.compile(r"[。！？；!?;][”’）)】]*")
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
JOINER = "\u200d"


def safe_text(text: str) -> str:
    """The text without what an XML document may not hold, or what would end its CDATA section."""
    return NOT_XML.sub("", text).replace("]]>", "]]＞")


def fit(text: str, limit: int = MAX_BYTES, more: str = "") -> tuple[str, str]:
    """As much of ``text`` as fits into ``limit`` bytes of UTF-8, with ``more`` added if anything is left; and the rest.

    >>> fit("第一句。第二句。", limit=24, more="更多")
    ('第一句。第二句。', '')
    >>> fit("第一句。第二句。第三句。", limit=32, more="更多")
    ('第一句。第二句。\\n\\n更多', '第三句。')
    """
    if len(text.encode()) <= limit:
        return text, ""
    tail = f"\n\n{more}" if more else ""
    room = limit - len(tail.encode())
    if room < 16:
        raise ValueError(f"a limit of {limit} bytes leaves no room for text")
    page = text.encode()[:room].decode(errors="ignore")
    end = _best_end(text, len(page))
    return text[:end].rstrip() + tail, text[end:].lstrip()


def _best_end(text: str, longest: int) -> int:
    # A line or sentence that ends in the first half would leave the page half empty: then cut between characters.
    page = text[:longest]
    line = page.rfind("\n")
    sentences = [match.end() for match in SENTENCE_END.finditer(page)]
    best = max([line, *sentences[-1:]])
    if best > longest // 2:
        return best
    end = longest
    while end > longest // 2 and _joined(text, end):
        end -= 1
    return end


def _joined(text: str, place: int) -> bool:
    after, before = text[place], text[place - 1]
    belongs = unicodedata.combining(after) or unicodedata.category(after) in ("Mn", "Me", "Sk") or after == JOINER
    return bool(belongs) or before == JOINER
