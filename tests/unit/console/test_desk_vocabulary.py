from __future__ import annotations

from collections.abc import Callable

import pytest
from console_room import ConsoleRoom

from channels.console.vocabulary_desk import VocabularyDesk
from channels.conversations.models import Turn
from knowledge_base.golden.gate import GoldenSetDrop
from knowledge_base.vocabulary.terms import TermForm

FORM = TermForm.parse({"kind": "local_name", "words": ["绿宝卡"], "official": "居住证"})
READERS = {"curator", "handler", "dispatcher", "agent", "manager", "auditor"}
DEEDS: dict[str, tuple[Callable[[VocabularyDesk], object], set[str]]] = {
    "terms": (lambda desk: desk.terms(), READERS),
    "built_in": (lambda desk: desk.built_in("居住证"), READERS),
    "term": (lambda desk: desk.term(1), READERS),
    "history": (lambda desk: desk.history(1), READERS),
    "preview": (lambda desk: desk.preview(FORM), {"curator", "manager"}),
    "preview_without": (lambda desk: desk.preview_without(1), {"curator", "manager"}),
    "save": (lambda desk: desk.save(FORM), {"curator", "manager"}),
    "save and enable": (lambda desk: desk.save(FORM, enable=True), {"curator"}),
    "enable": (lambda desk: desk.enable(1, expected_version=1), {"curator"}),
    "disable": (lambda desk: desk.disable(1, expected_version=1), {"curator"}),
    "restore": (lambda desk: desk.restore(1, 1, expected_version=1), {"curator", "manager"}),
}


def test_every_public_deed_is_listed_here() -> None:
    public = {name for name in vars(VocabularyDesk) if not name.startswith("_")} - {"four_eyes"}
    assert public == set(DEEDS) - {"save and enable"}


@pytest.mark.parametrize("name", DEEDS)
def test_each_deed_is_refused_to_the_wrong_roles_and_only_to_them(room: ConsoleRoom, name: str) -> None:
    deed, allowed = DEEDS[name]
    assert room.let_in(lambda desk: deed(desk.vocabulary)) == allowed


def test_what_is_done_is_signed_and_logged(room: ConsoleRoom) -> None:
    room.entry()
    desk = room.desk("curator").vocabulary
    row = desk.save(FORM)
    row = desk.enable(row.id, expected_version=row.version)
    row = desk.disable(row.id, expected_version=row.version)
    desk.restore(row.id, 1, expected_version=row.version)
    assert [deed for _, deed, _ in room.audit()] == [
        "vocabulary.save",
        "vocabulary.enable",
        "vocabulary.disable",
        "vocabulary.restore",
    ]
    assert {one.author for one in desk.history(row.id)} == {desk.principal.signature}


def test_the_preview_asks_what_citizens_asked(room: ConsoleRoom) -> None:
    room.entry()
    room.question("绿宝卡怎么办")
    with room.sessions() as session, session.begin():
        for turn in session.query(Turn):
            turn.decision = "unresolved"
    preview = room.desk("manager").vocabulary.preview(FORM)
    (one,) = (*preview.gained, *preview.changed)
    assert (one.question, one.after.label) == ("绿宝卡怎么办", "直接回答《居住证申领》")


def test_who_enables_a_harmful_term_gives_a_reason(room: ConsoleRoom) -> None:
    entry_id = room.entry()
    desk = room.desk("curator")
    desk.golden.add(entry_id, ["居住证怎么办？"])
    harmful = TermForm.parse({"kind": "typo", "words": ["居住证怎么办"], "official": "停车收费标准"})
    with pytest.raises(GoldenSetDrop):
        desk.vocabulary.save(harmful, enable=True)
    desk.vocabulary.save(harmful, enable=True, sign_off="演练，稍后恢复")
    assert desk.golden.sign_offs()[0].actor == desk.principal.signature


def test_the_built_in_lexicon_is_searched_by_any_of_its_words(room: ConsoleRoom) -> None:
    desk = room.desk("auditor").vocabulary
    assert any(group.words[0] == "居民身份证" for group in desk.built_in("二代证"))
    assert desk.built_in("") == []
