"""Where something happened, as one message tells it: 吴家庄西头第二家, 迅马快送 河东站, 解放路锦绣花园3栋2单元501室.

What the finders of addresses know is known here too. Around it a small sum of signs decides: a name with the ending of a place,
a word that says beside what something lies, the number of a house; and for less than that where the form has asked for a place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from actions.ticket_message import SEPARATOR, Message, any_of, words
from actions.ticket_place_cues import BUS, HOUSE, LANDMARKS, NUMERAL, SCORES, SUFFIXES, Cue, Place, cues, solid
from nlu.entities.address import find_addresses
from nlu.entities.division import find_divisions
from nlu.entities.place import find_places
from nlu.tokenizer import known_pieces

_PARTICLES, _THINGS = words("particles"), words("things")
_STOPS = words("stops") | _PARTICLES
# No place begins a word with one of these, but 不夜城.
_NEGATIONS = frozenset("不没别莫勿甭")
_NO_NAME = _STOPS | _THINGS | words("place_glue")
_LEAD = re.compile(rf"(?:{any_of('place_lead')}[:：]?){{1,6}}")
_TOLD_LEAD = re.compile(any_of("told_place_lead"))
_LEAD_REACH = 4
_FUNCTION = re.compile(any_of("function"))
ONLY = re.compile(any_of("only"))
# 1102, where a place was asked for.
_BARE = re.compile(r"\d{3,4}[A-Za-z]?")
_AMOUNT = re.compile(rf"\d|{NUMERAL}{{2}}")
_EXISTS = re.compile("有|没有|没得|冇|新开")
# Words that join two stretches of one place: 松鹤路|我|店里.
_SMALL = re.compile(r"[\s，,、的是在就再我俺咱他她家]|还有|我们|我家")
_TAIL = re.compile("儿?(?:那(?:个|家|边|侧|里|儿|块|间|段|截|一段|一截|一带)儿?)?")
_FROM_TO = re.compile(r"从.{1,20}?[到至]")
_ENDS_BUS = re.compile(rf"(?:{BUS.pattern})$")
# 那个, 一个 and what is not in any name, at the beginning of what a finder of places has found.
_NOT_KNOWN = re.compile("[一这那哪几][个条家间]")
# In characters: between two signs, in front of the first, and behind the last: 北门|那侧, 金都大厦二楼|那家小店.
_LONGEST_GAP, _LONGEST_NAME, _LONGEST_TAIL = 8, 14, 6
# So much besides may stand in the clause of a place that is corrected.
_MOST_BESIDE, _LONGEST_BESIDE = 2, 40
_LEAST_DENIED = 1


@dataclass(frozen=True)
class _Candidate:
    """What may be a place, and the sum of its signs; ``limit`` is how far its words could go on."""

    start: int
    end: int
    limit: int
    score: float


def take_places(message: Message, asked: str) -> str:
    """The place that the message tells, its words taken; empty where it tells none."""
    spans = _places(message, asked)
    for start, end in spans:
        message.take(start, end, "where")
    return " ".join(message.text[start:end] for start, end in spans)


def place_at(text: str) -> int:
    """How many of the first characters are a place or the number of a house; 0 where the text does not begin with one."""
    house = HOUSE.match(text)
    found = next(_candidates(text, (0, len(text)), [], solid(text), ""), None)
    if found and found.score >= _LEAST_DENIED and not _LEAD.sub("", text[: found.start]):
        return found.end
    return house.end() if house else 0


def _places(message: Message, asked: str) -> list[Place]:
    """Where the place begins and ends; several stretches where something else stands between."""
    text = message.masked()
    known = _known(text)
    whole = known + solid(text)
    extra = SCORES["denied"] * message.has("denied")
    spans: list[Place] = []
    for start, end in message.free():
        for found in _candidates(text, (start, end), known, whole, asked):
            beside = bool(spans) and _beside(message, spans[-1][1], found.start)
            score = found.score + SCORES["beside"] * beside + extra
            if score < SCORES["threshold"] or (spans and not beside and asked != "where"):
                continue
            if asked == "confirm" and not _alone(message, found):
                continue
            stop = _with_tail(text, found, end, asked)
            if beside:
                spans[-1] = spans[-1][0], stop
            elif not spans or score >= SCORES["threshold"] + 1:
                spans.append((found.start, stop))
    return _with_name(message, spans, asked)


def _alone(message: Message, found: _Candidate) -> bool:
    """Whether the clause tells little else: what is added at the end is a story, wherever it plays."""
    start, end = message.clause_of(found.start)
    beside = message.plain[start : found.start] + message.plain[found.end : end]
    if message.has("denied") or ONLY.search(message.plain, start, end):
        return True
    return len(beside) <= _LONGEST_BESIDE and len(_FUNCTION.sub("", beside)) <= _MOST_BESIDE


def _known(text: str) -> list[Place]:
    """What the finders of places have found, but for what only looks like one."""
    found = [span for find in (find_addresses, find_places, find_divisions) for span in find(text)]
    return [
        (span.start, span.end)
        for span in found
        if not SEPARATOR.search(span.text)
        and not _ENDS_BUS.search(span.text)
        and not _NOT_KNOWN.match(span.text)
        and _is_name(text, span.start, span.end)
    ]


def _is_name(text: str, start: int, end: int) -> bool:
    """Whether at most one word in it, and a short one, is none that names have: 修文路, but not 八点吧八点路."""
    odd = [word for word in known_pieces(text[start:end]) if word in _STOPS]
    return not odd or (len(odd) == 1 and len(odd[0]) == 1 and odd[0] not in _PARTICLES)


def _beside(message: Message, end: int, start: int) -> bool:
    """Whether nothing but signs and small words stands between two places."""
    between = message.plain[end:start]
    return message.is_free(end, start) and not _SMALL.sub("", between)


def _with_tail(text: str, found: _Candidate, end: int, asked: str) -> int:
    """Where the place ends with the last words of its clause that nothing rules out."""
    tail = _TAIL.match(text, found.end, found.limit)
    if found.limit == end and asked == "where" and end - found.end <= _LONGEST_TAIL:
        return end
    return tail.end() if tail else found.end


def _with_name(message: Message, spans: list[Place], asked: str) -> list[Place]:
    """With the name of a firm or a shop that stands alone beside it: 迅马快送 河东站, 枫林路8号 老灶饭庄."""
    if not spans or asked != "where":
        return spans
    named = [(start, end) for start, end in message.free() if may_be_name(message.plain[start:end])]
    for start, end in named:
        if end < spans[0][0] and start == message.clauses[0][0] and _beside(message, end, spans[0][0]):
            spans = [(start, spans[0][1]), *spans[1:]]
        elif start > spans[-1][1] and _beside(message, spans[-1][1], start):
            spans = [*spans[:-1], (spans[-1][0], end)]
    return spans


def may_be_name(text: str) -> bool:
    """Whether it is short, and of no words that names do not have."""
    return 2 <= len(text) <= _LONGEST_GAP and _NO_NAME.isdisjoint(known_pieces(text)) and not _AMOUNT.search(text)


def _candidates(text: str, clause: Place, known: list[Place], whole: list[Place], asked: str) -> Iterator[_Candidate]:
    """What may be a place between two ends of a clause, from left to right."""
    start, end = clause
    region: list[Place] = []
    pieces = _pieces(text, start, end)
    for number, (at, stop) in enumerate([*pieces, (end, end)]):
        following = text[slice(*pieces[number + 1])] if number + 1 < len(pieces) else ""
        if at == end or (_rules_out(text[at:stop], following) and not _within(whole, at, stop)):
            if region and (found := _candidate(text, region, clause, known, asked)):
                yield found
            region = []
        else:
            region.append((at, stop))


def _rules_out(word: str, following: str) -> bool:
    """Whether no place has this word; a thing may stand in one where 旁边, 底下 or the like follows."""
    if word in _THINGS:
        return not any(following.startswith(landmark) for landmark in LANDMARKS) and following not in SUFFIXES
    if word[0] in _NEGATIONS and word[-1] not in SUFFIXES:
        return True
    # 收费 does, but 收费窗口 is one.
    return word in _STOPS and not (len(word) > 1 and len(following) > 1 and following in SUFFIXES)


def _within(spans: list[Place], start: int, end: int) -> bool:
    return any(first <= start and end <= last for first, last in spans)


def _pieces(text: str, start: int, end: int) -> list[Place]:
    """Where the words of a stretch begin and end."""
    pieces, at = [], start
    for word in known_pieces(text[start:end]):
        pieces.append((at, at + len(word)))
        at += len(word)
    return pieces


def _candidate(text: str, region: list[Place], clause: Place, known: list[Place], asked: str) -> _Candidate | None:
    """The place within words that none of them rules out, up to its last sign."""
    first, last = region[0][0], region[-1][1]
    lead = None if _FROM_TO.match(text, first, last) else _LEAD.match(text, first, last)
    start = lead.end() if lead and lead.end() < last else first
    found = _near(cues(text, start, last, region, known))
    if asked == "where" and _BARE.fullmatch(text, start, last) and not _FUNCTION.sub("", text[clause[0] : first]):
        found = [Cue(start, last, SCORES["house"])]
    if not found:
        return None
    start = max(start, min(cue.start for cue in found) - _LONGEST_NAME)
    score = sum(sorted((cue.weight for cue in found), reverse=True)[: int(SCORES["most_cues"])])
    score += SCORES["lead"] * bool(_TOLD_LEAD.search(text, max(clause[0], start - _LEAD_REACH), start))
    score += SCORES["exists"] * bool(_EXISTS.match(text, last))
    alone = first == clause[0] and last == clause[1]
    return _Candidate(start, found[-1].end, last, score + SCORES["alone"] * alone + SCORES.get(f"asked_{asked}", 0.0))


def _near(found: list[Cue]) -> list[Cue]:
    """The signs up to the first that lies too far behind the one before."""
    kept: list[Cue] = []
    for cue in found:
        if kept and cue.start - kept[-1].end > _LONGEST_GAP:
            break
        kept.append(cue)
    return kept
