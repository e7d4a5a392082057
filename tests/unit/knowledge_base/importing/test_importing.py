import os
import time
from pathlib import Path

import import_files as files
import pytest

from knowledge_base.importing.parts import ImportProblem
from knowledge_base.lifecycle import EntryStatus
from knowledge_base.service import KnowledgeService
from tests.unit.knowledge_base.importing.conftest import Desk

ROWS = files.question_rows(20, bad=False)


def csv(*rows: str, header: str = "问题,答案,相似问,编号,主题,依据,发布机关") -> bytes:
    return "\n".join([header, *rows]).encode()


def test_a_sheet_of_500_rows_tells_its_three_bad_ones_by_line_column_and_reason(imports: Desk) -> None:
    preview = imports.preview("业务问答.xlsx", files.xlsx(files.question_rows(500)))
    assert preview.counts == {"create": 497, "update": 0, "same": 0}
    assert [(one.place, one.column, one.reason) for one in preview.problems] == [
        ("Sheet 第 18 行", "答案", "没有填写"),
        ("Sheet 第 201 行", "主题", "没有“天文地理”这个主题，可以填：户籍与身份证、居住证"),
        ("Sheet 第 401 行", "失效日期", "“2026年2月30日”不是日期，请写成 2026-01-01 这样"),
    ]
    assert preview.rows[0].title == "第1号窗口业务"


def test_problems_hold_a_commit_back_until_only_the_good_rows_are_wanted(
    imports: Desk, knowledge: KnowledgeService
) -> None:
    preview = imports.preview("问答.xlsx", files.xlsx(files.question_rows(500)))
    with pytest.raises(ImportProblem, match="3 处问题"):
        imports.service.commit(preview.token, actor="lin")
    assert knowledge.list_entries(query="窗口业务").total == 0
    result = imports.service.commit(preview.token, actor="lin", only_valid=True)
    assert (result.created, result.skipped) == (497, 3)
    assert knowledge.list_entries(query="窗口业务", status="draft").total == 497


def test_a_row_brings_all_that_its_columns_say_as_a_draft_with_its_history(
    imports: Desk, knowledge: KnowledgeService
) -> None:
    imports.bring("问答.xlsx", files.xlsx([files.question_row(7)]))
    (entry,) = knowledge.list_entries(query="第7号窗口业务").entries
    assert entry.status == EntryStatus.DRAFT
    assert entry.similar == ["7号业务流程", "7号业务在哪办", "想办7号业务"]
    assert (entry.topic, str(entry.effective), entry.expires) == ("hukou", "2025-01-01", None)
    assert entry.legal_basis[0]["number"] == "云府〔2025〕1号"
    assert [(one.deed, one.author, one.comment) for one in knowledge.history(entry.id)] == [
        ("import", "lin", "Sheet 第 2 行")
    ]


def test_a_second_commit_of_the_same_preview_changes_nothing(imports: Desk, knowledge: KnowledgeService) -> None:
    preview = imports.preview("问答.xlsx", files.xlsx(ROWS))
    first = imports.service.commit(preview.token, actor="lin")
    assert imports.service.commit(preview.token, actor="lin") == first
    assert knowledge.list_entries(query="窗口业务").total == 20


def test_the_same_file_again_doubles_nothing_and_a_changed_row_is_an_update(
    imports: Desk, knowledge: KnowledgeService
) -> None:
    imports.bring("问答.xlsx", files.xlsx(ROWS))
    assert imports.preview("问答.xlsx", files.xlsx(ROWS)).counts == {"create": 0, "update": 0, "same": 20}
    changed = [*ROWS[:-1], files.question_row(20, 答案="第20号窗口搬到二楼了。")]
    result = imports.bring("问答.xlsx", files.xlsx(changed))
    assert (result.created, result.updated, result.same) == (0, 1, 19)
    assert knowledge.list_entries(query="搬到二楼").entries[0].version == 2


