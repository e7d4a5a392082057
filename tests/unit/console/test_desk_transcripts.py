from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from console_room import PERMIT, ConsoleRoom
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.database import utcnow
from bot.security.errors import PermissionDenied
from bot.security.roles import role_table
from channels.console.drafts import fields_of
from channels.console.transcript_desk import TranscriptDesk
from channels.console.use_desk import UseDesk
from channels.conversations.reader import Sought
from knowledge_base.entry_form import EntryForm
from knowledge_base.golden.gate import GoldenSetDrop
from knowledge_base.lifecycle import EntryStatus, InvalidEntry

FORM = EntryForm.parse(PERMIT)
WORDS = "暂住的本本上哪搞"
READERS = {"curator", "agent", "manager", "auditor"}
MAKERS = {"curator", "manager"}
TRANSCRIPTS: dict[str, tuple[Callable[[TranscriptDesk], object], set[str]]] = {
    "conversations": (lambda desk: desk.conversations(Sought()), READERS),
    "conversation": (lambda desk: desk.conversation("x"), READERS),
    "made_of": (lambda desk: desk.made_of(["x"]), READERS),
    "training_phrases": (lambda desk: desk.training_phrases(), READERS),
    "draft": (lambda desk: desk.draft("x"), MAKERS),
    "link": (lambda desk: desk.link("x", "y"), MAKERS),
    "create_from": (lambda desk: desk.create_from("x", FORM), MAKERS),
    "train": (lambda desk: desk.train("x", "居住证怎么办", "ask_service"), MAKERS),
    "undo": (lambda desk: desk.undo(1), MAKERS),
}
USE: dict[str, tuple[Callable[[UseDesk], object], set[str]]] = {
    "of_entry": (lambda desk: desk.of_entry("x"), READERS | {"handler", "dispatcher"}),
    "lists": (lambda desk: desk.lists(), READERS | {"handler", "dispatcher"}),
    "answers_of_entry": (lambda desk: desk.answers_of_entry("x"), READERS),
    "answers_of_document": (lambda desk: desk.answers_of_document("x"), READERS),
}


def public(desk: type[Any]) -> set[str]:
    return {name for name in vars(desk) if not name.startswith("_")}


def test_every_public_deed_of_these_desks_is_listed_here() -> None:
    assert public(TranscriptDesk) == set(TRANSCRIPTS) | {"intents"}
    assert public(UseDesk) == set(USE) | {"rules"}


def refused(room: ConsoleRoom, deed: Callable[[Any], object], desk: str) -> set[str]:
    roles = set()
    for role in role_table().roles:
        try:
            deed(getattr(room.desk(role), desk))
        except PermissionDenied:
            roles.add(role)
        except InvalidEntry:
            pass  # let in: there is no such turn
    return roles


@pytest.mark.parametrize("name", TRANSCRIPTS)
def test_deeds_on_transcripts_are_refused_to_the_wrong_roles_and_only_to_them(room: ConsoleRoom, name: str) -> None:
    deed, allowed = TRANSCRIPTS[name]
    assert refused(room, deed, "transcripts") == set(role_table().roles) - allowed


@pytest.mark.parametrize("name", USE)
def test_what_shows_use_is_refused_to_the_wrong_roles_and_only_to_them(room: ConsoleRoom, name: str) -> None:
    deed, allowed = USE[name]
    assert refused(room, deed, "use") == set(role_table().roles) - allowed


def only_deed(room: ConsoleRoom, turn_id: str) -> int:
    [deed] = room.desk("curator").transcripts.made_of([turn_id])[turn_id]
    return deed.id


def nothing_made(room: ConsoleRoom, turn_id: str) -> bool:
    return turn_id not in room.desk("curator").transcripts.made_of([turn_id])


# Linking --------------------------------------------------------------------


