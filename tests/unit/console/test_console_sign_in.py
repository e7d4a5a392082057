from __future__ import annotations

from collections.abc import Iterator

import pytest
from console_room import ConsoleRoom
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse
from fastapi.testclient import TestClient

from channels.console import sign_in
from channels.console.guard import SignedInOnly

PASSWORD = "correct horse battery"
FORM = {"username": "lina", "password": PASSWORD}
BROWSER = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def client(room: ConsoleRoom) -> Iterator[TestClient]:
    """The guard and the forms around a stand-in for the pages."""
    room.accounts.create("lina", PASSWORD, roles=["curator"])
    pages = FastAPI()

    @pages.get("/{path:path}")
    def page(request: Request) -> PlainTextResponse:
        principal = request.state.principal
        return PlainTextResponse(principal.username if principal else "sign in")

    pages.add_middleware(SignedInOnly, accounts=room.accounts)
    app = FastAPI()
    app.include_router(sign_in.create_router(room.accounts, secure=False))
    app.mount("/console", pages)
    with TestClient(app, follow_redirects=False) as client:
        yield client


def test_pages_send_strangers_to_the_sign_in_page_and_back(client: TestClient) -> None:
    reply = client.get("/console/tickets?status=overdue")
    assert reply.status_code == 303
    assert reply.headers["location"] == "/console/login?next=%2Fconsole%2Ftickets%3Fstatus%3Doverdue"

    reply = client.post("/console/session", data=FORM | {"next": "/console/tickets?status=overdue"}, headers=BROWSER)
    assert reply.headers["location"] == "/console/tickets?status=overdue"
    assert client.get("/console/tickets").text == "lina"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: TestClient) -> None:
    cookie = client.post("/console/session", data=FORM).headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "path=/console" in cookie
    assert "secure" not in cookie


def test_behind_tls_the_cookie_is_secure(room: ConsoleRoom) -> None:
    room.accounts.create("lina", PASSWORD, roles=["curator"])
    app = FastAPI()
    app.include_router(sign_in.create_router(room.accounts, secure=False))
    tls = TestClient(app, base_url="https://testserver", follow_redirects=False)
    assert "secure" in tls.post("/console/session", data=FORM).headers["set-cookie"].lower()


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
@pytest.mark.parametrize("form", ["session", "sign-out"])
def test_forms_of_other_sites_do_nothing(client: TestClient, form: str, headers: dict[str, str]) -> None:
    client.post("/console/session", data=FORM, headers=BROWSER)
    reply = client.post(f"/console/{form}", data=FORM, headers=headers)
    assert reply.status_code == 403
    assert "set-cookie" not in reply.headers
    assert client.get("/console/").text == "lina"


def test_signing_in_gives_a_fresh_token_and_revokes_the_planted_one(client: TestClient, room: ConsoleRoom) -> None:
    client.post("/console/session", data=FORM)
    first = client.cookies["wenzheng_session"]
    client.post("/console/session", data=FORM)
    second = client.cookies["wenzheng_session"]
    assert first != second
    assert room.accounts.session_account(first) is None
    assert room.accounts.session_account(second) is not None


def test_signing_out_ends_the_session_on_the_server(client: TestClient, room: ConsoleRoom) -> None:
    client.post("/console/session", data=FORM)
    token = client.cookies["wenzheng_session"]
    reply = client.post("/console/sign-out", headers=BROWSER)
    assert reply.headers["location"] == "/console/login?why=bye"
    assert room.accounts.session_account(token) is None
    assert client.get("/console/").status_code == 303


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"username=lina", b"x=1&" * 50, b"username=" + b"a" * 20_000])
def test_a_form_that_is_none_signs_nobody_in(client: TestClient, body: bytes) -> None:
    reply = client.post("/console/session", content=body, headers=BROWSER)
    assert reply.status_code == 303
    assert "why=refused" in reply.headers["location"]
    assert "set-cookie" not in reply.headers


def test_too_many_attempts_are_told(client: TestClient) -> None:
    for _ in range(10):
        client.post("/console/session", data=FORM | {"password": "wrong"})
    assert "why=too_many&minutes=1" in client.post("/console/session", data=FORM).headers["location"]


def test_pages_are_neither_framed_nor_cached(client: TestClient) -> None:
    for reply in (client.get("/console/login"), client.get("/console/")):
        assert reply.headers["x-frame-options"] == "DENY"
        assert reply.headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in reply.headers["content-security-policy"]


def test_an_expired_session_is_called_so(client: TestClient) -> None:
    client.cookies.set("wenzheng_session", "long gone", path="/console")
    assert "why=expired" in client.get("/console/").headers["location"]
