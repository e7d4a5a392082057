from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.entry_form import EntryForm
from knowledge_base.near_duplicates import alike, repeated
from knowledge_base.service import KnowledgeService

DRAFT: dict[str, Any] = {
    "topic": "hukou",
    "title": "门牌办理",
    "question": "门牌号怎么申请",
    "similar": ["家里没有门牌"],
    "answer": "到派出所申请。",
}


def words(knowledge: KnowledgeService, *texts: str, but: str = "") -> list[str]:
    return [one.words for one in knowledge.duplicates.find(texts, but=but)]


def test_the_same_words_in_another_entry_are_told_with_their_place(knowledge: KnowledgeService) -> None:
    assert words(knowledge, "补办身份证？")[0] == "“补办身份证？”已经是《身份证补领》（已发布）的相似问"
    assert words(knowledge, "孩子怎么上户口")[0] == "“孩子怎么上户口”已经是《出生登记》（已发布）的标准问"


def test_nearly_the_same_words_are_told_too(knowledge: KnowledgeService) -> None:
    (one,) = knowledge.duplicates.find(["身份证丢了要怎么办"])
    assert not one.exact
    assert one.words == "“身份证丢了要怎么办”和《身份证补领》（已发布）的标准问“身份证丢了怎么办？”很像"


@pytest.mark.parametrize("text", ["", "？", "护照怎么办理", "身份证"])
def test_other_words_are_no_duplicates(knowledge: KnowledgeService, text: str) -> None:
    assert words(knowledge, text) == []


def test_an_entry_is_no_duplicate_of_itself(knowledge: KnowledgeService) -> None:
    assert words(knowledge, "补办身份证", but="hukou.lost") == []


def test_drafts_waiting_changes_and_retired_entries_are_looked_at(knowledge: KnowledgeService) -> None:
    draft = knowledge.create(EntryForm.parse(DRAFT), actor="a")
    assert words(knowledge, "家里没有门牌") == ["“家里没有门牌”已经是《门牌办理》（草稿）的相似问"]
    knowledge.publish(draft.id, actor="a")
    knowledge.retire(draft.id, actor="a")
    assert words(knowledge, "家里没有门牌") == ["“家里没有门牌”已经是《门牌办理》（已停用）的相似问"]
    live = knowledge.get("hukou.move")
    changed = EntryForm.parse(
        {**DRAFT, "title": live.title, "question": live.question, "similar": ["集体户口转出来"], "kind": "entry"}
    )
    knowledge.save("hukou.move", changed, actor="a", expected_version=live.version)
    assert words(knowledge, "集体户口转出来") == ["“集体户口转出来”已经是《户口迁移》（已发布）的相似问"]


def test_of_each_entry_only_the_likest_phrasing_is_told(knowledge: KnowledgeService) -> None:
    found = knowledge.duplicates.find(["身份证丢了怎么办", "身份证不见了"])
    assert [(one.text, one.exact) for one in found] == [("身份证丢了怎么办", True), ("身份证不见了", True)]


def test_repeats_within_one_entry_are_told() -> None:
    assert repeated(["办证", "办 证？", "领证", "", ""]) == ["办 证？"]


@given(st.text("居住证怎么办？丢了", max_size=8), st.text("居住证怎么办？丢了", max_size=8))
def test_likeness_is_a_share_and_does_not_depend_on_the_order(one: str, other: str) -> None:
    assert 0 <= alike(one, other) <= 1
    assert alike(one, other) == alike(other, one)
    assert alike(one, one) == 1
