"""What operators and intruders see: health, metrics, the API's description, the doors that stay shut."""

import re

import httpx
import pytest
from assistant import RunningAssistant
from citizen import Citizen


def test_the_process_says_that_it_lives(assistant: RunningAssistant) -> None:
    with assistant.client() as http:
        answer = http.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_readiness_names_each_dependency(assistant: RunningAssistant) -> None:
    with assistant.client() as http:
        answer = http.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["checks"] == {"database": "ok", "redis": "ok", "rasa": "ok", "knowledge_base": "ok"}


def test_metrics_count_turns_by_channel_and_decision(assistant: RunningAssistant, citizen: Citizen) -> None:
    before = turns_counted(assistant, "web", "answer")
    citizen.say("居住证怎么办")
    assert turns_counted(assistant, "web", "answer") == before + 1


def test_the_api_description_has_the_chat_and_nothing_internal(assistant: RunningAssistant) -> None:
    with assistant.client() as http:
        paths = http.get("/api/openapi.json").json()["paths"]
    conversation = "/api/chat/conversations/{conversation_id}"
    assert {
        "/api/chat/config",
        "/api/chat/conversations",
        conversation,
        f"{conversation}/messages",
        f"{conversation}/events",
        f"{conversation}/feedback",
    } <= paths.keys()
    assert not [path for path in paths if "webhook" in path or path == "/turn"]
    assert [p["name"] for p in paths[f"{conversation}/messages"]["post"]["parameters"]] == [
        "conversation_id",
        "authorization",
    ]


@pytest.mark.parametrize("path", ["/webhook", "/turn", "/api/webhook"])
def test_internal_routes_are_not_on_the_public_port(assistant: RunningAssistant, path: str) -> None:
    with assistant.client() as http:
        assert http.post(path, json={"next_action": "action_answer_question"}).status_code == 404


@pytest.mark.parametrize("headers", [{}, {"X-Wenzheng-Token": "guessed"}, {"X-Wenzheng-Token": ""}])
@pytest.mark.parametrize("path", ["/webhook", "/turn"])
def test_the_internal_port_refuses_whoever_has_no_token(
    assistant: RunningAssistant, path: str, headers: dict[str, str]
) -> None:
    url = f"http://127.0.0.1:{assistant.settings.internal_port}{path}"
    body = {"next_action": "action_answer_question", "text": "居住证怎么办"}
    assert httpx.post(url, json=body, headers=headers, trust_env=False).status_code == 403


def test_rasa_refuses_a_turn_without_token(assistant: RunningAssistant) -> None:
    url = f"{assistant.settings.rasa_base_url}/webhooks/gateway/turn"
    answer = httpx.post(url, json={"sender": "somebody", "text": "居住证怎么办"}, trust_env=False)
    assert answer.status_code == 403


def turns_counted(assistant: RunningAssistant, channel: str, decision: str) -> float:
    with assistant.client() as http:
        metrics = http.get("/metrics").text
    line = re.search(rf'wenzheng_turns_total{{channel="{channel}",decision="{decision}"}} (\S+)', metrics)
    return float(line[1]) if line else 0.0
