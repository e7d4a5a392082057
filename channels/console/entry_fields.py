"""The fields of an entry as a curator edits them, and back to the shape of ``EntryForm``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui import ui

from channels.console.answer_preview import FACT_LABELS, LIST_FACTS
from channels.console.details_text import details_text, read_details
from channels.console.legal_basis_rows import LegalBasisRows
from channels.console.markup import attributes
from channels.console.points_text import points_text, read_points
from channels.console.widgets import section
from knowledge_base.aspects import aspects
from knowledge_base.content_schema import LONGEST_SUMMARY_EN, LONGEST_TITLE_EN
from knowledge_base.entry_form import EntryForm

KINDS = {"service_item": "办事事项", "entry": "普通问答"}
# Passages come with their document; nobody writes one alone.
PASSAGE = {"passage": "政策条文"}
ONE_LINE = (
    "topic",
    "kind",
    "title",
    "question",
    "answer",
    "title_en",
    "summary_en",
    "points",
    "details",
    "region",
    "owner",
)
HINTED = ("title", "question", "similar", "answer", "title_en", "summary_en", "points", "details", "confirm", "region")
PLACEHOLDER_HINT = "可以用 {hall.address} 这样的写法引用城市设置里的值，市民看到的是填好的内容。"


def lines(text: str | None) -> list[str]:
    """One item a line, blanks dropped.

    >>> lines("身份证 \\n\\n户口簿")
    ['身份证', '户口簿']
    """
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def read_form(values: dict[str, Any]) -> EntryForm:
    """The form of what stood in the fields; raises InvalidEntry in Chinese."""
    written = {"points": read_points(values["points"]), "details": read_details(values["details"])}
    return EntryForm.parse(values | written)


class EntryFields:
    """Draws the fields at the present place. ``related`` are the entries that can be chosen: id → title."""

    def __init__(
        self, values: dict[str, Any], topics: dict[str, str], related: dict[str, str], on_change: Callable[[], object]
    ) -> None:
        self._values = values
        self._on_change = on_change
        self._inputs: dict[str, ui.input | ui.textarea | ui.select] = {}
        self._facts: dict[str, ui.textarea] = {}
        # Below each field: what is to be said of it, by the names that data standards use.
        self.hints: dict[str, ui.element] = {}
        self._draw_question(topics)
        self._draw_answer()
        self._draw_facts()
        self._draw_points()
        self._draw_details()
        self._draw_english()
        with section("依据"):
            self._basis = LegalBasisRows(values.get("legal_basis") or [], on_change)
            self._draw_hint("legal_basis")
        self._draw_rest(related)

    def values(self) -> dict[str, Any]:
        """What stands in the fields now, for ``read_form``; points and details as text, for they may be half written."""
        one = {name: (self._inputs[name].value or "").strip() for name in ONE_LINE}
        many = {name: lines(self._inputs[name].value) for name in ("similar", "aliases", "confirm")}
        dates = {name: self._inputs[name].value or None for name in ("effective", "expires")}
        facts = {
            name: lines(area.value) if name in LIST_FACTS else (area.value or "").strip()
            for name, area in self._facts.items()
        }
        return {
            **one,
            **many,
            **dates,
            "facts": facts if one["kind"] == "service_item" else None,
            "legal_basis": self._basis.values(),
            "related": list(self._inputs["related"].value or []),
        }

    def change(self, name: str, how: Callable[[str], str]) -> None:
        """Put another text into a field; names of facts begin with ``facts.``, ``legal_basis`` are its issuers."""
        if name == "legal_basis":
            self._basis.change_issuers(how)
            return
        fact = name.removeprefix("facts.")
        field = self._facts[fact] if fact != name else self._inputs[name]
        field.value = how(field.value or "")

    def lock(self) -> None:
        """Show everything, change nothing."""
        for element in [*self._inputs.values(), *self._facts.values()]:
            element.props("readonly")
        self._basis.lock()

    def _keep(self, name: str, element: ui.input | ui.textarea | ui.select) -> None:
        element.props("outlined")
        element.on_value_change(lambda: self._on_change())
        self._inputs[name] = element
        if name in HINTED:
            self._draw_hint(name)

    def _draw_hint(self, name: str) -> None:
        self.hints[name] = ui.element("div").classes("wz-hints").props("aria-live=polite")

    def _area(self, name: str, label: str, hint: str = "") -> None:
        value = self._values.get(name) or ""
        text = "\n".join(value) if isinstance(value, list) else value
        self._text_area(name, label, text, hint)

    def _text_area(self, name: str, label: str, text: str, hint: str) -> None:
        area = ui.textarea(label, value=text).props("autogrow debounce=300")
        if hint:
            attributes(area, hint=hint)
        self._keep(name, area)

    def _draw_question(self, topics: dict[str, str]) -> None:
        with section("问题"):
            with ui.element("div").classes("wz-pair"):
                topic = self._values.get("topic") or next(iter(topics))
                self._keep("topic", ui.select({**{topic: topic}, **topics}, value=topic, label="主题"))
                kind = self._values.get("kind") or "entry"
                self._keep("kind", ui.select(PASSAGE if kind in PASSAGE else KINDS, value=kind, label="类型"))
            for name, label, limit in [("title", "标题", 80), ("question", "标准问", 200)]:
                text = ui.input(label, value=self._values.get(name) or "").props("debounce=300")
                attributes(text, maxlength=limit)
                self._keep(name, text)
            self._area("similar", "相似问", "市民会怎么问，一行一种说法；说法越多越容易找到")
            self._area("aliases", "别名", "这件事的俗称、旧称，一行一个")

    def _draw_answer(self) -> None:
        with section("答案"):
            self._area("answer", "答案")
            ui.label(PLACEHOLDER_HINT).classes("wz-muted")

    def _draw_facts(self) -> None:
        facts = self._values.get("facts") or {}
        with ui.element("div").classes("w-full") as box, section("办事要素"):
            ui.label("条件、材料、步骤一行一项。").classes("wz-muted")
            for name, label in FACT_LABELS.items():
                value = facts.get(name) or ""
                text = "\n".join(value) if isinstance(value, list) else value
                area = ui.textarea(label, value=text).props("outlined autogrow debounce=300")
                area.on_value_change(lambda: self._on_change())
                self._facts[name] = area
                self._draw_hint(f"facts.{name}")
        box.bind_visibility_from(self._inputs["kind"], "value", value="service_item")

    def _draw_points(self) -> None:
        with section("单独问到时"):
            ui.label("市民只问一个方面时，助手只答这一点。").classes("wz-muted")
            text = points_text(self._values.get("points") or {})
            self._text_area("points", "分方面的要点", text, "一行一点，先写方面，例如“申请期限：退役后30日内报到”")
            ui.label("可以写的方面：" + "、".join(aspects().values())).classes("wz-muted")

    def _draw_details(self) -> None:
        with section("细问细答"):
            ui.label("市民问到自己的具体情形时，助手先答这一条，下面再给整个答案。").classes("wz-muted")
            text = details_text(self._values.get("details") or [])
            ui.label("还没有对照依据核实的，写成“答（待核实）：”，市民看不到。").classes("wz-muted")
            hint = "“问：”一行一种问法，接着一行“答：”，依据写在〔〕里；两条之间空一行"
            self._text_area("details", "细问细答", text, hint)

    def _draw_english(self) -> None:
        with section("英文"):
            ui.label("市民用英文提问时会看到这两项；没有写的，只看到中文答案。").classes("wz-muted")
            title = ui.input("英文标题", value=self._values.get("title_en") or "").props("debounce=300")
            attributes(title, maxlength=LONGEST_TITLE_EN)
            self._keep("title_en", title)
            self._area("summary_en", "英文摘要", f"带什么、去哪里、多久、多少钱，最多 {LONGEST_SUMMARY_EN} 个字符")

    def _draw_rest(self, related: dict[str, str]) -> None:
        with section("有效期与其他"):
            with ui.element("div").classes("wz-pair"):
                for name, label in [("effective", "生效日期"), ("expires", "失效日期（从这天起不再使用）")]:
                    day = self._values.get(name)
                    self._keep(
                        name, ui.input(label, value=day.isoformat() if day else "").props("type=date stack-label")
                    )
            with ui.element("div").classes("wz-pair"):
                region = ui.input("适用地区（行政区划代码）", value=self._values.get("region") or "")
                region.props('maxlength=6 inputmode=numeric debounce=300 hint="六位代码，含下级地区；不填表示各地通用"')
                self._keep("region", region)
                owner = ui.input("负责人（用户名）", value=self._values.get("owner") or "")
                owner.props('maxlength=40 debounce=300 hint="快到期时提醒谁"')
                self._keep("owner", owner)
            self._area("confirm", "需要市民再确认的内容", "各地规定不一、以当地为准的内容，一行一项")
            chosen = list(self._values.get("related") or [])
            options = {**{one: one for one in chosen}, **related}
            select = ui.select(options, value=chosen, label="相关条目", multiple=True, with_input=True)
            self._keep("related", select.props("use-chips"))
