from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from ticket_desk import LAMP, SECRET, Desk

from actions.tickets.errors import TicketLocked, TicketNotFound
from actions.tickets.lookup import LookupAlarm
from actions.tickets.models import Ticket
from actions.tickets.numbering import parse_number
from actions.tickets.query_codes import QueryCodes
from bot.security.encryption import FieldCipher, derive_key
from nlu.entities.query_code import find_query_codes, mask_query_codes


def wrong(code: str) -> str:
    return ("3" if code[0] != "3" else "4") + code[1:]


def full_width(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if char.isascii() and char.isalnum() else char for char in text)


def look(desk: Desk, number: str, code: str, conversation: str = "c9") -> str:
    return desk.service.lookup(number, code, conversation_id=conversation).number


def guess(desk: Desk, number: str, times: int, conversation: str = "guesser") -> None:
    """Wrong codes, each after whatever pause the one before it brought."""
    for _ in range(times):
        with pytest.raises(TicketNotFound):
            look(desk, number, "23456ABC", conversation)
        desk.pass_time(minutes=61)


def waiting(desk: Desk, number: str, conversation: str) -> int:
    """Minutes this caller is told to wait; 0 where the code was looked at."""
    try:
        look(desk, number, "23456ABC", conversation)
    except TicketLocked as locked:
        return locked.minutes
    except TicketNotFound:
        return 0
    raise AssertionError("that was the right code")


def test_number_and_code_as_people_type_them_find_the_ticket(desk: Desk) -> None:
    filed = desk.service.file(LAMP, conversation_id="c1", idempotency_key="m1")
    number = filed.ticket.number
    code = filed.code
    ways = (
        code.lower(),
        full_width(f" {code} "),
        f"{code[:4]}-{code[4:]}",
        " ".join(code),
        code.replace("0", "O").replace("1", "l"),
        code.replace("0", "o").replace("1", "I"),
    )
    for typed in (number, number.lower(), full_width(number), number.replace("-", ""), f" {number[2:]} "):
        assert [look(desk, typed, way) for way in ways] == [number] * len(ways)


def test_a_code_of_six_digits_that_was_issued_before_still_opens_its_ticket(desk: Desk) -> None:
    filed = desk.service.file(LAMP, conversation_id="c1", idempotency_key="m1")
    number = filed.ticket.number
    codes = QueryCodes(FieldCipher(SECRET), derive_key(SECRET, "ticket-query-code"))
    with desk.sessions() as session, session.begin():
        session.execute(update(Ticket).values(code_hash=codes.digest(number, "038526")))
    assert look(desk, number, full_width(" 038 526 ")) == number


@pytest.mark.parametrize(
    "sentence", ["查进度 YZ20261130-00018 {typed}", "我的码是{halves}，帮我看看", "{typed}", "{spelled}"]
)
def test_issued_codes_are_long_and_easy_to_read_and_found_in_a_sentence(sentence: str) -> None:
    codes = QueryCodes(FieldCipher(SECRET), b"k" * 32)
    for code in {codes.issue() for _ in range(300)}:
        assert len(code) == 8
        assert not set(code) - set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
        typed = code.lower().replace("0", "o").replace("1", "l")
        said = sentence.format(typed=typed, halves=f"{code[:4]}-{code[4:]}", spelled=" ".join(code))
        assert find_query_codes(said)[0].value == code
        assert find_query_codes(mask_query_codes(said)) == []


@given(st.text(alphabet="0123456789aAoOlIuU -－ａ查码YZ，", max_size=300))
@settings(max_examples=300, deadline=None)
def test_whatever_is_said_a_covered_text_keeps_its_length_and_holds_no_code(said: str) -> None:
    covered = mask_query_codes(said)
    assert len(covered) == len(said)
    assert not [span for span in find_query_codes(covered) if len(span.value) == 8]
    assert mask_query_codes(covered) == covered


def test_wrong_number_and_wrong_code_read_the_same(desk: Desk) -> None:
    filed = desk.service.file(LAMP, conversation_id="c1", idempotency_key="m1")
    with pytest.raises(TicketNotFound) as wrong_code:
        look(desk, filed.ticket.number, wrong(filed.code))
    for number in ("YZ20261116-00029", "没有工单", ""):
        with pytest.raises(TicketNotFound) as wrong_number:
            look(desk, number, filed.code)
        assert str(wrong_number.value) == str(wrong_code.value)


def test_guesses_of_others_never_keep_the_citizen_out(desk: Desk) -> None:
    filed = desk.service.file(LAMP, conversation_id="c1", idempotency_key="m1")
    number = filed.ticket.number
    for caller in range(60):
        for _ in range(5):
            assert waiting(desk, number, f"guesser-{caller}") == 0
        assert waiting(desk, number, f"guesser-{caller}") == 1
    assert look(desk, number, filed.code, "the citizen") == number


