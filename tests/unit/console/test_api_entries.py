from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_room import FORM, Api, kind
from console_room import PERMIT, ConsoleRoom
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.entry_form import EntryForm

BETTER = FORM | {"answer": "请带上身份证和照片到{hall.address}办理。"}


@pytest.fixture
def curator(api: Api) -> TestClient:
    return api.staff("curator")


def test_an_entry_is_written_published_found_and_retired(curator: TestClient, room: ConsoleRoom) -> None:
    made = curator.post("/entries", json=FORM)
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    address = made.headers["location"]
    entry_id = made.json()["id"]
    assert address == f"/api/knowledge/entries/{entry_id}"
    assert made.json()["deeds"] == ["save", "restore", "submit", "publish", "retire"]

    published = curator.post(f"/entries/{entry_id}/publish", headers={"If-Match": '"1"'})
    assert (published.json()["status"], published.headers["etag"]) == ("published", '"2"')
    found = curator.post("/search", json={"question": "居住证怎么办"}).json()
    assert [hit["entry_id"] for hit in found["hits"]] == [entry_id]

    retired = curator.post(f"/entries/{entry_id}/retire", headers={"If-Match": '"2"'}, json={"sign_off": ""})
    assert retired.json()["status"] == "retired"
    assert curator.post("/search", json={"question": "居住证怎么办"}).json()["hits"] == []
    assert [deed for _, deed, _ in room.audit()][2:] == ["knowledge.create", "knowledge.publish", "knowledge.retire"]
    newest = room.accounts.audit.records(limit=1)[0]
    assert (newest.actor, newest.detail) == ("curator", "接口令牌“同步程序”：版本 3")


def test_a_change_waits_beside_the_published_text_until_it_is_reviewed(curator: TestClient, room: ConsoleRoom) -> None:
    address = f"/entries/{room.entry()}"
    tag = curator.get(address).headers["etag"]
    saved = curator.put(address, json=BETTER, headers={"If-Match": tag})
    assert saved.json()["form"]["answer"] == BETTER["answer"]
    assert saved.json()["published"]["answer"] == FORM["answer"]
    tag = saved.headers["etag"]
    for deed, body, stage in [
        ("submit", None, "in_review"),
        ("return", {"reason": "请写清照片要求"}, "draft"),
        ("submit", None, "in_review"),
        ("publish", None, None),
    ]:
        done = curator.post(f"{address}/{deed}", json=body, headers={"If-Match": tag})
        assert (done.status_code, done.json()["draft_status"]) == (200, stage)
        tag = done.headers["etag"]
    assert done.json()["published"] is None
    history = curator.get(f"{address}/revisions").json()["items"]
    assert [one["deed"] for one in history] == ["publish", "submit", "return", "submit", "save", "publish", "create"]
    assert history[2]["comment"] == "请写清照片要求"
    differs = curator.get(f"{address}/diff", params={"old": 2, "new": 3}).json()
    assert {piece["text"] for piece in differs[0]["pieces"] if piece["change"] == "added"} == {"和照片"}
    assert curator.get(f"{address}/revisions/2").json()["form"]["answer"] == FORM["answer"]


def test_discard_restore_and_reopen(curator: TestClient, room: ConsoleRoom) -> None:
    address = f"/entries/{room.entry()}"
    tag = curator.put(address, json=BETTER, headers={"If-Match": '"2"'}).headers["etag"]
    for deed, body in [("discard", None), ("retire", None), ("reopen", None), ("restore", {"version": 3})]:
        done = curator.post(f"{address}/{deed}", json=body, headers={"If-Match": tag})
        assert done.status_code == 200, done.text
        tag = done.headers["etag"]
    assert done.json()["form"]["answer"] == BETTER["answer"]


def test_of_two_curators_the_second_is_told_that_the_text_has_changed(api: Api, room: ConsoleRoom) -> None:
    first, second = api.staff("curator"), api.staff("curator", "handler")
    address = f"/entries/{room.entry()}"
    tag = first.get(address).headers["etag"]
    assert second.get(address).headers["etag"] == tag

    ours = first.put(address, json=BETTER, headers={"If-Match": tag})
    theirs = second.put(address, json=FORM | {"answer": "不用办理。"}, headers={"If-Match": tag})
    assert (theirs.status_code, kind(theirs)) == (412, "version-conflict")
    assert theirs.headers["etag"] == theirs.json()["current"] == ours.headers["etag"]
    assert first.get(address).json()["form"]["answer"] == BETTER["answer"]
    assert kind(second.post(f"{address}/publish", headers={"If-Match": tag})) == "version-conflict"


