"""What somebody without a session can make the console do: almost nothing, and nothing that stays in memory."""

from __future__ import annotations

import gc
import logging
import tracemalloc
from collections.abc import Iterator

import pytest
from console_room import ConsoleRoom
from fastapi import FastAPI
from fastapi.testclient import TestClient
from nicegui import Client
from sqlalchemy.exc import OperationalError
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from channels.console import sign_in
from channels.console.cookies import Cookies
from channels.console.guard import SignedInOnly
from channels.console.pages import login

PASSWORD = "correct horse battery"
SIGNED_IN = {"username": "lina", "password": PASSWORD}


@pytest.fixture
def reached() -> list[str]:
    """What got through to NiceGUI."""
    return []


@pytest.fixture
def client(room: ConsoleRoom, reached: list[str]) -> Iterator[TestClient]:
    """The console as it is mounted, with a stand-in for NiceGUI behind the guard."""
    room.accounts.create("lina", PASSWORD, roles=["curator"])

    async def nicegui(scope: Scope, receive: Receive, send: Send) -> None:
        reached.append(scope["path"])
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            return
        await PlainTextResponse("behind the guard")(scope, receive, send)

    app = FastAPI()
    app.include_router(login.create_router(room.services, Cookies(secure=False)))
    app.include_router(sign_in.create_router(room.accounts, secure=False))
    app.mount("/console", SignedInOnly(nicegui, room.accounts))
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize("path", ["x", "x/y.js", "3.18.0/x", "3.18.0/static/", "../secret", "client/1/upload/2"])
def test_no_address_below_nicegui_makes_it_build_a_page(client: TestClient, reached: list[str], path: str) -> None:
    assert client.get(f"/console/_nicegui/{path}").status_code in {303, 404}
    assert reached == []


def test_nicegui_s_own_files_are_there_for_everybody(client: TestClient, reached: list[str]) -> None:
    for kind in ("static", "libraries", "components", "resources/a", "dynamic_resources", "esm/b"):
        assert client.get(f"/console/_nicegui/3.18.0/{kind}/vue.js").status_code == 200
    assert len(reached) == 6


def test_a_stranger_opens_no_socket(client: TestClient, reached: list[str]) -> None:
    for query in ("EIO=4&transport=polling", "client_id=guessed", "client_id="):
        assert client.get(f"/console/_nicegui_ws/socket.io/?{query}").status_code == 403
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/console/_nicegui_ws/socket.io/?client_id=x"):
        pass
    assert reached == []


def test_who_is_signed_in_or_has_a_page_open_speaks_over_the_socket(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(Client.instances, "open-page", object())
    with client.websocket_connect("/console/_nicegui_ws/socket.io/?client_id=open-page"):
        pass
    client.post("/console/session", data=SIGNED_IN)
    with client.websocket_connect("/console/_nicegui_ws/socket.io/?client_id=gone-since-a-restart"):
        pass


def test_the_sign_in_page_says_why_and_keeps_where_one_wanted_to_go(client: TestClient) -> None:
    page = client.get("/console/login", params={"next": "/console/tickets?a=1&b=2", "why": "expired"})
    assert page.status_code == 200
    assert 'value="/console/tickets?a=1&amp;b=2"' in page.text
    assert "登录已过期，请重新登录。" in page.text and 'role="alert"' in page.text
    assert client.head("/console/login").status_code == 200


@pytest.mark.parametrize("next_", ["//[", "http://[", "//℀x"])
def test_a_next_that_is_no_address_leads_home(client: TestClient, next_: str) -> None:
    page = client.get("/console/login", params={"next": next_})
    assert page.status_code == 200
    assert 'value="/console/"' in page.text
    code = client.get("/console/login/code", params={"next": next_})
    assert code.headers["location"] == "/console/login?next=%2Fconsole%2F&why=over"


@pytest.mark.parametrize("field", ["next", "why", "minutes"])
def test_nothing_in_the_address_becomes_part_of_the_page(client: TestClient, field: str) -> None:
    page = client.get("/console/login", params={field: '"><script>alert(1)</script>'}).text
    assert "alert(1)" not in page
    many = client.get("/console/login", params={"why": "too_many", "minutes": "9" * 5000})
    assert "1 分钟后再试" in many.text


def test_the_pages_of_signing_in_take_no_script_but_their_own(client: TestClient) -> None:
    page = client.get("/console/login")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    for name, kind in (("plain.css", "text/css"), ("show_password.js", "text/javascript")):
        file = client.get(f"/console/plain/{name}")
        assert file.headers["content-type"].startswith(kind)
        assert file.headers["x-content-type-options"] == "nosniff"
    for other in ("base.html", "..%2fguard.py", "%00"):
        assert client.get(f"/console/plain/{other}").status_code in {303, 404}


def test_the_code_page_is_for_who_has_just_given_a_password(client: TestClient) -> None:
    assert "why=over" in client.get("/console/login/code").headers["location"]
    client.cookies.set("wenzheng_second_step", "note", path="/console")
    assert "验证码" in client.get("/console/login/code").text


def test_who_is_signed_in_needs_no_sign_in_page(client: TestClient) -> None:
    client.post("/console/session", data=SIGNED_IN)
    assert client.get("/console/login?next=/console/tickets").headers["location"] == "/console/tickets"


def test_two_thousand_visits_of_strangers_leave_nothing_in_memory(client: TestClient) -> None:
    def visit(times: int) -> None:
        for _ in range(times):
            client.get("/console/login")
            client.get("/console/_nicegui/x")

    visit(50)
    before = len(Client.instances)
    gc.collect()
    tracemalloc.start()
    try:
        start, _ = tracemalloc.get_traced_memory()
        visit(1000)
        gc.collect()
        kept = tracemalloc.get_traced_memory()[0] - start
    finally:
        tracemalloc.stop()
    assert len(Client.instances) == before
    assert kept < 1000 * 200, f"{kept} bytes"  # NiceGUI kept 90 KB for each


def test_a_database_that_refuses_is_a_page_that_says_so(
    client: TestClient, room: ConsoleRoom, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def locked(*_: object, **__: object) -> None:
        raise OperationalError("SELECT", {"name": "王小明"}, Exception("database is locked"))

    client.cookies.set("wenzheng_session", "some token", path="/console")
    monkeypatch.setattr(room.accounts, "session_account", locked)
    monkeypatch.setattr(room.accounts, "authenticate", locked)
    caplog.set_level(logging.WARNING)
    for reply in (
        client.get("/console/tickets"),
        client.get("/console/login"),
        client.post("/console/session", data=SIGNED_IN),
    ):
        assert (reply.status_code, reply.headers["retry-after"]) == (503, "5")
        assert "连不上数据库" in reply.text
        assert reply.headers["content-type"].startswith("text/html")
    assert len(caplog.records) == 3
    assert "王小明" not in caplog.text
