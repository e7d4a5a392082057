from __future__ import annotations

import pytest
from ticket_desk import LAMP, Desk

from actions.tickets.errors import TicketLocked, TicketNotFound
from actions.tickets.numbering import parse_number


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def full_width(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if char.isdigit() else char for char in text)


def test_number_and_code_as_people_type_them_find_the_ticket(desk: Desk) -> None:
    filed = desk.service.file(LAMP, conversation_id="c1", idempotency_key="m1")
    number = filed.ticket.number
    for typed in (number, number.lower(), full_width(number), number.replace("-", ""), f" {number[2:]} "):
        assert desk.service.lookup(typed, full_width(f" {filed.code} ")).number == number


def test_wrong_number_and_wrong_code_read_the_same(desk: Desk) -> None:
    filed = desk.service.file(LAMP, conversation_id="c1", idempotency_key="m1")
    with pytest.raises(TicketNotFound) as wrong_code:
        desk.service.lookup(filed.ticket.number, wrong(filed.code))
    for number in ("YZ20261116-00029", "没有工单", ""):
        with pytest.raises(TicketNotFound) as wrong_number:
            desk.service.lookup(number, filed.code)
        assert str(wrong_number.value) == str(wrong_code.value)


def test_too_many_wrong_codes_lock_the_number_even_for_the_right_code_and_only_for_a_while(desk: Desk) -> None:
    filed = desk.service.file(LAMP, conversation_id="c1", idempotency_key="m1")
    number = filed.ticket.number
    for _ in range(5):
        with pytest.raises(TicketNotFound):
            desk.service.lookup(number, wrong(filed.code))
    desk.pass_time(minutes=10)
    with pytest.raises(TicketLocked) as locked:
        desk.service.lookup(number, filed.code)
    assert locked.value.minutes == 20
    assert "20分钟" in str(locked.value)
    desk.pass_time(minutes=20)
    assert desk.service.lookup(number, filed.code).number == number


def test_a_number_that_does_not_exist_locks_alike(desk: Desk) -> None:
    other = desk.filed()
    missing = next(f"{other[:11]}0009{digit}" for digit in range(10) if parse_number(f"{other[:11]}0009{digit}", "YZ"))
    for _ in range(5):
        with pytest.raises(TicketNotFound):
            desk.service.lookup(missing, "123456")
    with pytest.raises(TicketLocked):
        desk.service.lookup(missing, "123456")


def test_old_failures_are_forgotten(desk: Desk) -> None:
    filed = desk.service.file(LAMP, conversation_id="c1", idempotency_key="m1")
    for _ in range(20):
        with pytest.raises(TicketNotFound):
            desk.service.lookup(filed.ticket.number, wrong(filed.code))
        desk.pass_time(minutes=8)
    assert desk.raw("select count(*) from ticket_lookup_failures")[0][0] <= 4


def test_a_non_digit_code_is_simply_wrong(desk: Desk) -> None:
    with pytest.raises(TicketNotFound):
        desk.service.lookup(desk.filed(), "密码是什么\ud83d")


def test_last_of_is_the_newest_ticket_of_that_conversation(desk: Desk) -> None:
    assert desk.service.last_of("c1") is None
    desk.filed(key="a")
    newest = desk.filed(key="b")
    desk.filed(key="c", conversation="c2")
    last = desk.service.last_of("c1")
    assert last is not None
    assert last.number == newest
