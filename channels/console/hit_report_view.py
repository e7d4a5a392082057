"""All that a hit test found: how the question was understood, the hits with their scores, what was filtered and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from nicegui import ui

from actions.deciding.look import Look
from channels.console.dates import chinese_day
from channels.console.entry_state import TONES
from channels.console.hit_list import BANDS, draw_hit
from channels.console.hit_test_words import reason, words
from channels.console.look_view import draw_look
from channels.console.widgets import chip, empty_state, section
from knowledge_base.hit_testing.report import HitReport, Matched, Scores
from knowledge_base.lifecycle import EntryStatus

RegionName = Callable[[str], str]


def draw_report(report: HitReport, region_name: RegionName, look: Look | None = None) -> None:
    """The whole of it, in two columns where there is room. ``look``: what the assistant would do with the question."""
    with ui.element("div").classes("wz-grid"):
        with ui.element("div").classes("wz-stack"), section("命中的条目"):
            _draw_hits(report)
        with ui.element("div").classes("wz-stack"):
            if look is not None:
                draw_look(look)
            _draw_understood(report, region_name)
            if report.dropped:
                _draw_dropped(report)
            _draw_unpublished(report)


def draw_band(report: HitReport) -> None:
    """What the assistant would do, and from which probability it does what."""
    text, tone = BANDS[report.band]
    with ui.row().classes("wz-chips"):
        chip(f"助手{text}", tone)
    answer, clarify = f"{report.answer_threshold:.0%}", f"{report.clarify_threshold:.0%}"
    ui.label(f"概率 {answer} 起直接回答，{clarify} 起给出选项，再低就说没有找到。").classes("wz-muted")


def _draw_hits(report: HitReport) -> None:
    draw_band(report)
    if not report.hits:
        empty_state("没有命中任何条目", "换个说法试试，或者看看旁边被过滤的和没发布的条目。", icon="search_off")
        return
    for place, hit in enumerate(report.hits, start=1):
        details = partial(_draw_details, hit.scores, hit.matched)
        draw_hit(hit.entry_id, f"{place}. {hit.title}", hit.probability, details=details)
    if report.found > len(report.hits):
        ui.label(f"一共有 {report.found} 个候选，这里是前 {len(report.hits)} 个。").classes("wz-muted")
    with ui.expansion("这些分数是什么意思").props("dense").classes("w-full"):
        for text in words()["scores"].values():
            ui.label(text).classes("wz-muted")


def _draw_details(scores: Scores, matched: Matched) -> None:
    figures = {
        "词面": f"{scores.dice:.2f}",
        "覆盖": f"{scores.coverage:.2f}",
        "BM25": f"{scores.bm25:.1f}",
        "语义": f"{max(scores.dense, scores.whole):.2f}",
        "合计": f"{scores.strength:+.2f}",
    }
    with ui.element("div").classes("wz-scores wz-muted"):
        for name, figure in figures.items():
            ui.label(f"{name} {figure}")
    draw_matched(matched)


def draw_matched(matched: Matched) -> None:
    """The phrase that matched, shared words marked by bold strokes and a line, so that it is plain without colour."""
    if not matched.phrase:
        return
    with ui.element("div").classes("wz-matched"):
        ui.label("最像的问法：").classes("wz-muted")
        for text, shared in pieces(matched):
            with ui.element("mark" if shared else "span"):
                ui.label(text)
    if matched.words:
        ui.label(f"相同的词：{'、'.join(matched.words)}").classes("wz-muted")


def pieces(matched: Matched) -> Iterator[tuple[str, bool]]:
    """The phrase in pieces, each with whether the question has it too.

    >>> list(pieces(Matched(phrase="身份证丢了", spans=[(0, 3)])))
    [('身份证', True), ('丢了', False)]
    """
    at = 0
    for start, end in matched.spans:
        if start > at:
            yield matched.phrase[at:start], False
        yield matched.phrase[start:end], True
        at = end
    if at < len(matched.phrase):
        yield matched.phrase[at:], False


def _draw_understood(report: HitReport, region_name: RegionName) -> None:
    with section("怎么理解这句话"):
        _fact("实际查找", report.text or "（没有可以查找的内容）")
        if report.corrections:
            _fact("改正错字", "；".join(f"{typed} → {meant}" for typed, meant in report.corrections))
        if report.expansions:
            _fact("扩展词语", "；".join(f"{asked} ＋ {added}" for asked, added in report.expansions))
        _fact("地区", region_name(report.region))
        _fact("日期", chinese_day(report.on))
        _fact("用时", f"{report.latency_ms:.0f} 毫秒")


def _fact(label: str, value: str) -> None:
    with ui.element("div").classes("wz-field"):
        ui.label(label).classes("wz-field-label")
        ui.label(value).classes("wz-field-value")


def _draw_dropped(report: HitReport) -> None:
    with section("被过滤的"):
        ui.label("找到了，但这一天、这个地区不能用。").classes("wz-muted")
        for row in report.dropped:
            with ui.element("div").classes("wz-hit"):
                with ui.element("div").classes("wz-hit-line"):
                    ui.link(row.title, f"/knowledge/{row.entry_id}").classes("wz-link")
                    chip(reason(row), "warn")
                _draw_details(row.scores, row.matched)


def _draw_unpublished(report: HitReport) -> None:
    with section("还没发布的"):
        if not report.unpublished:
            ui.label("草稿、待审核和已停用的内容里，没有相近的问法。").classes("wz-muted")
            return
        ui.label("不参加查找，只按字面找出相近的：发布后市民才能问到。").classes("wz-muted")
        for row in report.unpublished:
            status = EntryStatus(row.status)
            with ui.element("div").classes("wz-hit"):
                with ui.element("div").classes("wz-hit-line"):
                    ui.link(row.title, f"/knowledge/{row.entry_id}").classes("wz-link")
                    chip(status.label, TONES[status])
                ui.label(f"最像的问法：{row.phrase}").classes("wz-muted")