def test_who_guesses_waits_longer_and_longer_over_all_numbers_even_with_the_right_code(desk: Desk) -> None:
    filed = desk.service.file(LAMP, conversation_id="c1", idempotency_key="m1")
    other = desk.filed(key="m2")
    for _ in range(5):
        assert waiting(desk, filed.ticket.number, "guesser") == 0
    for pause in (1, 2, 4, 8, 16, 32, 60, 60):
        assert waiting(desk, other, "guesser") == pause
        with pytest.raises(TicketLocked, match=f"{pause}分钟"):
            look(desk, filed.ticket.number, filed.code, "guesser")
        desk.pass_time(minutes=pause)
        assert waiting(desk, other, "guesser") == 0
    desk.pass_time(hours=1)
    assert look(desk, filed.ticket.number, filed.code, "guesser") == filed.ticket.number


def test_conversations_of_one_address_are_one_caller_and_others_are_not_held_up(desk: Desk) -> None:
    desk.service = desk.new_service(origin_of=lambda conversation: conversation.partition("/")[0])
    filed = desk.service.file(LAMP, conversation_id="c1", idempotency_key="m1")
    number = filed.ticket.number
    for index in range(20):
        assert waiting(desk, number, f"here/{index}") == 0
    assert waiting(desk, number, "here/0") == 1
    assert look(desk, number, filed.code, "there/1") == number


def test_who_shares_the_address_of_a_guesser_gets_a_first_try_but_not_with_an_old_code(desk: Desk) -> None:
    desk.service = desk.new_service(origin_of=lambda conversation: conversation.partition("/")[0])
    filed = desk.service.file(LAMP, conversation_id="c1", idempotency_key="m1")
    number = filed.ticket.number
    for index in range(20):
        assert waiting(desk, number, f"here/{index}") == 0
    assert look(desk, number, filed.code, "here/citizen") == number
    assert waiting(desk, number, "here/slip") == 0
    with pytest.raises(TicketLocked):
        look(desk, number, filed.code, "here/slip")
    for typed in ("038526", "038 526", "", "12345678", "ABCDEFGH"):
        with pytest.raises(TicketLocked):
            look(desk, number, typed, "here/another")


def test_a_ticket_of_ones_own_does_not_wipe_out_guesses(desk: Desk) -> None:
    own = desk.service.file(LAMP, conversation_id="guesser", idempotency_key="m1")
    other = desk.filed(key="m2")
    for _ in range(4):
        assert waiting(desk, other, "guesser") == 0
        assert look(desk, own.ticket.number, own.code, "guesser") == own.ticket.number
    assert waiting(desk, other, "guesser") == 0
    assert waiting(desk, other, "guesser") == 1


def test_a_number_that_does_not_exist_behaves_alike(desk: Desk) -> None:
    other = desk.filed()
    missing = next(f"{other[:11]}0009{digit}" for digit in range(10) if parse_number(f"{other[:11]}0009{digit}", "YZ"))
    assert [waiting(desk, missing, "guesser") for _ in range(6)] == [0, 0, 0, 0, 0, 1]


def test_old_failures_are_forgotten(desk: Desk) -> None:
    number = desk.filed()
    guess(desk, number, 40)
    assert desk.raw("select count(*) from ticket_lookup_failures")[0][0] <= 24


def test_many_wrong_codes_for_one_number_raise_one_alarm_an_hour(desk: Desk) -> None:
    told: list[LookupAlarm] = []
    desk.service = desk.new_service(on_wrong_code=lambda wrong: told.extend(wrong.alarms))
    number = desk.filed()
    for caller in range(25):
        waiting(desk, number, f"guesser-{caller}")
    assert [(alarm.number, alarm.wrong_codes, alarm.conversations) for alarm in told] == [(number, 10, 10)]
    desk.pass_time(minutes=61)
    for caller in range(10):
        waiting(desk, number, f"guesser-{caller}")
    assert [alarm.number for alarm in told] == [number, number]


def test_many_wrong_codes_over_all_numbers_raise_an_alarm_too(desk: Desk) -> None:
    told: list[LookupAlarm] = []
    desk.service = desk.new_service(on_wrong_code=lambda wrong: told.extend(wrong.alarms))
    numbers = [desk.filed(key=f"m{index}") for index in range(20)]
    for attempt in range(100):
        waiting(desk, numbers[attempt % 20], f"guesser-{attempt}")
    assert [(alarm.number, alarm.wrong_codes) for alarm in told] == [("*", 100)]


@pytest.mark.parametrize("typed", ["密码是什么\ud83d", "", "own", "'; drop table tickets; --", "9" * 5000])
def test_what_is_no_code_is_simply_wrong(desk: Desk, typed: str) -> None:
    with pytest.raises(TicketNotFound):
        look(desk, desk.filed(), typed)


def test_last_of_is_the_newest_ticket_of_that_conversation(desk: Desk) -> None:
    assert desk.service.last_of("c1") is None
    desk.filed(key="a")
    newest = desk.filed(key="b")
    desk.filed(key="c", conversation="c2")
    last = desk.service.last_of("c1")
    assert last is not None
    assert last.number == newest
