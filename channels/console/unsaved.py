"""Asks before a page with unsaved changes is left."""

from __future__ import annotations

from nicegui import ui

SCRIPT = """<script>
window.addEventListener("beforeunload", (event) => { if (window.wzUnsaved) event.preventDefault(); });
</script>"""


class UnsavedGuard:
    """Knows whether the page has unsaved changes, and lets the browser ask before they are lost."""

    def __init__(self) -> None:
        self.dirty = False
        ui.add_head_html(SCRIPT)

    def touched(self) -> None:
        """Something was changed."""
        if not self.dirty:
            self.dirty = True
            ui.run_javascript("window.wzUnsaved = true")

    def saved(self) -> None:
        """Everything is saved; leaving is fine."""
        self.dirty = False
        ui.run_javascript("window.wzUnsaved = false")
