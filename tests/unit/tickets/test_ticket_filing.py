from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import update
from ticket_desk import LAMP, Desk

from actions.tickets.errors import InvalidDraft
from actions.tickets.models import Ticket
from actions.tickets.scope import EVERY_TICKET
from bot.security.encryption import FieldCipher
from nlu.privacy import mask


def test_a_filed_ticket_has_number_code_and_due_date(desk: Desk) -> None:
    filed = desk.service.file(LAMP, conversation_id="c1", idempotency_key="m1")
    assert re.fullmatch(r"YZ20261116-0001\d", filed.ticket.number)
    assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{8}", filed.code)
    assert filed.ticket.status == "filed"
    assert filed.ticket.kind_label == "投诉"
    assert f"{filed.ticket.due_at:%Y-%m-%d}" == "2026-11-17"
    assert [line.citizen_text for line in filed.ticket.history] == ["已登记"]


def test_the_same_key_gives_the_same_ticket_and_code(desk: Desk) -> None:
    first = desk.service.file(LAMP, conversation_id="c1", idempotency_key="m1")
    again = desk.service.file(replace(LAMP, what="别的事"), conversation_id="c1", idempotency_key="m1")
    assert (again.ticket.number, again.code, again.ticket.summary) == (
        first.ticket.number,
        first.code,
        first.ticket.summary,
    )
    assert desk.raw("select count(*) from tickets") == [(1,)]


def test_the_same_key_in_another_conversation_is_another_ticket(desk: Desk) -> None:
    assert desk.filed(conversation="c1") != desk.filed(conversation="c2")


def test_eight_threads_with_one_key_file_one_ticket(desk: Desk) -> None:
    def file(_: int) -> tuple[str, str]:
        filed = desk.service.file(LAMP, conversation_id="c1", idempotency_key="m1")
        return filed.ticket.number, filed.code

    with ThreadPoolExecutor(8) as pool:
        results = set(pool.map(file, range(16)))
    assert len(results) == 1
    assert desk.raw("select count(*) from tickets") == [(1,)]
    assert desk.raw("select count(*) from ticket_events") == [(1,)]


def test_eight_threads_with_their_own_keys_get_numbers_without_gap_or_double(desk: Desk) -> None:
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda index: desk.filed(key=f"m{index}"), range(24)))
    assert sorted(int(number[11:-1]) for number in numbers) == list(range(1, 25))


def test_numbers_start_anew_each_day_in_beijing_time(desk: Desk) -> None:
    desk.filed(key="a")
    desk.pass_time(hours=14)  # midnight in Beijing, 16:00 UTC
    assert desk.filed(key="b").startswith("YZ20261117-0001")


def test_contact_name_and_code_are_encrypted_at_rest(desk: Desk) -> None:
    filed = desk.service.file(LAMP, conversation_id="c1", idempotency_key="m1")
    tables = ("tickets", "ticket_events", "ticket_notices")
    everything = "\n".join(
        repr(row)
        for table in tables
        for row in desk.raw("select * from " + table)  # noqa: S608 - our own table names
    )
    assert "13800138000" not in everything
    assert "王女士" not in everything
    assert f"'{filed.code}'" not in everything


def test_revealing_the_contact_is_written_to_the_history_and_the_citizen_does_not_see_it(desk: Desk) -> None:
    number = desk.filed()
    version = desk.staff.get(number).version
    contact = desk.staff.reveal_contact(number, "李工")
    assert (contact.phone, contact.name) == ("13800138000", "王女士")
    detail = desk.staff.get(number)
    assert (detail.history[-1].action, detail.history[-1].actor) == ("reveal_contact", "李工")
    assert not detail.history[-1].visible
    assert detail.version == version, "looking must not make a colleague's open form stale"


def test_personal_data_in_the_story_stay_closed_until_somebody_looks_who_is_written_down(desk: Desk) -> None:
    service = desk.new_service(mask=mask)
    staff = service.for_staff(EVERY_TICKET)
    draft = replace(LAMP, what="3号楼的路灯坏了，急，打13912345678")
    number = service.file(draft, conversation_id="c1", idempotency_key="m1").ticket.number
    service.add_note(number, "也可以打13712345678", idempotency_key="m2")
    detail = staff.get(number)
    assert detail.hides
    assert "13912345678" not in str(detail)
    assert "13712345678" not in str(detail)
    story = staff.reveal_story(number, "李工")
    assert "13912345678" in story
    assert "13712345678" in story
    assert staff.get(number).history[-1].action == "reveal_story"
    plain = service.file(LAMP, conversation_id="c1", idempotency_key="m3").ticket.number
    assert not staff.get(plain).hides


def test_one_value_that_cannot_be_opened_is_marked_and_the_others_are_there(desk: Desk) -> None:
    number = desk.filed()
    elsewhere = FieldCipher("another secret that is long enough").encrypt("13800138000")
    with desk.sessions() as session, session.begin():
        session.execute(update(Ticket).values(contact_cipher=elsewhere, code_cipher=elsewhere))
    contact = desk.staff.reveal_contact(number, "李工")
    assert (contact.phone, contact.name) == ("无法打开（密钥已更换）", "王女士")
    again = desk.service.file(LAMP, conversation_id="c1", idempotency_key="message-1")
    assert (again.ticket.number, again.code) == (number, ""), "the card is shown, without the code that is lost"


def test_an_anonymous_ticket_keeps_no_contact(desk: Desk) -> None:
    number = desk.filed(replace(LAMP, anonymous=True))
    assert not desk.staff.get(number).has_contact
    assert desk.staff.reveal_contact(number, "李工").phone == ""


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (replace(LAMP, what="  "), "what"),
        (replace(LAMP, what="长" * 2001), "what"),
        (replace(LAMP, where="长" * 301), "where"),
        (replace(LAMP, kind="赞美"), "kind"),
    ],
)
def test_an_unusable_draft_is_refused_in_chinese_and_stores_nothing(desk: Desk, draft: object, field: str) -> None:
    with pytest.raises(InvalidDraft) as refusal:
        desk.service.file(draft, conversation_id="c1", idempotency_key="m1")  # type: ignore[arg-type]
    assert refusal.value.field == field
    assert re.search("[一-鿿]", str(refusal.value))
    assert desk.raw("select count(*) from tickets") == [(0,)]
    assert desk.raw("select count(*) from ticket_counters") == [(0,)]


def test_the_summary_is_masked_before_it_is_cut(desk: Desk) -> None:
    service = desk.new_service(mask=lambda text: text.replace("13912345678", "139****5678"))
    draft = replace(LAMP, what="长" * 45 + "电话13912345678请回电")
    filed = service.file(draft, conversation_id="c1", idempotency_key="m1")
    assert "139****5" in filed.ticket.summary
    assert len(filed.ticket.summary) == 60
    staff = service.for_staff(EVERY_TICKET)
    assert "139****5678" in staff.get(filed.ticket.number).what
    assert staff.reveal_story(filed.ticket.number, "李工") == draft.what