@pytest.mark.parametrize(
    ("tag", "refused"),
    [
        (None, "version-needed"),
        ("*", "version-needed"),
        ('"1"', "version-conflict"),
        ('"2x"', "version-conflict"),
        ('"99999999999999999999"', "version-conflict"),
    ],
)
def test_nothing_is_changed_without_the_present_version(
    curator: TestClient, room: ConsoleRoom, tag: str | None, refused: str
) -> None:
    entry_id = room.entry()
    headers = {"If-Match": tag} if tag else {}
    assert kind(curator.put(f"/entries/{entry_id}", json=BETTER, headers=headers)) == refused
    for deed in ("submit", "publish", "discard", "retire", "reopen"):
        assert kind(curator.post(f"/entries/{entry_id}/{deed}", headers=headers)) == refused
    assert room.knowledge.get(entry_id).version == 2


def test_what_is_known_already_is_not_sent_again(curator: TestClient, room: ConsoleRoom) -> None:
    address = f"/entries/{room.entry()}"
    again = curator.get(address, headers={"If-None-Match": 'W/"2"'})
    assert (again.status_code, again.content) == (304, b"")
    assert curator.get(address, headers={"If-None-Match": '"1"'}).status_code == 200


def test_publishing_is_refused_with_the_golden_questions_it_breaks_until_somebody_signs(
    curator: TestClient, room: ConsoleRoom
) -> None:
    entry_id = room.entry()
    added = curator.post("/golden-questions", json={"entry_id": entry_id, "questions": ["居住证怎么办？"]})
    assert (added.status_code, added.json()) == (201, {"new": 1, "known": []})
    refused = curator.post(f"/entries/{entry_id}/retire", headers={"If-Match": '"2"'})
    assert (refused.status_code, kind(refused)) == (409, "golden-set-drop")
    assert refused.json()["worse"] == [
        {"question": "居住证怎么办？", "entry_id": entry_id, "before": "answered", "after": "missed"}
    ]
    signed = curator.post(
        f"/entries/{entry_id}/retire", headers={"If-Match": '"2"'}, json={"sign_off": "新办法下月施行"}
    )
    assert signed.status_code == 200
    (line,) = curator.get("/golden-questions").json()["items"]
    assert (line["question"], line["verdict"]) == ("居住证怎么办？", "missed")
    assert curator.get("/golden-questions", params={"entry_id": entry_id}).json()["items"][0]["verdict"] is None
    assert curator.get("/golden-questions/titles").json() == {entry_id: PERMIT["title"]}
    assert curator.get("/golden-questions/sign-offs").json()["items"][0]["reason"] == "新办法下月施行"
    assert curator.delete(f"/golden-questions/{line['id']}").status_code == 204
    assert curator.delete(f"/golden-questions/{line['id']}").status_code == 204
    assert curator.get("/golden-questions").json()["items"] == []


def test_four_eyes_hold_for_programs_too(api: Api, room: ConsoleRoom) -> None:
    room.knowledge.four_eyes = True
    writer, reviewer = api.staff("curator"), api.staff("curator", "agent")
    entry_id = writer.post("/entries", json=FORM).json()["id"]
    assert writer.get("/me").json()["four_eyes"]
    refused = writer.post(f"/entries/{entry_id}/publish", headers={"If-Match": '"1"'})
    assert (refused.status_code, kind(refused)) == (403, "four-eyes")
    assert reviewer.post(f"/entries/{entry_id}/publish", headers={"If-Match": '"1"'}).status_code == 200


def test_a_new_entry_closes_the_question_it_answers(curator: TestClient, room: ConsoleRoom) -> None:
    item = room.question("异地的居住证能换吗")
    made = curator.post("/entries", json=FORM, params={"unresolved": item}).json()
    curator.post(f"/entries/{made['id']}/publish", headers={"If-Match": '"1"'})
    assert room.unresolved.counts().get("open", 0) == 0


def test_the_answer_is_shown_before_it_is_kept(curator: TestClient) -> None:
    shown = curator.post("/preview", json=FORM).json()
    assert (shown["title"], shown["answer"]) == (PERMIT["title"], "请带上身份证到为民路1号办理。")
    assert curator.get("/entries").json()["total"] == 0


def test_lists_are_filtered_as_on_the_page(curator: TestClient, room: ConsoleRoom) -> None:
    permit = room.entry()
    draft = room.entry(publish=False, topic="hukou", title="迁户口", question="户口怎么迁？", similar=[])
    ids = lambda **params: [one["id"] for one in curator.get("/entries", params=params).json()["items"]]  # noqa: E731
    assert ids() == sorted([permit, draft])
    assert ids(status="draft") == ids(topic="hukou") == ids(query="户口怎么迁") == [draft]
    assert ids(query="没有的词") == []
    assert [one["id"] for one in curator.get("/topics").json()] == ["hukou", "residence_permit"]
    assert curator.get("/expiring").json() == {"items": [], "next": None}


