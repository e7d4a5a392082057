"""Replies as plain text: cards become lines, buttons become numbered choices."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from actions.messages import (
    AnswerPart,
    Button,
    EmergencyPart,
    Part,
    ServicesPart,
    Source,
    StaffPart,
    TextPart,
    TicketPart,
)
from actions.tickets.legal_clock import BEIJING, chinese_date
from channels.wechat.paging import MAX_BYTES, fit, safe_text
from channels.wechat.texts import WeChatTexts, wechat_texts

CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


@dataclass
class ChoicesMemory:
    """What a conversation was last offered, what of the last reply is still to be read, and whether one is overdue."""

    choices: list[Button] = field(default_factory=list)
    rest: str = ""
    slow: bool = False

    def chosen(self, text: str) -> Button | None:
        """The choice that a citizen means by its number (1, １, 1.) or by its very words."""
        said = _normal(text)
        number = said.rstrip(".、。)")
        if number.isascii() and number.isdigit() and 1 <= int(number[:4]) <= len(self.choices):
            return self.choices[int(number[:4]) - 1]
        return next((button for button in self.choices if _normal(button.title) == said), None)

    def next_page(self, limit: int = MAX_BYTES) -> str:
        """The next page of the rest, which gets shorter by it."""
        page, self.rest = fit(self.rest, limit, wechat_texts().more)
        return page


def render(parts: Sequence[Part], memory: ChoicesMemory, limit: int = MAX_BYTES) -> str:
    """The reply as text of at most ``limit`` bytes of UTF-8.

    ``memory`` is set to the numbered choices and to what did not fit.
    """
    writer = _Writer(wechat_texts(), limit)
    memory.rest = safe_text("\n\n".join(filter(None, (writer.part(part) for part in parts))))
    memory.choices = writer.choices
    memory.slow = False
    return memory.next_page(limit)


def _normal(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


class _Writer:
    """Writes the parts of one reply for pages of ``limit`` bytes; choices are numbered through."""

    def __init__(self, texts: WeChatTexts, limit: int) -> None:
        self._texts = texts
        self._limit = limit
        self.choices: list[Button] = []

    def part(self, part: Part) -> str:
        writers: dict[type, Callable[..., str]] = {
            TextPart: self._text,
            AnswerPart: self._answer,
            ServicesPart: self._services,
            TicketPart: self._ticket,
            EmergencyPart: self._emergency,
            StaffPart: self._staff,
        }
        return writers[type(part)](part)

    def _numbered(self, head: str, buttons: Sequence[Button]) -> list[str]:
        return [head, *(self._choice(button) for button in buttons)] if buttons else []

    def _choice(self, button: Button, note: str = "") -> str:
        self.choices.append(button)
        return f"{len(self.choices)}. {button.title}" + (f"（{note}）" if note else "")

    def _text(self, part: TextPart) -> str:
        return "\n".join([part.text, *self._numbered(self._texts.choices, part.buttons)])

    def _answer(self, part: AnswerPart) -> str:
        lines = [f"【{part.title}】", part.text]
        lines += [_item(index, item, part.ordered) for index, item in enumerate(part.items)]
        if part.sources:
            lines += [self._texts.sources, *(self._source(source) for source in part.sources)]
        lines += self._numbered(self._texts.facets, part.facets)
        lines += self._numbered(self._texts.related, part.related)
        return "\n".join(filter(None, lines))

    def _source(self, source: Source) -> str:
        effective = ""
        if source.effective:
            day = f"{source.effective.year}年{source.effective.month}月{source.effective.day}日"
            effective = self._texts.source_effective.format(date=day)
        detail = "，".join(filter(None, (source.issuer, source.number, effective)))
        return self._texts.source_article.format(
            title=source.title.strip("《》"),
            article=source.article,
            detail=self._texts.source_detail.format(detail=detail) if detail else "",
        )

    def _services(self, part: ServicesPart) -> str:
        lines = [f"【{part.title}】", part.intro, self._texts.steps if part.services else ""]
        steps = [
            self._choice(Button(title=step.title, payload=step.button.payload), step.note) for step in part.services
        ]
        sources = [self._texts.step_source.format(source=step.source) if step.source else "" for step in part.services]
        sourced = [line for pair in zip(steps, sources, strict=True) for line in pair]
        full = "\n".join(filter(None, lines + sourced))
        # The list must not be torn over two messages for the sake of its sources: each answer has them again.
        return full if len(full.encode()) <= self._limit else "\n".join(filter(None, lines + steps))

    def _ticket(self, part: TicketPart) -> str:
        texts = self._texts
        lines = [
            texts.ticket_head.format(number=part.number, kind=part.kind_label),
            part.summary,
            texts.ticket_code.format(code=part.code) if part.code else "",
            texts.ticket_status.format(status=part.status_label),
            texts.ticket_department.format(department=part.department) if part.department else "",
            texts.ticket_due.format(label=part.due_label, due=chinese_date(part.due)) if part.due else "",
            part.text,
        ]
        if part.history:
            lines += [texts.ticket_history, *(f"{self._day(line.at)} {line.text}" for line in part.history)]
        return "\n".join(filter(None, lines))

    def _day(self, moment: datetime) -> str:
        day = moment.astimezone(BEIJING)
        return self._texts.date.format(month=day.month, day=day.day)

    def _emergency(self, part: EmergencyPart) -> str:
        phones = "、".join(button.title for button in part.phones)
        return "\n".join(
            filter(None, [part.text, self._texts.emergency_phones.format(phones=phones) if phones else ""])
        )

    def _staff(self, part: StaffPart) -> str:
        author = part.author or self._texts.staff_author
        head = self._texts.staff_head_ticket if part.ticket_number else self._texts.staff_head
        return f"{head.format(author=author, number=part.ticket_number)}\n{part.text}"


def _item(index: int, item: str, ordered: bool) -> str:
    # Not "1.": that is how choices are numbered.
    if not ordered:
        return f"· {item}"
    return f"{CIRCLED[index]} {item}" if index < len(CIRCLED) else f"({index + 1}) {item}"
