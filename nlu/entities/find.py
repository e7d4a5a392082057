"""All entities of a text: every recogniser in one list, and of spans that overlap the one that means most."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from nlu.entities.address import find_addresses
from nlu.entities.bank_card import find_bank_cards
from nlu.entities.credit_code import find_credit_codes
from nlu.entities.division import find_divisions
from nlu.entities.email import find_emails
from nlu.entities.identity_number import find_identity_numbers
from nlu.entities.lexicon_terms import find_lexicon_terms, find_service_items
from nlu.entities.moment import find_moments
from nlu.entities.money import find_money
from nlu.entities.phone import find_phones
from nlu.entities.place import find_places
from nlu.entities.plate import find_plates
from nlu.entities.span import Span, SpanSet, blanked
from nlu.entities.times import find_times
from nlu.entities.travel_document import find_travel_documents

Recogniser = Callable[[str], Sequence[Span]]

# Letters and digits typed in full width, sign by sign, so that places in the text stay what they are.
_FULL_WIDTH = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_FULL_WIDTH |= {0xFF20: ord("@"), 0xFF0D: ord("-"), 0xFF0E: ord(".")}
# Words that nothing but a time has; 12号 may also be a house.
_SURELY_TIME = re.compile(r"[点时昨前今明周天晚午晨夜]|星期|月.{0,40}[日号]")
# A number whose check digit fits can hardly be anything else; one whose digit does not fit may still be another number.
_CHECKED = frozenset({"identity_number", "credit_code", "bank_card", "permanent_residence"})


# The recognisers in ranks: what an earlier rank found is not looked into by a later one.
_RANKS: tuple[tuple[Recogniser, ...], ...] = (
    (find_travel_documents, find_identity_numbers, find_credit_codes, find_bank_cards),
    (find_plates, find_emails),
    (find_phones,),
    (lambda text: find_addresses(_without_times(text)),),
    (find_money, find_times),
    (lambda text: _named_places(_without_times(text)),),
    (find_divisions,),
)


def find_entities(text: str, now: datetime | None = None) -> list[Span]:
    """Every entity, in order and not overlapping.

    Numbers with check digits come before telephone numbers, an address before its parts, a longer span before a shorter
    one; names of the lexicon and of services are looked for in what is left. With ``now`` the value of a ``time`` is the
    stretch of time in ISO 8601 (``2026-11-18T18:00/2026-11-19T00:00``) where it can be told, else the expression.
    """
    plain = text.translate(_FULL_WIDTH)
    kept = SpanSet()
    for rank in _RANKS:
        _add(kept, (span for find in rank for span in find(plain)))
        if now is not None and find_times in rank:
            kept = _with_moments(kept, plain, now)
    for start, end in _gaps(kept, len(plain)):
        _add(kept, (_moved(span, start) for span in _named_things(plain[start:end])))
    return _as_typed(kept, text)


def find_checked_numbers(text: str) -> list[Span]:
    """Numbers that carry a check digit, right or wrong (``…_wrong``), in order and not overlapping: the first rank alone.

    >>> [span.kind for span in find_checked_numbers("身份证110105194912310021")]
    ['identity_number_wrong']
    """
    plain = text.translate(_FULL_WIDTH)
    kept = SpanSet()
    _add(kept, (span for find in _RANKS[0] for span in find(plain)))
    return _as_typed(kept, text)


def _as_typed(spans: Iterable[Span], text: str) -> list[Span]:
    """The spans in order, with the words of the text before digits and letters were made plain."""
    ordered = sorted(spans, key=lambda span: span.start)
    return [Span(span.start, span.end, text[span.start : span.end], span.value, span.kind) for span in ordered]


def _named_places(text: str) -> list[Span]:
    """Places but those that are an agency's whole name: 人才市场."""
    places = find_places(text)
    agencies = {(span.start, span.end) for span in find_lexicon_terms(text) if span.kind == "agency"} if places else ()
    return [place for place in places if (place.start, place.end) not in agencies]


def _named_things(text: str) -> list[Span]:
    """Things and services. A thing with a verb of one character is no service, but the thing: 办居住证."""
    things = SpanSet(find_lexicon_terms(text))
    services = [
        service
        for service in find_service_items(text)
        if not any(len(service.text) - len(thing.text) <= 1 for thing in things.overlapping(service.start, service.end))
    ]
    return [*things, *services]


def _without_times(text: str) -> str:
    """The text with times out of the way of the names that follow them: 昨晚十点半解放路12号."""
    return blanked(text, (span for span in find_times(text) if _SURELY_TIME.search(span.text)))


def _add(kept: SpanSet, found: Iterable[Span]) -> None:
    """Add the spans that overlap none: checked numbers first, then the longer ones."""
    ranked = sorted(found, key=lambda span: (span.kind not in _CHECKED, span.start - span.end, span.start))
    for span in ranked:
        kept.add(span)


def _with_moments(kept: SpanSet, text: str, now: datetime) -> SpanSet:
    """Times with the stretch they mean; the words of a moment (国庆前) may reach further than those of the time."""
    found = SpanSet(span for span in kept if span.kind != "time")
    for start, moment in find_moments(text, now):
        value = f"{moment.start.isoformat(timespec='minutes')}/{moment.end.isoformat(timespec='minutes')}"
        found.add(Span(start, start + len(moment.text), moment.text, value, "time"))
    for span in kept:
        found.add(span)
    return found


def _gaps(spans: Iterable[Span], length: int) -> list[tuple[int, int]]:
    """What lies between the spans, from start to end."""
    gaps, at = [], 0
    for span in sorted(spans, key=lambda span: span.start):
        gaps.append((at, span.start))
        at = span.end
    return [(start, end) for start, end in (*gaps, (at, length)) if end > start]


def _moved(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by, span.text, span.value, span.kind)
