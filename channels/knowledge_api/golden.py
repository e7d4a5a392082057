"""The golden set: questions that must be answered, how they stand, and who let one get worse."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from channels.knowledge_api.bodies.golden import (
    GoldenAdded,
    GoldenLine,
    GoldenList,
    GoldenQuestions,
    Rehearsal,
    SignOffBody,
    SignOffList,
)
from channels.knowledge_api.caller import Desk, json_only
from channels.knowledge_api.cursor import Paging
from channels.knowledge_api.entries import Form
from channels.knowledge_api.numbers import Number
from channels.knowledge_api.problems import ALWAYS, BODY, NOT_FOUND

router = APIRouter(tags=["golden set"], responses=ALWAYS, dependencies=[Depends(json_only)])


@router.get("/golden-questions")
def list_questions(
    desk: Desk,
    page: Paging,
    entry_id: Annotated[str, Query(max_length=80, description="Only those of one entry, without verdicts.")] = "",
) -> GoldenList:
    """A page of the golden set with how each question stands now."""
    golden = desk.golden
    of_one = [GoldenLine.of(one, None) for one in golden.of_entry(entry_id)] if entry_id else None
    lines = of_one if of_one is not None else [GoldenLine.of(*pair) for pair in golden.verdicts()]
    shown, following = page.cut("golden", lines, lambda one: (one.id,), (int,))
    return GoldenList(items=shown, next=following)


@router.post("/golden-questions", status_code=201, responses=NOT_FOUND | BODY)
def add_questions(desk: Desk, body: GoldenQuestions) -> GoldenAdded:
    """Promise that an entry answers these."""
    return GoldenAdded.model_validate(desk.golden.add(body.entry_id, body.questions))


@router.delete("/golden-questions/{question_id}", status_code=204)
def remove_question(desk: Desk, question_id: Number) -> None:
    """Take a question away; one that is gone already stays gone."""
    desk.golden.remove(question_id)


@router.get("/golden-questions/sign-offs")
def list_sign_offs(desk: Desk) -> SignOffList:
    """Who let changes through that made golden questions worse, the last fifty."""
    return SignOffList(items=[SignOffBody.model_validate(one) for one in desk.golden.sign_offs()])


@router.get("/golden-questions/titles")
def list_titles(desk: Desk) -> dict[str, str]:
    """Titles of the entries that golden questions expect, by their ids."""
    return desk.golden.titles()


@router.post("/entries/{entry_id}/rehearse", responses=NOT_FOUND | BODY)
def rehearse(desk: Desk, entry_id: str, form: Form) -> Rehearsal:
    """What would become of the golden set if this text were published; nothing changes."""
    return Rehearsal.of(desk.golden.rehearse(entry_id, form))
