"""Prometheus metrics: turns by channel and decision, and how long they and their steps take; wrong query codes."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

from channels.inbound import Inbound, TurnResult

BUCKETS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10)
TURNS = Counter("wenzheng_turns_total", "Turns answered.", ["channel", "decision"])
TURN_SECONDS = Histogram("wenzheng_turn_seconds", "Whole turns.", ["decision"], buckets=BUCKETS)
WRONG_CODES = Counter("wenzheng_ticket_wrong_codes_total", "Wrong query codes of tickets.")
CODE_ALARMS = Counter("wenzheng_ticket_code_alarms_total", "Alarms because of many wrong query codes.", ["scope"])
STEP_SECONDS = Histogram("wenzheng_step_seconds", "Steps of a turn.", ["step"], buckets=BUCKETS)


def observe_turn(result: TurnResult, inbound: Inbound) -> None:
    """Count one finished turn."""
    TURNS.labels(inbound.channel, result.decision).inc()
    for step, milliseconds in result.latency_ms.items():
        if step == "total":
            TURN_SECONDS.labels(result.decision).observe(milliseconds / 1000)
        else:
            STEP_SECONDS.labels(step).observe(milliseconds / 1000)
