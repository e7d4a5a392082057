"""The words that staff own: synonyms, local names, typos."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query, Request, Response

from channels.knowledge_api.bodies.entries import Restore, SignOff
from channels.knowledge_api.bodies.vocabulary import (
    TERM_EXAMPLE,
    BuiltInGroup,
    TermBody,
    TermList,
    TermRevision,
    VocabularyPreview,
)
from channels.knowledge_api.caller import Desk, json_only
from channels.knowledge_api.cursor import Paging
from channels.knowledge_api.numbers import Number
from channels.knowledge_api.preconditions import Expected, told, unchanged
from channels.knowledge_api.problems import ALWAYS, BODY, GUARDED, NOT_FOUND, PUBLISHING
from knowledge_base.vocabulary.models import VocabularyTerm
from knowledge_base.vocabulary.terms import TermForm

router = APIRouter(prefix="/vocabulary", tags=["vocabulary"], responses=ALWAYS, dependencies=[Depends(json_only)])
Form = Annotated[TermForm, Body(openapi_examples={"term": {"value": TERM_EXAMPLE}})]
Words = Annotated[str, Query(max_length=80, description="In the words or the official one.")]
CHANGES = NOT_FOUND | BODY | GUARDED
PUBLISHES = CHANGES | PUBLISHING


@router.get("")
def list_terms(desk: Desk, page: Paging, query: Words = "") -> TermList:
    """A page of the terms, in the order they were made."""
    shown, following = page.cut("vocabulary", desk.vocabulary.terms(query), lambda one: (one.id,), (int,))
    return TermList(items=[TermBody.of(one) for one in shown], next=following)


@router.get("/built-in")
def find_built_in(desk: Desk, query: Words) -> list[BuiltInGroup]:
    """Groups of the built-in lexicon that have these words."""
    return [BuiltInGroup.model_validate(one, from_attributes=True) for one in desk.vocabulary.built_in(query)]


@router.post("", status_code=201, responses=BODY)
def create_term(desk: Desk, form: Form, request: Request, response: Response) -> TermBody:
    """A new term, not in force yet."""
    row = desk.vocabulary.save(TermForm.parse(form.model_dump()))
    response.headers["Location"] = f"{request.url.path}/{row.id}"
    return _full(row, response)


@router.post("/preview", responses=BODY)
def preview_term(desk: Desk, form: Form) -> VocabularyPreview:
    """What a new term would do; nothing is kept."""
    return VocabularyPreview.of(desk.vocabulary.preview(TermForm.parse(form.model_dump())))


@router.get("/{term_id}", responses=NOT_FOUND)
def read_term(desk: Desk, term_id: Number, response: Response) -> TermBody:
    """One term with its ETag."""
    return _full(desk.vocabulary.term(term_id), response)


@router.get("/{term_id}/revisions", responses=NOT_FOUND)
def list_term_revisions(desk: Desk, term_id: Number) -> list[TermRevision]:
    """All that was done with a term, newest first."""
    return [TermRevision.model_validate(one) for one in desk.vocabulary.history(term_id)]


@router.post("/{term_id}/preview", responses=NOT_FOUND | BODY)
def preview_change(desk: Desk, term_id: Number, form: Form | None = None) -> VocabularyPreview:
    """What the term would do with this form, or, without a body, what would be without the term."""
    if form is None:
        return VocabularyPreview.of(desk.vocabulary.preview_without(term_id))
    return VocabularyPreview.of(desk.vocabulary.preview(TermForm.parse(form.model_dump()), term_id))


@router.put("/{term_id}", responses=CHANGES)
def replace_term(desk: Desk, term_id: Number, form: Form, expected: Expected, response: Response) -> TermBody:
    """Another text; searches go by the old one until it is enabled."""
    checked = TermForm.parse(form.model_dump())
    with unchanged(lambda: desk.vocabulary.term(term_id).version):
        return _full(desk.vocabulary.save(checked, term_id=term_id, expected_version=expected), response)


@router.post("/{term_id}/enable", responses=PUBLISHES)
def enable_term(
    desk: Desk, term_id: Number, expected: Expected, response: Response, body: SignOff | None = None
) -> TermBody:
    """Searches go by it from the next question on."""
    sign_off = body.sign_off if body is not None else ""
    with unchanged(lambda: desk.vocabulary.term(term_id).version):
        return _full(desk.vocabulary.enable(term_id, expected_version=expected, sign_off=sign_off), response)


@router.post("/{term_id}/disable", responses=PUBLISHES)
def disable_term(
    desk: Desk, term_id: Number, expected: Expected, response: Response, body: SignOff | None = None
) -> TermBody:
    """Searches go by it no more."""
    sign_off = body.sign_off if body is not None else ""
    with unchanged(lambda: desk.vocabulary.term(term_id).version):
        return _full(desk.vocabulary.disable(term_id, expected_version=expected, sign_off=sign_off), response)


@router.post("/{term_id}/restore", responses=CHANGES)
def restore_term(desk: Desk, term_id: Number, body: Restore, expected: Expected, response: Response) -> TermBody:
    """Bring an old text back as a change that waits."""
    with unchanged(lambda: desk.vocabulary.term(term_id).version):
        return _full(desk.vocabulary.restore(term_id, body.version, expected_version=expected), response)


def _full(row: VocabularyTerm, response: Response) -> TermBody:
    told(response, row.version)
    return TermBody.of(row)
