"""The labelled conversations: their form, their many pens, and the situation of a turn."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions.deciding.scenarios import ACTS, QUESTIONS, ScenarioError, files, in_order, read
from bot.setup_steps import SCENARIOS
from knowledge_base.aspects import aspects
from knowledge_base.content_schema import load_content
from nlu.text import content_only

TRAINED, HELD_OUT = read(files(SCENARIOS)), read(files(SCENARIOS, held_out=True))


def test_there_are_many_turns_of_many_pens_and_a_third_of_the_pens_is_held_out() -> None:
    pens = {one.pen for one in TRAINED}, {one.pen for one in HELD_OUT}
    assert not pens[0] & pens[1]
    assert len(TRAINED) + len(HELD_OUT) >= 3_000
    assert len({(one.pen, one.conversation) for one in [*TRAINED, *HELD_OUT]}) >= 300
    assert len(pens[1]) >= (len(pens[0]) + len(pens[1])) / 3


def test_no_two_turns_say_the_same() -> None:
    said = [(one.pen, content_only(one.text)) for one in [*TRAINED, *HELD_OUT] if len(content_only(one.text)) > 8]
    texts = [text for _, text in said]
    assert len(texts) == len(set(texts))


def test_every_label_is_known() -> None:
    entries = {entry.id for content in load_content() for entry in content.entries}
    for one in [*TRAINED, *HELD_OUT]:
        assert one.act in ACTS
        assert {name for ids in one.entries for name in ids} <= entries, one.text
        assert set(one.aspects) <= {*aspects(), "law", "general"}, one.text


def test_a_situation_follows_from_the_turns_before_it_never_from_those_after() -> None:
    turns = [
        ("c1", {"said": "楼下太吵了", "act": "story", "reply": "要帮您登记吗？"}),
        ("c1", {"said": "好", "act": "accept", "reply": "请问在哪里？"}),
        ("c1", {"said": "桂花路3号", "act": "fill", "reply": "请留个电话。"}),
        ("c1", {"said": "居住证怎么办", "act": "ask", "entries": [["residence_permit.apply"]], "matter": "居住证"}),
        ("c2", {"said": "你好", "act": "small_talk"}),
    ]
    situations = [one.situation for one in in_order("p", turns)]
    assert [one.did for one in situations] == ["", "offered", "accepted", "form", ""]
    assert [(one.form, one.asked) for one in situations] == [
        ("", ""),
        ("", ""),
        ("ticket", "where"),
        ("ticket", "contact"),
        ("", ""),
    ]
    whole = [one.situation for one in in_order("p", turns)][:3]
    assert whole == [one.situation for one in in_order("p", turns[:3])]


def test_a_turn_without_an_act_is_refused_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text("pen: x\nconversations:\n  c1:\n    - {said: 你好}\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"x\.yml: c1, turn 1"):
        read(files(tmp_path))


def test_questions_are_one_wish() -> None:
    assert {one.wish for one in TRAINED if one.act in QUESTIONS} == {"ask"}
