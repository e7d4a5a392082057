"""Severance pay: 劳动合同法第四十七条."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from actions.calculating.formulas.result import Result, Values, number, yuan

HALF = Decimal("0.5")


def severance(values: Values, today: date) -> Result:
    """``years``: worked for this employer; ``wage``: mean of the last twelve months, 元 a month."""
    years, wage = Decimal(values["years"]), Decimal(values["wage"])
    months = months_of(years)
    pay = months * wage
    return Result(
        f"经济补偿是{number(months)}个月工资，约{yuan(pay)}元。",
        (
            f"工作{number(years)}年：每满1年算1个月工资，满半年不满1年算1个月，不满半年算半个月，一共{number(months)}个月。",
            f"{number(months)}×{yuan(wage)}＝{yuan(pay)}元",
            "月工资高于本市上年度职工月平均工资3倍的，按3倍算，最多算12年。",
            "单位违法解除的，赔偿金是经济补偿的2倍。自己主动辞职、单位没有过错的，一般没有补偿。",
        ),
    )


def months_of(years: Decimal) -> Decimal:
    """Wages of a month for so many years.

    >>> [str(months_of(Decimal(years))) for years in ("3", "3.3", "3.5", "0.2")]
    ['3', '3.5', '4', '0.5']
    """
    whole, rest = divmod(years, 1)
    if not rest:
        return whole
    return whole + (1 if rest >= HALF else HALF)
