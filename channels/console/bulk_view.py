"""The results of a bulk test: figures, a table to filter, a file to take away."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from nicegui import ui

from channels.console.deeds import attempt
from channels.console.hit_list import BANDS
from channels.console.hit_test_desk import HitTestDesk
from channels.console.hit_test_words import verdict, words
from channels.console.widgets import Cell, Pager, Table, chip, empty_state, section
from knowledge_base.hit_testing.bulk import RANKS, BulkReport, BulkRow

PAGE = 50
TONES = {"right": "good", "wrong": "bad", "unknown": "warn", "unjudged": "neutral"}
FILTERS: dict[str, tuple[str, Callable[[BulkRow], bool]]] = {
    "all": ("全部", lambda row: True),
    "wrong": ("不对的", lambda row: row.right is False),
    "unknown": ("条目找不到的", lambda row: verdict(row) == "unknown"),
    "unanswered": ("不会直接回答的", lambda row: row.band != "answer"),
}
SHOWN_PLACES = 10


class BulkView:
    """Draws the results of the file ``name`` at the present place."""

    def __init__(self, desk: HitTestDesk, name: str, report: BulkReport) -> None:
        self._desk = desk
        self._name = name
        self._report = report
        self._rows = list(report.rows)
        self._pager = Pager(PAGE, self._turn)

    def draw(self) -> None:
        """All of it."""
        with section(f"结果：{self._name}", extra=self._draw_download):
            self._draw_notes()
            self._draw_figures()
            self._draw_filter()
            self._list = ui.element("div").classes("wz-stack").props("aria-live=polite")
            self._turn(0)

    def _draw_download(self) -> None:
        button = ui.button("下载结果", icon="download").props("outline")
        button.on_click(partial(self._download, button))

    async def _download(self, button: ui.button) -> None:
        sheet = await attempt(partial(self._desk.sheet, self._report), button=button)
        if sheet is not None:
            ui.download.content(sheet, "批量命中测试.csv", "text/csv; charset=utf-8")

    def _draw_notes(self) -> None:
        report = self._report
        if not report.complete:
            ui.label("测试中途停止了，下面只有已经测过的问题。").classes("wz-banner wz-warn")
        if report.left_out:
            places = "、".join(report.left_out[:SHOWN_PLACES]) + ("等" if len(report.left_out) > SHOWN_PLACES else "")
            ui.label(f"有 {len(report.left_out)} 个问题太长，没有测试：{places}。").classes("wz-banner wz-warn")
        if report.unknown:
            ui.label(f"有 {report.unknown} 行写的条目在知识库里找不到，不算对错。").classes("wz-banner wz-warn")

    def _draw_figures(self) -> None:
        report = self._report
        figures = [(f"{len(report.rows)}", "个问题")]
        figures += [(f"{report.share(band):.1%}", text) for band, (text, _) in BANDS.items()]
        if report.judged:
            figures += [(f"{report.recall(rank):.1%}", _rank_words(rank)) for rank in RANKS]
        with ui.element("div").classes("wz-figures"):
            for number, label in figures:
                with ui.element("div"):
                    ui.label(number).classes("wz-tile-number")
                    ui.label(label).classes("wz-muted")
        if report.judged:
            ui.label(f"对不对按写了条目的 {len(report.judged)} 个问题算。").classes("wz-muted")

    def _draw_filter(self) -> None:
        counts = {key: sum(map(wanted, self._report.rows)) for key, (_, wanted) in FILTERS.items()}
        options = {key: f"{FILTERS[key][0]} {count}" for key, count in counts.items() if count or key == "all"}
        chosen = ui.select(options, value="all", label="显示").props("outlined dense").classes("wz-narrow")
        chosen.on_value_change(lambda event: self._filter(event.value))

    def _filter(self, key: str) -> None:
        self._rows = [row for row in self._report.rows if FILTERS[key][1](row)]
        self._turn(0)

    def _turn(self, offset: int) -> None:
        shown = self._rows[offset : offset + PAGE]
        self._list.clear()
        with self._list, ui.element("div").classes("w-full wz-wrapping"):
            if not shown:
                empty_state("没有这样的问题", icon="task_alt")
                return
            judged = any(row.expected for row in self._report.rows)
            columns = ["问题", "最可能的条目", "概率", "助手", *(["应由哪条回答", "对不对"] if judged else [])]
            table = Table("批量测试的结果", columns)
            for row in shown:
                self._draw_row(table, row, judged=judged)
            self._pager.draw(offset, len(shown), len(self._rows))

    @staticmethod
    def _draw_row(table: Table, row: BulkRow, *, judged: bool) -> None:
        best = row.hits[0] if row.hits else None
        text, tone = BANDS[row.band]
        cells: list[Cell] = [
            best.title if best else "没有命中",
            f"{best.probability:.0%}" if best else "—",
            partial(chip, text, tone),
        ]
        if judged:
            said = words()["verdicts"][verdict(row)]
            place = f"（排第 {row.rank}）" if row.rank and row.rank > 1 else ""
            cells += [row.expected or "—", partial(chip, said + place, TONES[verdict(row)])]
        if best:
            table.row(f"/knowledge/{best.entry_id}", row.question, *cells)
        else:
            table.line(row.question, *cells)


def _rank_words(rank: int) -> str:
    return "第一条就对" if rank == 1 else f"前 {rank} 条里有"
