"""Whether probabilities can be believed, as a table."""

from __future__ import annotations

from nicegui import ui

from channels.console.widgets import Table, section
from knowledge_base.reliability import Bin, Reliability

# With fewer questions the figures say little.
FEW = 50


def draw_reliability(found: Reliability) -> None:
    """One row for each range of probabilities that occurs."""
    with section("概率准不准"):
        ui.label("概率说的是：像这样的问题，有多大可能由第一条回答。下面按必答问题看，说的和实际的差多少。").classes(
            "wz-muted"
        )
        if found.count < FEW:
            ui.label(f"现在只有 {found.count} 个必答问题，数字仅供参考。").classes("wz-muted")
        table = Table("概率和实际", ("说的概率", "问题数", "平均说", "实际答对", "相差"))
        for one in reversed(found.bins):
            table.line(
                f"{one.low:.0%}–{one.high:.0%}", str(one.count), f"{one.predicted:.1%}", f"{one.right:.1%}", _gap(one)
            )
        ui.label(f"平均相差 {found.ece * 100:.1f} 个百分点（ECE），Brier 分数 {found.brier:.3f}，都是越小越准。")


def _gap(one: Bin) -> str:
    points = (one.predicted - one.right) * 100
    if abs(points) < 1:
        return "基本一致"
    return f"{'说高了' if points > 0 else '说低了'} {abs(points):.1f} 个百分点"
