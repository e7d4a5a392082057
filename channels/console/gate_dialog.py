"""What a change would do to the golden set, and the reason of whoever publishes it nevertheless."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

from nicegui import ui

from channels.console.deeds import attempt, tell
from knowledge_base.golden.gate import Change, GateReport

SHOWN = 20
SIGN_OFF = "写明理由，仍然继续"
T = TypeVar("T")


async def attempt_gated(
    deed: Callable[..., T], done: Callable[[T], object], button: ui.button, sign_off: str = ""
) -> bool:
    """Carry out a deed that citizens see and call ``done`` with its result; where the gate stops it, ask for a reason.

    ``deed`` takes ``sign_off``. Whether it was done.
    """

    async def again(reason: str, sure: ui.button) -> bool:
        return await attempt_gated(deed, done, sure, reason)

    def on_drop(report: GateReport) -> None:
        if button.text == SIGN_OFF:  # the question is open already
            tell("请把理由写得具体一些")
        else:
            ask_to_sign_off(report, again)

    result = await attempt(partial(deed, sign_off=sign_off), button=button, on_drop=on_drop)
    if result is not None:
        done(result)
    return result is not None


def ask_to_sign_off(report: GateReport, publish: Callable[[str, ui.button], Awaitable[bool]]) -> None:
    """Show what gets worse and better; ``publish`` is called with the reason and says whether it was done."""
    with ui.dialog(value=True) as dialog, ui.card().classes("wz-dialog"):
        ui.label(f"这样改，{len(report.worse)} 个必答问题会变差").classes("text-h6")
        draw_changes(report)
        ui.label("可以回去调整内容。确实要这样改，请写明理由，理由和您的名字会记录下来。")
        reason = ui.textarea("理由").props("outlined autogrow")
        with ui.row().classes("w-full justify-end"):
            ui.button("回去调整", on_click=dialog.close).props("flat autofocus")
            sure = ui.button(SIGN_OFF).props("unelevated color=negative")

        async def clicked() -> None:
            if await publish(reason.value or "", sure):
                dialog.close()

        sure.on_click(clicked)


def draw_changes(report: GateReport) -> None:
    """What gets worse, then what gets better."""
    for title, changes in (("变差", report.worse), ("变好", report.better)):
        if changes:
            _draw(title, changes)


def _draw(title: str, changes: Sequence[Change]) -> None:
    with ui.element("div").classes("w-full"):
        ui.label(f"{title}（{len(changes)}）").classes("text-subtitle2")
        with ui.element("ul").classes("wz-changes"):
            for one in changes[:SHOWN]:
                with ui.element("li"):
                    ui.label(f"“{one.question}”：{one.before.label} → {one.after.label}")
        if len(changes) > SHOWN:
            ui.label(f"还有 {len(changes) - SHOWN} 个").classes("wz-muted")
