"""Importing a file: choose a topic and a file, look at what would happen, mend, commit, publish."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from nicegui import events, ui
from starlette.requests import Request

from bot.security.errors import PermissionDenied
from channels.console.deeds import attempt, tell, told
from channels.console.desk import ConsoleDesk
from channels.console.gate_dialog import attempt_gated
from channels.console.import_progress import ImportProgress
from channels.console.markup import attributes
from channels.console.site import Site
from channels.console.widgets import Table, empty_state, heading, section
from knowledge_base.importing.limits import size_text
from knowledge_base.importing.reading import ENDINGS
from knowledge_base.importing.service import ImportPreview, ImportResult
from knowledge_base.importing.staging import DocumentForm, Problem

TABS = {"create": "新建", "update": "更新", "same": "没变", "problem": "有问题", "advice": "建议"}
NOTHING = {"create": "没有新条目", "update": "没有要更新的条目", "same": "没有原样不变的条目", "problem": "没有问题"}
DOCUMENT_FIELDS = {
    "title": "文件标题",
    "issuer": "发布机关",
    "number": "文号",
    "region": "适用地区（六位代码，空着表示各地通用）",
    "effective": "施行日期",
    "expires": "失效日期（从这天起不再使用）",
}
DAYS = ("effective", "expires")
ANSWER_CHARACTERS = 120


def register(site: Site) -> None:
    """Add the page at ``/knowledge/import``."""

    @ui.page("/knowledge/import")
    async def knowledge_import(request: Request) -> None:
        async def build(desk: ConsoleDesk) -> None:
            if not desk.principal.may("knowledge.edit"):
                raise PermissionDenied("您的账号不能导入，请联系系统管理员")
            _ImportPage(desk).draw()

        await site.show(request, "导入知识", build)


class _ImportPage:
    def __init__(self, desk: ConsoleDesk) -> None:
        self._desk = desk
        self._limits = desk.imports.limits
        self._forms: list[dict[str, ui.input]] = []

    def draw(self) -> None:
        heading("导入知识", "先预览，再导入。导入的内容都是草稿，发布后市民才能问到。")
        with section("选择文件"):
            topics = self._desk.topics
            self._topic = ui.select(topics, value=next(iter(topics)), label="主题（表格里没写主题的，都放在这里）")
            self._topic.props("outlined")
            kinds = "、".join(ending[1:] for ending in ENDINGS)
            ui.label(f"可以导入 {kinds}，一个文件最大 {size_text(self._limits.file_bytes)}。").classes("wz-muted")
            ui.label("政策文件按章、条切分；问答表要有“标准问”和“答案”两列，相似问可以有很多列。").classes("wz-muted")
            upload = ui.upload(label="选择文件，或拖到这里", auto_upload=True, max_file_size=self._limits.file_bytes)
            attributes(upload.props("flat bordered").classes("w-full"), accept=",".join(ENDINGS))
            upload.on_upload(self._read)
            upload.on_rejected(
                lambda: tell(f"文件太大，或者类型不对。可以导入 {kinds}，最大 {size_text(self._limits.file_bytes)}")
            )
            self._progress = ImportProgress()
        self._upload = upload
        self._results = ui.element("div").classes("wz-stack").props("aria-live=polite")
        with self._results:
            empty_state("还没有选择文件", "选好文件后，这里会显示导入前的预览。", icon="upload_file")

    async def _read(self, event: events.UploadEventArguments) -> None:
        self._results.clear()
        data = await event.file.read()
        deed = partial(self._desk.imports.preview, event.file.name, data, self._topic.value)
        with self._progress.shown():
            preview = await attempt(partial(self._progress.watch, deed), on_error=self._refused)
        self._upload.reset()
        if preview is not None:
            self._show(preview)

    def _refused(self, reason: str) -> None:
        with self._results, ui.row().classes("wz-banner wz-bad").props("role=alert"):
            ui.icon("error_outline").props("aria-hidden=true")
            ui.label(f"没有导入任何内容。{reason}")

    def _show(self, preview: ImportPreview) -> None:
        self._results.clear()
        with self._results:
            if preview.documents:
                self._draw_documents(preview)
            with section(f"预览：{preview.source_name}"):
                self._draw_tabs(preview)
                self._draw_commit(preview)

    def _draw_documents(self, preview: ImportPreview) -> None:
        self._forms = []
        with section("文件信息"):
            ui.label("从正文里认出来的，请核对。这里的日期对整份文件有效。").classes("wz-muted")
            for form in preview.documents:
                with ui.element("div").classes("wz-pair"):
                    self._forms.append({name: self._draw_field(form, name) for name in DOCUMENT_FIELDS})
            again = ui.button("按这些信息重新预览", icon="refresh").props("outline")
            again.on_click(partial(self._describe, preview, again))

    @staticmethod
    def _draw_field(form: DocumentForm, name: str) -> ui.input:
        value = getattr(form, name)
        text = (value.isoformat() if value else "") if name in DAYS else value
        return ui.input(DOCUMENT_FIELDS[name], value=text).props(
            "outlined type=date stack-label" if name in DAYS else "outlined"
        )

    def _written(self) -> list[dict[str, str | None]]:
        return [{name: _value(name, one) for name, one in form.items()} for form in self._forms]

    async def _describe(self, preview: ImportPreview, button: ui.button) -> ImportPreview | None:
        better = await attempt(partial(self._desk.imports.describe, preview.token, self._written()), button=button)
        if better is not None:
            self._show(better)
        return better

    def _draw_tabs(self, preview: ImportPreview) -> None:
        counts: dict[str, int] = {"problem": len(preview.problems), "advice": len(preview.advice)}
        counts |= {str(action): count for action, count in preview.counts.items()}
        first = "problem" if preview.problems else next((key for key in TABS if counts[key]), "create")
        shown = [key for key in TABS if key != "advice" or counts[key]]
        with ui.tabs().props("align=left no-caps dense").classes("wz-tabs") as tabs:
            for key in shown:
                ui.tab(key, label=f"{TABS[key]} {counts[key]}")
        with ui.tab_panels(tabs, value=first).classes("w-full"):
            for key in shown:
                with ui.tab_panel(key).classes("q-px-none wz-wrapping"):
                    if not counts[key]:
                        empty_state(NOTHING[key], icon="task_alt")
                    elif key == "problem":
                        self._draw_problems("有问题的内容", preview.problems)
                    elif key == "advice":
                        ui.label("不改也能导入；导入后在条目页面上可以一键改。").classes("wz-muted")
                        self._draw_problems("建议修改的内容", preview.advice)
                    else:
                        self._draw_rows(preview, key, counts[key])

    def _draw_problems(self, caption: str, problems: Sequence[Problem]) -> None:
        table = Table(caption, ["位置", "列", "原因"])
        for problem in problems[: self._limits.rows]:
            table.line(problem.place, problem.column or "（整行）", problem.reason)

    def _draw_rows(self, preview: ImportPreview, action: str, count: int) -> None:
        rows = [row for row in preview.rows if row.action == action]
        table = Table(TABS[action], ["标题", "位置", "答案"])
        for row in rows:
            short = row.answer[:ANSWER_CHARACTERS] + ("…" if len(row.answer) > ANSWER_CHARACTERS else "")
            table.line(row.title, row.place, short)
        if count > len(rows):
            ui.label(f"只显示前 {len(rows)} 条，共 {count} 条。").classes("wz-muted")

    def _draw_commit(self, preview: ImportPreview) -> None:
        ready = preview.counts["create"] + preview.counts["update"]
        only_valid = ui.checkbox("只导入没有问题的内容", value=False)
        only_valid.set_visibility(bool(preview.problems) and ready > 0)
        with ui.row().classes("wz-actions"):
            button = ui.button(f"导入 {ready} 条", icon="save_alt").props("unelevated")
            button.on_click(lambda: self._commit(preview, only_valid.value, button))
        if not ready and not preview.problems:
            ui.label("和知识库里的一样，不用再导入。").classes("wz-muted")
            button.disable()
        elif preview.problems:
            ui.label("有问题的内容，可以在文件里改好重新上传；也可以先导入没有问题的。").classes("wz-muted")
            button.bind_enabled_from(only_valid, "value")

    async def _commit(self, preview: ImportPreview, only_valid: bool, button: ui.button) -> None:
        if preview.documents and self._written() != [self._as_written(form) for form in preview.documents]:
            described = await self._describe(preview, button)
            if described is not None:
                tell("文件信息改过了，已经重新预览。请再看一遍，然后导入。")
            return
        deed = partial(self._desk.imports.commit, preview.token, only_valid=only_valid)
        with self._progress.shown():
            result = await attempt(partial(self._progress.watch, deed), button=button)
        if result is not None:
            self._results.clear()
            with self._results:
                self._draw_result(result)

    @staticmethod
    def _as_written(form: DocumentForm) -> dict[str, str | None]:
        values = form.model_dump(mode="json")
        return {name: values[name] for name in DOCUMENT_FIELDS}

    def _draw_result(self, result: ImportResult) -> None:
        with section("导入完成"):
            counts = f"新建 {result.created} 条，更新 {result.updated} 条，没变 {result.same} 条"
            ui.label(f"{counts}，有 {result.skipped} 处问题没有导入。" if result.skipped else f"{counts}。")
            ui.label("现在都是草稿，发布后市民才能问到。").classes("wz-muted")
            with ui.row().classes("wz-actions"):
                if self._desk.principal.may("knowledge.publish"):
                    publish = ui.button("全部发布", icon="publish").props("unelevated")
                    publish.on_click(partial(self._publish, result, publish))
                for document_id in result.documents:
                    ui.link("查看政策文件", f"/knowledge/documents/{document_id}").classes("wz-link")
                ui.link("查看草稿", "/knowledge?status=draft").classes("wz-link")

    async def _publish(self, result: ImportResult, button: ui.button) -> None:
        def done(published: int) -> None:
            told(f"已发布 {published} 条，市民现在就能问到")
            button.set_text("已发布")
            button.disable()

        deed = partial(self._desk.imports.publish_import, result.token)
        with self._progress.shown():
            await attempt_gated(partial(self._progress.watch, deed), done, button)


def _value(name: str, one: ui.input) -> str | None:
    text = (one.value or "").strip()
    return text or (None if name in DAYS else "")
