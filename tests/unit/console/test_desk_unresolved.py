from __future__ import annotations

import pytest
from console_room import PERMIT, ConsoleRoom

from channels.console.drafts import fields_of
from knowledge_base.entry_form import EntryForm
from knowledge_base.lifecycle import InvalidEntry


def test_publishing_the_answer_closes_the_question_and_the_same_words_find_it(room: ConsoleRoom) -> None:
    desk = room.desk("curator")
    item, other = room.question("楼上弹琴太吵怎么办"), room.question("别的问题")
    draft = desk.answer_draft(item) | {"answer": "可以先和邻居商量，也可以拨打 {city.hotline}。"}

    entry = desk.create_entry(EntryForm.parse(draft), unresolved_id=item)
    assert desk.unresolved_item(item).entry_id == entry.id
    assert desk.unresolved_item(item).status == "open"

    desk.publish(entry.id)
    assert desk.unresolved_item(item).status == "answered"
    assert desk.unresolved_item(other).status == "open"
    assert desk.try_question("楼上弹琴太吵怎么办").hits[0].entry_id == entry.id
    assert ("curator", "unresolved.answered", entry.id) in room.audit()


def test_the_draft_takes_question_and_topic_from_what_is_known(room: ConsoleRoom) -> None:
    room.entry()
    draft = room.desk("curator").answer_draft(room.question("居住证\n怎么换？"))
    assert draft == {
        "topic": "residence_permit",
        "title": "居住证 怎么换",
        "question": "居住证 怎么换？",
        "similar": ["居住证 怎么换？"],
    }


def test_a_very_long_question_still_makes_a_valid_draft(room: ConsoleRoom) -> None:
    draft = room.desk("curator").answer_draft(room.question("居住证" * 500))
    EntryForm.parse(draft | {"answer": "答案在这里"})


def test_an_existing_answer_learns_the_question_and_closes_it(room: ConsoleRoom) -> None:
    entry_id, item = room.entry(), room.question("暂住的本本上哪搞")
    room.desk("curator").add_phrasing(item, entry_id)
    assert room.knowledge.get(entry_id).similar == [*PERMIT["similar"], "暂住的本本上哪搞"]
    assert room.unresolved.counts() == {"answered": 1}
    assert room.knowledge.search("暂住的本本上哪搞").hits[0].matched == "暂住的本本上哪搞"


def test_adding_a_phrasing_that_is_there_already_changes_no_version(room: ConsoleRoom) -> None:
    entry_id, item = room.entry(), room.question("办居住证")
    room.desk("curator").add_phrasing(item, entry_id)
    assert room.knowledge.get(entry_id).version == 2
    assert room.unresolved.counts() == {"answered": 1}


def test_a_phrasing_of_a_draft_waits_for_its_publication(room: ConsoleRoom) -> None:
    entry_id, item = room.entry(publish=False), room.question()
    room.desk("manager").add_phrasing(item, entry_id)
    assert room.unresolved.counts() == {"open": 1}
    room.desk("curator").publish(entry_id)
    assert room.unresolved.counts() == {"answered": 1}


def test_who_may_not_publish_leaves_the_phrasing_for_a_review(room: ConsoleRoom) -> None:
    entry_id, item = room.entry(), room.question("全新的说法")
    room.desk("manager").add_phrasing(item, entry_id)
    assert room.knowledge.get(entry_id).similar == PERMIT["similar"]
    assert room.unresolved.counts() == {"open": 1}
    room.desk("curator").publish(entry_id)
    assert room.knowledge.get(entry_id).similar == [*PERMIT["similar"], "全新的说法"]
    assert room.unresolved.counts() == {"answered": 1}


def test_adding_a_phrasing_publishes_nothing_else_that_waits(room: ConsoleRoom) -> None:
    entry_id, item = room.entry(), room.question("全新的说法")
    desk = room.desk("curator")
    desk.save_entry(entry_id, EntryForm.parse(PERMIT | {"answer": "还没有想好的答案"}), expected_version=2)
    desk.add_phrasing(item, entry_id)
    entry = room.knowledge.get(entry_id)
    assert (entry.answer, entry.similar) == (PERMIT["answer"], PERMIT["similar"])
    assert fields_of(entry)["similar"] == [*PERMIT["similar"], "全新的说法"]
    assert room.unresolved.counts() == {"open": 1}


def test_with_four_eyes_a_phrasing_waits_for_the_other_person(room: ConsoleRoom) -> None:
    entry_id, item = room.entry(), room.question("全新的说法")
    room.knowledge.four_eyes = True
    room.desk("curator").add_phrasing(item, entry_id)
    assert room.unresolved.counts() == {"open": 1}


def test_dismissing_closes_once(room: ConsoleRoom) -> None:
    item = room.question()
    desk = room.desk("manager")
    assert desk.dismiss(item) == 1
    assert desk.dismiss(item) == 0
    assert [one.id for one in desk.unresolved(status="dismissed")] == [item]


def test_a_question_that_does_not_exist_says_so(room: ConsoleRoom) -> None:
    with pytest.raises(InvalidEntry, match="没有找到"):
        room.desk("curator").unresolved_item(404)
