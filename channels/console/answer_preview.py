"""An answer as a citizen reads it, made from a form that need not be published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from knowledge_base.aspects import labelled, sourced
from knowledge_base.content_schema import ContentError, fill
from knowledge_base.entry_form import EntryForm
from knowledge_base.lifecycle import InvalidEntry
from knowledge_base.published import City

FACT_LABELS = {
    "conditions": "办理条件",
    "materials": "所需材料",
    "steps": "办理步骤",
    "time_limit": "办理时限",
    "fee": "收费",
    "where": "办理地点",
    "online": "线上办理",
}
LIST_FACTS = ("conditions", "materials", "steps")


@dataclass(frozen=True)
class AnswerPreview:
    """The answer with the city's values filled in; its lists are ready to be shown line by line."""

    title: str
    answer: str
    facts: list[tuple[str, list[str]]]
    points: list[tuple[str, list[str]]]
    details: list[tuple[str, list[str]]]
    title_en: str
    summary_en: str
    sources: list[str]
    confirm: list[str]
    effective: date | None


def preview_of(form: EntryForm, city: City) -> AnswerPreview:
    """The preview; raises InvalidEntry where the form names a value that the city's settings do not have."""
    try:
        return AnswerPreview(
            title=fill(form.title, city),
            answer=fill(form.answer, city),
            facts=_facts(form.facts.model_dump() if form.facts else {}, city),
            points=[(label, [fill(text, city)]) for label, text in labelled(form.points)],
            details=[
                (fill(one.asked[0], city), [fill(sourced(one.text, one.source), city)])
                for one in form.details
                if not one.unverified
            ],
            title_en=fill(form.title_en, city),
            summary_en=fill(form.summary_en, city),
            sources=[
                " ".join(filter(None, [f"《{fill(basis.title, city).strip('《》')}》", basis.number, basis.article]))
                + f"（{fill(basis.issuer, city)}）"
                for basis in form.legal_basis
            ],
            confirm=[fill(text, city) for text in form.confirm],
            effective=form.effective,
        )
    except ContentError as error:
        raise InvalidEntry(f"引用了城市设置里没有的值：{error}") from error


def _facts(facts: dict[str, Any], city: City) -> list[tuple[str, list[str]]]:
    lines = {name: value if isinstance(value, list) else [value] for name, value in facts.items()}
    return [(FACT_LABELS[name], [fill(text, city) for text in texts]) for name, texts in lines.items()]
