"""A complaint as a citizen tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from citizen import Citizen, Reply

WHAT = "小区门口的路灯坏了，晚上一片漆黑"
WHERE = "解放路12号门口"
WHEN = "从上周开始"
PHONE = "13812345678"


def fill_in_complaint(citizen: Citizen, *, contact: str = "匿名") -> Reply:
    """Answer every question of the form; the reply reads everything back and asks for confirmation."""
    for words in ("我要投诉", WHAT, WHERE, WHEN):
        citizen.say(words)
    return citizen.say(contact)
