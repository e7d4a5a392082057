from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from security_fakes import GOOD, StaffRoom
from sqlalchemy import update

from bot.security.encryption import FieldCipher
from bot.security.errors import (
    InvalidAccount,
    PermissionDenied,
    SecondFactorNeeded,
    SecondStepOver,
    TooManyAttempts,
    WrongCode,
)
from bot.security.models import Account
from bot.security.roles import require


class Phone:
    """An authenticator app."""

    def __init__(self, room: StaffRoom) -> None:
        self._room = room
        self.secret = room.accounts.offer_second_factor("lina").secret

    def code(self, later: int = 0) -> str:
        return pyotp.TOTP(self.secret).at(int(self._room.time.timestamp()) + 30 * later)


@pytest.fixture
def phone(room: StaffRoom) -> Phone:
    room.accounts.create("lina", GOOD, roles=["curator"])
    return Phone(room)


@pytest.fixture
def recovery(room: StaffRoom, phone: Phone) -> list[str]:
    codes = room.accounts.enrol_second_factor("lina", phone.secret, phone.code())
    room.pass_time(minutes=2)
    return codes


def note(room: StaffRoom) -> str:
    return room.accounts.second_step(room.accounts.authenticate("lina", GOOD, address="10.0.0.1"))


@pytest.mark.usefixtures("recovery")
def test_the_password_alone_opens_no_session_and_the_code_does(room: StaffRoom, phone: Phone) -> None:
    principal = room.accounts.authenticate("lina", GOOD, address="10.0.0.1")
    with pytest.raises(SecondFactorNeeded):
        room.accounts.open_session(principal)
    token = room.accounts.finish_second_step(room.accounts.second_step(principal), phone.code())
    signed_in = room.accounts.session_account(token)
    assert signed_in is not None and signed_in.username == "lina"


@pytest.mark.parametrize("later", [-1, 0, 1])
@pytest.mark.usefixtures("recovery")
def test_clocks_may_differ_by_half_a_minute(room: StaffRoom, phone: Phone, later: int) -> None:
    typed = " ".join(phone.code(later))
    assert room.accounts.finish_second_step(note(room), typed)


@pytest.mark.parametrize("later", [-2, 2])
@pytest.mark.usefixtures("recovery")
def test_codes_of_other_minutes_are_refused(room: StaffRoom, phone: Phone, later: int) -> None:
    with pytest.raises(WrongCode):
        room.accounts.finish_second_step(note(room), phone.code(later))


@pytest.mark.usefixtures("recovery")
def test_a_code_is_good_once_and_no_older_one_after_it(room: StaffRoom, phone: Phone) -> None:
    room.accounts.finish_second_step(note(room), phone.code())
    for used in (phone.code(), phone.code(-1)):
        with pytest.raises(WrongCode, match="已经用过"):
            room.accounts.finish_second_step(note(room), used)


def test_the_code_that_confirmed_the_enrolment_is_used_up(room: StaffRoom, phone: Phone) -> None:
    room.accounts.enrol_second_factor("lina", phone.secret, phone.code())
    with pytest.raises(WrongCode):
        room.accounts.finish_second_step(note(room), phone.code())


@pytest.mark.usefixtures("recovery")
def test_of_many_browsers_with_the_same_code_one_gets_in(room: StaffRoom, phone: Phone) -> None:
    sealed, code = note(room), phone.code()

    def enter(_: int) -> bool:
        try:
            return bool(room.accounts.finish_second_step(sealed, code))
        except WrongCode:
            return False

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(enter, range(8))) == 1


def test_each_of_eight_recovery_codes_stands_in_once(room: StaffRoom, recovery: list[str]) -> None:
    assert len(set(recovery)) == 8
    for left, code in zip(range(7, -1, -1), recovery, strict=True):
        room.accounts.finish_second_step(note(room), code.upper().replace("-", ""))
        assert room.accounts.recovery_codes_left("lina") == left
        with pytest.raises(WrongCode):
            room.accounts.finish_second_step(note(room), code)


@pytest.mark.usefixtures("recovery")
def test_codes_cannot_be_tried_without_end(room: StaffRoom, phone: Phone) -> None:
    sealed = note(room)
    for _ in range(10):
        with pytest.raises(WrongCode):
            room.accounts.finish_second_step(sealed, "000 000")
    with pytest.raises(TooManyAttempts):
        room.accounts.finish_second_step(sealed, phone.code())
    room.pass_time(minutes=1, seconds=1)
    assert room.accounts.finish_second_step(sealed, phone.code())


