"""Small pieces that pages share: headings, cards, chips, tables, empty and error states."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from nicegui import ui

from channels.console.markup import TONES, attributes

T = TypeVar("T")
Cell = str | Callable[[], object]


def heading(title: str, note: str = "") -> None:
    """The page's one first-level heading, with a line below it."""
    with ui.column().classes("wz-heading"):
        with ui.element("h1"):
            ui.label(title)
        if note:
            ui.label(note).classes("wz-muted")


@contextmanager
def section(title: str, *, extra: Callable[[], object] | None = None) -> Iterator[None]:
    """A card with a second-level heading; ``extra`` is drawn at its right end."""
    with ui.card().classes("wz-card"):
        with ui.row().classes("wz-card-head"):
            with ui.element("h2"):
                ui.label(title)
            if extra is not None:
                extra()
        yield


def chip(text: str, tone: str = "neutral") -> ui.label:
    """A status in words; ``tone`` is neutral, good, warn, bad or info."""
    return ui.label(text).classes(TONES[tone])


def field(label: str, value: str) -> None:
    """A labelled value that cannot be changed; an empty one is said to be empty."""
    with ui.element("div").classes("wz-field"):
        ui.label(label).classes("wz-field-label")
        ui.label(value or "（未填写）").classes("wz-field-value" if value else "wz-field-value wz-muted")


def empty_state(text: str, hint: str = "", icon: str = "inbox") -> None:
    """There is nothing to list, and why."""
    with ui.column().classes("wz-state"):
        ui.icon(icon).props("aria-hidden=true")
        ui.label(text).classes("wz-state-text")
        if hint:
            ui.label(hint).classes("wz-muted")


def error_state(text: str, *, retry: bool = False) -> None:
    """The page cannot be shown, and what to do."""
    with ui.column().classes("wz-state wz-state-error").props("role=alert"):
        ui.icon("error_outline").props("aria-hidden=true")
        ui.label(text).classes("wz-state-text")
        if retry:
            ui.button("重试", icon="refresh", on_click=ui.navigate.reload).props("outline")


class Table:
    """A table whose rows are links; on a narrow screen each row becomes a card.

    ``compact`` keeps the first two columns on one line.
    """

    def __init__(self, caption: str, columns: Sequence[str], *, compact: bool = False) -> None:
        self._columns = columns
        with ui.element("table").classes("wz-table wz-compact" if compact else "wz-table"):
            with ui.element("caption"):
                ui.label(caption)
            with ui.element("thead"), ui.element("tr"):
                for column in columns:
                    with ui.element("th").props("scope=col"):
                        ui.label(column)
            self._body = ui.element("tbody")

    def row(self, address: str, title: str, *cells: Cell) -> None:
        """One row: its first cell is the link, the others are texts or drawn by what is given."""
        self._draw_row(lambda: ui.link(title, address).classes("wz-row-link"), cells)

    def line(self, title: str, *cells: Cell) -> None:
        """One row that leads nowhere."""
        self._draw_row(lambda: ui.label(title), cells)

    def _draw_row(self, title: Callable[[], object], cells: Sequence[Cell]) -> None:
        with self._body, ui.element("tr"):
            with ui.element("td").classes("wz-cell-title"):
                title()
            for column, cell in zip(self._columns[1:], cells, strict=True):
                with attributes(ui.element("td"), data_label=column):
                    if isinstance(cell, str):
                        ui.label(cell)
                    else:
                        cell()


class Results:
    """The part of a page that is drawn anew when filters or the page change; of several that are asked for the last wins."""

    def __init__(self) -> None:
        self.place = ui.element("div").classes("wz-stack").props("aria-live=polite")
        self._asked = 0

    async def renew(self, load: Callable[[], Awaitable[T | None]], draw: Callable[[T], object]) -> None:
        """Draw what is loaded, inside; what was there stays if nothing came."""
        self._asked += 1
        asked = self._asked
        self.place.classes("wz-busy")
        found = await load()
        if asked != self._asked:  # later ones have been asked for while these were read
            return
        self.place.classes(remove="wz-busy")
        if found is not None:
            self.place.clear()
            draw(found)


class Pager:
    """前一页 / 后一页 under a list. ``turn`` is called with the new offset."""

    def __init__(self, size: int, turn: Callable[[int], object]) -> None:
        self._size = size
        self._turn = turn

    def draw(self, offset: int, shown: int, total: int | None = None) -> None:
        """Where we are; nothing is drawn when all fits on one page. Without a total, a full page may have a next."""
        more = offset + shown < total if total is not None else shown == self._size
        if not offset and not more:
            return
        with ui.row().classes("wz-pager"):
            back = ui.button("前一页", icon="chevron_left", on_click=lambda: self._turn(max(0, offset - self._size)))
            back.props("flat").set_enabled(offset > 0)
            of = f"，共 {total} 条" if total is not None else ""
            ui.label(f"第 {offset + 1}–{offset + shown} 条{of}").classes("wz-muted")
            on = ui.button("后一页", on_click=lambda: self._turn(offset + self._size)).props(
                "flat icon-right=chevron_right"
            )
            on.set_enabled(more)
