"""Who may use the knowledge API, and how it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from api_room import FORM, LARGEST, Api, kind
from console_room import ConsoleRoom
from fastapi.testclient import TestClient
from sqlalchemy.exc import DataError, OperationalError

from bot.security.roles import role_table
from channels.knowledge_api import problems
from channels.knowledge_api.app import MOUNT
from channels.knowledge_api.problems import kinds

TOO_LARGE = {"file": ("a.txt", b"a" * 11 * LARGEST)}


@pytest.fixture
def curator(api: Api) -> TestClient:
    return api.staff("curator")


@pytest.mark.parametrize("given", [None, "wz_guess", "Basic d2FuZ2Jv", "Bearer", "Bearer ", "Bearer wz_guess"])
def test_nobody_gets_in_without_a_token(api: Api, given: str | None) -> None:
    headers = {"Authorization": given} if given else {}
    refused = api.nobody.get("/entries", headers=headers)
    assert (refused.status_code, kind(refused)) == (401, "token-refused")
    assert refused.headers["www-authenticate"].startswith("Bearer")


def test_a_session_of_the_console_counts_for_nothing(api: Api, room: ConsoleRoom) -> None:
    room.accounts.create("lina", "correct horse battery", roles=["curator"])
    session = room.accounts.open_session(room.accounts.principal("lina"))
    api.nobody.cookies.set("wenzheng_session", session)
    assert api.nobody.get("/entries").status_code == 401
    assert api.client(session).get("/entries").status_code == 401


def test_addresses_of_one_home_are_one_guesser(api: Api) -> None:
    wrong = {"Authorization": "Bearer wz_guess"}
    homes = [TestClient(api.app, client=(f"2001:db8:1:2::{n}", 1), headers=wrong) for n in range(1, 12)]
    assert [home.get(f"{MOUNT}/me").status_code for home in homes] == [401] * 10 + [429]


def test_guesses_are_slowed_down(api: Api) -> None:
    guesser = api.client("wz_guess")
    assert [guesser.get("/me").status_code for _ in range(11)] == [401] * 10 + [429]
    refused = guesser.get("/me")
    assert (kind(refused), refused.headers["retry-after"]) == ("too-many-attempts", "60")
    assert api.staff("curator").get("/me").status_code == 200


def test_a_token_does_what_its_account_may_do_now(api: Api, room: ConsoleRoom) -> None:
    client = api.staff("manager")
    entry_id = client.post("/entries", json=FORM).json()["id"]
    refused = client.post(f"/entries/{entry_id}/publish", headers={"If-Match": '"1"'})
    assert (refused.status_code, kind(refused)) == (403, "not-permitted")
    room.accounts.update("manager", display_name="", roles=["curator"], department="", actor="wangbo")
    assert client.post(f"/entries/{entry_id}/publish", headers={"If-Match": '"1"'}).status_code == 200
    room.accounts.deactivate("manager")
    assert client.get("/me").status_code == 401


def test_a_reading_token_reads_and_changes_nothing(api: Api, room: ConsoleRoom) -> None:
    reader = api.staff("curator", read_only=True)
    assert {one.split(".")[-1] for one in reader.get("/me").json()["permissions"]} == {"read"}
    entry_id = room.entry()
    assert reader.get(f"/entries/{entry_id}").status_code == 200
    for refused in (
        reader.post("/entries", json=FORM),
        reader.post(f"/entries/{entry_id}/retire", headers={"If-Match": '"2"'}),
        reader.post("/golden-questions", json={"entry_id": entry_id, "questions": ["居住证"]}),
    ):
        assert kind(refused) == "not-permitted"
        assert "接口令牌“同步程序”没有" in refused.json()["detail"]


def test_wrong_values_are_told_one_by_one(curator: TestClient) -> None:
    wrong: dict[str, Any] = {
        **{name: value for name, value in FORM.items() if name != "answer"},
        "title": "短",
        "similar": ["好", 5],
        "effective": "明天",
        "kind": "song",
        "colour": "red",
    }
    refused = curator.post("/entries", json=wrong)
    assert (refused.status_code, kind(refused)) == (422, "invalid-request")
    told = {one["pointer"]: one["detail"] for one in refused.json()["errors"]}
    assert told == {
        "#/title": "至少 2 个字",
        "#/similar/1": "应为文字",
        "#/effective": "应为日期，例如 2026-01-31",
        "#/kind": "只能是：'service_item', 'entry' or 'passage'",
        "#/colour": "没有这一项",
        "#/answer": "必须填写",
    }
    limit = curator.get("/entries", params={"limit": 1000}).json()["errors"]
    assert limit == [{"parameter": "limit", "detail": "不能大于 200"}]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"topic": "music"}, "music"),
        ({"answer": "请拨 {city.nothing}。"}, "city.nothing"),
        ({"effective": "2026-02-01", "expires": "2026-01-01"}, "失效日期"),
        ({"region": "999999"}, "行政区划"),
    ],
)
def test_what_the_console_would_not_save_the_api_does_not_either(
    curator: TestClient, room: ConsoleRoom, change: dict[str, str], words: str
) -> None:
    entry_id = room.entry()
    for refused in (
        curator.post("/entries", json=FORM | change),
        curator.put(f"/entries/{entry_id}", json=FORM | change, headers={"If-Match": '"2"'}),
    ):
        assert (refused.status_code, kind(refused)) == (422, "invalid-content")
        assert words in refused.json()["detail"]


@pytest.mark.parametrize(
    ("method", "address", "options", "refused"),
    [
        ("GET", "/entries/nothing", {}, "not-found"),
        ("GET", "/entries/nothing/revisions", {}, "not-found"),
        ("GET", "/documents/nothing", {}, "not-found"),
        ("GET", "/imports/nothing", {}, "not-found"),
        ("GET", "/nowhere", {}, "not-found"),
        ("GET", "/problems/nothing", {}, "not-found"),
        ("DELETE", "/entries", {}, "method-not-allowed"),
        ("POST", "/entries", {"content": b"{", "headers": {"Content-Type": "application/json"}}, "malformed-body"),
        ("POST", "/entries", {"content": b"\xff", "headers": {"Content-Type": "application/json"}}, "malformed-body"),
        ("POST", "/entries", {"content": b"a=1", "headers": {"Content-Type": "text/plain"}}, "media-type"),
        ("POST", "/imports", {"json": {}}, "media-type"),
        ("POST", "/imports", {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}}, "malformed-body"),
        ("POST", "/entries", {"json": FORM | {"answer": "长" * LARGEST}}, "too-large"),
        ("POST", "/imports", {"files": TOO_LARGE, "data": {"topic": "hukou"}}, "too-large"),
        ("POST", "/hit-tests/bulk", {"files": TOO_LARGE}, "too-large"),
        ("GET", "/vocabulary/9", {}, "not-found"),
        ("GET", "/hit-tests/9", {}, "not-found"),
        ("GET", "/entries/nothing/use", {}, "not-found"),
        ("GET", "/hit-tests/99999999999999999999", {}, "invalid-request"),
        ("DELETE", "/golden-questions/99999999999999999999", {}, "invalid-request"),
        ("GET", "/vocabulary/99999999999999999999", {}, "invalid-request"),
        ("GET", "/entries/x/diff?old=1&new=99999999999999999999", {}, "invalid-request"),
    ],
)
def test_every_refusal_is_a_problem_that_the_documentation_knows(
    curator: TestClient, method: str, address: str, options: dict[str, Any], refused: str
) -> None:
    reply = curator.request(method, address, **options)
    assert kind(reply) == refused
    assert curator.get(f"/problems/{refused}").json()["title"] == reply.json()["title"]


def test_a_step_that_the_status_does_not_allow_is_a_conflict(curator: TestClient, room: ConsoleRoom) -> None:
    entry_id = room.entry()
    refused = curator.post(f"/entries/{entry_id}/reopen", headers={"If-Match": '"2"'})
    assert (refused.status_code, kind(refused)) == (409, "status-conflict")
    missing = curator.get(f"/entries/{entry_id}/diff", params={"old": 1, "new": 9})
    assert (missing.status_code, kind(missing)) == (404, "not-found")


@pytest.mark.parametrize(
    ("error", "refused"),
    [
        (OperationalError("select", {}, OSError("gone")), "unavailable"),
        (DataError("select", {}, ValueError("a bug")), "invalid-content"),
        (RuntimeError("a bug"), "unexpected"),
    ],
)
def test_a_failure_of_ours_is_told_without_its_words(
    curator: TestClient, room: ConsoleRoom, monkeypatch: pytest.MonkeyPatch, error: Exception, refused: str
) -> None:
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(room.knowledge, "list_entries", fail)
    reply = curator.get("/entries")
    assert kind(reply) == refused
    assert "bug" not in reply.text and "select" not in reply.text
    assert ("retry-after" in reply.headers) == (refused == "unavailable")


def test_answers_are_nobody_elses(curator: TestClient) -> None:
    reply = curator.get("/me")
    assert reply.headers["cache-control"] == "private, no-cache"
    assert reply.headers["x-content-type-options"] == "nosniff"


def test_the_description_is_open_and_lists_every_route_with_its_refusals(api: Api) -> None:
    described = api.nobody.get("/openapi.json").json()
    assert described["servers"] == [{"url": MOUNT}]
    names = set(described["components"]["schemas"])
    assert "ProblemBody" in names and "HTTPValidationError" not in str(described["paths"])
    for path, methods in described["paths"].items():
        for method, route in methods.items():
            refusals = {status: one for status, one in route["responses"].items() if int(status) >= 400}
            assert all("application/problem+json" in one["content"] for one in refusals.values()), path
            if path.startswith("/problems"):
                continue
            assert route["security"], path
            assert {"401", "403", "422", "429", "503"} <= set(refusals), path
            assert "{" not in path or method == "delete" or "404" in refusals, path
            assert "requestBody" not in route or {"400", "413", "415"} <= set(refusals), path
            guarded = [one for one in route.get("parameters", []) if one["name"] == "if-match"]
            assert not guarded or (guarded[0]["required"] and {"412", "428"} <= set(refusals)), path
    references = {part.split('"')[0] for part in str(described).replace("'", '"').split("#/components/schemas/")[1:]}
    assert references <= names


def test_every_kind_of_refusal_is_listed_and_every_error_has_one(api: Api) -> None:
    listed = api.nobody.get("/problems").json()
    assert set(listed) == set(kinds())
    assert {name for _, name in problems.BY_ERROR} | set(problems.BY_STATUS.values()) <= set(listed)


# Every deed of the console's desks for knowledge, and the request that does it. Who may do nothing is refused by the
# desk itself, so a refusal shows that the request gets there.
GUARD = {"If-Match": '"1"'}
TERM = {"kind": "local_name", "words": ["蓝本本"], "official": "居住证"}
REQUESTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "KnowledgeDesk.entries": ("GET", "/entries", {}),
    "KnowledgeDesk.expiring": ("GET", "/expiring", {}),
    "KnowledgeDesk.entry": ("GET", "/entries/x", {}),
    "KnowledgeDesk.history": ("GET", "/entries/x/revisions", {}),
    "KnowledgeDesk.diff": ("GET", "/entries/x/diff?old=1&new=2", {}),
    "KnowledgeDesk.try_question": ("POST", "/search", {"json": {"question": "居住证"}}),
    "KnowledgeDesk.preview": ("POST", "/preview", {"json": FORM}),
    "KnowledgeDesk.create_entry": ("POST", "/entries", {"json": FORM}),
    "KnowledgeDesk.save_entry": ("PUT", "/entries/x", {"json": FORM, "headers": GUARD}),
    "KnowledgeDesk.submit": ("POST", "/entries/x/submit", {"headers": GUARD}),
    "KnowledgeDesk.send_back": ("POST", "/entries/x/return", {"json": {"reason": "a"}, "headers": GUARD}),
    "KnowledgeDesk.publish": ("POST", "/entries/x/publish", {"headers": GUARD}),
    "KnowledgeDesk.discard": ("POST", "/entries/x/discard", {"headers": GUARD}),
    "KnowledgeDesk.retire": ("POST", "/entries/x/retire", {"headers": GUARD}),
    "KnowledgeDesk.reopen": ("POST", "/entries/x/reopen", {"headers": GUARD}),
    "KnowledgeDesk.restore": ("POST", "/entries/x/restore", {"json": {"version": 1}, "headers": GUARD}),
    "KnowledgeDesk.standards": ("POST", "/checks/standards", {"json": FORM}),
    "KnowledgeDesk.duplicates": ("POST", "/checks/duplicates", {"json": {"texts": ["居住证"]}}),
    "ImportDesk.preview": ("POST", "/imports", {"files": {"file": ("a.txt", b"a")}, "data": {"topic": "hukou"}}),
    "ImportDesk.look": ("GET", "/imports/x", {}),
    "ImportDesk.give_up": ("DELETE", "/imports/x", {}),
    "ImportDesk.describe": ("PUT", "/imports/x/documents", {"json": []}),
    "ImportDesk.commit": ("POST", "/imports/x/commit", {}),
    "ImportDesk.publish_import": ("POST", "/imports/x/publish", {}),
    "ImportDesk.export": ("GET", "/export", {}),
    "ImportDesk.documents": ("GET", "/documents", {}),
    "ImportDesk.document": ("GET", "/documents/x", {}),
    "ImportDesk.publish_document": ("POST", "/documents/x/publish", {"headers": GUARD}),
    "ImportDesk.retire_document": ("POST", "/documents/x/retire", {"headers": GUARD}),
    "ImportDesk.supersede_document": (
        "POST",
        "/documents/x/supersede",
        {"json": {"successor_id": "y"}, "headers": GUARD},
    ),
    "GoldenDesk.verdicts": ("GET", "/golden-questions", {}),
    "GoldenDesk.of_entry": ("GET", "/golden-questions?entry_id=x", {}),
    "GoldenDesk.titles": ("GET", "/golden-questions/titles", {}),
    "GoldenDesk.add": ("POST", "/golden-questions", {"json": {"entry_id": "x", "questions": ["居住证"]}}),
    "GoldenDesk.remove": ("DELETE", "/golden-questions/1", {}),
    "GoldenDesk.sign_offs": ("GET", "/golden-questions/sign-offs", {}),
    "GoldenDesk.rehearse": ("POST", "/entries/x/rehearse", {"json": FORM}),
    "HitTestDesk.test": ("POST", "/hit-tests", {"json": {"question": "居住证"}}),
    "HitTestDesk.history": ("GET", "/hit-tests", {}),
    "HitTestDesk.compare": ("GET", "/hit-tests/1", {}),
    "HitTestDesk.bulk": ("POST", "/hit-tests/bulk", {"files": {"file": ("a.txt", b"a")}}),
    "HitTestDesk.reliability": ("GET", "/reliability", {}),
    "VocabularyDesk.terms": ("GET", "/vocabulary", {}),
    "VocabularyDesk.built_in": ("GET", "/vocabulary/built-in?query=x", {}),
    "VocabularyDesk.term": ("GET", "/vocabulary/1", {}),
    "VocabularyDesk.history": ("GET", "/vocabulary/1/revisions", {}),
    "VocabularyDesk.preview": ("POST", "/vocabulary/preview", {"json": TERM}),
    "VocabularyDesk.preview_without": ("POST", "/vocabulary/1/preview", {}),
    "VocabularyDesk.save": ("POST", "/vocabulary", {"json": TERM}),
    "VocabularyDesk.enable": ("POST", "/vocabulary/1/enable", {"headers": GUARD}),
    "VocabularyDesk.disable": ("POST", "/vocabulary/1/disable", {"headers": GUARD}),
    "VocabularyDesk.restore": ("POST", "/vocabulary/1/restore", {"json": {"version": 1}, "headers": GUARD}),
    "UseDesk.of_entry": ("GET", "/entries/{entry}/use", {}),
    "UseDesk.lists": ("GET", "/use", {}),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_is_refused_where_the_desk_refuses(api: Api, name: str) -> None:
    method, address, options = REQUESTS[name]
    refused = api.staff("administrator").request(method, address, **options)
    assert (refused.status_code, kind(refused)) == (403, "not-permitted"), refused.text
    assert not {one for one in role_table().roles["administrator"].may if one.startswith("knowledge.")}
