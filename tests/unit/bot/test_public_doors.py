"""The doors of the public app: whose names, origins and addresses count, and what every answer says to browsers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse
from fastapi.testclient import TestClient
from pydantic import ValidationError
from sqlalchemy.exc import DataError, OperationalError
from starlette.datastructures import Address
from starlette.requests import HTTPConnection

from bot import public_doors
from bot.app import public_config
from bot.internal_api import create_internal_app
from bot.settings import Settings
from channels.rate_limit import address_of
from channels.web import pages, problems

EVIL = "evil.example"
ELSEWHERE = {"Origin": "https://news.example"}


def settings(**changes: Any) -> Settings:
    return Settings(_env_file=None, **({"public_url": "https://wz.example.gov.cn"} | changes))


@pytest.fixture
def app() -> FastAPI:
    app = FastAPI(redirect_slashes=False, openapi_url=None)
    problems.install(app)
    public_doors.install(app, settings(), 1000)

    @app.get("/api/chat/whoami")
    @app.get("/api/knowledge/whoami")
    @app.get("/console/whoami")
    @app.get("/healthz")
    def whoami(request: Request) -> PlainTextResponse:
        return PlainTextResponse(address_of(request))

    @app.get("/api/chat/locked")
    def locked() -> None:
        raise OperationalError("SELECT * FROM turns", {"text": "我叫王小明"}, Exception("database is locked"))

    @app.get("/api/chat/unstorable")
    def unstorable() -> None:
        raise DataError("SELECT", {}, Exception("cannot contain NUL"))

    pages.mount(app)
    return app


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, "https://wz.example.gov.cn", raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


def test_a_request_for_another_host_is_refused_but_a_probe_by_address_is_not(client: TestClient) -> None:
    assert client.get("/api/chat/whoami", headers={"Host": EVIL}).status_code == 400
    assert client.get("/", headers={"Host": EVIL}).status_code == 400
    assert client.get("/healthz", headers={"Host": "10.0.0.7:8000"}).status_code == 200
    for host in ("wz.example.gov.cn", "WZ.example.gov.cn:443", "127.0.0.1:8000", "localhost", "[::1]:8000"):
        assert client.get("/api/chat/whoami", headers={"Host": host}).status_code == 200, host


def test_further_names_are_a_setting_and_without_a_public_address_any_name_does() -> None:
    assert "wx.example.gov.cn" in public_doors.known_hosts(settings(allowed_hosts=["wx.example.gov.cn"]))
    assert public_doors.known_hosts(settings(public_url="")) == ["*"]


@pytest.mark.parametrize("path", ["/embed", "/static", "/api/chat/whoami/", "//evil.example/", "/static/../embed"])
def test_no_redirect_leads_to_the_host_that_was_asked_for(client: TestClient, path: str) -> None:
    reply = client.get(path, headers={"Host": "localhost:1234"})
    assert "localhost" not in reply.headers.get("location", "")
    assert not reply.headers.get("location", "").startswith("//")


def test_other_sites_may_use_the_widget_and_nothing_else(client: TestClient) -> None:
    preflight = ELSEWHERE | {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    for path in ("/api/chat/whoami", "/static/widget/element.js", "/widget.js"):
        assert client.get(path, headers=ELSEWHERE).headers["access-control-allow-origin"] == "*", path
        assert client.options(path, headers=preflight).status_code == 200, path
    for path in ("/api/knowledge/whoami", "/console/whoami", "/healthz", "/", "/api/chatter"):
        assert "access-control-allow-origin" not in client.get(path, headers=ELSEWHERE).headers, path
        assert "access-control-allow-origin" not in client.options(path, headers=preflight).headers, path


def test_every_answer_says_what_browsers_may_do_with_it(client: TestClient) -> None:
    for path in ("/", "/widget.js", "/static/widget/element.js", "/static/embed.html", "/nothing", "/healthz"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "same-origin", path
        assert headers["x-frame-options"] == "SAMEORIGIN", path
    assert client.get("/api/chat/whoami").headers["cache-control"] == "no-store"


def test_scripts_are_for_other_sites_to_load_and_pages_are_not(client: TestClient) -> None:
    for path in ("/widget.js", "/static/widget/element.js", "/static/icon.svg"):
        assert client.get(path).headers["cross-origin-resource-policy"] == "cross-origin", path
    for path in ("/", "/static/embed.html", "/static/index.html"):
        headers = client.get(path).headers
        assert headers["cross-origin-resource-policy"] == "same-origin", path
        assert "default-src 'none'" in headers["content-security-policy"], path


@pytest.mark.parametrize("path", ["/", "/widget.js", "/static/widget/element.js", "/static/embed.html"])
def test_whoever_asks_for_the_head_alone_gets_it(client: TestClient, path: str) -> None:
    reply = client.head(path)
    assert (reply.status_code, reply.content) == (200, b"")
    assert int(reply.headers["content-length"]) > 100


@pytest.mark.parametrize(
    "path",
    ["..%2fpages.py", "%2e%2e/pages.py", "..%5cpages.py", "%00", "widget.js%00.html", "/etc/passwd", "%ff", "widget"],
)
def test_static_files_are_those_of_the_widget(client: TestClient, path: str) -> None:
    reply = client.get(f"/static/{path}")
    assert reply.status_code == 404
    assert reply.headers["content-type"] == "application/problem+json"


def test_a_wrong_method_is_a_problem_that_names_the_right_ones(client: TestClient) -> None:
    reply = client.delete("/api/chat/whoami")
    assert (reply.status_code, reply.json()["code"], reply.headers["allow"]) == (405, "method_not_allowed", "GET")


def test_a_database_that_refuses_is_a_503_in_words_and_is_said_once(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    reply = client.get("/api/chat/locked", headers={"Accept-Language": "en"})
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "5")
    assert reply.json()["code"] == "storage_unavailable" and reply.json()["detail"].isascii()
    assert "秒" in client.get("/api/chat/locked").json()["detail"]
    assert len([row for row in caplog.records if row.name.startswith("channels.")]) == 2
    assert "王小明" not in caplog.text and "SELECT" not in caplog.text
    assert client.get("/api/chat/unstorable").status_code == 422


def ask(config: uvicorn.Config, *, client: str, forwarded: str) -> str:
    """Which address the app sees of a request that came from ``client``."""
    config.load()
    said: list[bytes] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        said.append(message.get("body", b""))

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/api/chat/whoami",
        "query_string": b"",
        "scheme": "http",
        "client": (client, 1),
        "server": ("127.0.0.1", 8000),
        "headers": [(b"host", b"localhost"), (b"x-forwarded-for", forwarded.encode())],
    }
    asyncio.run(config.loaded_app(scope, receive, send))  # type: ignore[arg-type]
    return b"".join(said).decode()


@pytest.mark.parametrize(
    ("trusted", "client", "seen"),
    [
        (["127.0.0.1", "::1"], "127.0.0.1", "203.0.113.9"),
        (["127.0.0.1", "::1"], "198.51.100.7", "198.51.100.7"),
        (["127.0.0.1", "::1"], "127.0.0.2", "127.0.0.2"),
        (["10.1.0.0/16"], "10.1.2.3", "203.0.113.9"),
        (["10.1.0.0/16"], "127.0.0.1", "127.0.0.1"),
        ([], "127.0.0.1", "127.0.0.1"),
    ],
)
def test_only_a_known_proxy_is_believed_about_addresses(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch, trusted: list[str], client: str, seen: str
) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")  # uvicorn's own setting must not open it again
    config = public_config(app, settings(trusted_proxies=trusted))
    assert ask(config, client=client, forwarded="203.0.113.9") == seen


def test_what_a_stranger_put_before_the_proxys_word_does_not_count(app: FastAPI) -> None:
    config = public_config(app, settings())
    assert ask(config, client="127.0.0.1", forwarded="192.0.2.1, 203.0.113.9") == "203.0.113.9"


def test_what_is_no_address_is_no_proxy() -> None:
    with pytest.raises(ValidationError, match="no address or network"):
        settings(trusted_proxies=["*"])


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::9", "2001:db8:1:2::"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("x" * 5000, "unknown"),
    ],
)
def test_a_home_counts_as_one_whatever_address_it_takes_today(host: str, counted: str) -> None:
    connection = HTTPConnection({"type": "http", "headers": [], "client": Address(host, 1)})
    assert address_of(connection) == counted


@pytest.mark.parametrize("token", ["令牌".encode(), b"\xff\xfe", b"right"])
@pytest.mark.parametrize("path", ["/turn", "/webhook"])
def test_a_token_that_is_not_ascii_is_a_wrong_one(token: bytes, path: str) -> None:
    internal = create_internal_app(None, None, None, "the right one")  # type: ignore[arg-type]
    with TestClient(internal, raise_server_exceptions=False) as client:
        reply = client.post(path, json={"text": "x"}, headers={b"X-Wenzheng-Token": token})
    assert reply.status_code == 403
