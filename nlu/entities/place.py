"""Places as people name them in a complaint: 解放路与人民路口, 锦绣花园3号楼, 云东区实验小学门口."""

from __future__ import annotations

import re

from nlu.entities.lexicon_terms import find_lexicon_terms
from nlu.entities.span import Span

# A name is Chinese characters, letters or digits that are not words of an ordinary sentence. No place has 去 or 到 in its
# name: what stands before them was done on the way (交材料去, 走到).
_STOP = "的了在去到我你他她它们有没是不就都也很被把给让和跟与及那这哪什么怎还又已经,，。.!！?？;；:：、（）()\\s"
_NAME = rf"[^{_STOP}]{{1,10}}?"
_AREA = r"(?:省|自治区|市|自治州|地区|盟|区|县|旗|镇|乡|街道|村|社区|开发区|新区)"
# A road's name, and not a thing beside one: 路灯, 路面, 街道办, 道闸.
_ROAD = r"(?:大道|大街|公路|高速|路|街|巷|弄|胡同|里弄|道|桥|隧道|立交)(?!灯|面|牌|况|障|沿|基|桩|政|闸|霸|洞|墩|道办)"
_SITE = (
    r"(?:小区|花园|家园|公寓|大厦|广场|市场|商场|超市|学校|小学|中学|大学|幼儿园|医院|公园|车站|地铁站|公交站|"
    r"火车站|机场|工地|工业园|产业园|写字楼|酒店|饭店|菜市场|农贸市场|停车场|加油站|河|湖|水库|苑|城|府|庭|湾|新村|小镇)"
)
_NUMBER = r"(?:\d+|[一二三四五六七八九十]+|[A-Za-z]\d*)(?:号院|号楼|号|栋|幢|单元|座|室|期|组|队|弄|层|楼)"
_NEAR = (
    r"(?:交叉口|交叉路口|路口|十字路口|丁字路口|口|门口|大门口|东门|西门|南门|北门|对面|附近|旁边|旁|楼下|"
    r"地下车库|入口|出口|东侧|西侧|南侧|北侧)"
)
_CROSSING = rf"{_NAME}{_ROAD}(?:(?:与|和|跟|、|到){_NAME}{_ROAD})?"
_PLACE = re.compile(
    rf"(?:{_NAME}{_AREA}){{0,4}}(?:{_NAME}{_SITE}|{_CROSSING}|{_NAME}(?:镇|乡|街道|村|社区))"
    rf"(?:{_NUMBER})*(?:{_NAME}{_SITE})?(?:{_NUMBER})*{_NEAR}?"
)
# The greedy edge of a name takes words that lead up to a place: 在解放路, 位于, 举报人民路.
_LEAD = re.compile(
    r"^(?:我要|我想|想要|想|要|请|麻烦|帮忙|帮我|投诉一下|投诉|举报|反映一下|反映|建议|咨询|在|位于|住在|家住|就在|靠近|经过|路过|从|找|"
    r"昨天|今天|前天|昨晚|今早|最近|上周.|晚上|早上|下午|上午|夜里)+"
)
_NOT_A_PLACE = re.compile(
    r"(?:能上|上|占|修|带|走|问|让|铺)(?:路|道)$|^(?:半|走|同|顺|一|条|马|上|出|修|铺|车|知|味|报|难|频|渠|管|轨|城|外|超|全|本|这|那|有)?(?:路|道|市|城|河|桥|街)$"
)
# Villages and communities give their names to their agencies: 幸福村委会 is in 幸福村.
_LENDS_NAME = re.compile(r"村|社区|镇|乡|街道?")


def find_places(text: str) -> list[Span]:
    """Every named place, in order; the value is the place without words that only lead up to it.

    An agency that goes on where a place seems to end is no part of one: 云东区市场|监管局.
    """
    while spans := _places(text):
        agencies = [span for span in find_lexicon_terms(text) if span.kind == "agency"]
        crossing = [agency for agency in agencies if any(_crosses(text, agency, place) for place in spans)]
        if not crossing:
            break
        for agency in crossing:
            text = text[: agency.start] + "，" * len(agency.text) + text[agency.end :]
    return spans


def _crosses(text: str, agency: Span, place: Span) -> bool:
    """Whether the agency begins within the place and ends behind it, and is not named after it."""
    if not place.start <= agency.start < place.end < agency.end:
        return False
    return agency.start == place.start or not _LENDS_NAME.fullmatch(text[agency.start : place.end])


def _places(text: str) -> list[Span]:
    spans = []
    for m in _PLACE.finditer(text):
        lead = _LEAD.match(m.group())
        start = m.start() + (lead.end() if lead else 0)
        value = text[start : m.end()]
        if len(value) >= 3 and not _NOT_A_PLACE.match(value):
            spans.append(Span(start, m.end(), value, value, "place"))
    return spans
