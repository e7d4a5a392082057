"""What is checked while an entry is written: data standards, and entries that say the same."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends

from channels.knowledge_api.bodies.checks import DuplicateBody, FindingBody, Phrasings
from channels.knowledge_api.bodies.entries import FORM_EXAMPLE
from channels.knowledge_api.caller import Desk, json_only
from channels.knowledge_api.problems import ALWAYS, BODY

router = APIRouter(prefix="/checks", tags=["checks"], responses=ALWAYS | BODY, dependencies=[Depends(json_only)])
Values = Annotated[dict[str, Any], Body(openapi_examples={"entry": {"value": FORM_EXAMPLE}})]


@router.post("/standards")
def check_standards(desk: Desk, values: Values) -> list[FindingBody]:
    """What in the fields of an entry does not keep to the data standards; fields may be missing."""
    return [FindingBody.model_validate(one) for one in desk.standards(values)]


@router.post("/duplicates")
def find_duplicates(desk: Desk, body: Phrasings) -> list[DuplicateBody]:
    """What other entries say the same, or nearly."""
    return [DuplicateBody.model_validate(one) for one in desk.duplicates(body.texts, body.but)]
