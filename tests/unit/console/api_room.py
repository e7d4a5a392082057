"""The knowledge API over the same services as the console of the tests, mounted as the app mounts it."""

from __future__ import annotations

from typing import Any

from console_room import PERMIT, ConsoleRoom
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.limits_middleware import BodyLimit
from channels.knowledge_api.app import MOUNT, UPLOADS, create_knowledge_api
from channels.web import problems

LARGEST = 20_000
FORM: dict[str, Any] = PERMIT | {"kind": "entry"}


class Api:
    """``staff`` gives the client of a program that has a token of somebody with these roles."""

    def __init__(self, room: ConsoleRoom) -> None:
        self.room = room
        app = FastAPI()
        problems.install(app)
        app.add_middleware(BodyLimit, limit=LARGEST, prefixes=(MOUNT,), exempt=UPLOADS)
        app.add_middleware(BodyLimit, limit=10 * LARGEST, prefixes=UPLOADS)
        self.knowledge_api = create_knowledge_api(room.services)
        app.mount(MOUNT, self.knowledge_api)
        self.app = app
        self.nobody = self.client("")

    def client(self, token: str) -> TestClient:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return TestClient(self.app, f"http://testserver{MOUNT}", raise_server_exceptions=False, headers=headers)

    def token(self, *roles: str, name: str = "同步程序", read_only: bool = False) -> str:
        username = "-".join(roles)
        if username not in {one.username for one in self.room.accounts.accounts()}:
            self.room.accounts.create(username, "correct horse battery", roles=roles)
        return self.room.accounts.tokens.make(username, name, days=1, read_only=read_only, actor=username)

    def staff(self, *roles: str, name: str = "同步程序", read_only: bool = False) -> TestClient:
        return self.client(self.token(*roles, name=name, read_only=read_only))


def kind(response: Any) -> str:
    """What a refusal says it is; it must be one that the documentation knows."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    body = response.json()
    assert body["status"] == response.status_code
    return str(body["type"]).removeprefix(f"{MOUNT}/problems/")
