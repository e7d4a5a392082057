"""One term of the vocabulary: write it, see what it would do, save it, put it in force; take it out of force; its history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from nicegui import ui

from channels.console.dates import chinese_time
from channels.console.deeds import attempt, told
from channels.console.desk import ConsoleDesk
from channels.console.entry_fields import lines
from channels.console.gate_dialog import attempt_gated
from channels.console.markup import attributes
from channels.console.widgets import Table, empty_state
from knowledge_base.vocabulary.models import VocabularyRevision, VocabularyTerm
from knowledge_base.vocabulary.preview import Changed, Preview
from knowledge_base.vocabulary.terms import LONGEST, LONGEST_NOTE, TermForm, form_of
from knowledge_base.vocabulary.words import KINDS

SHOWN = 12
KIND_HINTS = {
    "local_name": "市民这么叫的东西，会同时按规范词再找一遍",
    "synonym": "这些词意思一样，问到哪个都会把其他的也找一遍",
    "typo": "写错的词，先换成右边的词再找",
}
DEEDS = {"create": "新建", "save": "修改", "enable": "启用", "disable": "停用", "import": "导入"}


class TermDialog:
    """Opens at once; ``row`` is None for a new term. ``done`` is called after each change."""

    def __init__(self, desk: ConsoleDesk, row: VocabularyTerm | None, done: Callable[[], object]) -> None:
        self._desk = desk
        self._row = row
        self._done = done
        with ui.dialog(value=True).props("persistent") as self._dialog, ui.card().classes("wz-dialog wz-dialog-wide"):
            ui.label("修改词条" if row else "添加词条").classes("text-h6")
            self._draw_fields()
            self._effect = ui.element("div").classes("wz-stack").props("aria-live=polite")
            self._draw_buttons()

    def _draw_fields(self) -> None:
        row = self._row
        kind = row.kind if row else "local_name"
        self._kind = ui.select(dict(KINDS), value=kind, label="类型").props("outlined")
        hint = ui.label(KIND_HINTS[kind]).classes("wz-muted")
        self._kind.on_value_change(lambda event: hint.set_text(KIND_HINTS[event.value]))
        self._words = ui.textarea("词（一行一个）", value="\n".join(row.words) if row else "")
        self._words.props("outlined autogrow autofocus debounce=300")
        self._official = ui.input("规范词", value=row.official if row else "")
        attributes(self._official.props("outlined debounce=300"), maxlength=LONGEST)
        self._note = ui.input("说明（可以不填）", value=row.note if row else "")
        attributes(self._note.props("outlined debounce=300"), maxlength=LONGEST_NOTE)
        for field in (self._kind, self._words, self._official):
            field.on_value_change(self._changed)

    def _draw_buttons(self) -> None:
        with ui.row().classes("w-full justify-end"):
            ui.button("取消", on_click=self._dialog.close).props("flat")
            save = ui.button("保存，先不启用").props("flat")
            save.on_click(partial(self._save, save))
            look = ui.button("看看影响").props("outline")
            look.on_click(partial(self._look, look))
            self._enable = ui.button("启用").props("unelevated")
            self._enable.on_click(self._enable_clicked)
            self._enable.set_visibility(self._may_enable())
            self._enable.disable()

    def _may_enable(self) -> bool:
        """With four eyes only what another person wrote and saved can be enabled."""
        may = self._desk.principal.may("knowledge.publish")
        return may and (not self._desk.vocabulary.four_eyes or self._row is not None)

    def _changed(self) -> None:
        """What was said of the effect holds no more."""
        self._effect.clear()
        self._enable.disable()

    def _form(self) -> TermForm:
        fields = {"kind": self._kind.value, "words": tuple(lines(self._words.value))}
        return TermForm.parse({**fields, "official": self._official.value or "", "note": self._note.value or ""})

    def _preview(self) -> Preview:
        return self._desk.vocabulary.preview(self._form(), self._row.id if self._row else None)

    async def _look(self, button: ui.button) -> None:
        preview = await attempt(self._preview, button=button)
        if preview is not None:
            self._effect.clear()
            with self._effect:
                draw_preview(preview)
            self._enable.enable()

    async def _save(self, button: ui.button) -> None:
        row = await attempt(partial(self._saved, enable=False), button=button)
        if row is not None:
            self._finish("已保存，启用后才对市民生效")

    async def _enable_clicked(self) -> None:
        await attempt_gated(self._enabled, lambda row: self._finish("已启用，市民现在就能问到"), self._enable)

    def _enabled(self, *, sign_off: str = "") -> VocabularyTerm:
        row = self._row
        if row is not None and self._form() == form_of(row):
            return self._desk.vocabulary.enable(row.id, expected_version=row.version, sign_off=sign_off)
        return self._saved(enable=True, sign_off=sign_off)

    def _saved(self, *, enable: bool, sign_off: str = "") -> VocabularyTerm:
        row = self._row
        return self._desk.vocabulary.save(
            self._form(),
            term_id=row.id if row else None,
            expected_version=row.version if row else None,
            enable=enable,
            sign_off=sign_off,
        )

    def _finish(self, words: str) -> None:
        self._dialog.close()
        told(words)
        self._done()


async def ask_to_disable(desk: ConsoleDesk, row: VocabularyTerm, done: Callable[[], object], button: ui.button) -> None:
    """Show what taking a term out of force would do, and do it if so wished."""
    preview = await attempt(partial(desk.vocabulary.preview_without, row.id), button=button)
    if preview is None:
        return
    with ui.dialog(value=True) as dialog, ui.card().classes("wz-dialog wz-dialog-wide"):
        ui.label(f"停用“{'、'.join(row.words)}”？").classes("text-h6")
        draw_preview(preview)
        with ui.row().classes("w-full justify-end"):
            ui.button("取消", on_click=dialog.close).props("flat autofocus")
            sure = ui.button("停用").props("unelevated color=negative")

    def finished(_row: VocabularyTerm) -> None:
        dialog.close()
        told("已停用，词还留在词表里")
        done()

    deed = partial(desk.vocabulary.disable, row.id, expected_version=row.version)
    sure.on_click(lambda: attempt_gated(deed, finished, sure))


async def show_history(desk: ConsoleDesk, row: VocabularyTerm, done: Callable[[], object], button: ui.button) -> None:
    """All versions of a term; an old text can be brought back."""
    history = await attempt(partial(desk.vocabulary.history, row.id), button=button)
    if history is None:
        return
    with ui.dialog(value=True) as dialog, ui.card().classes("wz-dialog wz-dialog-wide"):
        ui.label(f"“{'、'.join(row.words)}”的历史").classes("text-h6")
        _draw_history(desk, row, history, partial(_finish, dialog, done))
        with ui.row().classes("w-full justify-end"):
            ui.button("关闭", on_click=dialog.close).props("flat autofocus")


def _finish(dialog: ui.dialog, done: Callable[[], object]) -> None:
    dialog.close()
    told("已恢复旧版的内容，启用后才对市民生效")
    done()


def _draw_history(
    desk: ConsoleDesk, row: VocabularyTerm, history: Sequence[VocabularyRevision], done: Callable[[], object]
) -> None:
    async def restore(version: int, button: ui.button) -> None:
        deed = partial(desk.vocabulary.restore, row.id, version, expected_version=row.version)
        if await attempt(deed, button=button) is not None:
            done()

    def draw_restore(one: VocabularyRevision) -> None:
        if one.version != row.version and desk.principal.may("knowledge.edit"):
            button = ui.button("恢复").props("flat dense")
            button.on_click(partial(restore, one.version, button))

    with ui.element("div").classes("wz-timeline"):
        for one in history:
            with ui.element("div").classes("wz-event"):
                live = "，已启用" if one.snapshot["live"] else ""
                words = f"{'、'.join(one.snapshot['words'])} → {one.snapshot['official']}"
                ui.label(f"版本 {one.version} · {DEEDS[one.deed]}{live}：{words}").classes("wz-event-text")
                ui.label(f"{chinese_time(one.at)} {one.author}").classes("wz-muted")
                draw_restore(one)


def draw_preview(preview: Preview) -> None:
    """What a change would do, in a line and question by question."""
    worse = len(preview.report.worse)
    with ui.element("div").classes("wz-notice"):
        ui.icon("warning_amber" if worse or preview.lost else "insights").props("aria-hidden=true")
        with ui.element("div"):
            ui.label(preview.summary).classes("text-weight-bold")
            asked = f"最近的提问和必答问题里，有 {preview.asked} 个用到这些词。" if preview.asked else ""
            ui.label(asked or "最近的提问和必答问题都没有用到这些词，启用后对新的提问生效。")
            if worse:
                ui.label(f"{worse} 个必答问题会变差，启用要写明理由。")
    changes = [*preview.lost, *preview.changed, *preview.gained]
    if changes:
        table = Table("会变的问题", ("问题", "现在", "以后"))
        for one in changes[:SHOWN]:
            _draw_changed(table, one)
        if len(changes) > SHOWN:
            ui.label(f"还有 {len(changes) - SHOWN} 个").classes("wz-muted")
    elif preview.asked:
        empty_state("用到这些词的问题，答案都不变", icon="drag_handle")


def _draw_changed(table: Table, one: Changed) -> None:
    table.line(one.question, one.before.label, one.after.label)
