"""Pay for overtime: 劳动法第四十四条; days and hours of a month by 人社部发〔2025〕2号."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from actions.calculating.formulas.result import Result, Values, number, yuan

# 365 days without 104 of weekends, by twelve: paid days of a month.
PAID_DAYS, HOURS = Decimal("21.75"), Decimal(8)
KINDS = {
    "workday": ("平时延长工作时间", Decimal("1.5"), "不低于工资的150%"),
    "rest_day": ("休息日加班又没有安排补休", Decimal(2), "不低于工资的200%"),
    "holiday": ("法定节假日加班", Decimal(3), "不低于工资的300%，补休不能抵"),
}


def overtime(values: Values, today: date) -> Result:
    """``kind``: a key of ``KINDS``; ``wage``: 元 a month; ``hours`` of overtime."""
    label, rate, words = KINDS[values["kind"]]
    wage, hours = Decimal(values["wage"]), Decimal(values["hours"])
    hourly = wage / PAID_DAYS / HOURS
    pay = hourly * rate * hours
    return Result(
        f"{label}{number(hours)}小时，加班费至少{yuan(pay)}元。",
        (
            f"小时工资：{yuan(wage)}÷21.75÷8＝{yuan(hourly)}元",
            f"{label}，{words}：{yuan(hourly)}×{number(rate * 100)}%×{number(hours)}小时＝{yuan(pay)}元",
            "这样算的是标准工时制；综合计算工时、不定时工作制另有规定。",
        ),
    )
