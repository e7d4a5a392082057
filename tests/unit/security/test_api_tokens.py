from __future__ import annotations

import pytest
from security_fakes import GOOD, StaffRoom

from bot.security.attempts import Limits
from bot.security.errors import InvalidAccount, PermissionDenied, TokenRefused, TooManyAttempts, UnknownAccount
from bot.security.roles import Principal, require

HERE = "10.0.0.1"


@pytest.fixture(autouse=True)
def _lina(room: StaffRoom) -> None:
    room.accounts.create("lina", GOOD, roles=["curator"])


def made(room: StaffRoom, name: str = "夜间同步", *, days: int = 30, read_only: bool = False) -> str:
    return room.accounts.tokens.make("lina", name, days=days, read_only=read_only, actor="lina")


def who(room: StaffRoom, token: str) -> Principal:
    return room.accounts.tokens.principal(token, address=HERE)


def test_a_token_is_its_account_until_its_end(room: StaffRoom) -> None:
    token = made(room)
    assert token.startswith("wz_")
    room.pass_time(days=29.9)
    assert (who(room, token).username, who(room, token).via) == ("lina", "夜间同步")
    room.pass_time(days=0.2)
    with pytest.raises(TokenRefused):
        who(room, token)
    assert room.accounts.tokens.of("lina") == []


def test_the_present_roles_count(room: StaffRoom) -> None:
    token = made(room)
    assert who(room, token).may("knowledge.publish")
    room.accounts.update("lina", display_name="", roles=["handler"], department="", actor="wangbo")
    assert not who(room, token).may("knowledge.edit")


def test_a_closed_account_ends_its_tokens_for_good(room: StaffRoom) -> None:
    token = made(room)
    room.accounts.deactivate("lina")
    with pytest.raises(TokenRefused):
        who(room, token)
    room.accounts.activate("lina")
    with pytest.raises(TokenRefused):
        who(room, token)


def test_a_reading_token_changes_nothing_and_says_that_it_is_the_token(room: StaffRoom) -> None:
    principal = who(room, made(room, read_only=True))
    require(principal, "knowledge.read")
    with pytest.raises(PermissionDenied, match="接口令牌“夜间同步”没有"):
        require(principal, "knowledge.edit")


def test_what_the_account_owes_its_token_owes(room: StaffRoom) -> None:
    token = made(room)
    room.accounts.reset_password("lina", actor="wangbo")
    with pytest.raises(PermissionDenied, match="一次性密码"):
        require(who(room, token), "knowledge.read")


def test_a_revoked_token_is_over_and_only_ones_own_can_be_revoked(room: StaffRoom) -> None:
    room.accounts.create("wangbo", GOOD, roles=["administrator"])
    token = made(room)
    (view,) = room.accounts.tokens.of("lina")
    room.accounts.tokens.revoke("wangbo", view.id, actor="wangbo")
    assert who(room, token).username == "lina"
    room.accounts.tokens.revoke("lina", view.id, actor="wangbo")
    room.accounts.tokens.revoke("lina", view.id, actor="wangbo")
    with pytest.raises(TokenRefused):
        who(room, token)
    deeds = [(one.actor, one.action, one.object, one.detail) for one in room.accounts.audit.records()]
    assert deeds[0] == ("lina", "token.refused", "lina", "“夜间同步”已过期或已停用")
    assert deeds[1] == ("wangbo", "token.revoke", "lina", "夜间同步")
    assert deeds[2] == ("lina", "token.create", "lina", "夜间同步，30 天")


def test_only_the_digest_is_kept_and_it_is_no_token(room: StaffRoom) -> None:
    token = made(room)
    digest = str(room.raw("SELECT token_hash FROM api_tokens")[0][0])
    assert token not in digest
    for wrong in (digest, f"wz_{digest}", token[:-1], token + "a", token.upper(), ""):
        with pytest.raises(TokenRefused):
            who(room, wrong)


def test_guessing_is_slowed_down_by_address_and_right_tokens_are_not(room: StaffRoom) -> None:
    token = made(room)
    for _ in range(10):
        with pytest.raises(TokenRefused):
            who(room, "wz_guess")
    with pytest.raises(TooManyAttempts):
        who(room, "wz_guess")
    assert who(room, token).username == "lina"
    with pytest.raises(TokenRefused):
        room.accounts.tokens.principal("wz_guess", address="10.0.0.2")
    room.pass_time(seconds=61)
    with pytest.raises(TokenRefused):
        who(room, "wz_guess")


def test_guessing_from_many_addresses_has_a_limit_and_fills_no_log(room: StaffRoom) -> None:
    room.accounts = room.service(limit=Limits(everybody="5/minute"))
    token = made(room)
    before = room.accounts.audit.count()
    for number in range(5):
        with pytest.raises(TokenRefused):
            room.accounts.tokens.principal("wz_guess", address=f"10.0.1.{number}")
    for number in range(5):
        with pytest.raises(TooManyAttempts):
            room.accounts.tokens.principal("wz_guess", address=f"10.0.2.{number}")
    assert room.accounts.audit.count() == before + 5
    assert who(room, token).username == "lina"
    assert room.accounts.authenticate("lina", GOOD, address="10.0.3.1")


def test_the_last_use_is_kept_to_the_minute(room: StaffRoom) -> None:
    token = made(room)
    assert room.accounts.tokens.of("lina")[0].last_used_at is None
    who(room, token)
    first = room.now()
    room.pass_time(seconds=30)
    who(room, token)
    assert room.accounts.tokens.of("lina")[0].last_used_at == first
    room.pass_time(seconds=60)
    who(room, token)
    assert room.accounts.tokens.of("lina")[0].last_used_at == room.now()


@pytest.mark.parametrize(("name", "days"), [(" ", 1), ("长" * 41, 1), ("a\nb", 1), ("a", 0), ("a", 366)])
def test_a_token_needs_a_purpose_and_an_end(room: StaffRoom, name: str, days: int) -> None:
    with pytest.raises(InvalidAccount):
        made(room, name, days=days)
    assert room.accounts.tokens.of("lina") == []


def test_working_tokens_are_told_apart_by_name_and_are_not_too_many(room: StaffRoom) -> None:
    made(room)
    with pytest.raises(InvalidAccount, match="夜间同步"):
        made(room)
    for number in range(19):
        made(room, f"第 {number} 个")
    with pytest.raises(InvalidAccount, match="最多"):
        made(room, "再一个")
    with pytest.raises(UnknownAccount):
        room.accounts.tokens.make("nobody", "a", days=1, read_only=True, actor="lina")


def test_tokens_long_over_are_cleared_away(room: StaffRoom) -> None:
    made(room, "到期的", days=1)
    made(room, "停用的", days=300)
    room.accounts.tokens.revoke("lina", room.accounts.tokens.of("lina")[0].id, actor="lina")
    made(room, "在用的", days=300)
    room.pass_time(days=32)
    made(room, "新的")
    assert room.raw("SELECT name FROM api_tokens ORDER BY id") == [("在用的",), ("新的",)]
