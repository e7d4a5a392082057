"""A token that only reads leaves the database as it was, whatever it asks for."""

from __future__ import annotations

import pytest
from api_room import Api
from sqlalchemy import select
from test_api_refusals import REQUESTS

from bot.database import Base

# What is written about a request, not by it: who did what, and when a token was last used.
ABOUT = {"audit_log", "api_tokens", "sign_in_attempts"}


def contents(api: Api) -> dict[str, list[tuple[object, ...]]]:
    with api.room.sessions() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=str)
            for table in Base.metadata.sorted_tables
            if table.name not in ABOUT
        }


@pytest.mark.parametrize("name", REQUESTS)
def test_a_reading_token_changes_nothing(api: Api, name: str) -> None:
    method, address, options = REQUESTS[name]
    entry = api.room.entry()
    reader = api.staff("curator", read_only=True)
    before = contents(api)
    reader.request(method, address.format(entry=entry).replace("/entries/x", f"/entries/{entry}"), **options)
    assert contents(api) == before


def test_a_hit_test_that_would_be_kept_is_refused_to_a_reading_token(api: Api) -> None:
    refused = api.staff("curator", read_only=True).post("/hit-tests", json={"question": "居住证"})
    assert (refused.status_code, "只能查看" in refused.json()["detail"]) == (403, True)
    assert api.staff("curator", name="另一个").post("/hit-tests", json={"question": "居住证"}).status_code == 201
