"""One hit test: the very search of the chat, with all that it found and why."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base import revisions
from knowledge_base.entry_form import EntryForm
from knowledge_base.hit_testing.history import HitTestNotFound
from knowledge_base.hit_testing.place import full_name, region_code
from knowledge_base.hit_testing.report import HitReport, matched_in
from knowledge_base.lifecycle import InvalidEntry
from knowledge_base.service import KnowledgeService
from knowledge_base.validity import today
from nlu.tokenizer import Tokenizer

CAT = {"topic": "hukou", "title": "猫咪登记", "question": "养猫要登记吗？", "answer": "家养的猫目前不用登记。"}
NANJING, SHENZHEN = "320100", "440300"


def published(knowledge: KnowledgeService, **fields: object) -> str:
    entry = knowledge.create(EntryForm.parse({**CAT, **fields}), actor="lin")
    knowledge.publish(entry.id, actor="lin")
    return entry.id


def test_it_finds_what_the_chat_finds_with_the_same_scores(knowledge: KnowledgeService) -> None:
    for question in ("我家小孩的户口怎么报呀", "sfz不见了", "娃上户口，手机13912345678", "今天天气怎么样", "。。。"):
        told = knowledge.search(question, limit=10)
        report = knowledge.hit_tests.tester.test(question)
        rows = [(hit.entry_id, hit.probability, hit.scores.dice, hit.scores.dense) for hit in report.hits]
        assert rows == [(hit.entry_id, hit.probability, hit.lexical, hit.dense) for hit in told.hits]
        assert report.band == told.band


def test_it_says_what_was_looked_up_and_which_words_matched(knowledge: KnowledgeService) -> None:
    report = knowledge.hit_tests.tester.test("ＳＦＺ不见了")
    assert report.text == "身份证不见了"
    assert report.corrections == [("sfz", "身份证")]
    best = report.hits[0]
    assert best.matched.phrase == "身份证不见了"
    assert "身份证" in best.matched.words
    assert "".join(best.matched.phrase[start:end] for start, end in best.matched.spans).startswith("身份证")
    assert best.scores.bm25 > 0
    assert report.answer_threshold > report.clarify_threshold > 0


@pytest.mark.parametrize(
    ("fields", "kind", "day", "region"),
    [
        ({"effective": today() + timedelta(days=3)}, "not_yet", today() + timedelta(days=3), ""),
        ({"effective": date(2020, 1, 1), "expires": today()}, "expired", today(), ""),
        ({"region": NANJING}, "elsewhere", None, NANJING),
    ],
)
def test_what_may_not_be_shown_is_listed_with_its_reason(
    knowledge: KnowledgeService, fields: dict[str, object], kind: str, day: date | None, region: str
) -> None:
    entry_id = published(knowledge, **fields)
    report = knowledge.hit_tests.tester.test("养猫要登记吗", region=SHENZHEN)
    assert entry_id not in [hit.entry_id for hit in report.hits]
    dropped = {row.entry_id: row for row in report.dropped}[entry_id]
    assert (dropped.kind, dropped.day, dropped.region) == (kind, day, region)
    assert dropped.title == "猫咪登记"
    assert dropped.scores.dice == pytest.approx(1)


def test_the_day_and_the_region_asked_for_decide(knowledge: KnowledgeService) -> None:
    entry_id = published(knowledge, effective=today() + timedelta(days=3), region=NANJING)
    test = knowledge.hit_tests.tester.test
    assert test("养猫要登记吗", region="320102", on=today() + timedelta(days=3)).hits[0].entry_id == entry_id
    assert [row.kind for row in test("养猫要登记吗", region="").dropped if row.entry_id == entry_id] == ["elsewhere"]


def test_drafts_retired_entries_and_waiting_changes_that_say_it_are_named(knowledge: KnowledgeService) -> None:
    draft = knowledge.create(EntryForm.parse(CAT), actor="lin")
    lost = knowledge.get("hukou.lost")
    changed = revisions.form_of(lost).model_copy(update={"similar": [*lost.similar, "养猫的要登记吗"]})
    knowledge.save(lost.id, changed, actor="lin", expected_version=lost.version)

    rows = knowledge.hit_tests.tester.test("养猫要登记吗").unpublished
    assert [(row.entry_id, row.phrase) for row in rows] == [
        (draft.id, "养猫要登记吗？"),
        ("hukou.lost", "养猫的要登记吗"),
    ]
    assert knowledge.hit_tests.tester.test("身份证不见了").unpublished == []


def test_a_test_is_kept_without_personal_data_and_reads_back(knowledge: KnowledgeService) -> None:
    report = knowledge.hit_tests.tester.test("娃上户口，手机13912345678")
    test = knowledge.hit_tests.keep(report, actor="李娜")
    kept = knowledge.hit_tests.get(test.id)
    assert "13912345678" not in kept.question + str(kept.report)
    assert "139******78" in kept.question
    assert HitReport.model_validate(kept.report) == report
    assert [one.id for one in knowledge.hit_tests.page().tests] == [test.id]
    with pytest.raises(HitTestNotFound):
        knowledge.hit_tests.get(test.id + 1)


def test_then_and_now_are_the_same_until_something_changes(knowledge: KnowledgeService) -> None:
    tester = knowledge.hit_tests
    test = tester.keep(tester.tester.test("养猫要登记吗，电话13912345678"), actor="李娜")
    before = tester.compare(test.id)
    assert all(one.then == one.now for one in before.movements)

    entry_id = published(knowledge)
    after = tester.compare(test.id)
    first = after.movements[0]
    assert (first.entry_id, first.then) == (entry_id, None)
    assert first.now is not None
    assert first.now.rank == 1
    assert after.now.band == "answer" != after.then.band

    knowledge.retire(entry_id, actor="lin")
    found = tester.keep(after.now, actor="李娜")
    gone = {one.entry_id: one for one in tester.compare(found.id).movements}[entry_id]
    assert gone.then == first.now
    assert gone.now is None


def test_a_test_for_another_day_is_compared_for_that_day(knowledge: KnowledgeService) -> None:
    later = today() + timedelta(days=3)
    entry_id = published(knowledge, effective=later)
    tests = knowledge.hit_tests
    kept = tests.keep(tests.tester.test("养猫要登记吗", on=later), actor="李娜")
    assert tests.compare(kept.id).now.hits[0].entry_id == entry_id


def test_only_the_newest_tests_are_kept(knowledge: KnowledgeService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge_base.hit_testing.history.KEPT_TESTS", 3)
    report = knowledge.hit_tests.tester.test("养猫")
    ids = [knowledge.hit_tests.keep(report, actor="李娜").id for _ in range(5)]
    page = knowledge.hit_tests.page(limit=2)
    assert [one.id for one in page.tests] == ids[:2:-1]
    assert page.total == 3


@pytest.mark.parametrize(
    ("text", "code"),
    [("", ""), (" 440300 ", SHENZHEN), ("深圳市", SHENZHEN), ("海曙区", "330203"), ("990100", "990100")],
)
def test_a_region_is_a_code_or_a_name(text: str, code: str) -> None:
    assert region_code(text, "990100") == code


def test_of_regions_with_one_name_the_one_of_the_own_province_is_meant() -> None:
    with pytest.raises(InvalidEntry, match="不止一个"):
        region_code("鼓楼区", "990100")
    with pytest.raises(InvalidEntry, match="江苏省南京市鼓楼区（320106）"):
        region_code("鼓楼区", NANJING)  # the province has another one
    assert full_name(region_code("鼓楼区", "410200")) == "河南省开封市鼓楼区"
    for wrong in ("999999", "不存在的地方"):
        with pytest.raises(InvalidEntry):
            region_code(wrong, "990100")


@given(
    st.text(alphabet="户口身份证怎么办理①ＡaＢ，？ 12", max_size=30),
    st.text(alphabet="户口身份证办理ａb12", max_size=20),
)
def test_matched_spans_lie_in_the_phrase_apart_and_in_order(phrase: str, text: str) -> None:
    matched = matched_in(phrase, [text], _TOKENIZER.terms)
    edges = [edge for span in matched.spans for edge in span]
    assert edges == sorted(set(edges))
    assert all(0 <= edge <= len(matched.phrase) for edge in edges)


_TOKENIZER = Tokenizer()
