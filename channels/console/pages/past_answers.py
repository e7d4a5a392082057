"""过去的回答: what citizens were told from an entry or a policy document, also after it was repealed."""

from __future__ import annotations

import asyncio
from functools import partial
from urllib.parse import urlencode

from nicegui import ui
from starlette.requests import Request

from channels.console.dates import chinese_time
from channels.console.deeds import attempt, replace_address
from channels.console.desk import ConsoleDesk
from channels.console.site import Site
from channels.console.turn_labels import label
from channels.console.widgets import Pager, Results, Table, empty_state, heading
from channels.conversations.past_answers import PastAnswersPage
from knowledge_base.lifecycle import InvalidEntry

PAGE = 50


def register(site: Site) -> None:
    """Add the page at ``/knowledge/answers``."""

    @ui.page("/knowledge/answers")
    async def answers(request: Request, entry: str = "", document: str = "", article: str = "") -> None:
        async def build(desk: ConsoleDesk) -> None:
            if bool(entry) == bool(document):
                raise InvalidEntry("请从条目或者政策文件的页面打开过去的回答")
            await _PastAnswers(desk, entry, document, article).draw()

        await site.show(request, "过去的回答", build)


class _PastAnswers:
    def __init__(self, desk: ConsoleDesk, entry_id: str, document_id: str, article: str) -> None:
        self._desk = desk
        self._entry_id, self._document_id, self._article = entry_id, document_id, article
        self._offset = 0
        self._pager = Pager(PAGE, self._turn)

    async def draw(self) -> None:
        """The whole page."""
        of, back = await asyncio.to_thread(self._what)
        page = await asyncio.to_thread(self._load)
        heading("过去的回答", f"助手用{of}回答过的每一个问题，出处以当时的答案为准。")
        ui.link(f"回到{of}", back).classes("wz-link")
        if self._document_id:
            with ui.row().classes("wz-filters"):
                article = ui.input("条款，例如：第九条", value=self._article).props(
                    "outlined dense debounce=300 clearable"
                )
                article.on_value_change(lambda event: self._filter(event.value or ""))
        self._results = Results()
        self._draw_results(page)

    def _what(self) -> tuple[str, str]:
        """What the answers came from, in words, and its page."""
        if self._entry_id:
            return f"“{self._desk.entry(self._entry_id).title}”", f"/knowledge/{self._entry_id}"
        view, _ = self._desk.imports.document(self._document_id)
        return f"《{view.document.title}》", f"/knowledge/documents/{self._document_id}"

    async def _filter(self, article: str) -> None:
        self._article = article.strip()
        wanted = {"document": self._document_id, "article": self._article}
        replace_address("/knowledge/answers?" + urlencode({key: value for key, value in wanted.items() if value}))
        await self._turn(0)

    async def _turn(self, offset: int) -> None:
        self._offset = offset
        await self._results.renew(partial(attempt, self._load), self._draw_results)

    def _load(self) -> PastAnswersPage:
        if self._entry_id:
            return self._desk.use.answers_of_entry(self._entry_id, limit=PAGE, offset=self._offset)
        return self._desk.use.answers_of_document(
            self._document_id, article=self._article, limit=PAGE, offset=self._offset
        )

    def _draw_results(self, page: PastAnswersPage) -> None:
        with self._results.place:
            if not page.answers:
                empty_state("没有这样的回答", "还没有市民得到过这里的答案。", icon="forum")
                return
            ui.label(f"共 {page.total} 次").classes("wz-muted")
            table = Table("过去的回答", ["市民的问题", "条目", "评价", "渠道", "时间"])
            for one in page.answers:
                table.row(
                    f"/conversations/{one.conversation_id}?turn={one.turn_id}",
                    one.question or "（没有文字）",
                    one.title or one.entry_id,
                    label("feedback", one.feedback) or "—",
                    label("channels", one.channel),
                    chinese_time(one.at),
                )
            self._pager.draw(self._offset, len(page.answers), page.total)
