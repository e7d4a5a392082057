"""Many wrong query codes are said to operators, counted, and recorded for auditors; nothing personal is in it."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy.orm import Session, sessionmaker

from actions.tickets.lookup import ALL_NUMBERS, LookupAlarm, WrongCode
from bot.lookup_watch import LookupWatch
from bot.metrics import CODE_ALARMS, WRONG_CODES
from bot.security.audit import AuditLog

NUMBER = "YZ20261130-00018"


def test_one_wrong_code_is_counted_and_nothing_more(sessions: sessionmaker[Session]) -> None:
    audit, before = AuditLog(sessions), WRONG_CODES._value.get()
    LookupWatch(audit)(WrongCode())
    assert WRONG_CODES._value.get() == before + 1
    assert audit.records() == []


@pytest.mark.parametrize(
    ("number", "scope", "object_"), [(NUMBER, "number", NUMBER), (ALL_NUMBERS, "all", "全部工单")], ids=["one", "all"]
)
def test_an_alarm_is_logged_counted_and_recorded(
    sessions: sessionmaker[Session], caplog: pytest.LogCaptureFixture, number: str, scope: str, object_: str
) -> None:
    audit, before = AuditLog(sessions), CODE_ALARMS.labels(scope)._value.get()
    with caplog.at_level(logging.WARNING):
        LookupWatch(audit)(WrongCode((LookupAlarm(number, 12, 9, 60),)))
    [said] = caplog.records
    assert (said.levelname, vars(said)["wrong_codes"], vars(said)["conversations"]) == ("WARNING", 12, 9)
    assert CODE_ALARMS.labels(scope)._value.get() == before + 1
    [record] = audit.records()
    assert (record.action, record.object) == ("tickets.code_alarm", object_)
    assert record.detail == "60 分钟内输错查询码 12 次，来自 9 个对话"
