"""Answer cards and choices made of published entries."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from actions.calculating.catalogue import load_catalogue
from actions.facets import load_facets
from actions.messages import AnswerPart, Button, Source
from knowledge_base.results import PublishedEntry, SearchHit

MAX_RELATED = 3
LISTS = frozenset({"conditions", "materials", "steps"})
ENDS = ("。", "！", "？", "…")
URL_STARTS = ("http://", "https://", "www.")
PARTED = "；;、，, "
_EACH_SOURCE = re.compile(r"(?<=[条号）〕》款项；;、，,])(?=《)")
URL_CHARACTERS = "".join(map(chr, range(0x21, 0x7F)))


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
        facets=facet_buttons(entry, without=facet),
        related=[entry_button(other, question) for other, question in entry.related[:MAX_RELATED]],
    )


def sources(entry: PublishedEntry) -> list[Source]:
    """The laws and documents an entry rests on.

    The entry's own date tells since when its rule applies: it is the date of a document only where there is just one.
    """
    since = entry.effective if len(entry.legal_basis) == 1 else None
    return [
        Source(
            title=basis.title,
            issuer=basis.issuer,
            number=basis.number,
            article=basis.article,
            effective=basis.effective or since,
        )
        for basis in entry.legal_basis
    ]


def written_source(text: str) -> Source:
    """A law and article as people write them.

    >>> written_source("《工伤保险条例》第十七条").article
    '第十七条'
    """
    title, _, article = text.removeprefix("《").partition("》")
    return Source(title=title, article=article.strip())


def written_sources(text: str) -> list[Source]:
    """Several laws in one line, each with its articles.

    >>> [(one.title, one.article) for one in written_sources("《民法典》第九条、第十条；《价格法》第八条")]
    [('民法典', '第九条、第十条'), ('价格法', '第八条')]
    """
    return [written_source(part.strip(PARTED)) for part in _EACH_SOURCE.split(text) if part.strip(PARTED)]


def first_source(entry: PublishedEntry) -> str:
    """The first law or document as one short line: 《居住证暂行条例》第九条; empty where none is named."""
    return next((f"《{basis.title.strip('《》')}》{basis.article}" for basis in entry.legal_basis), "")


def facet_buttons(entry: PublishedEntry, *, without: str = "") -> list[Button]:
    """A button for every facet the entry has, and one for its sum; sources are on the card already."""
    calculator = load_catalogue().by_entry.get(entry.id)
    sums = (
        [Button(title=load_catalogue().button, payload=payload("calculate", calculator=calculator.name))]
        if calculator
        else []
    )
    if entry.facts is None:
        return sums
    names = [name for name in load_facets().facets if name not in (without, "legal_basis")]
    return [*sums, *(entry_button(entry.id, load_facets().facets[name].label, name) for name in names)]


def choices(hits: Iterable[SearchHit], facet: str, limit: int) -> list[Button]:
    """Buttons for the best hits; the facet that was asked for is kept."""
    return [entry_button(hit.entry_id, hit.title, facet) for hit in list(hits)[:limit]]


def _facet_text(entry: PublishedEntry, facet: str) -> tuple[str, list[str]]:
    lead = load_facets().facets[facet].lead.format(title=entry.title)
    if facet == "legal_basis":
        return lead, [_citation(source) for source in sources(entry)]
    value = getattr(entry.facts, facet)
    return (lead, list(value)) if facet in LISTS else (_sentence(f"{lead}{value}"), [])


def _sentence(text: str) -> str:
    """The text with a full stop, but not behind a web address, where it would be read as a part of it."""
    last_word = text[len(text.rstrip(URL_CHARACTERS)) :]
    ended = text.endswith(ENDS) or any(start in last_word for start in URL_STARTS)
    return text if ended else f"{text}。"


def _citation(source: Source) -> str:
    number = f"（{source.number}）" if source.number else ""
    return f"《{source.title}》{number}{source.article}，{source.issuer}"
