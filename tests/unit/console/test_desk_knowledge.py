from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from console_room import PERMIT, ConsoleRoom

from channels.console.drafts import fields_of
from channels.console.summary import Summary
from knowledge_base.entry_form import EntryForm
from knowledge_base.lifecycle import EntryStatus, InvalidEntry, VersionConflict
from knowledge_base.validity import today

FORM = EntryForm.parse(PERMIT)


def test_publishing_answers_the_very_next_question_and_retiring_ends_it(room: ConsoleRoom) -> None:
    desk = room.desk("curator")
    entry = desk.create_entry(FORM)
    assert desk.try_question("居住证怎么办").hits == ()

    desk.publish(entry.id)
    hit = desk.try_question("居住证怎么办").hits[0]
    assert hit.entry_id == entry.id
    assert 0.6 < hit.probability <= 1

    desk.retire(entry.id)
    assert desk.try_question("居住证怎么办").hits == ()


def test_every_change_is_signed_and_logged(room: ConsoleRoom) -> None:
    desk = room.desk("curator")
    entry = desk.create_entry(FORM)
    desk.save_entry(entry.id, EntryForm.parse(PERMIT | {"title": "居住证办理"}), expected_version=1)
    desk.publish(entry.id)
    desk.retire(entry.id)
    assert room.audit() == [
        ("curator", f"knowledge.{deed}", entry.id) for deed in ("create", "save", "publish", "retire")
    ]
    assert room.knowledge.get(entry.id).updated_by == "curator"


def test_the_second_of_two_curators_is_told_and_loses_nothing_of_the_first(room: ConsoleRoom) -> None:
    entry_id = room.entry()
    one, other = room.desk("curator"), room.desk("curator", "manager")
    one.save_entry(entry_id, EntryForm.parse(PERMIT | {"title": "先改的标题"}), expected_version=2, publish=True)
    with pytest.raises(VersionConflict, match="其他人修改过"):
        other.save_entry(entry_id, EntryForm.parse(PERMIT | {"title": "后改的标题"}), expected_version=2)
    assert room.knowledge.get(entry_id).title == "先改的标题"


def test_the_fields_of_an_entry_come_back_as_they_were(room: ConsoleRoom) -> None:
    facts = {
        "conditions": ["住满半年"],
        "materials": ["身份证"],
        "steps": ["申请", "领证"],
        "time_limit": "15 日",
        "fee": "免费",
        "where": "{hall.address}",
        "online": "网上办",
    }
    form = EntryForm.parse(PERMIT | {"kind": "service_item", "facts": facts, "effective": "2026-01-01"})
    entry = room.desk("curator").create_entry(form)
    assert EntryForm.parse(fields_of(room.knowledge.get(entry.id))) == form


def test_the_preview_fills_in_the_citys_values_for_a_draft_too(room: ConsoleRoom) -> None:
    basis = [{"title": "《居住证暂行条例》", "issuer": "国务院", "number": "国务院令第663号"}]
    preview = room.desk("curator").preview(EntryForm.parse(PERMIT | {"legal_basis": basis}))
    assert preview.answer == "请带上身份证到为民路1号办理。"
    assert preview.sources == ["《居住证暂行条例》 国务院令第663号（国务院）"]


def test_a_value_the_city_does_not_have_is_named(room: ConsoleRoom) -> None:
    with pytest.raises(InvalidEntry, match=r"hall\.phone"):
        room.desk("curator").preview(EntryForm.parse(PERMIT | {"answer": "请打{hall.phone}"}))


def test_the_summary_counts_what_each_person_may_see(room: ConsoleRoom) -> None:
    room.entry(publish=False)
    room.question()
    room.ticket()
    room.ticket("井盖丢了", department="city_management")

    curator = room.desk("curator").summary()
    assert (curator.unresolved, curator.drafts, curator.tickets) == (1, 1, None)
    assert (curator.in_review, curator.expiring) == (0, 0)
    manager = room.desk("manager").summary().tickets
    assert manager is not None and (manager.open, manager.new, manager.overdue) == (2, 1, 0)
    handler = room.desk("handler", department="city_management").summary()
    assert handler.tickets is not None and (handler.tickets.open, handler.tickets.new) == (1, 0)
    assert handler.unresolved is None and handler.drafts is None


@pytest.mark.parametrize("owes", ["password", "second_factor"])
def test_the_summary_says_nothing_to_who_owes_something_first(room: ConsoleRoom, owes: str) -> None:
    room.ticket()
    desk = room.desk("curator", "manager")
    desk.principal = replace(desk.principal, owes=owes)
    assert desk.summary() == Summary(unresolved=None, tickets=None, drafts=None)


def test_the_summary_counts_what_waits_for_a_review_and_what_ends_soon(room: ConsoleRoom) -> None:
    soon = today() + timedelta(days=20)
    room.entry(expires=soon, owner="curator")
    room.entry(expires=soon)
    room.entry(expires=soon, owner="wu")
    room.desk("manager").submit(room.entry(publish=False))
    curator, manager = room.desk("curator").summary(), room.desk("manager").summary()
    assert (curator.in_review, curator.expiring) == (1, 2)
    assert (manager.in_review, manager.expiring) == (None, 1)
    assert len(room.desk("curator").expiring()) == 3


def test_a_review_is_signed_and_logged(room: ConsoleRoom) -> None:
    writer, reviewer = room.desk("manager"), room.desk("curator")
    entry = writer.submit(writer.create_entry(FORM).id)
    reviewer.send_back(entry.id, "请补充依据")
    writer.submit(entry.id)
    reviewer.publish(entry.id)
    reviewer.retire(entry.id)
    writer.reopen(entry.id)
    writer.restore(entry.id, 1)
    deeds = ("create", "submit", "return", "submit", "publish", "retire", "reopen", "restore")
    people = [room.desk(*name).principal.username for name in (["manager"], ["curator"])]
    signed = [(row.author, row.deed) for row in reversed(reviewer.history(entry.id))]
    assert [deed for _, deed in signed] == list(deeds)
    assert [author for author, _ in signed[:4]] == [people[0], people[0], people[1], people[0]]
    assert [action for _, action, _ in room.audit()] == [f"knowledge.{deed}" for deed in deeds]


def test_drafts_stay_drafts_until_published(room: ConsoleRoom) -> None:
    entry = room.desk("manager").create_entry(FORM)
    assert entry.status == EntryStatus.DRAFT
    assert room.desk("curator").entries(status="draft").total == 1
