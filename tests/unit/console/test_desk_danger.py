"""Citizens in danger at the desk: who sees them, who may look after them, what is recorded; the bell on open pages."""

from __future__ import annotations

import pytest
from console_room import ConsoleRoom

from bot.security.errors import PermissionDenied
from bot.security.roles import role_table
from channels.console.danger_bell import AlertWatch, DangerBell
from channels.console.danger_desk import DangerDesk
from channels.conversations.danger_alerts import AlertView, Waiting, raise_alert
from knowledge_base.lifecycle import InvalidEntry

READERS = {"curator", "agent", "manager", "auditor"}
HANDLERS = {"curator", "agent", "manager"}


def raised(room: ConsoleRoom, conversation_id: str = "c1") -> AlertView:
    turn_id = room.turn("不想活了", conversation_id)
    with room.engine.begin() as connection:
        raise_alert(connection, conversation_id, turn_id, "self_harm")
    return room.services.transcripts.alerts.of_conversation(conversation_id)[0]


def test_alerts_are_seen_by_those_who_read_conversations_and_handled_by_those_who_look_after_people(
    room: ConsoleRoom,
) -> None:
    alert = raised(room)

    def allowed(name: str, *args: object) -> set[str]:
        roles = set()
        for role in role_table().roles:
            desk: DangerDesk = room.desk(role).dangers
            try:
                getattr(desk, name)(*args)
            except PermissionDenied:
                continue
            except InvalidEntry:
                pass  # somebody else had it before
            roles.add(role)
        return roles

    assert allowed("listed") == READERS
    assert allowed("of_conversation", "c1") == READERS
    assert allowed("take", alert) == HANDLERS
    assert allowed("close", alert, "safe") == HANDLERS


def test_what_is_done_about_an_alert_is_recorded(room: ConsoleRoom) -> None:
    alert = raised(room)
    desk = room.desk("agent").dangers
    desk.take(alert)
    desk.close(alert, "police", "派出所已出警")
    deeds = [action for _, action, object_ in room.audit() if object_ == "c1"]
    assert deeds == ["danger.take", "danger.close"]


def test_the_home_page_counts_who_waits(room: ConsoleRoom) -> None:
    raised(room)
    assert room.desk("manager").summary().in_danger == 1
    assert room.desk("handler").summary().in_danger is None


class _Page:
    def __init__(self) -> None:
        self.seen: list[tuple[int, bool]] = []

    def show(self, waiting: Waiting, *, ring: bool = False) -> None:
        self.seen.append((waiting.open, ring))


async def test_open_pages_are_told_of_changes_and_ring_for_new_ones_only(
    room: ConsoleRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch, page = AlertWatch(room.services.transcripts.alerts.waiting), _Page()
    bells: dict[str, DangerBell] = {"page": page}  # type: ignore[dict-item]
    monkeypatch.setattr(watch, "_bells", bells)
    await watch.look()
    alert = raised(room)
    await watch.look()
    await watch.look()
    room.desk("agent").dangers.close(alert, "safe")
    await watch.look()
    assert page.seen == [(1, True), (0, False)]
