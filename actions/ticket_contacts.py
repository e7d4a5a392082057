"""Whom to call back, as one message tells it: a telephone number in any writing, a name, or the wish to stay unnamed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from actions.ticket_message import Message, any_of
from actions.ticket_names import take_name
from nlu.entities.number_runs import DIGITS, find_number_runs
from nlu.entities.phone import find_phones

_GAP = "[ \u3000.．·—–_/、，,~～-]"
_DIGIT = f"[{''.join(DIGITS)}]"
# 四个零 among the digits of a number is said for 0000.
_TIMES = re.compile(rf"([两二三四五六])个({_DIGIT})")
_RUN = re.compile(rf"(?:[+＋]|00)?(?:{_TIMES.pattern}|{_DIGIT})(?:{_GAP}{{0,2}}(?:{_TIMES.pattern}|{_DIGIT}))*")
_MOBILE = re.compile(r"(?:0?0?86)?(1[3-9]\d{9})")
_LANDLINE = re.compile(r"0(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7}(?:转\d{1,5})?")
_LOCAL = re.compile(r"[2-9]\d{6,7}(?:转\d{1,5})?")
_ABROAD = re.compile(r"(?:00)?(?:852|853|886)\d{8,10}")
_WORDS_BEFORE = re.compile(rf"(?:{any_of('phone_words')})[^0-9，,。；;]{{0,4}}$")
_WORDS_REACH = 12
_AMOUNT = re.compile(r"\s?(?:元|块|万|人|个|平|米|天|年|月|号楼|栋|岁|分贝)")
# So many digits where a telephone was asked for were meant to be one.
_FEWEST_MEANT = 5
_CHANGES = re.compile(any_of("changed_to", "deny", "number_changes"))
_OTHERS_REACH = 4
_OTHERS_NUMBER = re.compile(any_of("others_number"))
_REFUSE, _NAME, _PHONE = any_of("refuse"), any_of("name_things"), any_of("phone_things")
_NOT_TELL = rf"{_REFUSE}(?:再)?{any_of('tell')}(?:出|上|下)?"
_SPARE = rf"(?:就|也|都|我|俺){{0,2}}(?:{_NOT_TELL}|{any_of('spared')})了?"
# 别写我 asks not to be named, 别写我的 for another telephone.
_ANONYMOUS = re.compile(
    rf"{any_of('anonymous')}(?!信)|{_NOT_TELL}(?:我的|俺的|我|俺)?{_NAME}|{_NAME}{_PHONE}?{_SPARE}"
    rf"|{_REFUSE}(?:写|露|提|报|说是|说出)(?:我|俺)(?!的|们)"
)
_LET_NOT = re.compile(rf"{any_of('let_not')}[^，,。；;！!\s]{{0,8}}?{any_of('know_me')}")
_NO_PHONE = (
    rf"(?:{any_of('no_contact')}|{any_of('lack')}{_PHONE}|{_NOT_TELL}(?:我的|俺的|我|俺)?{_PHONE}|{_PHONE}{_SPARE})"
)
_NO_CONTACT = re.compile(_NO_PHONE)
_SMALL_WORDS = rf"(?:{any_of('function')}){{0,3}}"
_NO_CONTACT_ALONE = re.compile(
    rf"{_SMALL_WORDS}(?:{any_of('no_contact_alone')}|{_REFUSE}(?:留|给|提供)了?){_SMALL_WORDS}"
)
_NO_CONTACT_CLAUSE = re.compile(rf"{_SMALL_WORDS}{_NO_PHONE}{_SMALL_WORDS}")
_UNSURE = re.compile(any_of("unsure"))
_UNSURE_OF = re.compile(any_of("function", "asking", "unsure_of"))


@dataclass(frozen=True)
class Contact:
    """``number`` in digits, ``wrong`` the digits of what was meant to be a number and is none."""

    number: str = ""
    name: str = ""
    wrong: str = ""
    anonymous: bool = False
    no_contact: bool = False


def take_contact(message: Message, asked: str) -> Contact:
    """What the message tells of whom to call, its words taken."""
    number, wrong = _take_number(message, asked)
    text = message.masked(fill="\n")
    no_contact = not number and _take_no_contact(message, asked)
    # 别让楼下知道是我 is a wish and stays to be read: whom it names is nobody's field.
    anonymous = _take_words(message, _ANONYMOUS, text, "anonymous") or bool(_LET_NOT.search(text))
    name = take_name(message, asked)
    return Contact(number, name, wrong, anonymous, no_contact)


def take_unsure(message: Message) -> bool:
    """Whether the message says that something is not known; 记不清是几号了 is taken, 不知道谁家的狗 stays in the story."""
    unsure = False
    text = message.masked(fill="\n")
    for start, end in message.free():
        if (m := _UNSURE.search(text, start, end)) and not _UNSURE_OF.sub(
            "", text[start : m.start()] + text[m.end() : end]
        ):
            message.take(start, end, "unsure")
            unsure = True
    return unsure


def _take_no_contact(message: Message, asked: str) -> bool:
    """Whether there is no telephone to be told. In a story 没有电话 may be anybody's; asked for a telephone, 没有 will do."""
    if asked in {"contact", "confirm"} and _take_words(message, _NO_CONTACT, message.masked(fill="\n"), "no_contact"):
        return True
    if asked == "contact" and _take_clause(message, _NO_CONTACT_ALONE, "no_contact"):
        return True
    return _take_clause(message, _NO_CONTACT_CLAUSE, "no_contact")


