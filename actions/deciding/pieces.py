"""Cutting a message into the questions it asks."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from nlu.text import content_only

MOST = 5
SHORTEST = 3
FIRST = ("1", "一")
LEAST_CLAUSE, MOST_CLAUSES = 4, 8
_CLAUSE = re.compile(r"[，,。！？；;!?\s]+")
# Where one question may end and the next begin: marks, numbering, and words that begin another matter.
_CUTS = re.compile(
    r"[。？！；!?;\n]+|(?=(?:另外|还有|顺便|再问|再就是|第[一二三四五])(?!种|次|年|天|个月|胎))"
    r"|(?:(?<=^)|(?<=[^0-9]))[（(]?[1-5一二三四五][.．、)）:：](?=\D)|(?<=[^0-9])(?=[1-5]\D)"
)
_NUMBER = re.compile(r"(?<![0-9])[12一二](?![0-9])")
_WEAK_CUTS = re.compile(r"[，,、 ]+")


def pieces(text: str, asks: Callable[[str], float]) -> list[str]:
    """The parts that ask something, in order; at most five. ``asks``: how probable it is that a part asks (0–1).

    A part that asks nothing goes with the question behind it, of which it may be the story.
    """
    parts = _cut(text, _CUTS)
    if len(parts) < 2:
        parts = _cut(text, _WEAK_CUTS)
    asking: list[str] = []
    story, listed = "", numbered(text)
    for place, part in enumerate(parts):
        story = f"{story}，{part}" if story else part
        # Who numbers what is asked asks each of it, whatever it sounds like.
        if (listed and (place > 0 or part.startswith(FIRST))) or asks(part) >= 0.5:
            asking.append(story)
            story = ""
    if story and asking:
        asking[-1] = f"{asking[-1]}，{story}"
    return asking[:MOST] if len(asking) > 1 else [text]


def clauses(text: str) -> list[str]:
    """The clauses of a longer text that may say by themselves what it is about; at most eight, none of a short text."""
    found = [part for part in _CLAUSE.split(text) if len(content_only(part)) >= LEAST_CLAUSE]
    return found[:MOST_CLAUSES] if len(found) > 1 else []


def numbered(text: str) -> bool:
    """Whether what is asked is numbered: 1 … 2 …"""
    numbers = [found.group() in FIRST for found in _NUMBER.finditer(text)]
    return True in numbers and False in numbers[numbers.index(True) :] and len(_cut(text, _CUTS)) > 1


def _cut(text: str, cuts: re.Pattern[str]) -> Sequence[str]:
    found = [part.strip(" ，,、。") for part in cuts.split(text) if part]
    joined: list[str] = []
    for part in found:
        if joined and len(content_only(part)) < SHORTEST:
            joined[-1] = f"{joined[-1]} {part}"
        elif part:
            joined.append(part)
    return joined
