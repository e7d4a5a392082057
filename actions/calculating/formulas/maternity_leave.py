"""Days of maternity leave: 女职工劳动保护特别规定第七条."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from actions.calculating.formulas.result import Result, Values

DAYS, DIFFICULT, EACH_MORE = 98, 15, 15
LOST = {"lost_early": ("怀孕未满4个月流产", 15), "lost_late": ("怀孕满4个月流产", 42)}


def maternity_leave(values: Values, today: date) -> Result:
    """``kind``: easy, difficult, or a key of ``LOST``; ``babies``: born at once."""
    kind = values["kind"]
    if kind in LOST:
        label, days = LOST[kind]
        return Result(
            f"{label}，产假是{days}天。",
            ("请保管好医疗机构的证明，向单位请假时要用。", "怀孕未满4个月流产15天，满4个月流产42天。"),
        )
    more = int(Decimal(values["babies"])) - 1
    days = DAYS + (DIFFICULT if kind == "difficult" else 0) + EACH_MORE * more
    parts = [f"基本产假{DAYS}天（其中产前可以休15天）"]
    parts += [f"难产（含剖宫产）增加{DIFFICULT}天"] if kind == "difficult" else []
    parts += [f"多生{more}个婴儿，增加{EACH_MORE * more}天"] if more else []
    return Result(
        f"国家规定的产假一共{days}天；省里另有奖励假的，再加上奖励假。",
        ("；".join(parts) + "。", "国家规定加上本省奖励的总天数，可以问我“产假一共多少天”。"),
    )
