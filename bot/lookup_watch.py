"""What is done when a wrong query code is typed: counted, and where there are many said to operators and to staff."""

from __future__ import annotations

from actions.tickets.lookup import ALL_NUMBERS, WrongCode, log_wrong_code
from bot.metrics import CODE_ALARMS, WRONG_CODES
from bot.security.audit import AuditLog

ACTOR, ACTION = "系统", "tickets.code_alarm"


class LookupWatch:
    """Counts in the metrics, speaks in the log, and leaves a record that auditors read."""

    def __init__(self, audit: AuditLog) -> None:
        self._audit = audit

    def __call__(self, wrong: WrongCode) -> None:
        """Take note of one wrong code."""
        WRONG_CODES.inc()
        log_wrong_code(wrong)
        for alarm in wrong.alarms:
            everywhere = alarm.number == ALL_NUMBERS
            CODE_ALARMS.labels("all" if everywhere else "number").inc()
            detail = f"{alarm.minutes} 分钟内输错查询码 {alarm.wrong_codes} 次，来自 {alarm.conversations} 个对话"
            self._audit.record(ACTOR, ACTION, "全部工单" if everywhere else alarm.number, detail)
