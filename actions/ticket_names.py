"""What whoever is to be called is called: 唐兴国, 李女士, 姓顾, as one message tells it.

Nothing is taken for a name because of its characters alone: a word must say that it is one (联系人, 我叫), or it stands alone
where a telephone was asked for, or beside one.
"""

from __future__ import annotations

import re

from actions.ticket_message import Message, any_of
from nlu.entities.person import family_pattern, find_persons
from nlu.entities.told_names import find_told_names
from nlu.tokenizer import frequency, known_pieces

_HAN = "[\u4e00-\u9fff]"
_NICK, _TITLES, _KIN = any_of("nick"), any_of("titles"), any_of("kin")
_ANY_FAMILY = family_pattern(common=True)
# Characters that no given name has.
_GIVEN = rf"(?!{any_of('never_given')}){_HAN}"
_NAME = rf"{_ANY_FAMILY}(?:{_GIVEN}){{1,2}}"
# 于姐, 小葛, 欧阳女士, 子涵妈妈.
_TITLED = rf"{_ANY_FAMILY}{_HAN}{{0,2}}?{_TITLES}|{_NICK}{_HAN}{_TITLES}?|{_HAN}{{1,3}}?{_KIN}"
_TAILS = rf"(?:{any_of('name_tails')}){{0,3}}"
_LEADS = rf"(?:{any_of('name_leads')}){{0,4}}[:： “\"]?"
_WHOLE = re.compile(rf"{_LEADS}(?P<name>{_TITLED}|{_NAME}){_TAILS}[”\"]?")
_NAMED, _NAMED_SELF = (
    re.compile(rf"(?:{any_of(told)})[:： ，,“\"]{{0,2}}(?P<name>{_TITLED}|{_NAME})(?!{_HAN})")
    for told in ("name_told", "name_told_self")
)
_FAMILY_ONLY = re.compile(
    rf"(?:(?<!{_HAN})|(?<=[我俺贵咱])|(?<=本人))(?P<name>姓{_ANY_FAMILY})(?:{any_of('family_tails')}|(?!{_HAN}))"
)
_ENDS_TITLED = re.compile(rf"(?:{_TITLES}|{_KIN})$")
_SURE_FAMILY = re.compile(family_pattern())
_LONE_FAMILY = re.compile(_ANY_FAMILY)
_NO_NAME = re.compile(any_of("no_name"))
_OTHERS = re.compile(rf"{any_of('others')}$")
_OTHERS_REACH = 4
# Rarely said words may be names.
_RARE = 30
# So near to a telephone a name is that of whom it reaches.
_NEAR = 6


def take_name(message: Message, asked: str) -> str:
    """The name of who is to be called, its words taken; empty where none is told."""
    text = message.masked(fill="\n")
    told = (_NAMED if asked == "contact" or message.has("contact") else _NAMED_SELF).search(text)
    if told and not _NO_NAME.match(told["name"]):
        return _taken(message, *told.span("name"))
    if asked != "contact" and not message.has("contact"):
        return ""
    for start, end in message.free():
        if (asked == "contact" or _by_number(message, start, end)) and (name := _alone(message, text, start, end)):
            return name
    for span in [*find_persons(text), *find_told_names(text)]:
        near = asked == "contact" or _by_number(message, span.start, span.end)
        other = _OTHERS.search(text, max(0, span.start - _OTHERS_REACH), span.start)
        if near and not other and message.is_free(span.start, span.end) and not _is_word(span.text):
            return _taken(message, span.start, span.end)
    return ""


def _alone(message: Message, text: str, start: int, end: int) -> str:
    """A name that stands alone between two signs, or with words that lead up to it."""
    for pattern in (_WHOLE.fullmatch, _FAMILY_ONLY.search):
        found = pattern(text, start, end)
        if found and not (_is_word(found["name"]) and (found.start("name") == start or _NO_NAME.match(found["name"]))):
            message.take(*found.span(), "name_words")
            return _taken(message, *found.span("name"))
    if message.has("contact") and _LONE_FAMILY.fullmatch(text, start, end):
        return _taken(message, start, end)
    return ""


def _by_number(message: Message, start: int, end: int) -> bool:
    """Whether a telephone stands beside it."""
    reach = range(max(0, start - _NEAR), min(len(message.plain), end + _NEAR))
    return any(message.owner(at) == "contact" for at in reach)


def _is_word(name: str) -> bool:
    """Whether it is a word or made of one, though it begins like a name: 安卓, 费事听. A title makes a name sure."""
    if _NO_NAME.match(name):
        return True
    if name.startswith("姓") or _ENDS_TITLED.search(name):
        return False
    # 兴国 and 长河 are words too, and given names: behind a family name that is no word of every sentence.
    pieces = (name, name[:2]) if _SURE_FAMILY.match(name) else known_pieces(name)
    return any(len(piece) > 1 and frequency(piece) > _RARE for piece in pieces)


def _taken(message: Message, start: int, end: int) -> str:
    message.take(start, end, "contact_name")
    return message.text[start:end]
