"""Deed tax of a home: 财政部 税务总局 住房城乡建设部公告2024年第16号, since 2024-12-01."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from actions.calculating.formulas.result import Result, Values, number, yuan

LARGE = Decimal(140)
# Rates in % for up to 140 square metres, and for more.
RATES = {"first": ("家庭唯一住房", "1", "1.5"), "second": ("家庭第二套住房", "1", "2")}


def deed_tax(values: Values, today: date) -> Result:
    """``count``: which home of the family it is; ``area``: square metres; ``price``: 元, without VAT."""
    area, price = Decimal(values["area"]), Decimal(values["price"])
    if values["count"] not in RATES:
        return Result(
            "买第三套及以上的住房没有优惠，契税按本省规定的税率缴，在3%到5%之间。",
            (f"按3%算是{yuan(price * 3 / 100)}元，按5%算是{yuan(price * 5 / 100)}元。",),
        )
    label, small, large = RATES[values["count"]]
    rate = Decimal(large if area > LARGE else small)
    tax = price * rate / 100
    size = "140平方米以上" if area > LARGE else "140平方米及以下"
    return Result(
        f"{label}、{number(area)}平方米，契税按{number(rate)}%缴，一共{yuan(tax)}元。",
        (
            f"{label}，面积{size}，税率{number(rate)}%。",
            f"{yuan(price)}×{number(rate)}%＝{yuan(tax)}元",
            "家庭成员包括买房人、配偶和未成年子女；计税价格不含增值税，套数以房屋所在地查询结果为准。",
        ),
    )
