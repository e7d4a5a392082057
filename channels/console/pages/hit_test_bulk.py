"""A file of questions tested at once: what share is answered, what is right, and the whole of it as a file."""

from __future__ import annotations

from functools import partial

from nicegui import events, ui
from starlette.requests import Request

from bot.security.errors import PermissionDenied
from channels.console.bulk_view import BulkView
from channels.console.deeds import attempt, tell
from channels.console.desk import ConsoleDesk
from channels.console.hit_test_form import PlaceAndDay
from channels.console.markup import attributes
from channels.console.site import Site
from channels.console.widgets import empty_state, heading, section
from knowledge_base.hit_testing.bulk import BulkReport
from knowledge_base.hit_testing.bulk_reading import ENDINGS, longest_question
from knowledge_base.importing.limits import size_text

LOOKED_SECONDS = 0.4


def register(site: Site) -> None:
    """Add the page at ``/knowledge/hit-test/bulk``."""

    @ui.page("/knowledge/hit-test/bulk")
    async def hit_test_bulk(request: Request) -> None:
        async def build(desk: ConsoleDesk) -> None:
            if not desk.principal.may("knowledge.edit"):
                raise PermissionDenied("您的账号不能批量测试，请联系系统管理员")
            _BulkPage(desk).draw()

        await site.show(request, "批量命中测试", build)


class _BulkPage:
    def __init__(self, desk: ConsoleDesk) -> None:
        self._desk = desk.hit_tests
        self._share = 0.0
        self._stopped = False

    def draw(self) -> None:
        with ui.row().classes("wz-bar"):
            heading("批量命中测试", "上传一批问题，看有多少会直接回答、答得对不对。什么也不会改。")
            back = partial(ui.navigate.to, "/knowledge/hit-test")
            ui.button("回到命中测试", icon="arrow_back", on_click=back).props("outline")
        with section("选择文件"):
            self._draw_form()
        self._results = ui.element("div").classes("wz-stack").props("aria-live=polite")
        with self._results:
            empty_state("还没有选择文件", "选好文件后，这里会显示测试结果。", icon="upload_file")
        # Whoever leaves does not wait for the answer.
        ui.context.client.on_delete(self._stop)

    def _draw_form(self) -> None:
        limits, kinds = self._desk.limits, "、".join(ending[1:] for ending in ENDINGS)
        with ui.element("div").classes("wz-pair"):
            self._where = PlaceAndDay(self._desk)
        ui.label(
            f"可以用 {kinds} 文件：表格要有“问题”一列；有“应由哪条回答”一列（条目编号或标题）的，会算对不对。"
            f"txt 一行一个问题。最多 {limits.rows} 个问题，每个不超过 {longest_question()} 字。"
        ).classes("wz-muted")
        upload = ui.upload(label="选择文件，或拖到这里", auto_upload=True, max_file_size=limits.text_bytes)
        attributes(upload.props("flat bordered").classes("w-full"), accept=",".join(ENDINGS))
        upload.on_upload(self._run)
        upload.on_rejected(lambda: tell(f"文件太大，或者类型不对。可以用 {kinds}，最大 {size_text(limits.text_bytes)}"))
        self._upload = upload
        self._waiting = ui.element("div").classes("wz-stack")
        with self._waiting:
            self._said = ui.label("").props("role=status")
            self._bar = ui.linear_progress(0.0, show_value=False).props('aria-label="测试进度"')
            ui.button("停止", icon="stop", on_click=self._stop).props("outline").classes("self-start")
        self._waiting.set_visibility(False)
        self._timer = ui.timer(LOOKED_SECONDS, self._show_progress, active=False)

    async def _run(self, event: events.UploadEventArguments) -> None:
        self._results.clear()
        self._share, self._stopped = 0.0, False
        self._show_progress()
        self._waiting.set_visibility(True)
        self._timer.activate()
        data = await event.file.read()
        deed = partial(
            self._desk.bulk,
            event.file.name,
            data,
            self._where.region,
            self._where.day,
            progress=self._heard,
            stopped=lambda: self._stopped,
        )
        report = await attempt(deed, on_error=self._refused)
        self._timer.deactivate()
        self._waiting.set_visibility(False)
        self._upload.reset()
        if report is not None:
            self._show(event.file.name, report)

    def _heard(self, share: float) -> None:
        self._share = share

    def _stop(self) -> None:
        self._stopped = True

    def _show_progress(self) -> None:
        self._bar.set_value(self._share)
        self._said.set_text(f"正在测试，已完成 {self._share:.0%}" if self._share else "正在读取文件……")

    def _refused(self, reason: str) -> None:
        with self._results, ui.row().classes("wz-banner wz-bad").props("role=alert"):
            ui.icon("error_outline").props("aria-hidden=true")
            ui.label(f"没有测试。{reason}")

    def _show(self, name: str, report: BulkReport) -> None:
        with self._results:
            if report.rows:
                BulkView(self._desk, name, report).draw()
            else:
                empty_state("没有测试任何问题", "已经停止，可以重新选择文件。", icon="block")
