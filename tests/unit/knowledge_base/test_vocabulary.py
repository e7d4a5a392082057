from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge_base.golden.gate import GoldenSetDrop
from knowledge_base.lifecycle import FourEyes, InvalidEntry, VersionConflict
from knowledge_base.revisions import form_of as entry_form
from knowledge_base.service import KnowledgeService
from knowledge_base.vocabulary.terms import TermForm
from knowledge_base.vocabulary.words import CHANGED, MOST_WORDINGS, Kind, Term, Vocabulary

LOCAL = {"kind": "local_name", "words": ["绿宝卡"], "official": "身份证"}
QUESTION = "绿宝卡丢了怎么办"
WORDS = st.text("身份证户口本卡gj", min_size=2, max_size=5)


def form(**fields: Any) -> TermForm:
    return TermForm.parse(LOCAL | fields)


def best(knowledge: KnowledgeService, question: str = QUESTION) -> tuple[str, float]:
    hit = knowledge.search(question).hits[0]
    return hit.entry_id, hit.probability


# Words -----------------------------------------------------------------------


def test_a_local_name_is_also_asked_for_by_its_official_name() -> None:
    found = Vocabulary([Term("local_name", ("绿宝卡",), "居住证")]).expand("绿宝卡怎么办")
    assert (found.text, found.wordings, found.added) == ("绿宝卡怎么办", ("居住证怎么办",), (("绿宝卡", "居住证"),))


def test_the_official_name_is_not_asked_for_by_its_local_one() -> None:
    assert Vocabulary([Term("local_name", ("绿宝卡",), "居住证")]).expand("居住证怎么办").wordings == ()


def test_synonyms_stand_for_each_other() -> None:
    words = Vocabulary([Term("synonym", ("市民卡", "一卡通"), "社会保障卡")])
    assert words.expand("市民卡丢了").wordings == ("社会保障卡丢了", "一卡通丢了")
    assert words.expand("社会保障卡丢了").wordings == ("市民卡丢了", "一卡通丢了")


def test_a_typo_is_replaced_before_other_words_are_looked_for() -> None:
    words = Vocabulary([Term("typo", ("绿保卡",), "绿宝卡"), Term("local_name", ("绿宝卡",), "居住证")])
    found = words.expand("绿保卡怎么办")
    assert (found.text, found.wordings, found.replaced) == ("绿宝卡怎么办", ("居住证怎么办",), (("绿保卡", "绿宝卡"),))


@pytest.mark.parametrize(
    ("kind", "said", "official", "question"),
    [
        ("typo", "居住", "居住证", "居住证怎么办"),
        ("local_name", "居住", "居住证", "居住证怎么办"),
        ("local_name", "gj", "公积金", "gjj怎么取"),
    ],
)
def test_a_word_inside_a_longer_one_is_left_alone(kind: Kind, said: str, official: str, question: str) -> None:
    found = Vocabulary([Term(kind, (said,), official)]).expand(question)
    assert (found.text, found.wordings) == (question, ())


@given(
    st.lists(st.builds(Term, st.sampled_from(["synonym", "local_name"]), st.tuples(WORDS), WORDS), max_size=5), WORDS
)
def test_other_wordings_are_few_and_leave_the_question_as_it_is(terms: list[Term], question: str) -> None:
    found = Vocabulary(terms).expand(question)
    assert found.text == question
    assert len(found.wordings) <= MOST_WORDINGS


# In search ---------------------------------------------------------------------


def test_a_local_name_finds_what_its_official_name_finds(knowledge: KnowledgeService) -> None:
    before = best(knowledge, "身份证丢了怎么办")
    assert best(knowledge)[1] < before[1]
    knowledge.vocabulary.save(form(), actor="a", enable=True)
    assert best(knowledge) == before


def test_nothing_changes_for_other_questions(knowledge: KnowledgeService) -> None:
    questions = ["孩子怎么上户口", "把户口迁到云州", "身份证丢了怎么办"]
    before = [knowledge.search(question).hits for question in questions]
    knowledge.vocabulary.save(form(), actor="a", enable=True)
    assert [knowledge.search(question).hits for question in questions] == before


def test_a_term_counts_only_while_it_is_enabled(knowledge: KnowledgeService) -> None:
    nothing = best(knowledge)
    row = knowledge.vocabulary.save(form(), actor="a")
    assert best(knowledge) == nothing
    row = knowledge.vocabulary.enable(row.id, actor="a", expected_version=row.version)
    assert best(knowledge) != nothing
    knowledge.vocabulary.disable(row.id, actor="a", expected_version=row.version)
    assert best(knowledge) == nothing


def test_a_change_waits_beside_what_is_in_force_until_it_is_enabled(knowledge: KnowledgeService) -> None:
    row = knowledge.vocabulary.save(form(), actor="a", enable=True)
    found = best(knowledge)
    row = knowledge.vocabulary.save(form(words=["红宝卡"]), actor="a", term_id=row.id, expected_version=row.version)
    assert best(knowledge) == found
    knowledge.vocabulary.enable(row.id, actor="a", expected_version=row.version)
    assert best(knowledge) != found
    assert best(knowledge, "红宝卡丢了怎么办") == found


