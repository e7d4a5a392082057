"""Where and when a hit test is made."""

from __future__ import annotations

from nicegui import ui

from channels.console.hit_test_desk import HitTestDesk


class PlaceAndDay:
    """Draws both fields at the present place; our own city and today unless changed."""

    def __init__(self, desk: HitTestDesk) -> None:
        self._region = ui.input("地区（名称或六位代码）", value=desk.here).props("outlined dense clearable")
        self._day = ui.input("日期", value=desk.today.isoformat()).props("outlined dense type=date stack-label")

    @property
    def region(self) -> str:
        """As written; empty for no region."""
        return (self._region.value or "").strip()

    @property
    def day(self) -> str:
        """As the browser gives it; empty for today."""
        return self._day.value or ""