def test_a_linked_question_finds_its_entry_and_no_longer_does_when_that_is_undone(room: ConsoleRoom) -> None:
    entry_id, turn_id = room.entry(), room.turn(WORDS)
    desk = room.desk("curator").transcripts
    linked = desk.link(turn_id, entry_id)
    assert linked.added
    assert linked.entry.draft is None
    assert room.knowledge.search(WORDS).hits[0].matched == WORDS

    desk.undo(only_deed(room, turn_id))
    assert room.knowledge.get(entry_id).similar == PERMIT["similar"]
    assert all(hit.matched != WORDS for hit in room.knowledge.search(WORDS).hits)
    assert nothing_made(room, turn_id)
    deeds = [action for _, action, object_ in room.audit() if object_ == turn_id]
    assert deeds == ["conversations.link", "conversations.undo"]


def test_a_deed_is_undone_only_once(room: ConsoleRoom) -> None:
    entry_id, turn_id = room.entry(), room.turn(WORDS)
    desk = room.desk("curator").transcripts
    desk.link(turn_id, entry_id)
    deed = only_deed(room, turn_id)
    desk.undo(deed)
    with pytest.raises(InvalidEntry, match="已经撤销"):
        desk.undo(deed)


def test_who_may_not_publish_leaves_a_change_that_waits_and_takes_it_back_whole(room: ConsoleRoom) -> None:
    entry_id, turn_id = room.entry(), room.turn(WORDS)
    desk = room.desk("manager").transcripts
    assert desk.link(turn_id, entry_id).entry.draft is not None
    assert room.knowledge.get(entry_id).similar == PERMIT["similar"]
    desk.undo(only_deed(room, turn_id))
    assert room.knowledge.get(entry_id).draft is None


def test_with_four_eyes_a_link_waits_for_the_other_person(room: ConsoleRoom) -> None:
    entry_id, turn_id = room.entry(), room.turn(WORDS)
    room.knowledge.four_eyes = True
    assert room.desk("curator").transcripts.link(turn_id, entry_id).entry.draft is not None


def test_undoing_leaves_what_somebody_else_is_changing(room: ConsoleRoom) -> None:
    entry_id, turn_id = room.entry(), room.turn(WORDS)
    desk = room.desk("manager").transcripts
    desk.link(turn_id, entry_id)
    entry = room.knowledge.get(entry_id)
    other = EntryForm.parse(fields_of(entry) | {"answer": "新的答案"})
    room.desk("curator").save_entry(entry_id, other, expected_version=entry.version)
    desk.undo(only_deed(room, turn_id))
    fields = fields_of(room.knowledge.get(entry_id))
    assert (fields["answer"], fields["similar"]) == ("新的答案", PERMIT["similar"])


def test_a_link_whose_phrasing_was_removed_since_cannot_be_undone(room: ConsoleRoom) -> None:
    entry_id, turn_id = room.entry(), room.turn(WORDS)
    desk = room.desk("curator")
    version = desk.transcripts.link(turn_id, entry_id).entry.version
    desk.save_entry(entry_id, FORM, expected_version=version, publish=True)
    with pytest.raises(InvalidEntry, match="没有这句问法"):
        desk.transcripts.undo(only_deed(room, turn_id))
    assert not nothing_made(room, turn_id)


def test_a_question_that_is_a_phrasing_already_changes_nothing(room: ConsoleRoom) -> None:
    entry_id, turn_id = room.entry(), room.turn("办居住证")
    linked = room.desk("curator").transcripts.link(turn_id, entry_id)
    assert not linked.added
    assert (linked.entry.version, nothing_made(room, turn_id)) == (2, True)


def test_a_retired_entry_is_not_brought_back_by_a_link(room: ConsoleRoom) -> None:
    entry_id, turn_id = room.entry(), room.turn(WORDS)
    room.desk("curator").retire(entry_id)
    with pytest.raises(InvalidEntry, match="已停用"):
        room.desk("curator").transcripts.link(turn_id, entry_id)
    assert room.knowledge.get(entry_id).status == EntryStatus.RETIRED


