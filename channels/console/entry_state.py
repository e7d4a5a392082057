"""What the page of an entry says about where it stands: chips, and a notice where something waits."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from nicegui import ui

from channels.console.widgets import chip
from knowledge_base.lifecycle import EntryStatus
from knowledge_base.models import Entry, EntryRevision
from knowledge_base.review import stage

TONES = {
    EntryStatus.DRAFT: "warn",
    EntryStatus.IN_REVIEW: "info",
    EntryStatus.PUBLISHED: "good",
    EntryStatus.RETIRED: "neutral",
}
WAITING = {EntryStatus.DRAFT: "有未发布的修改", EntryStatus.IN_REVIEW: "修改待审核"}


def status_chips(entry: Entry) -> None:
    """The status of an entry in words and colour, and that of the change that waits beside it."""
    known = EntryStatus(entry.status)
    with ui.row().classes("wz-chips"):
        chip(known.label, TONES[known])
        if entry.draft is not None:
            chip(WAITING[stage(entry)], TONES[stage(entry)])


def draw_notice(entry: Entry, history: Sequence[EntryRevision]) -> None:
    """What a reader must know before editing or publishing; nothing where all is as it seems."""
    lines = list(_lines(entry, history))
    compared = _live_version(entry, history)
    if not lines:
        return
    with ui.element("div").classes("wz-notice").props("role=note"):
        ui.icon("info").props("aria-hidden=true")
        with ui.column().classes("gap-1"):
            for line in lines:
                ui.label(line)
            if compared is not None:
                address = f"/knowledge/{entry.id}/history?{urlencode({'old': compared, 'new': entry.version})}"
                ui.link("看改了什么", address).classes("wz-link")


def _lines(entry: Entry, history: Sequence[EntryRevision]) -> list[str]:
    lines = []
    if entry.draft is not None:
        lines.append("市民现在看到的还是已发布的内容；下面是等待发布的修改。")
    if stage(entry) == EntryStatus.IN_REVIEW:
        lines.append(f"{entry.content_by or '同事'}写的内容在等待审核。")
    newest = history[0] if history else None
    if newest is not None and newest.deed == "return":
        lines.append(f"{newest.author}退回了这份内容：{newest.comment}")
    return lines


def _live_version(entry: Entry, history: Sequence[EntryRevision]) -> int | None:
    """The version that citizens have while a change waits."""
    if entry.draft is None:
        return None
    return next((one.version for one in history if one.snapshot.get("draft") is None), None)
