"""What helps to write: checks, vocabulary, hit tests, counters of use."""

from __future__ import annotations

import pytest
from api_room import FORM, Api, kind
from console_room import PERMIT, ConsoleRoom
from fastapi.testclient import TestClient

TERM = {"kind": "local_name", "words": ["蓝本本"], "official": "居住证"}


@pytest.fixture
def curator(api: Api) -> TestClient:
    return api.staff("curator")


def test_a_text_is_checked_before_it_is_kept(curator: TestClient, room: ConsoleRoom) -> None:
    entry_id = room.entry()
    found = curator.post("/checks/standards", json={"answer": "请带户口本到工商局办理。"}).json()
    assert "市场监督管理局" in {one["fix"] for one in found}
    (same,) = curator.post("/checks/duplicates", json={"texts": [PERMIT["question"]]}).json()
    assert (same["entry_id"], same["exact"]) == (entry_id, True)
    assert curator.post("/checks/duplicates", json={"texts": [PERMIT["question"]], "but": entry_id}).json() == []
    rehearsed = curator.post(f"/entries/{entry_id}/rehearse", json=FORM).json()
    assert rehearsed == {"total": 0, "asked": 0, "better": [], "worse": []}


def test_a_term_is_written_tried_enabled_and_taken_out(curator: TestClient, room: ConsoleRoom) -> None:
    room.entry()
    assert curator.post("/vocabulary/preview", json=TERM).json()["asked"] == 0
    made = curator.post("/vocabulary", json=TERM)
    assert (made.status_code, made.headers["etag"], made.json()["live"]) == (201, '"1"', None)
    address = made.headers["location"].removeprefix("/api/knowledge")
    assert kind(curator.post(f"{address}/enable")) == "version-needed"

    tag = made.headers["etag"]
    better = TERM | {"words": ["蓝本本", "蓝本子"]}
    for method, step, body in [
        ("PUT", "", better),
        ("POST", "/enable", None),
        ("POST", "/disable", {"sign_off": ""}),
        ("POST", "/restore", {"version": 1}),
    ]:
        done = curator.request(method, address + step, json=body, headers={"If-Match": tag})
        assert done.status_code == 200, done.text
        stale = curator.request(method, address + step, json=body, headers={"If-Match": tag})
        assert (kind(stale), stale.headers["etag"]) == ("version-conflict", done.headers["etag"])
        tag = done.headers["etag"]
    assert curator.get(address).json()["form"]["words"] == ["蓝本本"]
    assert [one["id"] for one in curator.get("/vocabulary").json()["items"]] == [made.json()["id"]]
    assert len(curator.get(f"{address}/revisions").json()) == 5
    assert kind(curator.post("/vocabulary", json=TERM | {"words": []})) == "invalid-content"


def test_hit_tests_are_kept_compared_and_listed_in_pages(curator: TestClient, room: ConsoleRoom) -> None:
    entry_id = room.entry()
    made = [curator.post("/hit-tests", json={"question": "居住证怎么办"}) for _ in range(3)]
    assert made[0].status_code == 201
    assert made[0].json()["report"]["hits"][0]["entry_id"] == entry_id
    compared = curator.get(made[0].headers["location"].removeprefix("/api/knowledge")).json()
    assert compared["movements"][0]["now"]["rank"] == 1
    first = curator.get("/hit-tests", params={"limit": 2}).json()
    curator.post("/hit-tests", json={"question": "又测一次"})
    second = curator.get(first["next"].removeprefix("/api/knowledge")).json()
    assert [one["id"] for one in first["items"] + second["items"]] == [one.json()["id"] for one in reversed(made)]
    assert second["next"] is None
    refused = curator.post("/hit-tests", json={"question": "居住证", "region": "没有的地方"})
    assert kind(refused) == "invalid-content"


def test_a_file_of_questions_is_asked(curator: TestClient, room: ConsoleRoom) -> None:
    entry_id = room.entry()
    sheet = f"问题,条目编号\n居住证怎么办,{entry_id}\n".encode()
    asked = curator.post("/hit-tests/bulk", files={"file": ("questions.csv", sheet)})
    assert asked.status_code == 200, asked.text
    assert asked.json()["recall"] == {"1": 1.0, "3": 1.0, "5": 1.0}
    assert curator.get("/reliability").json()["count"] == 0


def test_use_is_counted_without_persons(curator: TestClient, room: ConsoleRoom) -> None:
    entry_id = room.entry()
    assert curator.get(f"/entries/{entry_id}/use").json()["last_shown"] is None
    assert set(curator.get("/use").json()) == {"unused", "badly_rated", "most_used", "since"}
