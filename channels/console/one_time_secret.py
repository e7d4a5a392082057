"""Shows what can be seen only once: a one-time password, recovery codes, an API token."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nicegui import ui


def show_once(title: str, note: str, secrets: Sequence[str], done: Callable[[], object]) -> None:
    """A dialog that is closed by saying that it was written down; then ``done``."""
    with ui.dialog(value=True).props("persistent") as dialog, ui.card().classes("wz-dialog"):
        ui.label(title).classes("text-h6")
        ui.label(note)
        # One may be long and breaks where it must; many stand in columns.
        with ui.element("div").classes("wz-codes" if len(secrets) > 1 else "wz-stack"):
            for secret in secrets:
                ui.label(secret).classes("wz-secret")
        with ui.row().classes("w-full justify-end"):
            ui.button("我已记下", on_click=lambda: (dialog.close(), done())).props("unelevated autofocus")
