from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.limits_middleware import BodyLimit
from bot.security.encryption import FieldCipher
from channels.bus import MessageBus
from channels.conversations.models import Turn
from channels.conversations.service import ConversationService
from channels.web import api, pages, problems
from channels.web.schemas import ConfigBody
from channels.web.streams import StreamPlaces
from tests.unit.channels.conftest import Allowing, Desk


@pytest.fixture
def client(desk: Desk) -> Iterator[TestClient]:
    app = FastAPI()
    problems.install(app)
    app.add_middleware(BodyLimit, limit=64 * 1024, prefixes=("/api/chat",))
    config = ConfigBody(title="云州市政务服务助手", city="云州市", max_length=2000, quick_questions=[], greeting={})
    bus = MessageBus("redis://127.0.0.1:1/0")
    places = StreamPlaces(per_conversation=2, per_address=3)
    app.include_router(api.create_router(desk.gateway, desk.conversations, bus, Allowing(), config, places))
    pages.mount(app)
    with TestClient(app, raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {desk.token}"
        yield client


def post(client: TestClient, desk: Desk, body: object, **more: object) -> tuple[int, dict[str, object]]:
    response = client.post(f"/api/chat/conversations/{desk.conversation_id}/messages", json=body, **more)  # type: ignore[arg-type]
    return response.status_code, response.json()


def test_a_conversation_begins_with_the_greeting(client: TestClient) -> None:
    opened = client.post("/api/chat/conversations", json={"locale": "zh"})
    assert opened.status_code == 201
    assert "云州市" in opened.json()["messages"][0]["parts"][0]["text"]


def test_a_conversation_keeps_of_the_address_only_a_keyed_digest(desk: Desk, cipher: FieldCipher) -> None:
    keyed = ConversationService(desk.sessions, cipher, lease=1, origin_key=b"k" * 32)
    config = ConfigBody(title="", city="云州市", max_length=2000, quick_questions=[], greeting={})
    app = FastAPI()
    bus, places = MessageBus("redis://127.0.0.1:1/0"), StreamPlaces(per_conversation=1, per_address=1)
    app.include_router(api.create_router(desk.gateway, keyed, bus, Allowing(), config, places))
    opened = []
    for address in ("203.0.113.7", "203.0.113.7", "203.0.113.8"):
        with TestClient(app, client=(address, 50000)) as client:
            opened.append(client.post("/api/chat/conversations", json={"locale": "zh"}).json()["id"])
    here, again, there = (keyed.origin_of(conversation) for conversation in opened)
    assert here == again != there
    assert len(here) == 64


def test_a_message_gets_its_replies_and_the_transcript_has_both(client: TestClient, desk: Desk) -> None:
    status, body = post(client, desk, {"message_id": "12345678", "text": "你好"})
    assert status == 200
    assert [message["role"] for message in body["messages"]] == ["citizen", "bot"]  # type: ignore[attr-defined, index]
    transcript = client.get(f"/api/chat/conversations/{desk.conversation_id}").json()
    assert [message["role"] for message in transcript["messages"]] == ["bot", "citizen", "bot"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"message_id": "12345678", "text": ""}, 422, "empty_message"),
        ({"message_id": "12345678", "text": "长" * 2001}, 422, "message_too_long"),
        ({"message_id": "12345678", "text": 5}, 422, "not_text"),
        ({"message_id": "12345678"}, 422, "invalid_request"),
        ({"message_id": "x", "text": "你好"}, 422, "invalid_request"),
        ({"message_id": "12345678", "text": "你好", "payload": "/restart"}, 422, "unknown_payload"),
        ({"message_id": "12345678", "text": "长" * 70000}, 413, "request_too_large"),
    ],
)
def test_a_wrong_message_gets_a_clear_refusal_and_leaves_nothing(
    client: TestClient, desk: Desk, body: dict[str, object], status: int, code: str
) -> None:
    got, problem = post(client, desk, body, headers={"Accept-Language": "en"})
    assert (got, problem["code"]) == (status, code)
    assert str(problem["detail"]).isascii()
    assert desk.rows(Turn) == 0


def test_refusals_speak_the_citizens_language(client: TestClient, desk: Desk) -> None:
    _, problem = post(client, desk, {"message_id": "12345678", "text": " "})
    assert problem["detail"] == "还没有看到文字，请输入您的问题。"


def test_broken_json_is_a_400(client: TestClient, desk: Desk) -> None:
    response = client.post(
        f"/api/chat/conversations/{desk.conversation_id}/messages",
        content=b"{",
        headers={"Content-Type": "application/json"},
    )
    assert (response.status_code, response.json()["code"]) == (400, "invalid_json")
    assert response.headers["content-type"] == "application/problem+json"


def test_an_unknown_conversation_or_a_wrong_token_is_a_404(client: TestClient, desk: Desk) -> None:
    assert client.get("/api/chat/conversations/nothing").json()["code"] == "unknown_conversation"
    client.headers["Authorization"] = "Bearer wrong"
    assert client.get(f"/api/chat/conversations/{desk.conversation_id}").status_code == 404


def test_feedback_is_taken_only_for_a_turn_of_this_conversation(client: TestClient, desk: Desk) -> None:
    _, body = post(client, desk, {"message_id": "12345678", "text": "你好"})
    turn = body["messages"][0]["turn_id"]  # type: ignore[index]
    path = f"/api/chat/conversations/{desk.conversation_id}/feedback"
    assert client.post(path, json={"turn_id": turn, "value": "up"}).status_code == 204
    assert client.post(path, json={"turn_id": "other", "value": "up"}).status_code == 404
    assert client.post(path, json={"turn_id": turn, "value": "sideways"}).status_code == 422


def test_pages_come_with_a_strict_policy(client: TestClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert client.get("/widget.js").headers["content-type"].startswith("text/javascript")
    assert client.get("/nothing-here").json()["code"] == "not_found"
