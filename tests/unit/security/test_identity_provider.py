from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from identity_provider import CLIENT_ID, CLIENT_SECRET, Provider, identity_provider
from joserfc.jwk import RSAKey
from security_fakes import GOOD, SECRET, StaffRoom

from bot.database import utcnow
from bot.security.encryption import FieldCipher
from bot.security.errors import IdentityRefused, InvalidAccount, SignInRefused
from bot.security.oidc import IdentityProvider, Person
from bot.settings import Settings

LINA = {"sub": "7f3a", "preferred_username": "Li Na", "name": "李娜", "groups": ["curators", "tennis"]}
LONG_AGO = 1_500_000_000


@pytest.fixture
def provider() -> Iterator[Provider]:
    with identity_provider() as provider:
        provider.person = LINA
        yield provider


def client(provider: Provider, **settings: object) -> IdentityProvider:
    chosen = {
        "oidc_issuer": provider.issuer,
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": CLIENT_SECRET,
        "oidc_roles": {"curators": ["curator"], "office": ["handler", "agent"]},
        "public_url": "https://zhengwu.example.gov.cn",
    }
    return IdentityProvider(Settings(_env_file=None, **(chosen | settings)), FieldCipher(SECRET, "sign-in"))  # type: ignore[arg-type]


def come_back(address: str) -> dict[str, str]:
    """What the browser brings back after the person agreed."""
    reply = httpx.get(address, trust_env=False)
    assert reply.headers["location"].startswith("https://zhengwu.example.gov.cn/console/oidc/callback?")
    return dict(parse_qsl(urlsplit(reply.headers["location"]).query))


def sign_in(identity: IdentityProvider) -> Person:
    address, note = identity.begin("/console/")
    return identity.finish(note, come_back(address))[0]


def test_the_person_comes_back_with_mapped_roles_to_where_they_wanted(provider: Provider) -> None:
    identity = client(provider)
    address, note = identity.begin("/console/knowledge")
    person, next_ = identity.finish(note, come_back(address))
    assert person == Person(provider.issuer, "7f3a", "Li Na", "李娜", ["curator"])
    assert next_ == "/console/knowledge"


