"""From an unresolved question to an entry: a new one prefilled, or one more phrasing of an existing one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from knowledge_base.entry_form import EntryForm
from knowledge_base.lifecycle import EntryNotFound, EntryStatus
from knowledge_base.models import Entry
from knowledge_base.results import SearchHit
from knowledge_base.revisions import form_of
from knowledge_base.service import KnowledgeService

MAX_QUESTION = 200
MAX_TITLE = 30


def answer_draft(
    question: str, hits: Sequence[SearchHit], knowledge: KnowledgeService, topics: dict[str, str]
) -> dict[str, Any]:
    """Fields of a new entry that is to answer ``question``; its topic is that of the best hit that still exists."""
    line = " ".join(question.split())
    topic = next((found for hit in hits if (found := _topic(hit.entry_id, knowledge)) in topics), next(iter(topics)))
    return {
        "topic": topic,
        "title": line.rstrip("？?。！! ")[:MAX_TITLE],
        "question": line[:MAX_QUESTION],
        "similar": [line[:MAX_QUESTION]],
    }


def _topic(entry_id: str, knowledge: KnowledgeService) -> str:
    try:
        return knowledge.get(entry_id).topic
    except EntryNotFound:
        return ""


def with_phrasing(entry: Entry, question: str) -> EntryForm | None:
    """The entry with ``question`` among its similar questions; None if it is there already."""
    line, form = one_line(question), form_of(entry)
    if line in [form.question, *form.similar]:
        return None
    return form.model_copy(update={"similar": [*form.similar, line]})


def without_phrasing(entry: Entry, phrase: str) -> EntryForm | None:
    """The entry without one of its similar questions; None if it is not there."""
    form = form_of(entry)
    if phrase not in form.similar:
        return None
    return form.model_copy(update={"similar": [one for one in form.similar if one != phrase]})


def is_asked(entry: Entry, question: str) -> bool:
    """Whether citizens who ask ``question`` in these words get the entry now."""
    return entry.status == EntryStatus.PUBLISHED and one_line(question) in [entry.question, *entry.similar]


def fields_of(entry: Entry) -> dict[str, Any]:
    """What a curator goes on editing, in the shape of ``EntryForm``."""
    return form_of(entry).model_dump()


def one_line(question: str) -> str:
    """A citizen's question as it may stand among the phrasings."""
    return " ".join(question.split())[:MAX_QUESTION]
