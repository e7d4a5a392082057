"""Staff are told of citizens who spoke of suicide or violence."""

import pytest

from actions.messages import EmergencyPart
from channels.conversations.danger_alerts import LONGEST_NOTE, DangerAlerts, Waiting, outcomes
from channels.emergency import EmergencyFinder
from channels.emergency_words import load_words
from knowledge_base.lifecycle import InvalidEntry
from tests.unit.channels.conftest import Desk

SUICIDE, STROKE = "我不想活了，药都准备好了", "我妈妈晕倒了，快救救她"


@pytest.fixture
def alerts(desk: Desk) -> DangerAlerts:
    return DangerAlerts(desk.sessions)


async def test_words_of_suicide_tell_staff_once_a_conversation(desk: Desk, alerts: DangerAlerts) -> None:
    for number in range(2):
        await desk.gateway.handle(desk.inbound(SUICIDE, message_id=f"m{number}"))
    [alert] = alerts.listed(closed=False)
    assert (alert.conversation_id, alert.kind_label, alert.turns) == (desk.conversation_id, "想伤害自己", 2)
    assert alerts.waiting() == Waiting(open=1, untaken=1, newest=alert.id)


async def test_a_message_that_is_delivered_twice_is_told_once(desk: Desk, alerts: DangerAlerts) -> None:
    for _ in range(2):
        await desk.gateway.handle(desk.inbound(SUICIDE))
    assert [one.turns for one in alerts.listed(closed=False)] == [1]


async def test_a_stroke_is_for_the_ambulance_and_nobody_else_is_told(desk: Desk, alerts: DangerAlerts) -> None:
    await desk.gateway.handle(desk.inbound(STROKE))
    assert alerts.waiting() == Waiting()


async def test_who_takes_an_alert_has_it(desk: Desk, alerts: DangerAlerts) -> None:
    await desk.gateway.handle(desk.inbound(SUICIDE))
    [alert] = alerts.listed(closed=False)
    for _ in range(2):
        alerts.take(alert.id, actor="lihua")
    with pytest.raises(InvalidEntry, match="已经有人"):
        alerts.take(alert.id, actor="wangfang")
    assert alerts.waiting() == Waiting(open=1, untaken=0, newest=alert.id)


async def test_what_came_of_it_is_kept_and_new_words_open_a_new_alert(desk: Desk, alerts: DangerAlerts) -> None:
    await desk.gateway.handle(desk.inbound(SUICIDE))
    [alert] = alerts.listed(closed=False)
    with pytest.raises(InvalidEntry, match="结果"):
        alerts.close(alert.id, "whatever", actor="lihua")
    with pytest.raises(InvalidEntry, match=str(LONGEST_NOTE)):
        alerts.close(alert.id, "safe", "长" * (LONGEST_NOTE + 1), actor="lihua")
    alerts.close(alert.id, "safe", " 家人已到 ", actor="lihua")
    with pytest.raises(InvalidEntry, match="已经有人"):
        alerts.close(alert.id, "police", actor="wangfang")
    [closed] = alerts.listed(closed=True)
    assert (closed.outcome_label, closed.note, closed.closed_by) == (outcomes()["safe"], "家人已到", "lihua")
    assert alerts.waiting() == Waiting()
    await desk.gateway.handle(desk.inbound(SUICIDE, message_id="later"))
    assert [one.closed_by for one in alerts.of_conversation(desk.conversation_id)] == ["", "lihua"]


def test_every_watched_kind_has_a_name_for_staff_and_a_line_for_the_citizen() -> None:
    words = load_words()
    assert {"self_harm", "other_suicide", "violence_home", "child_abuse"} <= words.watched
    assert all(kind["name"] for kind in words.kinds.values())


def test_who_writes_in_english_is_told_in_english_too(desk: Desk) -> None:
    found = EmergencyFinder(desk.judge).find("My husband is beating me right now, please help")
    assert found is not None
    part = found.parts[0]
    assert isinstance(part, EmergencyPart)
    assert part.text.startswith(load_words().english["certain"])
    assert part.phones[0].title == "110 Police"


def test_every_number_has_an_english_name() -> None:
    assert set(load_words().english["phones"]) == set(load_words().phones)