@pytest.mark.parametrize(
    "changed",
    [
        {"nonce": "of another sign-in"},
        {"exp": LONG_AGO},
        {"exp": None},
        {"aud": "another-application"},
        {"aud": [CLIENT_ID, "another-application"]},
        {"azp": "another-application"},
        {"iss": "https://evil.example"},
        {"sub": None},
    ],
    ids=lambda changed: str(changed),
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(provider: Provider, changed: dict[str, object]) -> None:
    provider.changed = changed
    with pytest.raises(IdentityRefused, match="没有通过验证"):
        sign_in(client(provider))


def test_a_token_signed_with_another_key_is_refused(provider: Provider) -> None:
    provider.published_key = RSAKey.generate_key(2048, {"kid": "one"})
    with pytest.raises(IdentityRefused, match="没有通过验证"):
        sign_in(client(provider))


def test_a_provider_that_changed_its_keys_is_understood(provider: Provider) -> None:
    identity = client(provider)
    sign_in(identity)
    provider.signing_key = RSAKey.generate_key(2048, {"kid": "one"})
    assert sign_in(identity).subject == "7f3a"


def test_an_answer_to_another_sign_in_is_refused(provider: Provider) -> None:
    identity = client(provider)
    address, _ = identity.begin("/console/")
    _, note = identity.begin("/console/")
    with pytest.raises(IdentityRefused, match="重新登录"):
        identity.finish(note, come_back(address))


@pytest.mark.parametrize("note", ["", "made up", "é"])
def test_an_answer_without_the_browsers_note_is_refused(provider: Provider, note: str) -> None:
    identity = client(provider)
    address, _ = identity.begin("/console/")
    with pytest.raises(IdentityRefused, match="重新登录"):
        identity.finish(note, come_back(address))


def test_a_note_of_another_purpose_is_none(provider: Provider, room: StaffRoom) -> None:
    identity = client(provider)
    address, _ = identity.begin("/console/")
    answer = come_back(address)
    room.accounts.create("lina", GOOD, roles=["curator"])
    others = [room.accounts.known_browser("lina"), room.accounts.second_step(room.accounts.principal("lina"))]
    for note in [*others, FieldCipher(SECRET, "sign-in").encrypt("[]")]:
        with pytest.raises(IdentityRefused, match="重新登录") as refused:
            identity.finish(note, answer)
        assert refused.value.reason == "over"


@pytest.mark.parametrize("groups", [None, 5, {"curators": True}, [None, ["curators"]], True])
def test_a_claim_that_is_no_list_of_names_gives_no_role(provider: Provider, groups: object) -> None:
    provider.person = LINA | {"groups": groups}
    assert sign_in(client(provider)).roles == []


@pytest.mark.parametrize(
    "document",
    [
        *({name: None} for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")),
        {"jwks_uri": "http://["},
        {"authorization_endpoint": ["https://id.example"]},
    ],
    ids=str,
)
def test_a_provider_that_names_no_place_to_go_is_away(
    provider: Provider, document: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = provider.metadata()
    monkeypatch.setattr(provider, "metadata", lambda: whole | document)
    with pytest.raises(IdentityRefused, match="暂时连不上"):
        client(provider).begin("/console/")


@pytest.mark.parametrize("document", [[], None, "issuer", 5, {}])
def test_a_discovery_document_that_is_none_is_a_provider_that_is_away(
    provider: Provider, document: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider, "metadata", lambda: document)
    with pytest.raises(IdentityRefused, match="暂时连不上"):
        client(provider).begin("/console/")
    monkeypatch.undo()
    monkeypatch.setattr(provider, "keys", lambda: document)
    with pytest.raises(IdentityRefused, match="暂时连不上"):
        client(provider).begin("/console/")


def test_a_provider_that_leaves_open_how_secrets_are_sent_is_understood(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = provider.metadata() | {"token_endpoint_auth_methods_supported": None}
    monkeypatch.setattr(provider, "metadata", lambda: whole)
    assert sign_in(client(provider)).subject == "7f3a"


def test_an_old_note_is_refused(provider: Provider) -> None:
    identity = client(provider)
    address, note = identity.begin("/console/")
    identity._now = lambda: utcnow() + timedelta(minutes=11)
    with pytest.raises(IdentityRefused, match="重新登录"):
        identity.finish(note, come_back(address))


def test_a_code_is_good_once_and_only_with_our_secret(provider: Provider) -> None:
    identity = client(provider)
    address, note = identity.begin("/console/")
    answer = come_back(address)
    identity.finish(note, answer)
    with pytest.raises(IdentityRefused):
        identity.finish(note, answer)
    with pytest.raises(IdentityRefused):
        sign_in(client(provider, oidc_client_secret="guessed"))


def test_who_says_no_at_the_provider_is_not_signed_in(provider: Provider) -> None:
    identity = client(provider)
    address, note = identity.begin("/console/")
    state = come_back(address)["state"]
    with pytest.raises(IdentityRefused, match="没有同意"):
        identity.finish(note, {"error": "access_denied", "state": state})


def test_a_provider_that_is_away_is_said_to_be_away() -> None:
    with identity_provider() as provider:
        identity = client(provider)
    with pytest.raises(IdentityRefused, match="暂时连不上"):
        identity.begin("/console/")


def test_a_provider_without_tls_is_refused_at_the_start(provider: Provider) -> None:
    with pytest.raises(ValueError, match="https"):
        client(provider, oidc_issuer="http://login.example.gov.cn")


def test_a_mapping_to_a_role_that_does_not_exist_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="请从这些角色里选择"):
        Settings(oidc_roles={"bosses": ["emperor"]}, _env_file=None)  # type: ignore[call-arg]


def external(room: StaffRoom, **changed: object) -> str:
    who = {"username": "Li Na", "display_name": "李娜", "roles": ["curator"]} | changed
    return room.accounts.sign_in_external("https://id.example", "7f3a", **who)  # type: ignore[arg-type]


def test_an_account_is_made_at_the_first_sign_in_and_found_by_subject_later(room: StaffRoom) -> None:
    assert external(room) == "lina"
    assert external(room, username="renamed") == "lina"
    [account] = room.accounts.accounts()
    assert (account.display_name, account.roles, account.external) == ("李娜", ("curator",), True)


def test_a_name_at_the_provider_gives_nobody_the_local_account_of_that_name(room: StaffRoom) -> None:
    room.accounts.create("lina", GOOD, roles=["administrator"])
    assert external(room) == "lina-2"
    assert room.accounts.principal("lina-2").roles == ("curator",)


def test_who_has_no_mapped_role_is_refused_and_told_whom_to_ask(room: StaffRoom) -> None:
    with pytest.raises(IdentityRefused, match="没有使用工作台的权限，请联系系统管理员"):
        external(room, roles=[])
    assert room.accounts.accounts() == []


def test_roles_follow_the_provider(room: StaffRoom) -> None:
    external(room)
    external(room, roles=["handler"])
    assert room.accounts.principal("lina").roles == ("handler",)
    with pytest.raises(IdentityRefused):
        external(room, roles=[])


def test_a_closed_account_stays_closed(room: StaffRoom) -> None:
    external(room)
    room.accounts.deactivate("lina")
    with pytest.raises(IdentityRefused, match="已经停用"):
        external(room)


def test_of_two_first_sign_ins_at_once_one_is_asked_to_come_again(
    room: StaffRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    add, accounts = room.accounts._add, room.accounts

    def after_another(*arguments: Any) -> None:
        monkeypatch.setattr(accounts, "_add", add)
        assert external(room) == "lina"
        add(*arguments)

    monkeypatch.setattr(accounts, "_add", after_another)
    with pytest.raises(IdentityRefused, match="再登录一次"):
        external(room)
    assert external(room) == "lina"
    assert [one.username for one in accounts.accounts()] == ["lina"]


@pytest.mark.parametrize("name", ["citizen", "单位账号系统", "Citizen"])
def test_nobody_gets_a_name_that_the_assistant_signs_with(room: StaffRoom, name: str) -> None:
    assert external(room, username=name) == f"{name.lower()}-2"


def test_an_account_of_the_provider_gets_no_password_here(room: StaffRoom) -> None:
    external(room)
    for deed in (
        lambda: room.accounts.set_password("lina", GOOD),
        lambda: room.accounts.reset_password("Lina", actor="admin"),
    ):
        with pytest.raises(InvalidAccount, match="用单位账号登录"):
            deed()
    assert room.raw("SELECT password_hash FROM accounts") == [("",)]


@pytest.mark.parametrize("password", ["", "nobody has this password"])
def test_an_account_without_a_password_is_opened_by_none(room: StaffRoom, password: str) -> None:
    external(room)
    with pytest.raises(SignInRefused):
        room.accounts.authenticate("lina", password, address="10.0.0.1")
