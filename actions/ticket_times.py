"""When something happened, as one message tells it: the words, and the date and hour they mean where that is certain.

More is understood here than in :mod:`nlu.entities.times`, which looks for times anywhere: words of dialects (昨儿, 下昼), ends of
a stretch (放学那会儿, 从八月底开始), several times in a row. What the words mean is told by :mod:`nlu.entities.moment`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from actions.ticket_message import Message, any_of, table
from nlu.entities.day_expressions import days_at
from nlu.entities.holidays import load_holidays
from nlu.entities.moment import find_moments

_DIGIT = "[零〇一二两三四五六七八九十廿几]"
_NUMBER = rf"(?:\d{{1,4}}|{_DIGIT}{{1,4}})"
_SHORT = rf"(?:\d{{1,2}}|{_DIGIT}{{1,3}})"
# Behind these 15号 is a house, and in front of them a house, a line, a window.
_STREET = "甲乙丙丁附路街道巷弄同里园区村苑城庄寓厦楼座栋幢第组坊厂"
_THINGS = r"\d|内|柜|楼|院|线|门|店|路|窗|口|桌|房|机|井|库|厅|车|桩|铺|摊|档|岗|文|之间|至|到|-|他|那间|那家"
_NOT_A_HOUSE = rf"(?<![{_STREET}〕】\]）)\d])(?<![{_STREET}] )(?<!{_DIGIT})"
# 几点 asks, and 一点儿 is no clock.
_OCLOCK = rf"(?!几点|一点[儿都也不没点])(?:2[0-4]|[01]?\d|{_DIGIT}{{1,3}})(?:点钟?|时(?![候间常段长]))"
_HOUR = rf"{_OCLOCK}(?:半|[一三]刻|{_SHORT}分?(?![钟米个块元名次家人号楼]))?"
_CLOCK_TAIL = r"(?:来钟|多钟?|过钟?|几分?|左右|前后|许|整|钟|光景|以后|之后|往后|后)?"
_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]|[一二三四五六七八九十正腊冬])月份?"
_YEAR = r"(?:(?:19|20)?\d\d年|[一二][〇零九][〇零一二三四五六七八九]{2}年|(?:大前|[前去今旧往上本当])年)"
_DAY_IN_MONTH = rf"(?:初[一二三四五六七八九十]|{_SHORT}[日号]?(?![个块元多几点时:：\d天家人名]))"
_WEEK = "(?:周|星期|礼拜)"
_TURN = "(?:上上|上|这|本|今|下|每)个?"
_UNIT = rf"(?:分钟|小时|钟头|天|日|{_WEEK}|个月|月|年)"
_COUNT = rf"(?:好几个?|大半个?|半个?|[俩仨]|{_NUMBER}(?:个多|多个?|个半|个)?)"
_SINCE = "(?:多?(?:以前|之前|前(?![面门台])|以来|了|来(?![到了电信源自])|之久)|多)"
_SPAN_LEAD = any_of("span_leads")
_HOLIDAYS = "|".join(sorted(map(re.escape, load_holidays()), key=len, reverse=True))
_PLACES = "路|街|村|镇|乡|道|巷|桥|广场|小区|社区|中学|小学|公园|店|新村|号"
_ATOM = re.compile(
    rf"(?P<habit>{any_of('habit')})|(?P<often>{any_of('often')})"
    rf"|(?P<later>{any_of('later_words')})"
    rf"|(?P<day>{any_of('day_words')}|[昨今前][早晚夜](?=[一二三四五六七八九十\d])"
    rf"|(?:{_TURN})?{_WEEK}(?:[一二三四五六日天](?:[到至、和]?[一二三四五六日天]){{0,4}}|末)(?![期年岁次路家]|个月)|{_TURN}{_WEEK}(?![边期年岁])"
    rf"|{_YEAR}?(?<![\d个]){_MONTH}(?:{_DAY_IN_MONTH}|[初底头中尾末间]|[上中下]旬)?(?!球|亮|饼|租|薪|卡)"
    rf"|{_YEAR}(?:年?[初底末头尾]|[春夏秋冬]天)?|(?:19|20)\d\d[-/.]\d{{1,2}}[-/.]\d{{1,2}}"
    rf"|(?:上上|上|这|本|当|今|下)个?月(?:份|[初底头中尾末]|[上中下]旬|{_DAY_IN_MONTH})?(?!球|亮|饼)"
    rf"|(?<!{_DIGIT})(?:{_HOLIDAYS})(?!{_PLACES})节?(?:当天|假期|长假)?|大?年初[一二三四五六七八九十]|逢[一二三四五六七八九十]{{1,5}})"
    rf"|(?P<clock>(?<![\d:：])\d{{1,2}}[:：]\d{{2}}(?![\d:：]){_CLOCK_TAIL}|(?<![\d第.]){_HOUR}{_CLOCK_TAIL})"
    rf"|(?P<number>{_NOT_A_HOUSE}(?:初[一二三四五六七八九十](?![中高])|(?:[12]?\d|3[01]|(?!几){_DIGIT}{{1,3}})[日号](?!{_THINGS})))"
    rf"|(?P<numeric>(?<![\d.A-Za-z/-])(?:1[0-2]|0?[1-9])[-/.](?:3[01]|[12]\d|0?[1-9])(?![\d.%米元块万公倍]))"
    rf"|(?P<part>{any_of('parts')}|[早晚](?={_SHORT}[点时]))"
    rf"|(?P<since>{_SPAN_LEAD}?{_COUNT}{_UNIT}{_SINCE}|{_SPAN_LEAD}{_COUNT}{_UNIT})"
    rf"|(?P<span>{_COUNT}(?:天|{_WEEK}(?![一二三四五六日天])|个月|年)(?![级轻龄内纪]))"
    rf"|(?P<season>{any_of('seasons')})|(?P<event>{any_of('events')})"
)
_GLUE = re.compile(any_of("time_glue"))
_MOST_GLUE = 4
_TAIL = re.compile(rf"(?:的?{any_of('event_tails')}){{1,2}}")
# 八点上班那会儿, 国庆头一场雨过后: a few characters up to a word that says they are a time.
_EVENT = re.compile(rf"[\u4e00-\u9fff]{{0,8}}?(?:{any_of('event_marks')})儿?")
_KEPT_LEADS = re.compile(rf"(?:{any_of('kept_time_leads')}){{1,6}}$")
_LEAD_REACH = 8
_STRONG = frozenset({"day", "since", "habit"})
_BETWEEN = re.compile(r"[^。！？!?；;\n]{0,4}")
# 打我 calls, 打人 does not.
_CALL = re.compile(rf"{any_of('call_words')}|打(?![人架伤骂砸麻牌桩孔洞断坏烂翻])")
# Asked when: 自从他们开业以后, 落大雨那天, with no day in it.
_SINCE_EVENT = re.compile(
    rf"{any_of('since_leads')}[^\n]{{1,12}}?{any_of('since_ends')}|[^\n]{{1,10}}?{any_of('event_ends')}"
)
_HOUSE_WORDS = re.compile(any_of("number_of_house"))
_ASKING = re.compile(any_of("asking"))
# 周末上班 asks when the office is open; 昨天下班 is when it happened.
OFFICE_HOURS = re.compile(rf"{any_of('office_hours')}[不没吗么呢啊？?]{{0,2}}$")
_PAST = re.compile("[昨前今去]|上个?[周月礼星]")
_BIRTH = re.compile("出?生(?!病|气|意|产|活|效|锈|火|长)|诞生")
_CALL_REACH, _LONGEST_BETWEEN = 6, 16
_DATE_LEAD = re.compile("(?:天|日子|日期|时间)(?:是|为|：|:)?$")
_FUNCTION = re.compile(any_of("function"))
_MOST_BEFORE, _SHORT_TAIL, _LONGEST_BESIDE = 4, 4, 40
# 签的, 买的: what was done then, and no more.
_DONE = re.compile("[\u4e00-\u9fff]{0,4}的|发|起")
_SMALL = re.compile("[的就是在 ]+")
_VAGUE = frozenset({"span", "often", "event", "tail", "later"})
_LUNAR = re.compile(
    r"[农阴老]历|初[一二三四五六七八九十]|[正腊冬]月|[一二三四五六七八九十]月[一二三四五六七八九十]+(?![一二三四五六七八九十日号])"
)
_RANGE = re.compile("[从自打由]|起|开始|以来|至今|到|至|[-~～—–]")
# 两三天前, 半个月前: nobody can tell which day that was; 三日 alone is a date to some and three days to others.
_ROUGH_COUNT = re.compile("^[一二三四五六七八九十]{1,3}日|[一二两三四五六七八九几数好]{2}|半个?[月年]")
_ROUGH = re.compile(any_of("rough"))
_STANDARD = table("standard")
_STANDARD_WORDS = re.compile("|".join(sorted(_STANDARD, key=len, reverse=True)))
# 昨晚两点 is today; what 昨天夜里两点 is, only who says it knows.
_NIGHT = re.compile("[昨前]晚")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class _Run:
    """A stretch of words of time, and which kinds of words."""

    start: int
    end: int
    kinds: frozenset[str]


def take_times(message: Message, asked: str, now: datetime) -> str:
    """The time that the message tells, its words taken; empty where it tells none."""
    runs = _likely([run for run in _runs(message, asked) if _is_told(message, run, asked)])
    if not runs:
        return ""
    told = []
    for start, end in _joined(message, runs, asked):
        meaning = meant(message.plain[start:end], now)
        start, end = _whole(message, start, end, asked)
        message.take(start, end, "when")
        told.append(message.text[start:end] + (f"（{meaning}）" if meaning else ""))
    return "、".join(told)


def time_at(text: str) -> int:
    """How many of the first characters are words of time, with nothing between; 0 where the text does not begin with any."""
    end = 0
    while end < len(text) and (atom := _ATOM.match(text, end)):
        end = atom.end()
    return end


def kinds_of_time(text: str) -> list[tuple[str, str]]:
    """The words of time in a text that is nothing else, each with its kind (day, part, clock …); empty where more is in it."""
    found, at = list[tuple[str, str]](), 0
    while at < len(text):
        if atom := _ATOM.match(text, at):
            found.append((atom.lastgroup or "", atom.group()))
            at = atom.end()
        elif small := _SMALL.match(text, at):
            at = small.end()
        else:
            return []
    return found


def _runs(message: Message, asked: str) -> list[_Run]:
    """Every stretch of words of time, in order."""
    text, found, at = message.masked(fill="\n"), list[_Run](), 0
    events = _events(message, text) if asked == "when" else {}
    while at < len(text):
        run = _Run(at, events[at], frozenset({"event"})) if at in events else _run_at(text, at)
        if run:
            lead = _KEPT_LEADS.search(text, max(0, run.start - _LEAD_REACH, found[-1].end if found else 0), run.start)
            found.append(_Run(lead.start() if lead else run.start, run.end, run.kinds))
        at = run.end if run else at + 1
    return found


def _events(message: Message, text: str) -> dict[int, int]:
    """Where events begin and end that are a time without a day in them, each from the beginning of a clause."""
    found = ((start, _SINCE_EVENT.match(text, start, end)) for start, end in message.free())
    return {start: event.end() for start, event in found if event}


def _run_at(text: str, start: int) -> _Run | None:
    """The words of time that begin here, with what joins them."""
    kinds: set[str] = set()
    end = at = start
    glue = 0
    while at < len(text) and glue <= _MOST_GLUE:
        if atom := _ATOM.match(text, at):
            kinds.add(atom.lastgroup or "")
            end = at = atom.end()
            glue = 0
        elif kinds and (joint := _GLUE.match(text, at)):
            at = joint.end()
            glue += 1
        else:
            break
    if not kinds:
        return None
    if kinds != {"span"} and (tail := _TAIL.match(text, end)):
        end = tail.end()
        kinds.add("tail")
    if event := _EVENT.match(text, end):
        end = event.end()
        kinds.add("tail")
    return _Run(start, end, frozenset(kinds))


def _is_told(message: Message, run: _Run, asked: str) -> bool:
    """Whether these words say when it happened: they must say it the clearer, the less a time was asked for."""
    clause = message.clause_of(run.start)
    if _BIRTH.match(message.plain, run.end):
        return False
    if OFFICE_HOURS.search(message.plain, *clause) and not _PAST.search(message.plain, *clause):
        return False
    if asked == "when":
        return not _ASKING.search(message.plain, *clause)
    if run.kinds == {"later"} or (message.has("contact") and _is_for_calls(message, run, clause)):
        return False
    if asked in {"confirm", "contact"} and not _alone(message, run, clause):
        return False
    if run.kinds & _STRONG:
        return True
    if "number" in run.kinds:
        if _HOUSE_WORDS.search(message.plain, clause[0], run.start):
            return False
        return asked != "where" or len(run.kinds) > 1 or bool(_DATE_LEAD.search(message.plain, clause[0], run.start))
    if run.kinds & {"clock", "part", "season"}:
        return len(run.kinds) > 1 or (asked != "where" and not message.has("contact"))
    return False


def _is_for_calls(message: Message, run: _Run, clause: tuple[int, int]) -> bool:
    """Whether it says when to call: 中午别打; a day is one of what happened, unless the call stands right behind it."""
    if "day" in run.kinds:
        return bool(_CALL.search(message.plain, run.end, run.end + _SHORT_TAIL))
    beside = message.plain[clause[0] : run.start] + "\n" + message.plain[run.end : clause[1] + _CALL_REACH]
    return bool(_CALL.search(beside))


def _alone(message: Message, run: _Run, clause: tuple[int, int]) -> bool:
    """Whether the clause tells only this: what is added at the end is a story, whenever it happened."""
    before, behind = message.plain[clause[0] : run.start], message.plain[run.end : clause[1]]
    if message.has("denied") or len(before) + len(behind) > _LONGEST_BESIDE:
        return message.has("denied")
    return len(_FUNCTION.sub("", before)) <= _MOST_BEFORE and (
        len(_FUNCTION.sub("", behind)) <= 1 or bool(_DONE.fullmatch(behind))
    )


def _likely(runs: list[_Run]) -> list[_Run]:
    """The runs without those that are only a length (半个月) or vague (天天), where others are clearer."""
    clear = [run for run in runs if run.kinds - _VAGUE]
    return clear or runs


def _joined(message: Message, runs: list[_Run], asked: str) -> list[tuple[int, int]]:
    """The stretches that are told: the first, with those close behind it; where a time was asked for, all."""
    text = message.masked(fill="\n")
    spans = [(runs[0].start, runs[0].end)]
    for run in runs[1:]:
        start, end = spans[-1]
        if _BETWEEN.fullmatch(_FUNCTION.sub("", text[end : run.start][:_LONGEST_BETWEEN])):
            spans[-1] = start, run.end
        elif asked == "when":
            spans.append((run.start, run.end))
        else:
            break
    return spans


def _whole(message: Message, start: int, end: int, asked: str) -> tuple[int, int]:
    """With the few words of the clause behind it that are no story: 六月二号|签的, 每天五点|最堵."""
    stop = max(end, message.clause_of(end - 1)[1])
    behind = message.plain[end:stop]
    short = asked == "when" and len(behind) <= _SHORT_TAIL
    if message.is_free(end, stop) and (short or _DONE.fullmatch(behind)):
        return start, stop
    return start, end


def meant(plain: str, now: datetime) -> str:
    """The day, or the day and the hour, that the words certainly mean; empty where they leave it open."""
    standard = _STANDARD_WORDS.sub(lambda m: _STANDARD[m.group()], plain)
    moments = find_moments(standard, now)
    if len(moments) != 1 or any(open_.search(standard) for open_ in (_LUNAR, _RANGE, _ROUGH_COUNT)):
        return ""
    at, moment = moments[0]
    beside = standard[:at] + standard[at + len(moment.text) :]
    if _ROUGH.sub("", "".join(beside.split())) or moment.start > now or moment.end - moment.start > _DAY:
        return ""
    named = days_at(moment.text, 0, now.date())
    clock = moment.start == moment.end
    if named is None or named[1] is None:
        # 半小时前 is an hour, 下午三点 may be any day's.
        return f"{moment.start:%Y-%m-%d %H}时" if clock and moment.text.endswith("前") else ""
    if moment.start.date() != named[1][0] and not _NIGHT.search(standard):
        return ""
    if not clock:
        return f"{moment.start:%Y-%m-%d}"
    return f"{moment.start:%Y-%m-%d %H}时" + (f"{moment.start:%M}分" if moment.start.minute else "")
