from __future__ import annotations

import time
from collections.abc import Iterator

import anyio
import pyotp
import pytest
from console_room import ConsoleRoom
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse
from fastapi.testclient import TestClient

from bot.security.errors import SignInRefused, TooBusy
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
    app.include_router(sign_in.create_router(room.accounts, secure=False, refuse_after=0))
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
    app.include_router(sign_in.create_router(room.accounts, secure=False, refuse_after=0))
    tls = TestClient(app, base_url="https://testserver", follow_redirects=False)
    cookies = tls.post("/console/session", data=FORM).headers.get_list("set-cookie")
    assert [one.split("=")[0] for one in cookies] == ["__Host-wenzheng_session", "__Host-wenzheng_known"]
    for cookie in cookies:
        parts = {part.strip().lower() for part in cookie.split(";")}
        assert {"secure", "httponly", "path=/", "samesite=lax"} <= parts
        assert not any(part.startswith("domain") for part in parts)


def test_over_tls_a_cookie_that_another_site_of_the_domain_could_set_counts_for_nothing(room: ConsoleRoom) -> None:
    room.accounts.create("lina", PASSWORD, roles=["curator"])
    token = room.accounts.open_session(room.accounts.principal("lina"))
    pages = FastAPI()
    pages.get("/{path:path}")(lambda: PlainTextResponse("in"))
    guarded = SignedInOnly(pages, room.accounts, secure=True)
    for name, status in (("wenzheng_session", 303), ("__Host-wenzheng_session", 200)):
        browser = TestClient(guarded, cookies={name: token}, follow_redirects=False)
        assert browser.get("/knowledge").status_code == status


@pytest.mark.parametrize("name", ["lina", "nobody"])
def test_a_wrong_password_is_answered_at_one_time_whoever_it_was(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    waited: list[float] = []

    async def until(moment: float) -> None:
        waited.append(moment - anyio.current_time())

    monkeypatch.setattr(anyio, "sleep_until", until)
    client.post("/console/session", data={"username": name, "password": "wrong"}, headers=BROWSER)
    assert len(waited) == 1
    client.post("/console/session", data=FORM, headers=BROWSER)
    assert len(waited) == 1


def test_who_comes_when_too_many_sign_in_is_told_so(
    client: TestClient, room: ConsoleRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> None:
        raise TooBusy

    monkeypatch.setattr(room.accounts, "authenticate", busy)
    assert "why=busy" in client.post("/console/session", data=FORM, headers=BROWSER).headers["location"]


def test_a_browser_in_which_somebody_signed_in_is_known_the_next_time(client: TestClient, room: ConsoleRoom) -> None:
    client.post("/console/session", data=FORM, headers=BROWSER)
    for number in range(30):
        with pytest.raises(SignInRefused):
            room.accounts.authenticate("lina", "wrong", address=f"10.0.0.{number}")
    stranger = TestClient(client.app, follow_redirects=False)
    assert "why=too_many" in stranger.post("/console/session", data=FORM, headers=BROWSER).headers["location"]
    assert client.post("/console/session", data=FORM, headers=BROWSER).headers["location"] == "/console/"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Origin": b"//\xe2\x84\x80x"},
    ],
)
@pytest.mark.parametrize("form", ["session", "session/code", "sign-out"])
def test_forms_of_other_sites_do_nothing(client: TestClient, form: str, headers: dict[str, str | bytes]) -> None:
    client.post("/console/session", data=FORM, headers=BROWSER)
    reply = client.post(f"/console/{form}", data=FORM, headers=headers)  # type: ignore[arg-type]
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


def test_a_next_that_is_no_address_leads_home(client: TestClient) -> None:
    for next_ in ("//[", "http://[", "//℀x"):
        reply = client.post("/console/session", data=FORM | {"next": next_}, headers=BROWSER)
        assert (reply.status_code, reply.headers["location"]) == (303, "/console/")


def test_addresses_of_one_home_are_one_guesser(client: TestClient) -> None:
    homes = [TestClient(client.app, client=(f"2001:db8:1:2::{n}", 1), follow_redirects=False) for n in range(1, 12)]
    for home in homes[:-1]:
        home.post("/console/session", data=FORM | {"password": "wrong"}, headers=BROWSER)
    assert "why=too_many" in homes[-1].post("/console/session", data=FORM, headers=BROWSER).headers["location"]
    next_door = TestClient(client.app, client=("2001:db8:1:3::1", 1), follow_redirects=False)
    assert next_door.post("/console/session", data=FORM, headers=BROWSER).headers["location"] == "/console/"


