"""Answer cards and choices made of published entries."""

from __future__ import annotations

import json
from collections.abc import Iterable

from actions.facets import load_facets
from actions.messages import AnswerPart, Button, Source
from knowledge_base.results import PublishedEntry, SearchHit

MAX_RELATED = 3
LISTS = frozenset({"conditions", "materials", "steps"})


def payload(intent: str, **entities: str) -> str:
    """What a button sends: Rasa's ``/intent{…}``.

    >>> payload("choose_entry", entry_id="hukou.birth")
    '/choose_entry{"entry_id": "hukou.birth"}'
    """
    return f"/{intent}{json.dumps(entities, ensure_ascii=False) if entities else ''}"


def entry_button(entry_id: str, title: str, facet: str = "") -> Button:
    """A button that leads to an entry, or to one facet of it."""
    intent = load_facets().facets[facet].intent if facet else "choose_entry"
    return Button(title=title, payload=payload(intent, entry_id=entry_id))


def has_facet(entry: PublishedEntry, facet: str) -> bool:
    """Whether the entry says anything about the facet."""
    return bool(entry.legal_basis) if facet == "legal_basis" else entry.facts is not None


def answer_card(entry: PublishedEntry, facet: str = "") -> AnswerPart:
    """The whole answer, or what it says about ``facet`` (which the entry must have)."""
    text, items = (entry.answer, []) if not facet else _facet_text(entry, facet)
    return AnswerPart(
        entry_id=entry.id,
        title=entry.title,
        text=text,
        facet=facet,
        items=items,
        ordered=facet == "steps",
        sources=sources(entry),
        confirm=list(entry.confirm),
        facets=facet_buttons(entry, without=facet),
        related=[entry_button(other, question) for other, question in entry.related[:MAX_RELATED]],
    )


def sources(entry: PublishedEntry) -> list[Source]:
    """The laws and documents an entry rests on."""
    return [
        Source(
            title=basis.title,
            issuer=basis.issuer,
            number=basis.number,
            article=basis.article,
            effective=entry.effective,
        )
        for basis in entry.legal_basis
    ]


def facet_buttons(entry: PublishedEntry, *, without: str = "") -> list[Button]:
    """A button for every facet the entry has; sources are on the card already."""
    if entry.facts is None:
        return []
    names = [name for name in load_facets().facets if name not in (without, "legal_basis")]
    return [entry_button(entry.id, load_facets().facets[name].label, name) for name in names]


def choices(hits: Iterable[SearchHit], facet: str, limit: int) -> list[Button]:
    """Buttons for the best hits; the facet that was asked for is kept."""
    return [entry_button(hit.entry_id, hit.title, facet) for hit in list(hits)[:limit]]


def _facet_text(entry: PublishedEntry, facet: str) -> tuple[str, list[str]]:
    lead = load_facets().facets[facet].lead.format(title=entry.title)
    if facet == "legal_basis":
        return lead, [_citation(source) for source in sources(entry)]
    value = getattr(entry.facts, facet)
    return (lead, list(value)) if facet in LISTS else (f"{lead}{value}", [])


def _citation(source: Source) -> str:
    number = f"（{source.number}）" if source.number else ""
    return f"《{source.title}》{number}{source.article}，{source.issuer}"
