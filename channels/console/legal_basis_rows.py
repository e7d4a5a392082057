"""Rows of legal basis: title, issuer, number, article; added and removed one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nicegui import ui

LABELS = {"title": "文件名称", "issuer": "发布机关", "number": "文号", "article": "条款"}


class LegalBasisRows:
    """Draws the rows at the present place; ``on_change`` hears of every change."""

    def __init__(self, rows: Sequence[dict[str, str]], on_change: Callable[[], object]) -> None:
        self._on_change = on_change
        self._rows: list[dict[str, ui.input]] = []
        self._box = ui.element("div").classes("wz-stack")
        self._add_button = ui.button("添加依据", icon="add", on_click=self._add_empty).props("flat dense")
        for row in rows:
            self._add(row)

    def values(self) -> list[dict[str, str]]:
        """The rows as they stand, wholly empty ones dropped."""
        rows = [{name: (field.value or "").strip() for name, field in row.items()} for row in self._rows]
        return [row for row in rows if any(row.values())]

    def change_issuers(self, how: Callable[[str], str]) -> None:
        """Put another text into the field of each issuer."""
        for row in self._rows:
            row["issuer"].value = how(row["issuer"].value or "")

    def lock(self) -> None:
        """Show everything, change nothing."""
        self._add_button.set_visibility(False)
        for row in self._rows:
            for field in row.values():
                field.props("readonly")
        for button in self._box.descendants():
            if isinstance(button, ui.button):
                button.set_visibility(False)

    def _add_empty(self) -> None:
        self._add({})
        self._rows[-1]["title"].run_method("focus")

    def _add(self, values: dict[str, str]) -> None:
        with self._box, ui.element("div").classes("wz-basis") as line:
            row = {
                name: ui.input(label, value=values.get(name, "")).props("outlined dense debounce=300")
                for name, label in LABELS.items()
            }
            for field in row.values():
                field.on_value_change(lambda: self._on_change())
            remove = ui.button(icon="delete_outline", on_click=lambda: self._remove(row, line))
            remove.props('flat round dense aria-label="删除这条依据"')
        self._rows.append(row)

    def _remove(self, row: dict[str, ui.input], line: ui.element) -> None:
        self._rows.remove(row)
        line.delete()
        self._on_change()
