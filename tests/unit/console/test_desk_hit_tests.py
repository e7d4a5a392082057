"""Hit tests at the desk: who may, what is kept and logged, what staff read, what a spreadsheet gets."""

from __future__ import annotations

import csv
import inspect
import io
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from console_room import PERMIT, ConsoleRoom

from channels.console.audit_sheet import deed_names
from channels.console.hit_report_view import pieces
from channels.console.hit_test_desk import HitTestDesk
from channels.console.hit_test_words import reason, verdict, words
from channels.console.pages.hit_test_compare import change_words
from knowledge_base.hit_testing.bulk import BulkReport
from knowledge_base.hit_testing.history import Movement, Standing
from knowledge_base.hit_testing.report import DroppedRow, Matched, Scores
from knowledge_base.lifecycle import InvalidEntry

READERS = {"curator", "handler", "dispatcher", "agent", "manager", "auditor"}
EMPTY = BulkReport((), "", date(2026, 1, 1))
DEEDS: dict[str, tuple[Callable[[HitTestDesk], object], set[str]]] = {
    "test": (lambda desk: desk.test("居住证", "", ""), READERS),
    "look": (lambda desk: desk.look("居住证"), READERS),
    "history": (lambda desk: desk.history(limit=1), READERS),
    "compare": (lambda desk: desk.compare(1), READERS),
    "reliability": (lambda desk: desk.reliability(), READERS),
    "bulk": (lambda desk: desk.bulk("q.txt", "居住证".encode(), "", ""), {"curator", "manager"}),
    "sheet": (lambda desk: desk.sheet(EMPTY), {"curator", "manager"}),
}
WITHOUT_PERMISSION = {"here", "today", "limits", "region_name"}
SCORES = Scores(dice=0, coverage=0, contained=0, bm25=0, dense=0, whole=0, strength=0)


def test_every_public_deed_is_listed_here() -> None:
    public = {name for name, _ in inspect.getmembers(HitTestDesk) if not name.startswith("_")}
    assert public - {"principal"} == set(DEEDS) | WITHOUT_PERMISSION


@pytest.mark.parametrize("name", DEEDS)
def test_each_deed_is_refused_to_the_wrong_roles_and_only_to_them(room: ConsoleRoom, name: str) -> None:
    deed, allowed = DEEDS[name]
    assert room.let_in(lambda desk: deed(desk.hit_tests)) == allowed


def test_a_test_is_kept_with_its_author_and_logged(room: ConsoleRoom) -> None:
    entry_id = room.entry()
    desk = room.desk("auditor")
    number, report = desk.hit_tests.test("居住证怎么办，我的电话13912345678", "", "")
    assert report.hits[0].entry_id == entry_id
    [test] = desk.hit_tests.history(limit=5).tests
    assert (test.id, test.actor) == (number, desk.principal.signature)
    assert "13912345678" not in test.question
    assert room.audit() == [("auditor", "knowledge.hit_test", str(number))]
    assert {"knowledge.hit_test", "knowledge.bulk_test"} <= set(deed_names())
    then = desk.hit_tests.compare(number)[1].then
    assert then.hits == report.hits


def test_a_region_or_a_day_that_is_none_is_told_and_nothing_is_kept(room: ConsoleRoom) -> None:
    desk = room.desk("curator").hit_tests
    for region, day in (("云深不知处", ""), ("", "2026-02-30")):
        with pytest.raises(InvalidEntry):
            desk.test("居住证", region, day)
    assert desk.history(limit=5).tests == []


def test_an_entry_of_tomorrow_is_filtered_today_with_the_reason_in_words(room: ConsoleRoom) -> None:
    tomorrow = room.desk("curator").hit_tests.today + timedelta(days=1)
    room.entry(effective=tomorrow)
    _, report = room.desk("curator").hit_tests.test(PERMIT["question"], "深圳市", "")
    [dropped] = report.dropped
    assert reason(dropped) == f"{tomorrow.year}年{tomorrow.month}月{tomorrow.day}日起才生效"
    _, then = room.desk("curator").hit_tests.test(PERMIT["question"], "深圳市", tomorrow.isoformat())
    assert then.dropped == []
    assert then.hits


def test_reasons_name_the_region_and_the_day() -> None:
    row = DroppedRow(entry_id="a", title="甲", kind="elsewhere", region="440300", scores=SCORES, matched=Matched())
    assert reason(row) == "只适用于广东省深圳市"
    assert reason(row.model_copy(update={"kind": "expired", "day": date(2026, 3, 1)})) == "2026年3月1日起已失效"


def test_a_bulk_test_gives_a_file_that_runs_nothing(room: ConsoleRoom) -> None:
    entry_id = room.entry()
    desk = room.desk("curator").hit_tests
    file = f"问题,条目\n居住证怎么办,{entry_id}\n=1+1,居住证申领\n怎么养猫,@没有\n"
    report = desk.bulk("q.csv", file.encode(), "", "")
    rows = list(csv.reader(io.StringIO(desk.sheet(report).decode("utf-8-sig"))))
    assert rows[0][:6] == words()["sheet"]
    assert rows[1][1:4] == ["居住证怎么办", entry_id, words()["verdicts"]["right"]]
    assert rows[2][1] == "'=1+1"
    assert rows[3][2:4] == ["'@没有", words()["verdicts"]["unknown"]]
    assert [verdict(row) for row in report.rows][::2] == ["right", "unknown"]
    assert room.audit() == [("curator", "knowledge.bulk_test", "")]


def test_what_became_of_an_entry_is_said_in_words() -> None:
    first, second = Standing(1, 0.7), Standing(2, 0.302)
    assert change_words(Movement("a", "甲", first, Standing(1, 0.702))) == ("没变", "neutral")
    assert change_words(Movement("a", "甲", first, second)) == ("降 1 位，概率 -40 个百分点", "warn")
    assert change_words(Movement("a", "甲", Standing(2, 0.7), first)) == ("升 1 位", "info")
    assert change_words(Movement("a", "甲", None, first))[0] == "新进前列"
    assert change_words(Movement("a", "甲", first, None))[0] == "退出前列"


def test_shared_words_are_cut_out_of_the_phrase_and_nothing_is_lost() -> None:
    matched = Matched(phrase="居住证怎么办？", spans=[(0, 3), (5, 6)])
    assert list(pieces(matched)) == [("居住证", True), ("怎么", False), ("办", True), ("？", False)]
