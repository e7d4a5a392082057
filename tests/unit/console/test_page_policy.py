"""What the pages of the console may run: scripts of their own files, and those with the nonce of this answer."""

from __future__ import annotations

import re

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, PlainTextResponse, StreamingResponse
from fastapi.testclient import TestClient

from channels.console.page_policy import PagePolicy

PAGE = '<html><script type="importmap">{}</script><script defer src="/a.js"></script><p>&lt;script></p></html>'


def client() -> TestClient:
    app = FastAPI()
    app.add_middleware(PagePolicy)
    app.get("/page")(lambda: HTMLResponse(PAGE))
    app.get("/pieces")(lambda: StreamingResponse((one.encode() for one in PAGE), media_type="text/html"))
    app.get("/text")(lambda: PlainTextResponse(PAGE))
    return TestClient(app)


def test_every_script_of_a_page_has_the_nonce_of_its_policy() -> None:
    for address in ("/page", "/pieces"):
        reply = client().get(address)
        policy = reply.headers["content-security-policy"]
        (nonce,) = re.findall(r"'nonce-([\w-]{22})'", policy)
        assert reply.text == PAGE.replace("<script", f'<script nonce="{nonce}"')
        assert int(reply.headers["content-length"]) == len(reply.content)


def test_no_two_answers_have_the_same_nonce() -> None:
    policies = {client().get("/page").headers["content-security-policy"] for _ in range(5)}
    assert len(policies) == 5


def test_inline_scripts_and_other_hosts_are_not_in_the_policy() -> None:
    policy = client().get("/page").headers["content-security-policy"]
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";")}
    assert "'unsafe-inline'" not in rules["script-src"]
    assert (
        rules["script-src-attr"] == rules["object-src"] == rules["base-uri"] == rules["frame-ancestors"] == ["'none'"]
    )
    assert rules["form-action"] == ["'self'"]
    assert "http" not in policy and "*" not in policy


def test_what_is_no_page_passes_as_it_is() -> None:
    reply = client().get("/text")
    assert reply.text == PAGE
    assert "content-security-policy" not in reply.headers
