"""``wenzheng eval dialogue``: what its rows say, and what counts as right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer

from bot.commands.evaluate.dialogue import Decided, figures
from bot.commands.evaluate.dialogue_rows import read_turns


def decided(**changes: Any) -> Decided:
    usual: dict[str, Any] = {
        "text": "居住证怎么办",
        "wanted": "ask",
        "right_entries": (("residence_permit.apply",),),
        "right_aspects": (),
        "act": "answer",
        "entries": ("residence_permit.apply",),
        "points": (),
        "has_point": False,
        "offers": False,
    }
    return Decided(**usual | changes)


def rows(tmp_path: Path, *some: dict[str, str]) -> Path:
    file = tmp_path / "rows.jsonl"
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in some), encoding="utf-8")
    return file


def test_turns_of_one_conversation_stand_in_the_situation_of_those_before(tmp_path: Path) -> None:
    file = rows(
        tmp_path,
        {"conversation": "a", "text": "居住证怎么办", "act": "ask", "entry": "residence_permit.apply", "aspect": "how"},
        {
            "conversation": "a",
            "text": "要多少钱",
            "act": "elliptic",
            "entry": "residence_permit.apply",
            "aspect": "fee",
        },
        {"conversation": "b", "text": "你好", "act": "small_talk", "entry": "", "aspect": ""},
    )
    first, second, third = read_turns(file)
    assert (second.entry_at_hand, second.situation.did, second.situation.aspect) == (
        "residence_permit.apply",
        "answered",
        "how",
    )
    assert (first.situation.did, third.situation.did) == ("", "")


def test_ids_of_one_matter_are_alternatives_and_matters_are_apart(tmp_path: Path) -> None:
    (said,) = read_turns(
        rows(tmp_path, {"text": "两件事", "act": "ask_several", "entry": "a.b|a.c; d.e", "aspect": "fee|how"})
    )
    assert said.entries == (("a.b", "a.c"), ("d.e",))
    assert said.aspects == ("fee", "how")


def test_rows_of_danger_are_left_to_their_own_measure(tmp_path: Path) -> None:
    assert read_turns(rows(tmp_path, {"text": "着火了", "act": "danger"})) == []


def test_an_unknown_act_ends_the_command_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit):
        read_turns(rows(tmp_path, {"text": "好", "act": "nod"}))
    assert "nod" in capsys.readouterr().err


def test_a_right_entry_with_the_point_that_was_asked_is_right() -> None:
    one = decided(right_aspects=("fee",), points=("fee", "how"), has_point=True)
    assert one.right_act and one.right_entry and one.right_aspect and not one.wrong_aspect


def test_another_point_alone_is_wrong_and_the_whole_answer_is_only_not_to_the_point() -> None:
    other = decided(right_aspects=("fee",), points=("how",), has_point=True)
    whole = decided(right_aspects=("fee",), points=(), has_point=True)
    assert other.wrong_aspect
    assert not whole.wrong_aspect and not whole.right_aspect


def test_any_answer_is_wrong_where_the_knowledge_base_has_none() -> None:
    assert not decided(right_entries=((),)).right_entry
    assert decided(right_entries=((),), act="unknown", entries=()).right_entry


def test_each_of_several_matters_must_be_answered() -> None:
    asked = {"wanted": "ask_several", "right_entries": (("a.b",), ("c.d",))}
    assert not decided(**asked, entries=("a.b",)).right_entry
    assert decided(**asked, entries=("c.d", "a.b")).right_entry


def test_a_wish_to_file_is_lost_where_neither_form_nor_offer_is_reached() -> None:
    lost = decided(wanted="file", right_entries=(), act="unknown", entries=())
    offered = decided(wanted="file", right_entries=(), act="answer", entries=("a.b",), offers=True)
    assert figures([lost, offered])["file_lost"] == 0.5


def test_a_form_on_a_question_is_counted() -> None:
    assert figures([decided(act="open_form", entries=()), decided()])["form_on_question"] == 0.5