def test_pages_are_neither_framed_nor_cached(client: TestClient) -> None:
    for reply in (client.get("/console/login"), client.get("/console/")):
        assert reply.headers["x-frame-options"] == "DENY"
        assert reply.headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in reply.headers["content-security-policy"]


FOREIGN = {"Sec-Fetch-Site": "cross-site"}


@pytest.mark.parametrize(
    "path", ["/console/_nicegui/client/x/upload/1", "/console/_nicegui_ws/socket.io/", "/console/"]
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_behind_the_console_takes_a_post_from_another_site(client: TestClient, path: str, method: str) -> None:
    client.post("/console/session", data=FORM, headers=BROWSER)
    assert client.request(method, path, headers=FOREIGN).status_code == 403
    for origin in ("https://evil.example", "http://["):
        assert client.request(method, path, headers={"Origin": origin}).status_code == 403
    assert client.request(method, path, headers=BROWSER).status_code == 405  # let in; the stand-in only reads


def test_uploads_and_the_socket_take_a_session(client: TestClient) -> None:
    assert client.post("/console/_nicegui/client/x/upload/1", headers=BROWSER).status_code == 303
    assert client.post("/console/_nicegui_ws/socket.io/", headers=BROWSER).status_code == 403


def test_who_owes_a_password_reaches_only_their_account(client: TestClient, room: ConsoleRoom) -> None:
    password = room.accounts.reset_password("lina", actor="admin")
    client.post("/console/session", data=FORM | {"password": password}, headers=BROWSER)
    assert client.get("/console/knowledge").headers["location"] == "/console/my-account"
    assert client.get("/console/my-account").text == "lina"
    room.accounts.change_password("lina", password, PASSWORD, token=client.cookies["wenzheng_session"])
    assert client.get("/console/knowledge").text == "lina"


@pytest.fixture
def code(room: ConsoleRoom, client: TestClient) -> str:
    """The next code of a second factor that lina has from now on."""
    secret = room.accounts.offer_second_factor("lina").secret
    now = int(time.time())
    room.accounts.enrol_second_factor("lina", secret, pyotp.TOTP(secret).at(now))
    return pyotp.TOTP(secret).at(now + 30)


def test_the_second_factor_is_asked_for_before_anybody_is_signed_in(client: TestClient, code: str) -> None:
    reply = client.post("/console/session", data=FORM | {"next": "/console/tickets"}, headers=BROWSER)
    assert reply.headers["location"] == "/console/login/code?next=%2Fconsole%2Ftickets"
    cookie = reply.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "max-age=300" in cookie
    assert "wenzheng_session" not in client.cookies
    assert client.get("/console/tickets").status_code == 303

    reply = client.post("/console/session/code", data={"code": "000000", "next": "/console/tickets"}, headers=BROWSER)
    assert "why=wrong_code" in reply.headers["location"]

    reply = client.post("/console/session/code", data={"code": code, "next": "/console/tickets"}, headers=BROWSER)
    assert reply.headers["location"] == "/console/tickets"
    assert client.get("/console/tickets").text == "lina"
    assert "wenzheng_second_step" not in client.cookies


def test_a_code_without_the_password_signs_nobody_in(client: TestClient, code: str) -> None:
    reply = client.post("/console/session/code", data={"code": code}, headers=BROWSER)
    assert "why=over" in reply.headers["location"]
    assert "wenzheng_session" not in client.cookies


def test_codes_cannot_be_tried_without_end(client: TestClient, code: str) -> None:
    client.post("/console/session", data=FORM, headers=BROWSER)
    for _ in range(10):
        client.post("/console/session/code", data={"code": "000000"}, headers=BROWSER)
    reply = client.post("/console/session/code", data={"code": code}, headers=BROWSER)
    assert "why=too_many" in reply.headers["location"]


def test_the_session_says_from_which_browser_it_is(client: TestClient, room: ConsoleRoom) -> None:
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
    client.post("/console/session", data=FORM, headers=BROWSER | {"User-Agent": agent})
    [session] = room.accounts.open_sessions("lina", client.cookies["wenzheng_session"])
    assert (session.browser, session.here) == ("Edge · Windows", True)


def test_an_expired_session_is_called_so(client: TestClient) -> None:
    client.cookies.set("wenzheng_session", "long gone", path="/console")
    assert "why=expired" in client.get("/console/").headers["location"]
