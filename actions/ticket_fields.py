"""What one message tells the open form of a complaint: place, time, telephone, name, wishes about them, and the rest.

Numbers are read first, then what is said to be wrong (不是5栋), times, places; what is left is an addition to the story.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from actions.ticket_contacts import take_contact, take_unsure
from actions.ticket_merging import merged_place, merged_time
from actions.ticket_message import SEPARATOR, Message, any_of, words
from actions.ticket_place_cues import HOUSE
from actions.ticket_places import ONLY, may_be_name, place_at, take_places
from actions.ticket_times import OFFICE_HOURS, take_times, time_at
from actions.ticket_words import FIELDS, load_ticket_words

_DENY = re.compile(rf"{any_of('deny')}(?:在|是|到)?")
_CHANGED_TO = re.compile(any_of("changed_to"))
# In characters; and how often a message may say that something is wrong.
_LONGEST_DENIED, _MOST_DENIED = 16, 8
_BARE_NUMBER = re.compile(r"\d{1,4}(?![\d.个元块万千百十人次年月天])")
_FUNCTION = re.compile(any_of("function"))
_PARTICLES = re.compile("[的地是，,、]+")
_LEAST_LEFT = 2
# Fields whose words are no part of a sentence: the rest is read without them. Times and places are, within one.
_APART = frozenset({"contact", "contact_name", "name_words", "wrong", "anonymous", "no_contact", "unsure", "denied"})


@dataclass(frozen=True)
class Told:
    """What a message tells, by field; empty where it tells nothing.

    ``where`` the whole words of the place; ``when`` the words, with the date and hour they mean in brackets where that is
    certain; ``contact`` digits of a telephone; ``unsure`` is about the field that was asked for; ``rest`` is left when all
    that is taken out. Beside these: ``story`` is the rest as whole sentences, with the times and places in them, ``denied``
    what the message says is wrong (不是5栋), ``wrong_number`` digits that were meant to be a telephone's, ``only`` whether
    less of a place is to be told (只写桂花巷).
    """

    where: str = ""
    when: str = ""
    contact: str = ""
    contact_name: str = ""
    anonymous: bool = False
    no_contact: bool = False
    unsure: bool = False
    rest: str = ""
    story: str = field(default="", compare=False)
    denied: str = field(default="", compare=False)
    wrong_number: str = field(default="", compare=False)
    only: bool = field(default=False, compare=False)


def read_fields(text: str, asked: str, now: datetime) -> Told:
    """What a message tells. ``asked`` is the field that the form has just asked for: what, where, when, contact, confirm."""
    message = Message(text)
    contact = take_contact(message, asked)
    denied = _take_denied(message)
    unsure = take_unsure(message)
    when = take_times(message, asked, now)
    where = take_places(message, asked)
    rest, story = _left(message)
    return Told(
        where=where,
        when=when,
        contact=contact.number,
        contact_name=contact.name,
        anonymous=contact.anonymous,
        no_contact=contact.no_contact,
        unsure=unsure,
        rest=rest,
        story=story,
        denied=denied,
        wrong_number=contact.wrong,
        only=bool(where and ONLY.search(message.plain)),
    )


def _take_denied(message: Message) -> str:
    """The time, place or number that is said to be wrong (是3栋，不是5栋; 把八点改成九点); no such thing stays in the story."""
    text = message.masked(fill="\n")
    denied = [found for m in islice(_DENY.finditer(text), _MOST_DENIED) if (found := _denied_behind(text, m.end()))]
    denied += [
        found for m in islice(_CHANGED_TO.finditer(text), _MOST_DENIED) if (found := _denied_before(text, m.start()))
    ]
    for start, end in denied:
        message.take(start, end, "denied")
    for m in _DENY.finditer(text):
        if m.end() < len(text) and message.owner(m.end()) == "denied":
            message.take(*m.span(), "denied")
    return "、".join(message.text[start:end] for start, end in denied)


def _denied_behind(text: str, at: int) -> tuple[int, int] | None:
    """What is denied behind 不是."""
    stop = SEPARATOR.search(text, at, at + _LONGEST_DENIED)
    behind = text[at : stop.start() if stop else at + _LONGEST_DENIED].split("\n")[0].split("是")[0]
    number = _BARE_NUMBER.match(behind)
    length = time_at(behind) or place_at(behind) or (number.end() if number else 0)
    return (at, at + length) if length else None


def _denied_before(text: str, end: int) -> tuple[int, int] | None:
    """The time or place that ends where 改成 begins."""
    for start in range(max(0, end - _LONGEST_DENIED), end):
        before = text[start:end]
        if end - start in (time_at(before), place_at(before)):
            return start, end
    return None


def _left(message: Message) -> tuple[str, str]:
    """What no field has taken: the clauses with something in them, without times and places at their ends, and whole."""
    rest, story = [], []
    for start, end in message.clauses:
        pieces = [(first, last) for first, last in _stretches(message, start, end) if _content(message, first, last)]
        for first, last in pieces:
            story.append((first, last))
            rest.append(_trimmed(message, first, last))
    return _joined(message, rest), _joined(message, story)


def _stretches(message: Message, start: int, end: int) -> list[tuple[int, int]]:
    """A clause without what stands apart in it: telephone, name, wishes."""
    found, at = [], start
    for place in range(start, end + 1):
        if place == end or message.owner(place) in _APART:
            if place > at:
                found.append((at, place))
            at = place + 1
    return found


def _content(message: Message, start: int, end: int) -> str:
    """What of a stretch neither belongs to a field nor only leads up to something."""
    free = "".join(message.plain[at] if not message.owner(at) else "\n" for at in range(start, end))
    return "".join(char for char in _FUNCTION.sub("", free) if char.isalnum())


def _trimmed(message: Message, start: int, end: int) -> tuple[int, int]:
    """A stretch without the times and places at its ends, and the small words beside them; whole where little would be left."""
    first, last = start, end
    taken = [at for at in range(start, end) if message.owner(at)]
    for at in taken:
        if _content(message, first, at):
            break
        first = at + 1
    for at in reversed(taken):
        if at < first or _content(message, at, last):
            break
        last = at
    lead = _PARTICLES.match(message.plain, first, last) if first > start else None
    first = lead.end() if lead and lead.end() < last else first
    return (first, last) if len(_content(message, first, last)) >= _LEAST_LEFT else (start, end)


def _joined(message: Message, pieces: list[tuple[int, int]]) -> str:
    """The pieces with the signs between them; a comma where something else stood there."""
    text = ""
    for at, (start, end) in enumerate(pieces):
        between = message.text[pieces[at - 1][1] : start] if at else ""
        if at:
            text += between if SEPARATOR.fullmatch(between) else "，"
        text += message.text[start:end]
    return text.strip()


def merge(before: Mapping[str, str], told: Told, asked: str, *, changes: bool) -> dict[str, str]:
    """The fields what, where, when and contact after a message; those that nothing is known of are left out.

    ``changes``: the citizen corrects something. A correction of a part goes into what stood there, a wholly new value takes
    its place. Without one, what is known of place and time stays, and all that is said more is added to the story.
    """
    told = _house_not_day(before, told) if changes else told
    after = {name: before[name] for name in FIELDS if name in before}
    kept = [
        _merge_where(after, told, changes or asked == "where"),
        _merge_when(after, told, changes or asked == "when"),
    ]
    if told.unsure and asked in {"where", "when"} and not after.get(asked):
        after[asked] = _texts("unsure_value")
    if not _is_failed_answer(told, asked):
        _merge_what(after, told.rest if all(kept) else told.story, told.story)
    if told.contact:
        after["contact"] = told.contact
    elif (told.anonymous or told.no_contact) and (
        changes or asked in {"contact", "confirm"} or not after.get("contact")
    ):
        after["contact"] = _texts("anonymous_value")
    return after


def _is_failed_answer(told: Told, asked: str) -> bool:
    """Whether the rest may be the name of a place that was not understood, or asks for office hours: that is no story."""
    if asked not in {"where", "when"} or told != Told(rest=told.rest):
        return False
    return may_be_name(told.rest) or bool(OFFICE_HOURS.search(told.rest))


def _texts(name: str) -> str:
    return load_ticket_words().texts[name]


def _house_not_day(before: Mapping[str, str], told: Told) -> Told:
    """16号，不是61: what is said to be wrong shows whether a house is meant or a day."""
    number = HOUSE.match(told.when)
    wrong = _denied_in(told, before.get("where", "")) and not _denied_in(told, before.get("when", ""))
    if not (number and wrong) or told.where:
        return told
    return replace(told, where=number.group(), when="")


def _denied_in(told: Told, value: str) -> str:
    """What of a value is said to be wrong."""
    return next((wrong for wrong in told.denied.split("、") if wrong and wrong in value), "")


def _merge_where(after: dict[str, str], told: Told, may_change: bool) -> bool:
    """Put the place in; whether nothing of it is left over."""
    old = _known(after.get("where", ""))
    if not told.where or (told.where in old and not told.only):
        return True
    if not old or (told.only and may_change) or old in told.where:
        after["where"] = told.where
    elif may_change:
        after["where"] = merged_place(old, told.where, _denied_in(told, old))
    return not old or may_change or old in told.where


def _merge_when(after: dict[str, str], told: Told, may_change: bool) -> bool:
    """Put the time in; whether nothing of it is left over."""
    old = _known(after.get("when", ""))
    if not told.when or told.when == old:
        return True
    if told.when in words("parts") and not may_change:
        # 晚上一片漆黑 tells of the dark, not of when it happened.
        return False
    if not old or may_change:
        after["when"] = merged_time(old, told.when) if old else told.when
        return True
    return False


def _known(value: str) -> str:
    """The value; empty where it only says that nothing is known."""
    return "" if value in {_texts("unsure_value"), _texts("skipped")} else value


def _merge_what(after: dict[str, str], more: str, story: str) -> None:
    """Put in the story, or add to it what is new."""
    old = after.get("what", "")
    if not old:
        if story:
            after["what"] = story
    elif more and more not in old:
        after["what"] = _texts("addition").format(before=old.rstrip("。.；; "), more=more)
