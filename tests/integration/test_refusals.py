"""What cannot be a message is refused in the citizen's language, and nothing of it is stored."""

import re
import uuid
from typing import Any

import httpx
import pytest
from citizen import Citizen
from records import Records

LONGEST = 2000
HAN = re.compile(r"[\u4e00-\u9fff]")


def message(**fields: Any) -> dict[str, Any]:
    return {"message_id": uuid.uuid4().hex, "text": "居住证怎么办"} | fields


REFUSED: dict[str, tuple[dict[str, Any], int, str]] = {
    "empty": (message(text=""), 422, "empty_message"),
    "only spaces": (message(text=" \u3000\t\n"), 422, "empty_message"),
    "only hidden characters": (message(text="\u200b\u2060\ufeff"), 422, "empty_message"),
    "one character too long": (message(text="问" * (LONGEST + 1)), 422, "message_too_long"),
    "a number": (message(text=12345), 422, "not_text"),
    "a list": (message(text=["居住证怎么办"]), 422, "not_text"),
    "null": (message(text=None), 422, "not_text"),
    "no text": ({"message_id": uuid.uuid4().hex}, 422, "invalid_request"),
    "no message id": ({"text": "居住证怎么办"}, 422, "invalid_request"),
    "a message id with signs": (message(message_id="../../etc/passwd"), 422, "invalid_request"),
    "an unknown field": (message(role="staff"), 422, "invalid_request"),
    "100 KB": (message(text="问" * 34_000), 413, "request_too_large"),
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_a_message_is_refused(citizen: Citizen, records: Records, name: str, language: str) -> None:
    body, status, code = REFUSED[name]
    before = records.counts()
    response = citizen.http.post(f"{citizen.path}/messages", json=body, headers={"Accept-Language": language})
    assert_refused(response, status, code, language)
    assert records.counts() == before


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("broken", [b"{", b'{"text": "a"', b"\xff\xfe", b"[]", b'"text"', b""])
def test_a_body_that_is_not_our_json_is_refused(
    citizen: Citizen, records: Records, broken: bytes, language: str
) -> None:
    before = records.counts()
    headers = {"Accept-Language": language, "Content-Type": "application/json"}
    response = citizen.http.post(f"{citizen.path}/messages", content=broken, headers=headers)
    assert response.status_code in {400, 422}
    assert_refused(response, response.status_code, response.json()["code"], language)
    assert records.counts() == before


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("conversation_id", "token"), [("own", "Bearer wrong"), ("own", ""), ("0" * 32, "own"), ("nobody", "own")]
)
def test_a_conversation_opens_only_to_its_own_token(
    citizen: Citizen, records: Records, conversation_id: str, token: str, language: str
) -> None:
    path = citizen.path if conversation_id == "own" else f"/api/chat/conversations/{conversation_id}"
    headers = {"Accept-Language": language, "Authorization": f"Bearer {citizen.token}" if token == "own" else token}
    before = records.counts()
    refusals = [
        citizen.http.post(f"{path}/messages", json=message(), headers=headers),
        citizen.http.get(path, headers=headers),
        citizen.http.get(f"{path}/events", headers=headers),
        citizen.http.post(f"{path}/feedback", json={"turn_id": "x", "value": "up"}, headers=headers),
    ]
    for response in refusals:
        assert_refused(response, 404, "unknown_conversation", language)
    assert records.counts() == before


def test_another_citizens_turn_cannot_be_rated(new_citizen: Any, records: Records) -> None:
    turn_id = new_citizen().say("居住证怎么办").turn_id
    other = new_citizen()
    refused = other.http.post(f"{other.path}/feedback", json={"turn_id": turn_id, "value": "down"})
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_turn")


def test_the_longest_message_is_taken(citizen: Citizen) -> None:
    words = "居住证怎么办" + "，我很着急" * ((LONGEST - 6) // 5)
    assert citizen.post(words[:LONGEST].ljust(LONGEST, "啊")).status_code == 200


def test_an_unknown_address_is_refused_in_the_citizens_language(citizen: Citizen) -> None:
    response = citizen.http.get("/api/nothing", headers={"Accept-Language": "en"})
    assert_refused(response, 404, "not_found", "en")


def assert_refused(response: httpx.Response, status: int, code: str, language: str) -> None:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert bool(HAN.search(problem["detail"])) == (language == "zh"), problem["detail"]
