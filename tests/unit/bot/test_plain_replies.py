from __future__ import annotations

from datetime import UTC, datetime

from actions.messages import Button, ServicesPart, ServiceStep, TicketPart
from bot.commands.plain import part_text


def test_services_stand_with_their_sources() -> None:
    birth = Button(title="出生医学证明", payload="/birth")
    steps = [
        ServiceStep(title="出生医学证明", note="先办这个", source="《母婴保健法》第二十三条", button=birth),
        ServiceStep(title="育儿补贴", button=birth),
    ]
    text = part_text(ServicesPart(title="孩子出生", services=steps))
    assert text == "孩子出生\n1. 出生医学证明　先办这个\n   依据：《母婴保健法》第二十三条\n2. 育儿补贴"


def test_a_ticket_says_what_happens_by_when() -> None:
    ticket = TicketPart(
        number="YZ20261116-00017",
        kind_label="投诉",
        status="filed",
        status_label="待受理",
        summary="路灯坏了",
        due=datetime(2026, 11, 22, 17, tzinfo=UTC),
        due_label="最晚受理",
    )
    assert part_text(ticket) == "工单 YZ20261116-00017（待受理）\n最晚受理 2026年11月23日\n路灯坏了"
