"""What the chat would find, how an answer would look, and what there is to choose from."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from channels.knowledge_api.bodies.searching import AnswerBody, Fact, Me, Question, SearchBody, TopicBody
from channels.knowledge_api.caller import Desk, json_only
from channels.knowledge_api.entries import Form
from channels.knowledge_api.problems import ALWAYS, BODY

router = APIRouter(tags=["searching"], responses=ALWAYS, dependencies=[Depends(json_only)])


@router.post("/search", responses=BODY)
def search(desk: Desk, body: Question) -> SearchBody:
    """What the chat would find for a question right now: the best five."""
    return SearchBody.model_validate(desk.try_question(body.question))


@router.post("/preview", responses=BODY)
def preview_answer(desk: Desk, form: Form) -> AnswerBody:
    """The answer as a citizen would read it; nothing is kept."""
    answer = desk.preview(form)
    listed = {"facts": answer.facts, "points": answer.points, "details": answer.details}
    bodies = {name: [Fact(label=label, lines=lines) for label, lines in rows] for name, rows in listed.items()}
    return AnswerBody(**vars(answer) | bodies)


@router.get("/topics")
def list_topics(desk: Desk) -> list[TopicBody]:
    """Topics in display order."""
    return [TopicBody(id=key, name=name) for key, name in desk.topics.items()]


@router.get("/me")
def who_am_i(desk: Desk) -> Me:
    """Whose token this is, and what it may do now."""
    principal = desk.principal
    return Me(
        username=principal.username,
        display_name=principal.display_name,
        roles=list(principal.roles),
        permissions=sorted(principal.permissions),
        token=principal.via,
        four_eyes=desk.four_eyes,
    )
