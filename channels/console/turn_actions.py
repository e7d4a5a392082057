"""What staff make of a citizen's question: 关联到条目, 新建条目, 作为训练语句, and 撤销."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from channels.console.dates import chinese_time
from channels.console.deeds import attempt, told
from channels.console.desk import ConsoleDesk
from channels.console.drafts import is_asked
from channels.console.gate_dialog import attempt_gated
from channels.console.hit_list import draw_hit
from channels.console.markup import attributes
from channels.console.transcript_desk import Linked
from channels.console.widgets import chip
from channels.conversations.models import Turn, TurnDeed
from channels.conversations.training_phrases import MAX_LENGTH
from knowledge_base.lifecycle import EntryStatus, KnowledgeError
from knowledge_base.models import Entry

MOST_FOUND = 6
LATER = "下次训练（运行 wenzheng train，或重新启动）后生效"


class TurnActions:
    """Draws the buttons of one turn and what was made of it at the present place."""

    def __init__(self, desk: ConsoleDesk, turn: Turn, deeds: list[TurnDeed], entries: dict[str, Entry]) -> None:
        self._desk = desk
        self._turn = turn
        may = desk.principal.may
        self._may = may("knowledge.edit")
        self._place = ui.element("div").classes("wz-made")
        with self._place:
            self._made = ui.element("div").classes("w-full").props("aria-live=polite")
        self._draw_made(deeds, entries)
        if self._may and turn.text:
            with ui.row().classes("wz-actions"):
                self._button("关联到条目", "link", self._choose_entry)
                new = f"/knowledge/new?turn={turn.id}"
                self._button("新建条目", "note_add", partial(ui.navigate.to, new))
                self._button("作为训练语句", "school", self._ask_intent)

    def _button(self, text: str, icon: str, clicked: Callable[[], object]) -> None:
        button = ui.button(text, icon=icon, on_click=clicked).props("flat dense")
        button.props["aria-label"] = f"{text}：{_short(self._turn.text)}"  # a question may have quotation marks in it

    def _refresh_soon(self) -> None:
        with self._place:
            ui.timer(0, self._refresh, once=True)

    async def _refresh(self) -> None:
        loaded = await attempt(self._load)
        if loaded is not None:
            self._made.clear()
            self._draw_made(*loaded)

    def _load(self) -> tuple[list[TurnDeed], dict[str, Entry]]:
        deeds = self._desk.transcripts.made_of([self._turn.id]).get(self._turn.id, [])
        return deeds, entries_of(self._desk, deeds)

    def _draw_made(self, deeds: list[TurnDeed], entries: dict[str, Entry]) -> None:
        with self._made:
            for deed in deeds:
                with ui.row().classes("wz-actions"):
                    self._draw_deed(deed, entries.get(deed.entry_id))
                    ui.label(f"{deed.actor} · {chinese_time(deed.at)}").classes("wz-muted")
                    if self._may:
                        undo = ui.button("撤销", icon="undo").props("flat dense")
                        undo.on_click(partial(self._undo, deed, undo))

    def _draw_deed(self, deed: TurnDeed, entry: Entry | None) -> None:
        if deed.kind == "training":
            intent = self._desk.transcripts.intents.get(deed.intent, deed.intent)
            chip(f"训练语句：{intent}", "info")
            ui.label(f"“{deed.phrase}”。{LATER}。").classes("wz-muted")
            return
        title = entry.title if entry is not None else deed.entry_id
        if deed.kind == "draft":
            chip("已新建条目", "info")
        elif entry is not None and is_asked(entry, deed.phrase):
            chip("已关联", "good")
        else:
            chip("已关联，发布后生效", "warn")
        ui.link(title, f"/knowledge/{deed.entry_id}").classes("wz-link")

    async def _undo(self, deed: TurnDeed, button: ui.button) -> None:
        def undone(_deed: TurnDeed) -> None:
            told("已撤销")
            self._refresh_soon()

        await attempt_gated(partial(self._desk.transcripts.undo, deed.id), undone, button)

    # 关联到条目 -------------------------------------------------------------

    async def _choose_entry(self) -> None:
        result = await attempt(partial(self._desk.try_question, self._turn.text))
        with ui.dialog(value=True) as dialog, ui.card().classes("wz-dialog"):
            ui.label("关联到条目").classes("text-h6")
            ui.label(f"“{_short(self._turn.text)}”会成为所选条目的一种问法，以后这样问就能找到。")
            link = partial(self._link, dialog)
            with ui.element("div").classes("w-full"):
                if result is None or not result.hits:
                    ui.label("没有接近的条目，请在下面查找。").classes("wz-muted")
                for hit in result.hits if result is not None else ():
                    choose = partial(_draw_choice, hit.title, partial(link, hit.entry_id))
                    draw_hit(hit.entry_id, hit.title, hit.probability, f"匹配“{hit.matched}”", action=choose)
            search = ui.input("查找别的条目").props("outlined dense debounce=300 clearable type=search")
            found = ui.element("div").classes("w-full").props("aria-live=polite")
            search.on_value_change(lambda event: self._find(event.value or "", found, link))
            with ui.row().classes("w-full justify-end"):
                ui.button("关闭", on_click=dialog.close).props("flat")

    async def _find(self, words: str, place: ui.element, link: Callable[..., Awaitable[None]]) -> None:
        load = partial(self._desk.entries, query=words.strip(), limit=MOST_FOUND)
        page = await attempt(load) if words.strip() else None
        place.clear()
        if page is None:
            return
        with place:
            standing = [entry for entry in page.entries if entry.status != EntryStatus.RETIRED]
            if not standing:
                ui.label("没有找到这样的条目。").classes("wz-muted")
            for entry in standing:
                with ui.row().classes("w-full items-center no-wrap"):
                    ui.label(entry.title).classes("wz-grow")
                    _draw_choice(entry.title, partial(link, entry.id))

    async def _link(self, dialog: ui.dialog, entry_id: str, button: ui.button) -> None:
        def linked(done: Linked) -> None:
            dialog.close()
            told(_linked_words(done, self._turn))
            self._refresh_soon()

        await attempt_gated(partial(self._desk.transcripts.link, self._turn.id, entry_id), linked, button)

    # 作为训练语句 ------------------------------------------------------------

    def _ask_intent(self) -> None:
        intents = dict(self._desk.transcripts.intents)
        with ui.dialog(value=True) as dialog, ui.card().classes("wz-dialog"):
            ui.label("作为训练语句").classes("text-h6")
            ui.label("告诉助手这样的话是什么意思。个人信息会自动隐去。")
            text = ui.input("语句", value=" ".join(self._turn.text.split())[:MAX_LENGTH])
            attributes(text.props("outlined"), maxlength=MAX_LENGTH)
            known = self._turn.intent if self._turn.intent in intents else None
            intent = ui.select(intents, value=known, label="意思", with_input=True).props("outlined")
            ui.label(f"{LATER}。").classes("wz-muted")
            with ui.row().classes("w-full justify-end"):
                ui.button("取消", on_click=dialog.close).props("flat")
                sure = ui.button("添加").props("unelevated")

        async def clicked() -> None:
            train = partial(self._desk.transcripts.train, self._turn.id, text.value or "", intent.value or "")
            if await attempt(train, button=sure) is not None:
                dialog.close()
                told("已添加，下次训练后生效")
                self._refresh_soon()

        sure.on_click(clicked)


def entries_of(desk: ConsoleDesk, deeds: list[TurnDeed]) -> dict[str, Entry]:
    """The entries that deeds speak of, by their ids; one that is gone is left out."""
    found = {}
    for entry_id in {deed.entry_id for deed in deeds if deed.entry_id}:
        try:
            found[entry_id] = desk.entry(entry_id)
        except KnowledgeError:
            continue
    return found


def _draw_choice(title: str, link: Callable[[ui.button], Awaitable[None]]) -> None:
    button = attributes(ui.button("关联", icon="link").props("flat dense"), aria_label=f"关联到“{title}”")
    button.on_click(lambda: link(button))


def _linked_words(done: Linked, turn: Turn) -> str:
    if not done.added:
        return "这句话本来就是它的一种问法"
    return "已关联，现在就能找到" if is_asked(done.entry, turn.text) else "已关联，发布后就能找到"


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