def _take_words(message: Message, pattern: re.Pattern[str], text: str, owner: str) -> bool:
    found = [m.span() for m in pattern.finditer(text)]
    for start, end in found:
        message.take(start, end, owner)
    return bool(found)


def _take_clause(message: Message, pattern: re.Pattern[str], owner: str) -> bool:
    """Take the clauses that say only this."""
    found = [span for span in message.free() if pattern.fullmatch(message.plain, *span)]
    for start, end in found:
        message.take(start, end, owner)
    return bool(found)


def _take_number(message: Message, asked: str) -> tuple[str, str]:
    """The telephone that is told, and where there is none the digits that were meant to be one."""
    found = _numbers(message, asked)
    if found:
        # 别打138…，打139…: of several the last one, where one takes the place of another.
        start, end, digits = found[-1 if _CHANGES.search(message.plain) else 0]
        message.take(start, end, "contact")
        return digits, ""
    for m in _RUN.finditer(message.plain) if asked == "contact" else ():
        digits = _digits(m.group())
        if len(digits) >= _FEWEST_MEANT and not _AMOUNT.match(message.plain, m.end()):
            message.take(*m.span(), "wrong")
            return "", digits
    return "", ""


def _numbers(message: Message, asked: str) -> list[tuple[int, int, str]]:
    """Where numbers begin and end, and their digits; the longest of those that overlap."""
    text = message.plain
    known = [
        (span.start, span.end, _plain(span.text))
        for span in [*find_phones(text), *find_number_runs(text)]
        if span.kind in {"mobile", "landline"}
    ]
    known += [(m.start(), m.end(), _plain(m.group())) for m in _RUN.finditer(text)]
    kept: list[tuple[int, int, str]] = []
    for start, end, digits in sorted(known, key=lambda found: (found[0] - found[1], found[0])):
        free = all(end <= other[0] or start >= other[1] for other in kept)
        if free and _is_telephone(message, start, end, digits, asked):
            kept.append((start, end, digits))
    return sorted(kept)


def _is_telephone(message: Message, start: int, end: int, digits: str, asked: str) -> bool:
    """Whether so many digits are a telephone, and no other person's."""
    if asked not in {"contact", "confirm"} and _is_others(message, start):
        return False
    if _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits):
        return True
    told = asked == "contact" or _WORDS_BEFORE.search(message.plain, max(0, start - _WORDS_REACH), start)
    local = _LOCAL.fullmatch(digits) or _ABROAD.fullmatch(digits)
    return bool(told and local) and not _AMOUNT.match(message.plain, end)


def _is_others(message: Message, at: int) -> bool:
    """Whether a story tells the number of somebody else: 骗子的号码是…."""
    start, end = message.clause_of(at)
    return bool(_OTHERS_NUMBER.search(message.plain, max(0, start - _OTHERS_REACH), end + _OTHERS_REACH))


def _digits(written: str) -> str:
    said = _TIMES.sub(lambda m: DIGITS[m.group(2)] * int(DIGITS[m.group(1)]), written)
    return "".join(DIGITS.get(char, "") for char in said)


def _plain(written: str) -> str:
    """The digits without the code of the country, and with the extension behind 转."""
    main, sign, extension = written.partition("转")
    digits = _digits(main)
    mobile = _MOBILE.fullmatch(digits)
    return (mobile.group(1) if mobile else digits) + (sign + _digits(extension) if extension else "")
