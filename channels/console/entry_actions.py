"""The buttons of an entry's page: which there are for whom, and the questions asked before some of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from nicegui import ui

from channels.console.deeds import attempt, leave_for
from channels.console.desk import ConsoleDesk
from channels.console.gate_dialog import attempt_gated
from channels.console.markup import BUTTON_LOOKS
from knowledge_base.lifecycle import EntryStatus
from knowledge_base.models import Entry
from knowledge_base.review import may, stage

Clicked = Callable[[ui.button], object]


class EntryActions:
    """Draws the buttons at the present place. ``save`` and ``publish`` are the page's: they know the fields.

    ``entry`` is None while a new one has not been saved.
    """

    def __init__(self, desk: ConsoleDesk, entry: Entry | None, *, save: Clicked, publish: Clicked) -> None:
        self._desk = desk
        self._entry = entry
        self._may_edit = desk.principal.may("knowledge.edit")
        self._may_publish = desk.principal.may("knowledge.publish")
        if self._may_edit:
            self._button(self._save_label(), "save", "side", save)
        if entry is not None and self._may_edit:
            self._draw_review(entry)
        if self._may_publish and self._can_publish():
            self._button(self._publish_label(), "publish", "main", publish)
        if entry is not None:
            self._draw_rest(entry)

    def _save_label(self) -> str:
        return "保存草稿" if self._entry is None else "保存"

    def _can_publish(self) -> bool:
        """With four eyes nobody is offered to publish what they wrote, or would write by saving and publishing."""
        if not self._desk.four_eyes:
            return True
        entry = self._entry
        return entry is not None and may(entry, "publish") and not self._desk.wrote(entry)

    def _publish_label(self) -> str:
        if self._entry is None:
            return "发布"
        labels = {EntryStatus.PUBLISHED: "保存并发布", EntryStatus.IN_REVIEW: "通过并发布"}
        return labels.get(stage(self._entry), "发布")

    def _draw_review(self, entry: Entry) -> None:
        if may(entry, "submit"):
            submit = partial(self._do, self._desk.submit, "submitted")
            self._button("提交审核", "rate_review", "side", submit)
        if may(entry, "return") and self._may_publish:
            ui.button("退回", icon="undo", on_click=self._ask_reason).props("outline")
        if may(entry, "reopen"):
            self._button("恢复为草稿", "restore", "side", partial(self._do, self._desk.reopen, "reopened"))

    def _draw_rest(self, entry: Entry) -> None:
        if self._may_edit and may(entry, "discard"):
            ui.button("放弃修改", icon="delete_outline", on_click=self._ask_to_discard).props("flat")
        if self._may_publish and may(entry, "retire"):
            ui.button("停用", icon="block", on_click=self._ask_to_retire).props("flat color=negative")
        history = partial(ui.navigate.to, f"/knowledge/{entry.id}/history")
        ui.button("历史", icon="history", on_click=history).props("flat")

    def _button(self, label: str, icon: str, look: str, clicked: Clicked) -> None:
        button = ui.button(label, icon=icon).props(BUTTON_LOOKS[look])
        button.on_click(lambda: clicked(button))

    async def _do(self, deed: Callable[..., Entry], done: str, button: ui.button) -> bool:
        """Carry out a deed on the version that is shown; whether it was done."""
        entry = self._entry
        if entry is None:
            return False
        changed = await attempt(partial(deed, entry.id, expected_version=entry.version), button=button)
        if changed is not None:
            leave_for(f"/knowledge/{entry.id}", done)
        return changed is not None

    # Questions before a deed ------------------------------------------------

    def _ask_to_discard(self) -> None:
        words = "没有发布的修改不再保留在这里（历史里还能找到），市民看到的内容不变。"
        confirm("放弃修改？", words, "放弃修改", partial(self._do, self._desk.discard, "discarded"))

    def _ask_to_retire(self) -> None:
        title = self._entry.title if self._entry else ""
        words = "停用后，市民问到这件事时助手不再给出这个答案。以后可以重新发布。"
        confirm(f"停用“{title}”？", words, "停用", self._retire, negative=True)

    async def _retire(self, button: ui.button) -> None:
        if self._entry is not None:
            deed = partial(self._desk.retire, self._entry.id, expected_version=self._entry.version)
            await attempt_gated(deed, lambda entry: leave_for(f"/knowledge/{entry.id}", "retired"), button)

    def _ask_reason(self) -> None:
        with ui.dialog(value=True) as dialog, ui.card().classes("wz-dialog"):
            ui.label("退回修改").classes("text-h6")
            reason = ui.textarea("退回的理由").props("outlined autogrow autofocus")
            with ui.row().classes("w-full justify-end"):
                ui.button("取消", on_click=dialog.close).props("flat")
                sure = ui.button("退回").props("unelevated")

        def send_back(entry_id: str, *, expected_version: int) -> Entry:
            return self._desk.send_back(entry_id, reason.value or "", expected_version=expected_version)

        async def clicked() -> None:
            if await self._do(send_back, "returned", sure):
                dialog.close()

        sure.on_click(clicked)


def confirm(title: str, words: str, label: str, deed: Callable[[ui.button], object], *, negative: bool = False) -> None:
    """Ask before a deed; the keyboard starts at 取消."""
    with ui.dialog(value=True) as dialog, ui.card().classes("wz-dialog"):
        ui.label(title).classes("text-h6")
        ui.label(words)
        with ui.row().classes("w-full justify-end"):
            ui.button("取消", on_click=dialog.close).props("flat autofocus")
            sure = ui.button(label).props("unelevated color=negative" if negative else "unelevated")
            sure.on_click(lambda: deed(sure))
