"""What staff read for a turn of a conversation, from ``turn_labels.yml``, and what was said in it as plain words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from channels.conversations.unresolved import reason_labels
from nlu.privacy import mask

LEAST_MS = 0.5
# Of a reason that names whose business it is: out_of_scope:court.
OUT_OF_SCOPE = "out_of_scope"


@lru_cache(maxsize=1)
def turn_labels() -> dict[str, dict[str, Any]]:
    """Kind of label → code → words."""
    data: dict[str, dict[str, Any]] = yaml.safe_load(
        (Path(__file__).parent / "turn_labels.yml").read_text(encoding="utf-8")
    )
    return data


def label(kind: str, code: str) -> str:
    """The words for a code; a code that is not known is shown as it is."""
    return str(turn_labels()[kind].get(code, code))


def decision_label(decision: str) -> tuple[str, str]:
    """Words and tone of what came of a turn."""
    words, tone = turn_labels()["decisions"].get(decision, (decision, "neutral"))
    return words, tone


def decisions() -> dict[str, str]:
    """What can come of a turn: code → words."""
    return {code: words for code, (words, _) in turn_labels()["decisions"].items() if code}


def reason_label(reason: str) -> str:
    """Why it came so, in words."""
    code, _, door = reason.partition(":")
    if code == OUT_OF_SCOPE and door:
        return f"{label('reasons', code)}：{label('doors', door)}"
    return reason_labels().get(reason) or label("reasons", reason)


def latency_line(latency_ms: Mapping[str, float]) -> str:
    """Where the time went, without what took no time to speak of: ``共用时 41 毫秒 · 检索 3 毫秒``.

    >>> latency_line({"search": 3.2, "total": 41.0, "danger": 0.01})
    '共用时 41 毫秒 · 检索 3 毫秒'
    """
    steps = turn_labels()["steps"]
    return " · ".join(
        f"{words} {latency_ms[step]:.0f} 毫秒" for step, words in steps.items() if latency_ms.get(step, 0) >= LEAST_MS
    )


def said(parts: Iterable[Mapping[str, Any]]) -> list[str]:
    """What a message says, a paragraph a part. Of a ticket no more than its number: what is in it is not for every reader.

    >>> said([{"type": "text", "text": "您好"}, {"type": "ticket", "number": "A1", "status_label": "已登记", "code": "9"}])
    ['您好', '工单 A1（已登记）']
    """
    return [words for part in parts if (words := _words(part))]


def _words(part: Mapping[str, Any]) -> str:
    if part["type"] == "answer":
        items = "".join(f"\n· {item}" for item in part.get("items", ()))
        return f"{part['title']}：{part['text']}{items}"
    if part["type"] == "services":
        return "、".join([part["title"], *(service["title"] for service in part["services"])])
    if part["type"] == "ticket":
        return f"工单 {part['number']}（{part['status_label']}）"
    return mask(part.get("text") or "")