def as_cursor_bytes(value: object) -> bytes:
    return json.dumps(["hit-tests", value] if not isinstance(value, list) else value).encode()


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A curator at a knowledge base in which nothing happens."""
    room = ConsoleRoom(tmp_path_factory.mktemp("quiet"))
    yield Api(room).staff("curator")
    room.close()


def pages(client: TestClient, address: str) -> Iterator[list[str]]:
    """The ids of each page; the address of the next one is in the body and in the header Link."""
    while True:
        reply = client.get(address)
        body = reply.json()
        yield [one["id"] for one in body["items"]]
        assert (body["next"] is None) == ("link" not in reply.headers)
        if body["next"] is None:
            return
        assert reply.headers["link"] == f'<{body["next"]}>; rel="next"'
        address = body["next"].removeprefix("/api/knowledge")


Step = tuple[str, int]


@settings(max_examples=15, deadline=None)
@given(
    st.integers(0, 9),
    st.integers(1, 4),
    st.lists(
        st.lists(st.tuples(st.sampled_from(["add", "change", "retire"]), st.integers(0, 20)), max_size=4), max_size=6
    ),
)
def test_paging_misses_and_doubles_nothing_while_entries_come_and_change(
    tmp_path_factory: pytest.TempPathFactory, start: int, limit: int, meanwhile: list[list[Step]]
) -> None:
    room = ConsoleRoom(tmp_path_factory.mktemp("paging"))
    client = Api(room).staff("curator")
    before = [room.entry(publish=False, topic=["hukou", "residence_permit"][number % 2]) for number in range(start)]
    seen: list[str] = []
    for number, page in enumerate(pages(client, f"/entries?limit={limit}")):
        assert len(page) <= limit
        seen += page
        for deed, which in meanwhile[number] if number < len(meanwhile) else []:
            disturb(room, before, deed, which)
    assert len(seen) == len(set(seen))
    assert set(before) <= set(seen)
    room.close()


def disturb(room: ConsoleRoom, ids: list[str], deed: str, which: int) -> None:
    """Somebody else works on while the list is read."""
    if deed == "add":
        room.entry(publish=False, topic=["hukou", "residence_permit"][which % 2])
    elif ids and deed == "retire":
        entry = room.knowledge.get(ids[which % len(ids)])
        if entry.status != "retired":
            room.knowledge.retire(entry.id, actor="test")
    elif ids:
        entry = room.knowledge.get(ids[which % len(ids)])
        form = EntryForm.parse(PERMIT | {"topic": entry.topic, "answer": f"第 {which} 版的答案"})
        room.knowledge.save(entry.id, form, actor="test", expected_version=entry.version)


def test_other_lists_come_in_pages_too(curator: TestClient, room: ConsoleRoom, tmp_path: Path) -> None:
    entry_id = room.entry()
    room.knowledge.golden.add(entry_id, ["问题甲", "问题乙", "问题丙"], actor="test")
    listed = list(pages(curator, "/golden-questions?limit=2"))
    assert [len(page) for page in listed] == [2, 1]
    first = curator.get(f"/entries/{entry_id}/revisions", params={"limit": 1}).json()
    second = curator.get(first["next"].removeprefix("/api/knowledge")).json()
    assert [one["version"] for one in (*first["items"], *second["items"])] == [2, 1]


@pytest.mark.parametrize(
    "cursor", ["x", "é", "W10=", "WyJlbnRyaWVzIl0=", "WyJlbnRyaWVzIiwxXQ==", "WyJnb2xkZW4iLDFd", "e30=", "MQ=="]
)
def test_a_made_up_cursor_is_refused(curator: TestClient, cursor: str) -> None:
    refused = curator.get("/entries", params={"cursor": cursor})
    assert (refused.status_code, kind(refused)) == (422, "invalid-request")
    assert refused.json()["errors"][0]["parameter"] == "cursor"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=30) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(as_cursor_bytes))
def test_no_cursor_is_too_strange(quiet: TestClient, packed: bytes) -> None:
    cursor = base64.urlsafe_b64encode(packed).decode()
    for address in ("/entries", "/golden-questions", "/hit-tests", "/vocabulary", "/expiring", "/documents"):
        assert quiet.get(address, params={"cursor": cursor}).status_code in {200, 422}