def test_other_processes_are_told_and_follow(knowledge: KnowledgeService) -> None:
    told: list[list[str]] = []
    knowledge.vocabulary.on_change = told.append
    row = knowledge.vocabulary.save(form(), actor="a", enable=True)
    assert told == [[CHANGED]]
    found = best(knowledge)
    knowledge.vocabulary._live.current = Vocabulary()  # another process, which has not heard yet
    assert best(knowledge) != found
    knowledge.refresh([CHANGED])
    assert best(knowledge) == found
    knowledge.vocabulary.disable(row.id, actor="a", expected_version=row.version)
    assert told == [[CHANGED], [CHANGED]]


# Preview and gate --------------------------------------------------------------


def test_the_preview_says_what_would_be_found_and_changes_nothing(knowledge: KnowledgeService) -> None:
    asked = ["绿宝卡坏了", "绿宝卡丢了怎么办", "绿宝卡丢了怎么办？", "今天天气怎么样", ""]
    preview = knowledge.vocabulary.preview(form(), asked)
    assert preview.asked == 2
    moved = {one.question.rstrip("？"): one for one in (*preview.gained, *preview.changed)}
    assert moved[QUESTION].after.label == "直接回答《身份证补领》"
    assert not preview.lost
    assert preview.summary == f"多命中 {len(preview.gained)} 个问题，{len(preview.changed)} 个答案会变"
    assert knowledge.vocabulary.terms() == []


def test_the_preview_is_what_happens(knowledge: KnowledgeService) -> None:
    preview = knowledge.vocabulary.preview(form(), [QUESTION])
    knowledge.vocabulary.save(form(), actor="a", enable=True)
    (one,) = (*preview.gained, *preview.changed)
    assert knowledge.search(QUESTION).hits[0].entry_id == one.after.entry_id
    again = knowledge.vocabulary.preview_without(knowledge.vocabulary.terms()[0].id, [QUESTION])
    assert [one.question for one in (*again.lost, *again.changed)] == [QUESTION]


def test_a_term_that_makes_a_golden_question_worse_takes_a_reason(knowledge: KnowledgeService) -> None:
    knowledge.golden.add("hukou.lost", ["身份证丢了怎么办"], actor="a")
    harmful = form(kind="typo", words=["身份证丢了"], official="孩子上户口")
    assert knowledge.vocabulary.preview(harmful, []).report.worse
    with pytest.raises(GoldenSetDrop, match="身份证丢了怎么办"):
        knowledge.vocabulary.save(harmful, actor="a", enable=True)
    assert knowledge.vocabulary.terms() == []
    knowledge.vocabulary.save(harmful, actor="a", enable=True, sign_off="演练，明天改回")
    assert knowledge.golden.sign_offs()[0].reason == "演练，明天改回"
    assert knowledge.golden_verdicts()[0][1].name != "ANSWERED"


def test_a_golden_question_that_needs_a_term_guards_it(knowledge: KnowledgeService) -> None:
    row = knowledge.vocabulary.save(form(), actor="a", enable=True)
    knowledge.golden.add("hukou.lost", [QUESTION], actor="a")
    with pytest.raises(GoldenSetDrop, match=QUESTION):
        knowledge.vocabulary.disable(row.id, actor="a", expected_version=row.version)
    with pytest.raises(GoldenSetDrop, match=QUESTION):
        knowledge.retire("hukou.lost", actor="a")


# Keeping it in order -----------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"words": []}, "至少一个词"),
        ({"words": ["卡"]}, "太短"),
        ({"words": ["身份证"]}, "规范词"),
        ({"kind": "slang"}, "类型"),
        ({"official": " "}, "太短"),
        ({"words": [f"词语{n}" for n in range(21)]}, "最多写 20 个"),
    ],
)
def test_what_cannot_be_looked_for_is_refused_in_words(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidEntry, match=words):
        form(**fields)


def test_one_word_cannot_stand_for_two_things(knowledge: KnowledgeService) -> None:
    row = knowledge.vocabulary.save(form(), actor="a")
    with pytest.raises(InvalidEntry, match="“绿宝卡”已经在词表里，对应“身份证”"):
        knowledge.vocabulary.save(form(official="居住证"), actor="a")
    knowledge.vocabulary.save(form(official="居住证"), actor="a", term_id=row.id, expected_version=row.version)


def test_two_people_cannot_overwrite_each_other_unseen(knowledge: KnowledgeService) -> None:
    row = knowledge.vocabulary.save(form(), actor="a")
    knowledge.vocabulary.save(form(note="甲"), actor="a", term_id=row.id, expected_version=1)
    for enable in (False, True):
        with pytest.raises(VersionConflict):
            knowledge.vocabulary.save(form(), actor="b", term_id=row.id, expected_version=1, enable=enable)


