"""The card of an answer: exactly the points that were asked for where the entry has them, else the whole answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from actions.answers import LISTS, answer_card, has_facet, payload, sources, written_source, written_sources
from actions.deciding.settings import load_settings
from actions.detail_finder import DetailsAsked
from actions.facets import load_facets
from actions.fallback import HELPED
from actions.messages import AnswerPart, Button, Source
from actions.turns import Turn
from knowledge_base.aspects import aspects as aspect_labels
from knowledge_base.results import PublishedEntry

MOST_POINTS = 3
# Asked of no single point; and whether something is allowed, which only the whole answer says, with its sources.
WHOLE = frozenset({"general", "law"})
# Laws are cited with and without it.
REPUBLIC = "中华人民共和国"


def likeliest_facet(aspects: Mapping[str, float]) -> str:
    """The facet that is surely asked for, or empty."""
    name, share = next(iter(aspects.items()), ("", 0.0))
    return load_facets().facet_of(name) if share >= load_settings().aspect else ""


def points_asked(entry: PublishedEntry, aspects: Mapping[str, float]) -> list[str]:
    """The points to answer with, as facets and aspects that the entry has; none: the whole answer.

    ``aspects``: how probable each is, likeliest first. Where the likeliest is not sure, the whole answer says more.
    """
    settings, facets = load_settings(), load_facets()
    named = [(name, share) for name, share in aspects.items() if share >= settings.beside]
    if not named or named[0][0] in WHOLE or sum(share for _, share in named) < settings.aspect:
        return []
    found = []
    for name, _ in [one for one in named if one[0] not in WHOLE][:MOST_POINTS]:
        facet = facets.facet_of(name)
        if name in entry.points and not (facet in LISTS and entry.facts):
            # A list of the facts says more than a sentence about it.
            found.append(name)
        elif facet and has_facet(entry, facet):
            found.append(facet)
    likeliest = named[0][0]
    return found if found and found[0] in (likeliest, facets.facet_of(likeliest)) else []


def answer_card_for(entry: PublishedEntry, points: Sequence[str], *, whole: bool = False) -> AnswerPart:
    """The whole answer, one point, or several points line by line; ``whole``: the points, and the whole answer below them."""
    if not points:
        return answer_card(entry)
    card = _points_card(entry, points)
    if not whole:
        return card
    if card.items:
        return card.model_copy(update={"text": f"{entry.answer}\n{card.text}"})
    others = [button for button in card.facets if button.title != load_settings().whole_answer]
    return card.model_copy(update={"text": f"{card.text}\n{entry.answer}", "facets": others})


def with_details(card: AnswerPart, entry: PublishedEntry, asked: DetailsAsked, *, whole: bool) -> AnswerPart:
    """The card with the details that were asked for above it; alone where that is sure. ``whole``: nothing but the whole answer
    is on the card, which then is a press away.
    """
    if not asked.details:
        return card
    told = "\n".join(detail.text for detail in asked.details)
    named = [written for detail in asked.details if (written := detail.source)]
    own = [_completed(entry, source) for written in dict.fromkeys(named) for source in written_sources(written)]
    cited = [*own, *(one for one in card.sources if one not in own)]
    if not (whole and asked.alone):
        return card.model_copy(update={"text": f"{told}\n{card.text}", "sources": cited})
    cited = own if len(named) == len(asked.details) else cited
    return card.model_copy(update={"text": told, "sources": cited, "facets": [_whole_answer(entry), *card.facets]})


def _whole_answer(entry: PublishedEntry) -> Button:
    return Button(title=load_settings().whole_answer, payload=payload("choose_entry", entry_id=entry.id))


def surely_asked(points: Sequence[str], aspects: Mapping[str, float]) -> bool:
    """Whether it is so sure which points are asked that they may be answered alone."""
    aspect_of = load_facets().aspect_of
    asked = sum(aspects.get(aspect_of(point), 0.0) for point in points)
    return asked >= load_settings().aspect_alone


def _points_card(entry: PublishedEntry, points: Sequence[str]) -> AnswerPart:
    if len(points) == 1 and points[0] in load_facets().facets and points[0] not in entry.points:
        return answer_card(entry, points[0])
    card = answer_card(entry).model_copy(update={"sources": _sources(entry, points)})
    lines = [_line(entry, point, named=len(points) > 1) for point in points]
    text, items = (
        (lines[0], []) if len(lines) == 1 else (load_settings().several_points.format(title=entry.title), lines)
    )
    return card.model_copy(
        update={"text": text, "items": items, "facet": points[0], "facets": [_whole_answer(entry), *card.facets]}
    )


def _sources(entry: PublishedEntry, points: Sequence[str]) -> list[Source]:
    """What the points rest on: their own sources, and those of the entry where a point has none of its own."""
    named = [entry.points[point].source if point in entry.points else "" for point in points]
    own = [_completed(entry, written_source(source)) for source in dict.fromkeys(filter(None, named))]
    return own if all(named) else [*own, *(one for one in sources(entry) if one not in own)]


def _completed(entry: PublishedEntry, source: Source) -> Source:
    """《工伤保险条例》第十七条 as a source; who made it and when is known where the entry rests on the same law."""
    for one in sources(entry):
        if one.title.strip("《》").removeprefix(REPUBLIC) == source.title.removeprefix(REPUBLIC):
            return one.model_copy(update={"article": source.article})
    return source


def answered_slots(turn: Turn, entry: PublishedEntry, points: Sequence[str]) -> dict[str, Any]:
    """What is remembered after an answer."""
    return {
        **HELPED,
        "did": "answered",
        "entry_id": entry.id,
        "facet": points[0] if points else None,
        "facet_pending": None,
        "choices": None,
        "choice_facet": None,
        "last_question": turn.said or entry.question,
    }


def _line(entry: PublishedEntry, point: str, *, named: bool) -> str:
    facets = load_facets()
    if point in entry.points:
        label, text = aspect_labels()[point], entry.points[point].text
    elif point == "legal_basis":
        label, text = (
            facets.facets[point].label,
            "；".join(f"《{basis.title}》{basis.article}" for basis in entry.legal_basis),
        )
    else:
        label, value = facets.facets[point].label, getattr(entry.facts, point)
        text = "；".join(value) if point in LISTS else str(value)
    return f"{label}：{text}" if named else text
