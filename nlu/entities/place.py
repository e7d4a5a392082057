"""Places as people name them in a complaint: 解放路与人民路口, 锦绣花园3号楼, 云东区实验小学门口."""

from __future__ import annotations

import re
from bisect import bisect_right

from nlu.entities.lexicon_terms import find_lexicon_terms
from nlu.entities.place_reader import read_places
from nlu.entities.span import Span, blanked

# A name takes words that lead up to a place: 在解放路, 位于, 举报人民路. None is made of others, so that each run is read once.
_LEAD = re.compile(
    r"(?:我要|我想|想|要|请|麻烦|帮忙|帮我|投诉一下|投诉|举报|反映一下|反映|建议|咨询|在|位于|住在|家住|就在|靠近|经过|路过|从|找|"
    r"昨天|今天|前天|昨晚|今早|最近|上周.|晚上|早上|下午|上午|夜里)+"
)
_NOT_A_PLACE = re.compile(
    r"(?:能上|上|占|修|带|走|问|让|铺)(?:路|道)$|^(?:半|走|同|顺|一|条|马|上|出|修|铺|车|知|味|报|难|频|渠|管|轨|城|外|超|全|本|这|那|有)?(?:路|道|市|城|河|桥|街)$"
)
# Villages and communities give their names to their agencies: 幸福村委会 is in 幸福村.
_LENDS_NAME = re.compile(r"村|社区|镇|乡|街道?")
# What an agency ends is read anew, and may run into another agency; more often than this it is no text of people.
_ROUNDS = 4


def find_places(text: str) -> list[Span]:
    """Every named place, in order; the value is the place without words that only lead up to it.

    An agency that goes on where a place seems to end is no part of one: 云东区市场|监管局.
    """
    spans = _places(text)
    for _ in range(_ROUNDS):
        crossing = _crossing(text, spans)
        if not crossing:
            break
        text = blanked(text, crossing)
        spans = _places(text)
    return spans


def _crossing(text: str, places: list[Span]) -> list[Span]:
    """The agencies that begin within a place and end behind it, and are not named after it."""
    if not places:
        return []
    starts = [place.start for place in places]
    found = []
    for agency in find_lexicon_terms(text):
        before = bisect_right(starts, agency.start)
        if agency.kind == "agency" and before and _crosses(text, agency, places[before - 1]):
            found.append(agency)
    return found


def _crosses(text: str, agency: Span, place: Span) -> bool:
    """Whether the agency begins within the place and ends behind it, and is not named after it."""
    if not place.start <= agency.start < place.end < agency.end:
        return False
    return agency.start == place.start or not _LENDS_NAME.fullmatch(text[agency.start : place.end])


def _places(text: str) -> list[Span]:
    spans = []
    for first, end in read_places(text):
        lead = _LEAD.match(text, first, end)
        start = lead.end() if lead else first
        value = text[start:end]
        if len(value) >= 3 and not _NOT_A_PLACE.match(value):
            spans.append(Span(start, end, value, value, "place"))
    return spans
