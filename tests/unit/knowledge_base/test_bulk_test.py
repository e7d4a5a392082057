"""A file of questions at once."""

import io
import threading

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.hit_testing.bulk import BulkReport, BulkTestRunning
from knowledge_base.hit_testing.bulk_reading import AskedQuestion, QuestionFile, read_questions
from knowledge_base.importing.limits import default_limits
from knowledge_base.importing.parts import ImportProblem
from knowledge_base.importing.reading import read
from knowledge_base.service import KnowledgeService

LIMITS = default_limits()
SHEET = "测试问题,条目\n娃上户口,hukou.birth\n身份证挂失,身份证补领\n户口迁移证,hukou.lost\n怎么养猫,没有这个条目\n"


def questions(name: str, data: bytes) -> QuestionFile:
    return read_questions(name, data, LIMITS, read)


def xlsx(*rows: list[str]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ask(knowledge: KnowledgeService, sheet: str = SHEET) -> BulkReport:
    return knowledge.hit_tests.bulk.run(questions("q.csv", sheet.encode()))


def test_questions_are_read_from_a_sheet_with_or_without_expected_entries_and_from_lines() -> None:
    asked = (AskedQuestion("第 2 行", "娃上户口", "hukou.birth"), AskedQuestion("第 3 行", "身份证挂失", "身份证补领"))
    assert questions("q.csv", SHEET.encode("gb18030")).questions[:2] == asked
    table = xlsx(["云州市", ""], ["应由哪条回答", "市民问题"], ["hukou.birth", "娃上户口"])
    assert questions("q.xlsx", table).questions == (AskedQuestion("第 3 行", "娃上户口", "hukou.birth"),)
    assert [one.question for one in questions("q.txt", "娃上户口\n\n迁户口".encode()).questions] == [
        "娃上户口",
        "迁户口",
    ]
    assert [one.question for one in questions("q.csv", "娃上户口\n迁户口".encode()).questions] == ["娃上户口", "迁户口"]


def test_a_column_of_titles_is_what_is_expected_only_beside_the_questions() -> None:
    [one] = questions("q.csv", "标题,问题\n出生登记,娃上户口\n".encode()).questions
    assert (one.question, one.expected) == ("娃上户口", "出生登记")


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("q.pdf", b"%PDF", "可以用 xlsx、csv、txt 文件"),
        ("q.csv", "甲,乙\n1,2\n".encode(), "没有找到表头"),
        ("q.csv", "问题\n".encode(), "没有问题"),
        ("q.txt", b"", "文件是空的"),
        ("q.txt", "办证\n".encode() * (LIMITS.rows + 1), f"最多测试 {LIMITS.rows} 个问题"),
    ],
)
def test_a_file_that_cannot_be_tested_says_why(name: str, data: bytes, why: str) -> None:
    with pytest.raises(ImportProblem, match=why):
        questions(name, data)


@given(
    st.lists(st.lists(st.sampled_from(["问题", "条目", "娃上户口", '"', "", "长" * 501, "=1"]), max_size=3), max_size=8)
)
def test_whatever_is_in_a_sheet_gives_questions_or_a_reason(rows: list[list[str]]) -> None:
    try:
        file = questions("q.csv", "\n".join(",".join(row) for row in rows).encode())
    except ImportProblem as problem:
        assert str(problem)
        return
    assert file.questions or file.left_out
    assert all(0 < len(one.question) <= 500 for one in file.questions)


def test_a_question_that_is_too_long_is_left_out_and_told() -> None:
    file = questions("q.txt", f"娃上户口\n{'长' * 501}\n".encode())
    assert len(file.questions) == 1
    assert file.left_out == ("第 2 行",)


def test_right_and_wrong_are_counted_for_ids_and_titles(knowledge: KnowledgeService) -> None:
    report = ask(knowledge)
    assert [row.right for row in report.rows] == [True, True, False, None]
    assert len(report.judged) == 3
    assert report.unknown == 1
    assert report.recall(1) == pytest.approx(2 / 3)
    assert report.share("answer") + report.share("clarify") + report.share("unknown") == pytest.approx(1)
    assert report.complete


def test_each_row_is_what_the_chat_would_find(knowledge: KnowledgeService) -> None:
    for row in ask(knowledge).rows:
        told = knowledge.search(row.question, limit=5)
        assert (row.band, row.hits) == (told.band, told.hits)


def test_personal_data_of_the_file_is_masked(knowledge: KnowledgeService) -> None:
    [row] = ask(knowledge, "问题\n娃上户口，手机13912345678\n").rows
    assert row.question == "娃上户口，手机139******78"
    assert row.hits[0].entry_id == "hukou.birth"


def test_it_tells_how_far_it_is_and_keeps_what_was_asked_when_stopped(knowledge: KnowledgeService) -> None:
    shares: list[float] = []
    file = questions("q.csv", SHEET.encode())
    report = knowledge.hit_tests.bulk.run(file, progress=shares.append, stopped=lambda: len(shares) == 2)
    assert shares == [0.25, 0.5]
    assert len(report.rows) == 2
    assert not report.complete


def test_two_at_once_would_slow_the_chat_down_so_the_second_is_refused(knowledge: KnowledgeService) -> None:
    file = questions("q.csv", SHEET.encode())
    begun, go_on = threading.Event(), threading.Event()

    def hold(_share: float) -> None:
        begun.set()
        go_on.wait(10)

    running = threading.Thread(target=lambda: knowledge.hit_tests.bulk.run(file, progress=hold))
    running.start()
    assert begun.wait(10)
    with pytest.raises(BulkTestRunning):
        knowledge.hit_tests.bulk.run(file)
    go_on.set()
    running.join()
    assert knowledge.hit_tests.bulk.run(file).complete
