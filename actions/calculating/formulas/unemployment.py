"""For how long one gets unemployment benefit: 社会保险法第四十六条."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from actions.calculating.formulas.result import Result, Values, number

# From so many years paid in all, so many months at most.
MONTHS = ((Decimal(10), 24), (Decimal(5), 18), (Decimal(1), 12))


def unemployment(values: Values, today: date) -> Result:
    """``years``: for which contributions to unemployment insurance were paid in all."""
    years = Decimal(values["years"])
    months = next((months for least, months in MONTHS if years >= least), 0)
    rule = "缴费满1年不足5年，最长12个月；满5年不足10年，最长18个月；10年以上，最长24个月。"
    if not months:
        return Result("失业保险缴费不满1年，还不能领失业保险金。", (rule, "可以问问当地有没有失业补助等其他帮扶。"))
    return Result(
        f"失业保险累计缴费{number(years)}年，失业金最长可以领{months}个月。",
        (
            rule,
            "具体几个月由社保经办机构按缴费时间核定；重新就业后又失业的，缴费时间重新算，没领完的可以合并，最长不超过24个月。",
            "还要同时满足：不是自己主动辞职，已经办失业登记，并且在找工作。",
        ),
    )
