"""When one may retire: 国务院关于渐进式延迟法定退休年龄的办法, in force since 2025-01-01."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from actions.calculating.formulas.result import Result, Values

MONTHS = 12


@dataclass(frozen=True)
class Kind:
    """``age``: at which one retired before 2025; who was born in ``first`` (year, month) or later retires so many months later:
    one month more for every ``step`` months of birth, ``most`` at most.
    """

    label: str
    age: int
    first: tuple[int, int]
    step: int
    most: int


KINDS = {
    "man": Kind("男职工", 60, (1965, 1), 4, 36),
    "woman_55": Kind("原来55周岁退休的女职工", 55, (1970, 1), 4, 36),
    "woman_50": Kind("原来50周岁退休的女职工", 50, (1975, 1), 2, 60),
}
# The years one must have paid: half a year more with every year from 2030 on (第二条).
PAID, MORE_FROM, PAID_MOST = 15 * MONTHS, 2030, 20 * MONTHS
EARLY = 3


def retirement(values: Values, today: date) -> Result:
    """``kind``: a key of ``KINDS``; ``born``: year and month, 1970-05."""
    kind = KINDS[values["kind"]]
    year, month = map(int, values["born"].split("-"))
    delay = delay_months(kind, year, month)
    age = kind.age * MONTHS + delay
    due = _later(year, month, age)
    before = _later(year, month, kind.age * MONTHS)
    earliest = max(before, _later(*due, -EARLY * MONTHS))
    paid = paid_months(due[0])
    lines = [
        f"{kind.label}，{year}年{month}月出生，原来{_spoken(before)}满{kind.age}周岁退休。",
        f"从{kind.first[0]}年{kind.first[1]}月出生的人起，每{kind.step}个月延迟1个月，您延迟{delay}个月。"
        if delay
        else "您在2025年以前就到了退休年龄，不延迟。",
        f"退休时养老保险要缴满{_length(paid)}。",
    ]
    if delay:
        lines.append(
            f"缴够年限、自己愿意，可以弹性提前，最早{_spoken(earliest)}（不能早于原来的年龄，最多提前{EARLY}年）；"
            f"和单位商量好，也可以最多延后{EARLY}年。"
        )
    return Result(f"您的法定退休年龄是{_length(age, '岁')}，也就是{_spoken(due)}退休。", tuple(lines))


def delay_months(kind: Kind, year: int, month: int) -> int:
    """By how many months somebody born then retires later.

    >>> [delay_months(KINDS["man"], 1965, month) for month in (1, 4, 5)], delay_months(KINDS["man"], 1990, 1)
    ([1, 1, 2], 36)
    """
    since = (year - kind.first[0]) * MONTHS + month - kind.first[1]
    return 0 if since < 0 else min(since // kind.step + 1, kind.most)


def paid_months(year: int) -> int:
    """Months that one who retires in a year must have paid: 15 years, from 2030 on half a year more each year, to 20."""
    return min(PAID + max(0, year - MORE_FROM + 1) * MONTHS // 2, PAID_MOST)


def _later(year: int, month: int, months: int) -> tuple[int, int]:
    count = year * MONTHS + month - 1 + months
    return count // MONTHS, count % MONTHS + 1


def _spoken(day: tuple[int, int]) -> str:
    return f"{day[0]}年{day[1]}月"


def _length(months: int, unit: str = "年") -> str:
    years, rest = divmod(months, MONTHS)
    return f"{years}{unit}" + (f"{rest}个月" if rest else "")
