"""Tax on the bonus of a year taxed by itself: 财政部 税务总局公告2023年第30号, until the end of 2027."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from actions.calculating.formulas.result import Result, Values, number, yuan

UNTIL = date(2027, 12, 31)
# 按月换算后的综合所得税率表: up to so much a month, rate in %, quick deduction in 元.
TABLE = (
    (3_000, 3, 0),
    (12_000, 10, 210),
    (25_000, 20, 1_410),
    (35_000, 25, 2_660),
    (55_000, 30, 4_410),
    (80_000, 35, 7_160),
    (None, 45, 15_160),
)


def bonus_tax(values: Values, today: date) -> Result:
    """``bonus``: 元."""
    bonus = Decimal(values["bonus"])
    if today > UNTIL:
        return Result(
            "年终奖单独计税的政策执行到2027年12月31日，之后怎么算，以新的规定为准。",
            ("没有新规定的，年终奖并入当年综合所得一起计税。",),
        )
    monthly = bonus / 12
    _, rate, quick = next(row for row in TABLE if row[0] is None or monthly <= row[0])
    tax = bonus * rate / 100 - quick
    return Result(
        f"年终奖{yuan(bonus)}元，单独计税要缴{yuan(tax)}元，到手{yuan(bonus - tax)}元。",
        (
            f"{yuan(bonus)}÷12＝{yuan(monthly)}元，对应税率{number(Decimal(rate))}%，速算扣除数{quick}元。",
            f"{yuan(bonus)}×{rate}%－{quick}＝{yuan(tax)}元",
            "也可以选择并入全年综合所得一起计税；年收入不高的人，并进去往往更省，可以在“个人所得税”APP里两种都算一下。",
            "一年里只能用一次单独计税，政策执行到2027年12月31日。",
        ),
    )