def test_the_second_step_ends_with_five_minutes_a_new_password_or_a_closed_account(
    room: StaffRoom, recovery: list[str]
) -> None:
    sealed = note(room)
    room.pass_time(minutes=6)
    with pytest.raises(SecondStepOver):
        room.accounts.finish_second_step(sealed, recovery[0])
    sealed = note(room)
    room.accounts.set_password("lina", "another good one")
    with pytest.raises(SecondStepOver):
        room.accounts.finish_second_step(sealed, recovery[0])
    room.accounts.set_password("lina", GOOD)
    sealed = note(room)
    room.accounts.deactivate("lina")
    with pytest.raises(SecondStepOver):
        room.accounts.finish_second_step(sealed, recovery[0])
    assert room.raw("SELECT count(*) FROM recovery_codes WHERE used_at IS NOT NULL") == [(0,)]


@pytest.mark.parametrize("made_up", ["", "lina", "é", "gAAAAA"])
@pytest.mark.usefixtures("recovery")
def test_a_made_up_note_opens_nothing(room: StaffRoom, phone: Phone, made_up: str) -> None:
    with pytest.raises(SecondStepOver):
        room.accounts.finish_second_step(made_up, phone.code())


@pytest.mark.parametrize("code", ["", "000000", "１２", "not a code"])
def test_a_wrong_first_code_enrols_nothing(room: StaffRoom, phone: Phone, code: str) -> None:
    with pytest.raises(WrongCode):
        room.accounts.enrol_second_factor("lina", phone.secret, code)
    assert room.signed_in()


@pytest.mark.usefixtures("recovery")
def test_a_second_factor_is_not_enrolled_over_another(room: StaffRoom) -> None:
    other = Phone(room)
    with pytest.raises(InvalidAccount, match="已经开启"):
        room.accounts.enrol_second_factor("lina", other.secret, other.code())


def test_neither_secret_nor_recovery_codes_are_readable_in_the_database(
    room: StaffRoom, phone: Phone, recovery: list[str]
) -> None:
    kept = str([room.raw(f"SELECT * FROM {table}") for table in ("accounts", "recovery_codes", "audit_log")])  # noqa: S608
    assert phone.secret not in kept
    assert not any(code in kept or code.replace("-", "") in kept for code in recovery)


@pytest.mark.usefixtures("recovery")
def test_turning_it_off_takes_a_code(room: StaffRoom, phone: Phone) -> None:
    with pytest.raises(WrongCode):
        room.accounts.remove_second_factor("lina", "000000")
    room.accounts.remove_second_factor("lina", phone.code())
    assert room.signed_in()
    assert room.raw("SELECT count(*) FROM recovery_codes") == [(0,)]


@pytest.mark.usefixtures("recovery")
def test_an_administrator_resets_it_for_who_lost_the_telephone(room: StaffRoom, phone: Phone) -> None:
    token = room.accounts.finish_second_step(note(room), phone.code())
    room.accounts.reset_second_factor("lina", actor="admin")
    assert room.accounts.session_account(token) is None
    assert room.signed_in()
    assert ("admin", "account.totp_reset") in [(one.actor, one.action) for one in room.accounts.audit.records()]


def test_a_role_that_needs_it_does_nothing_before_it_is_set_up(room: StaffRoom, phone: Phone) -> None:
    strict = room.service(require_totp_roles=("curator",))
    principal = strict.authenticate("lina", GOOD, address="10.0.0.1")
    assert principal.owes == "second_factor"
    with pytest.raises(PermissionDenied, match="两步验证"):
        require(principal, "knowledge.read")
    strict.enrol_second_factor("lina", phone.secret, phone.code())
    assert strict.principal("lina").owes == ""
    with pytest.raises(InvalidAccount, match="不能关闭"):
        strict.remove_second_factor("lina", phone.code(1))


def test_a_second_factor_that_cannot_be_opened_refuses_codes_and_takes_a_recovery_code(
    room: StaffRoom, phone: Phone, recovery: list[str]
) -> None:
    elsewhere = FieldCipher("another secret that is long enough").encrypt(phone.secret)
    with room.sessions() as session, session.begin():
        session.execute(update(Account).values(totp_secret=elsewhere))
    with pytest.raises(WrongCode):
        room.accounts.finish_second_step(note(room), phone.code())
    assert room.accounts.finish_second_step(note(room), recovery[0])