def test_linking_settles_the_unresolved_question_and_undoing_opens_it_and_its_equals_again(room: ConsoleRoom) -> None:
    entry_id, item, equal, other = room.entry(), room.question(WORDS), room.question(WORDS), room.question("别的")
    desk = room.desk("curator")
    turn_id = desk.unresolved_item(item).turn_id
    desk.transcripts.link(turn_id, entry_id)
    assert [desk.unresolved_item(one).status for one in (item, equal, other)] == ["answered", "answered", "open"]
    desk.transcripts.undo(only_deed(room, turn_id))
    assert room.unresolved.counts() == {"open": 3}
    assert desk.unresolved_item(item).entry_id == ""


def test_an_undo_that_would_lose_a_golden_question_is_stopped_and_the_deed_stands(room: ConsoleRoom) -> None:
    entry_id, turn_id = room.entry(), room.turn("弹琴扰民谁来管")
    desk = room.desk("curator")
    desk.transcripts.link(turn_id, entry_id)
    desk.golden.add(entry_id, ["弹琴扰民谁来管"])
    with pytest.raises(GoldenSetDrop):
        desk.transcripts.undo(only_deed(room, turn_id))
    desk.transcripts.undo(only_deed(room, turn_id), sign_off="这句话放错了条目")
    assert nothing_made(room, turn_id)


