"""How far an import has come, in words and as a bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from nicegui import ui

from knowledge_base.importing.progress import listening

T = TypeVar("T")
EVERY_SECONDS = 0.3
WORDS = {
    "": "正在开始",
    "read": "正在读取",
    "check": "正在核对",
    "write": "正在存成草稿",
    "rehearse": "正在看必答问题会不会受影响",
    "publish": "正在发布",
    "show": "正在让市民问得到",
}


class ImportProgress:
    """Draws itself at the present place, at first unseen."""

    def __init__(self) -> None:
        self._now = ("", 0, 0)
        with ui.column().classes("w-full q-gutter-y-xs").props("role=status") as self._box:
            self._label = ui.label()
            self._bar = ui.linear_progress(show_value=False).props('instant-feedback aria-label="进度"')
        self._box.set_visibility(False)
        self._timer = ui.timer(EVERY_SECONDS, self._draw, active=False)

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Seen as long as this lasts."""
        self._hear("", 0, 0)
        self._draw()
        self._box.set_visibility(True)
        self._timer.activate()
        try:
            yield
        finally:
            self._timer.deactivate()
            self._box.set_visibility(False)

    def watch(self, deed: Callable[..., T], **options: Any) -> T:
        """Carry out ``deed`` in this thread and follow it."""
        with listening(self._hear):
            return deed(**options)

    def _hear(self, phase: str, done: int, total: int) -> None:
        self._now = (phase, done, total)

    def _draw(self) -> None:
        phase, done, total = self._now
        self._label.set_text(f"{WORDS[phase]}……" + (f" {done} / {total}" if total else ""))
        self._bar.props(add="" if total else "indeterminate", remove="indeterminate" if total else "")
        self._bar.set_value(done / total if total else 0)