def test_an_update_of_a_published_entry_waits_and_keeps_what_the_sheet_does_not_say(
    imports: Desk, knowledge: KnowledgeService
) -> None:
    before = knowledge.get("hukou.birth")
    imports.bring("问答.csv", csv("孩子怎么上户口，改了,网上就能办，不用来窗口。,宝宝落户,hukou.birth"))
    entry = knowledge.get("hukou.birth")
    assert (entry.answer, entry.status) == (before.answer, EntryStatus.PUBLISHED)
    assert entry.draft is not None
    assert entry.draft["answer"] == "网上就能办，不用来窗口。"
    assert entry.draft["similar"] == [*before.similar, "宝宝落户"]
    assert entry.draft["legal_basis"] == before.legal_basis
    assert knowledge.search("宝宝落户").hits[0].probability < 0.99


def test_a_question_that_is_there_already_is_updated_whatever_its_punctuation(imports: Desk) -> None:
    preview = imports.preview("问答.csv", csv("身份证丢了，怎么办,去派出所补办。"))
    assert preview.counts == {"create": 0, "update": 1, "same": 0}


def test_rows_with_one_question_are_one_entry_unless_their_answers_differ(
    imports: Desk, knowledge: KnowledgeService
) -> None:
    preview = imports.preview(
        "问答.csv", csv("停车怎么收费？,每小时五元。,停车费", "停车怎么收费,每小时五元。,车位价格")
    )
    assert (preview.counts["create"], preview.problems) == (1, ())
    imports.service.commit(preview.token, actor="lin")
    (entry,) = knowledge.list_entries(query="停车怎么收费？").entries
    assert entry.similar == ["停车费", "停车怎么收费", "车位价格"]
    other = imports.preview("问答.csv", csv("充电怎么收费,每度一元。", "充电怎么收费？,免费充电。"))
    assert [(one.place, one.column) for one in other.problems] == [("第 3 行", "答案")]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("停,免费。", "标准问"),
        ("怎么停车," + "长" * 5001, "答案"),
        ("怎么停车,免费。,,BAD ID", "编号"),
        ("怎么停车,免费。,,,,停车办法", "发布机关"),
        ("怎么停车,请打{hall.colour}", ""),
    ],
)
def test_a_wrong_cell_is_named(imports: Desk, row: str, column: str) -> None:
    (problem,) = imports.preview("问答.csv", csv(row)).problems
    assert (problem.place, problem.column) == ("第 2 行", column)


def test_names_that_are_not_the_standard_ones_are_told_by_line_and_hold_nothing_back(imports: Desk) -> None:
    rows = csv("执照去哪办,去工商局办,,,,市场主体登记管理条例,国办", "工商局在哪,在市场监督管理局一楼")
    preview = imports.preview("问答.csv", rows)
    assert preview.problems == ()
    told = [(one.place, one.column, one.reason.partition("：")[0]) for one in preview.advice]
    assert told == [
        ("第 2 行", "答案", "“工商局”建议写作“市场监督管理局”"),
        ("第 2 行", "发布机关", "“国办”建议写作“国务院办公厅”"),
        ("第 3 行", "标题", "“工商局”建议写作“市场监督管理局”"),
    ]
    assert imports.bring("问答.csv", rows).created == 2


def test_a_sheet_without_a_header_is_refused(imports: Desk) -> None:
    with pytest.raises(ImportProblem, match="至少要有 “标准问”、“答案” 两列"):
        imports.preview("x.csv", csv("甲,乙", header="a,b"))


def test_a_preview_is_its_makers_and_ends_after_an_hour(imports: Desk, tmp_path: Path) -> None:
    token = imports.preview("问答.xlsx", files.xlsx(ROWS)).token
    with pytest.raises(ImportProblem, match="别的同事"):
        imports.service.commit(token, actor="wu")
    (kept,) = (tmp_path / "imports").iterdir()
    old = time.time() - 3601
    os.utime(kept, (old, old))
    for unknown in (token, "x" * 43, "../../etc/passwd"):
        with pytest.raises(ImportProblem, match="已经过期"):
            imports.service.commit(unknown, actor="lin")
    imports.preview("问答.xlsx", files.xlsx(ROWS))
    assert not kept.exists()


def test_three_thousand_rows_are_previewed_and_committed_in_bounded_time(imports: Desk) -> None:
    started = time.monotonic()
    rows = (f"第{number}种补贴怎么领,到{number}号窗口领取。,{number}补贴;领{number}" for number in range(3_000))
    assert imports.bring("大表.csv", csv(*rows)).created == 3_000
    assert time.monotonic() - started < 30
