"""Reply parts as plain text for the terminal."""

from __future__ import annotations

from actions.messages import (
    PARTS,
    AnswerPart,
    Button,
    EmergencyPart,
    Part,
    ServicesPart,
    StaffPart,
    TextPart,
    TicketPart,
)
from actions.tickets.legal_clock import chinese_date


def plain(parts: list[dict[str, object]]) -> str:
    """All parts, one under another."""
    return "\n".join(part_text(part) for part in PARTS.validate_python(parts))


def buttons_of(parts: list[dict[str, object]]) -> list[Button]:
    """The choices a reply offers, in order."""
    found: list[Button] = []
    for part in PARTS.validate_python(parts):
        if isinstance(part, TextPart):
            found += part.buttons
        elif isinstance(part, AnswerPart):
            found += [*part.facets, *part.related]
        elif isinstance(part, ServicesPart):
            found += [service.button for service in part.services]
    return found


def part_text(part: Part) -> str:
    """One part."""
    if isinstance(part, AnswerPart):
        return _answer(part)
    if isinstance(part, ServicesPart):
        return _services(part)
    if isinstance(part, TicketPart):
        return _ticket(part)
    if isinstance(part, EmergencyPart):
        return f"{part.text}\n" + "　".join(phone.title for phone in part.phones)
    if isinstance(part, StaffPart):
        return f"工作人员回复：{part.text}"
    return part.text


def _services(part: ServicesPart) -> str:
    lines = [part.title, part.intro]
    for n, step in enumerate(part.services, 1):
        lines += [f"{n}. {step.title}　{step.note}".rstrip(), f"   依据：{step.source}" if step.source else ""]
    return "\n".join(line for line in lines if line)


def _ticket(part: TicketPart) -> str:
    code = f"\n查询码 {part.code}" if part.code else ""
    due = f"\n{part.due_label} {chinese_date(part.due)}" if part.due else ""
    history = "".join(f"\n  {line.at:%Y-%m-%d} {line.text}" for line in part.history)
    return f"工单 {part.number}（{part.status_label}）{code}{due}\n{part.text or part.summary}{history}"


def _answer(part: AnswerPart) -> str:
    lines = [part.title, part.text]
    lines += [f"{n}. {item}" if part.ordered else f"· {item}" for n, item in enumerate(part.items, 1)]
    for source in part.sources:
        number = f"（{source.number}）" if source.number else ""
        lines.append(f"依据：《{source.title}》{number}{source.article}")
    return "\n".join(line for line in lines if line)
