"""The whole way of a browser: our sign-in page, the provider, back to the console."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from console_room import SECRET, ConsoleRoom
from fastapi import FastAPI
from fastapi.testclient import TestClient
from identity_provider import CLIENT_ID, CLIENT_SECRET, Provider, identity_provider

from bot.security.encryption import FieldCipher
from bot.security.oidc import IdentityProvider
from bot.settings import Settings
from channels.console import identity_sign_in


@pytest.fixture
def provider() -> Iterator[Provider]:
    with identity_provider() as provider:
        provider.person = {"sub": "7f3a", "preferred_username": "lina", "name": "李娜", "groups": "curators"}
        yield provider


@pytest.fixture
def client(room: ConsoleRoom, provider: Provider) -> Iterator[TestClient]:
    settings = Settings(
        oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=CLIENT_SECRET,  # type: ignore[arg-type]
        oidc_roles={"curators": ["curator"]},
        public_url="https://testserver",
        _env_file=None,  # type: ignore[call-arg]
    )
    app = FastAPI()
    identity = IdentityProvider(settings, FieldCipher(SECRET, "sign-in"))
    app.include_router(identity_sign_in.create_router(room.accounts, identity, secure=True))
    with TestClient(app, base_url="https://testserver", follow_redirects=False) as client:
        yield client


def there_and_back(client: TestClient, next_: str = "/console/knowledge") -> httpx.Response:
    start = client.get("/console/oidc/start", params={"next": next_})
    agreed = httpx.get(start.headers["location"], trust_env=False)
    return client.get(agreed.headers["location"])


def test_the_browser_comes_back_signed_in_to_where_it_wanted(client: TestClient, room: ConsoleRoom) -> None:
    reply = there_and_back(client)
    assert reply.headers["location"] == "/console/knowledge"
    cookie = next(one for one in reply.headers.get_list("set-cookie") if one.startswith("__Host-wenzheng_session"))
    assert {"httponly", "secure", "samesite=lax"} <= {part.strip().lower() for part in cookie.split(";")}
    principal = room.accounts.session_account(client.cookies["__Host-wenzheng_session"])
    assert principal is not None
    assert (principal.username, principal.display_name, principal.roles) == ("lina", "李娜", ("curator",))
    assert "__Host-wenzheng_identity" not in client.cookies


@pytest.mark.parametrize("next_", ["//[", "http://[", "//℀x"])
def test_a_next_that_is_no_address_leads_home(client: TestClient, next_: str) -> None:
    assert there_and_back(client, next_).headers["location"] == "/console/"


def test_a_fresh_session_replaces_the_one_before(client: TestClient, room: ConsoleRoom) -> None:
    there_and_back(client)
    first = client.cookies["__Host-wenzheng_session"]
    there_and_back(client)
    assert room.accounts.session_account(first) is None


def test_who_has_no_role_is_told_so_and_not_signed_in(client: TestClient, provider: Provider) -> None:
    provider.person |= {"groups": ["tennis"]}
    assert there_and_back(client).headers["location"] == "/console/login?why=no_role"
    assert "wenzheng_session" not in client.cookies


def test_a_forged_return_from_another_site_signs_nobody_in(client: TestClient, room: ConsoleRoom) -> None:
    """An attacker's own code, brought to a victim's browser: it would be signed in as the attacker."""
    attacker = client.get("/console/oidc/start")
    agreed = httpx.get(attacker.headers["location"], trust_env=False)
    client.cookies.clear()
    assert client.get(agreed.headers["location"]).headers["location"] == "/console/login?why=over"
    client.get("/console/oidc/start")
    assert client.get(agreed.headers["location"]).headers["location"] == "/console/login?why=over"
    assert "wenzheng_session" not in client.cookies
    assert room.audit() == [("?", "session.refused", "")] * 2


def test_a_link_does_not_lead_elsewhere_after_signing_in(client: TestClient) -> None:
    assert there_and_back(client, "https://evil.example/").headers["location"] == "/console/"


def test_a_provider_that_is_away_is_said_on_the_sign_in_page(client: TestClient, provider: Provider) -> None:
    provider.issuer = "https://another.example"
    assert client.get("/console/oidc/start").headers["location"] == "/console/login?why=away"