def test_with_four_eyes_another_person_enables(knowledge: KnowledgeService) -> None:
    words = knowledge.vocabulary
    words.four_eyes = True
    with pytest.raises(FourEyes):
        words.save(form(), actor="张（a）", enable=True)
    row = words.save(form(), actor="张（a）")
    with pytest.raises(FourEyes):
        words.enable(row.id, actor="张改名（a）", expected_version=row.version)
    words.enable(row.id, actor="李（b）", expected_version=row.version)


def test_every_change_is_kept_and_an_old_text_comes_back_as_a_waiting_change(knowledge: KnowledgeService) -> None:
    words = knowledge.vocabulary
    row = words.save(form(), actor="a", enable=True)
    row = words.save(form(words=["红宝卡"]), actor="b", term_id=row.id, expected_version=row.version, enable=True)
    assert [(one.version, one.deed, one.author) for one in words.history(row.id)] == [
        (2, "save", "b"),
        (1, "create", "a"),
    ]
    row = words.restore(row.id, 1, actor="b", expected_version=row.version)
    assert (row.words, row.live) == (["绿宝卡"], {"kind": "local_name", "words": ["红宝卡"], "official": "身份证"})
    words.enable(row.id, actor="b", expected_version=row.version)
    assert knowledge.search(QUESTION).band == "answer"


def test_terms_are_found_by_any_of_their_words(knowledge: KnowledgeService) -> None:
    knowledge.vocabulary.save(form(note="城东老人这么叫"), actor="a")
    assert [len(knowledge.vocabulary.terms(query)) for query in ("绿宝", "身份证", "城东", "没有")] == [1, 1, 1, 0]


def test_a_question_with_a_word_of_staff_is_not_called_strange(knowledge: KnowledgeService) -> None:
    assert not knowledge.vocabulary.knows(QUESTION)
    knowledge.vocabulary.save(form(), actor="a", enable=True)
    assert knowledge.vocabulary.knows(QUESTION)
    assert not knowledge.vocabulary.knows("身份证丢了怎么办")


ASKED = ["身份证丢了怎么办", "绿宝卡丢了怎么办", "娃上户口", "红本本怎么迁", "给孩子报户口要绿宝卡吗"]
GOLDEN = dict(zip(ASKED, ["hukou.lost", "hukou.lost", "hukou.birth", "hukou.move", "hukou.birth"], strict=True))
BOUNDED = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def promise(knowledge: KnowledgeService) -> None:
    for question, entry_id in GOLDEN.items():
        knowledge.golden.add(entry_id, [question], actor="a")


def standings(knowledge: KnowledgeService) -> dict[str, int]:
    return {one.question: verdict for one, verdict in knowledge.golden_verdicts()}


@BOUNDED
@given(
    kind=st.sampled_from(["local_name", "synonym", "typo"]),
    said=st.sampled_from(["绿宝卡", "红本本", "娃上户口", "丢了"]),
    official=st.sampled_from(["身份证", "户口", "遗失", "落户"]),
)
def test_the_rehearsal_of_a_term_foretells_what_enabling_gives(
    knowledge: KnowledgeService, kind: Kind, said: str, official: str
) -> None:
    promise(knowledge)
    words = knowledge.vocabulary
    before = standings(knowledge)
    term = form(kind=kind, words=[said], official=official)
    term_id = next((row.id for row in words.terms()), None)
    report = words.preview(term, [], term_id).report
    row = words.save(term, actor="a", term_id=term_id, enable=True, sign_off="试一试会怎样")
    assert standings(knowledge) == before | {one.question: one.after for one in (*report.better, *report.worse)}
    knowledge.refresh([CHANGED])  # forget what was foretold
    assert standings(knowledge) == before | {one.question: one.after for one in (*report.better, *report.worse)}
    words.disable(row.id, actor="a", expected_version=row.version, sign_off="试一试会怎样")
    assert standings(knowledge) == before


@BOUNDED
@given(similar=st.lists(st.sampled_from(["身份证掉了", "户口本怎么迁", "给孩子报户口要身份证吗", "补证"]), unique=True))
def test_publishing_an_entry_reaches_questions_by_their_other_wordings(
    knowledge: KnowledgeService, similar: list[str]
) -> None:
    promise(knowledge)
    if not knowledge.vocabulary.terms():
        for said, official in (("绿宝卡", "身份证"), ("红本本", "户口本")):
            row = form(words=[said], official=official)
            knowledge.vocabulary.save(row, actor="a", enable=True, sign_off="试一试会怎样")
    entry = knowledge.get("hukou.move")
    changed = entry_form(entry).model_copy(update={"similar": similar})
    before = standings(knowledge)
    report = knowledge.rehearse(entry.id, changed)
    knowledge.save(entry.id, changed, actor="a", expected_version=entry.version, publish=True, sign_off="试一试会怎样")
    knowledge.refresh([entry.id])
    assert standings(knowledge) == before | {one.question: one.after for one in (*report.better, *report.worse)}
