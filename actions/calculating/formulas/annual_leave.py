"""Days of paid annual leave: 职工带薪年休假条例第三条, 企业职工带薪年休假实施办法第十一条."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from actions.calculating.formulas.result import Result, Values, number

# From so many years of work in all, with every employer, so many days.
DAYS = ((Decimal(20), 15), (Decimal(10), 10), (Decimal(1), 5))


def annual_leave(values: Values, today: date) -> Result:
    """``years``: of work in all."""
    years = Decimal(values["years"])
    days = next((days for least, days in DAYS if years >= least), 0)
    lines = ("累计工作满1年不满10年休5天，满10年不满20年休10天，满20年休15天；换过单位的，工龄合起来算。",)
    if not days:
        return Result("您累计工作还不满1年，暂时没有带薪年休假；满12个月就有了。", lines)
    return Result(
        f"您累计工作{number(years)}年，每年有{days}天带薪年休假，法定节假日和周末不算在里面。",
        (
            *lines,
            "单位没有安排休的，每天按日工资的300%付，其中100%是平时已经发的工资。日工资＝月工资÷21.75。",
            "病假、事假太多的那一年可能不再休，比如您请病假累计超过规定的月数。",
        ),
    )