@settings(max_examples=6, deadline=None)  # each is a console of its own
@given(
    roles=st.lists(st.sampled_from(["curator", "manager"]), min_size=3, max_size=3),
    order=st.permutations(range(3)),
    undoers=st.lists(st.sampled_from(["curator", "manager"]), min_size=3, max_size=3),
)
def test_whoever_links_and_whoever_undoes_in_whatever_order_the_entry_ends_as_it_was(
    roles: list[str], order: list[int], undoers: list[str]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        room = ConsoleRoom(Path(folder))
        entry_id = room.entry()
        turns = [room.turn(f"{WORDS}{number}") for number in range(3)]
        for turn_id, role in zip(turns, roles, strict=True):
            room.desk(role).transcripts.link(turn_id, entry_id)
        for number, role in zip(order, undoers, strict=True):
            room.desk(role).transcripts.undo(only_deed(room, turns[number]))
        entry = room.knowledge.get(entry_id)
        assert fields_of(entry)["similar"] == PERMIT["similar"]
        if entry.draft is None:  # nothing waits for a review: citizens have what they had
            assert entry.similar == PERMIT["similar"]
        room.close()


# Drafts ---------------------------------------------------------------------


def test_a_draft_begun_from_a_question_is_put_away_while_nobody_went_on_with_it(room: ConsoleRoom) -> None:
    room.entry()
    item = room.question("楼上弹琴太吵怎么办")
    desk = room.desk("manager")
    turn_id = desk.unresolved_item(item).turn_id
    fields = desk.transcripts.draft(turn_id)
    assert fields["question"] == "楼上弹琴太吵怎么办"
    entry = desk.transcripts.create_from(turn_id, EntryForm.parse(fields | {"answer": "先和邻居商量。"}))
    assert desk.unresolved_item(item).entry_id == entry.id
    desk.transcripts.undo(only_deed(room, turn_id))
    assert room.knowledge.get(entry.id).status == EntryStatus.RETIRED
    assert desk.unresolved_item(item).entry_id == ""


def test_a_draft_that_somebody_went_on_with_stays(room: ConsoleRoom) -> None:
    turn_id = room.turn("楼上弹琴太吵怎么办")
    desk = room.desk("curator")
    entry = desk.transcripts.create_from(turn_id, FORM)
    desk.save_entry(entry.id, FORM, expected_version=1)
    with pytest.raises(InvalidEntry, match="后来改过"):
        desk.transcripts.undo(only_deed(room, turn_id))
    assert room.knowledge.get(entry.id).status == EntryStatus.DRAFT


# Training phrases -----------------------------------------------------------


def test_a_training_phrase_is_kept_without_personal_data_and_can_be_taken_back(room: ConsoleRoom) -> None:
    turn_id = room.turn("我要投诉")
    desk = room.desk("manager").transcripts
    phrase = desk.train(turn_id, "打13800138000那家店 要投诉", "file_ticket")
    assert "13800138000" not in phrase.text
    assert [one.text for one in desk.training_phrases()] == [phrase.text]
    desk.undo(only_deed(room, turn_id))
    assert desk.training_phrases() == []


def test_the_same_sentence_cannot_mean_two_things(room: ConsoleRoom) -> None:
    turn_id = room.turn()
    desk = room.desk("curator").transcripts
    desk.train(turn_id, "路灯不亮", "file_ticket")
    with pytest.raises(InvalidEntry, match="登记诉求"):
        desk.train(turn_id, "路灯不亮", "ask_service")


@pytest.mark.parametrize(
    ("text", "intent"), [("  ", "greet"), ("字" * 201, "greet"), ("你好", "nlu_fallback"), ("你好", "x")]
)
def test_what_cannot_be_a_training_phrase_is_refused_in_words(room: ConsoleRoom, text: str, intent: str) -> None:
    with pytest.raises(InvalidEntry):
        room.desk("curator").transcripts.train(room.turn(), text, intent)
    assert room.desk("curator").transcripts.training_phrases() == []


# Reading --------------------------------------------------------------------


def ids(room: ConsoleRoom, **sought: Any) -> list[str]:
    return [one.id for one in room.desk("auditor").transcripts.conversations(Sought(**sought))]


def test_conversations_are_found_by_day_decision_rating_and_words(room: ConsoleRoom) -> None:
    now = utcnow()
    room.turn("居住证怎么办", "old", decision="answer", created_at=now - timedelta(days=9))
    room.turn("路灯坏了", "c1", decision="action", feedback="up", created_at=now - timedelta(hours=2))
    room.turn("居住证多少钱", "c1", decision="answer", created_at=now - timedelta(hours=3))
    room.turn("100%能办吗", "c2", decision="unresolved", feedback="down", created_at=now - timedelta(hours=1))
    assert ids(room) == ["c2", "c1", "old"]
    assert ids(room, since=now - timedelta(days=1)) == ["c2", "c1"]
    assert ids(room, until=now - timedelta(days=1)) == ["old"]
    assert ids(room, decision="answer") == ["c1", "old"]
    assert ids(room, feedback="down") == ["c2"]
    assert ids(room, text="居住证") == ["c1", "old"]
    assert ids(room, text="%") == ["c2"]
    line = room.desk("agent").transcripts.conversations(Sought(decision="action"))[0]
    assert (line.turns, line.up, line.down, line.newest.text) == (1, 1, 0, "路灯坏了")


def test_a_conversation_is_read_in_stretches_and_looking_is_recorded(room: ConsoleRoom) -> None:
    begin = utcnow() - timedelta(hours=1)
    turns = [room.turn(f"第{n}句", created_at=begin + timedelta(minutes=n)) for n in range(5)]
    desk = room.desk("agent").transcripts
    view, _, offset = desk.conversation("c1", limit=2)
    assert ([one.turn.id for one in view.exchanges if one.turn], view.turns, offset) == (turns[3:], 5, 0)
    older, _, offset = desk.conversation("c1", limit=2, turn_id=turns[1])
    assert ([one.turn.id for one in older.exchanges if one.turn], offset) == (turns[1:3], 2)
    assert room.audit() == [("agent", "conversations.view", "c1")] * 2


def test_a_conversation_that_does_not_exist_says_so_and_is_not_recorded(room: ConsoleRoom) -> None:
    with pytest.raises(InvalidEntry, match="没有找到这段对话"):
        room.desk("curator").transcripts.conversation("nobody")
    assert room.audit() == []
