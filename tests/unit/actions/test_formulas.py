"""The sums, against worked examples of the law and its official tables."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.calculating.formulas import FORMULAS
from actions.calculating.formulas.retirement import KINDS, delay_months, paid_months, retirement

TODAY = date(2026, 11, 30)


def text(name: str, today: date = TODAY, **values: str) -> str:
    return FORMULAS[name](values, today).text


@pytest.mark.parametrize(
    ("kind", "born", "age", "due"),
    [
        # 附表：男职工、原55周岁女职工、原50周岁女职工延迟法定退休年龄对照表
        ("man", "1964-12", "60岁", "2024年12月"),
        ("man", "1965-01", "60岁1个月", "2025年2月"),
        ("man", "1965-05", "60岁2个月", "2025年7月"),
        ("man", "1976-09", "63岁", "2039年9月"),
        ("woman_55", "1970-01", "55岁1个月", "2025年2月"),
        ("woman_55", "1981-09", "58岁", "2039年9月"),
        ("woman_50", "1975-01", "50岁1个月", "2025年2月"),
        ("woman_50", "1975-03", "50岁2个月", "2025年5月"),
        ("woman_50", "1984-11", "55岁", "2039年11月"),
        ("woman_50", "1999-01", "55岁", "2054年1月"),
    ],
)
def test_the_age_of_retirement_is_that_of_the_official_tables(kind: str, born: str, age: str, due: str) -> None:
    assert text("retirement", kind=kind, born=born) == f"您的法定退休年龄是{age}，也就是{due}退休。"


@given(st.sampled_from(sorted(KINDS)), st.integers(1950, 2010), st.integers(1, 12))
def test_who_is_born_later_never_retires_earlier(kind: str, year: int, month: int) -> None:
    following = (year, month + 1) if month < 12 else (year + 1, 1)
    now, later = (delay_months(KINDS[kind], *born) for born in ((year, month), following))
    assert 0 <= now <= later <= KINDS[kind].most
    assert later - now <= 1


def test_the_years_to_be_paid_grow_from_2030_to_2039() -> None:
    assert [paid_months(year) for year in (2029, 2030, 2031, 2039, 2050)] == [180, 186, 192, 240, 240]


def test_who_retired_before_2025_has_nothing_delayed_and_nothing_to_choose() -> None:
    lines = retirement({"kind": "man", "born": "1960-01"}, TODAY).lines
    assert "不延迟" in lines[1]
    assert not any("弹性" in line for line in lines)


def test_the_earliest_choice_is_never_before_the_age_of_old() -> None:
    assert any("最早2028年5月" in line for line in retirement({"kind": "man", "born": "1968-05"}, TODAY).lines)
    assert any("最早2040年1月" in line for line in retirement({"kind": "man", "born": "1980-01"}, TODAY).lines)


@pytest.mark.parametrize(("years", "days"), [("1", 5), ("9.9", 5), ("10", 10), ("19.5", 10), ("20", 15)])
def test_annual_leave_goes_by_years_of_work(years: str, days: int) -> None:
    assert f"每年有{days}天" in text("annual_leave", years=years)


def test_in_the_first_year_there_is_no_annual_leave() -> None:
    assert "还不满1年" in text("annual_leave", years="0.5")


@pytest.mark.parametrize(("kind", "pay"), [("workday", "750"), ("rest_day", "1000"), ("holiday", "1500")])
def test_overtime_is_paid_by_its_kind(kind: str, pay: str) -> None:
    assert text("overtime", kind=kind, wage="8700", hours="10").endswith(f"加班费至少{pay}元。")


@pytest.mark.parametrize(
    ("years", "pay"),
    [("3", "3个月工资，约18000元"), ("3.42", "3.5个月工资，约21000元"), ("0.5", "1个月工资，约6000元")],
)
def test_severance_counts_half_years(years: str, pay: str) -> None:
    assert pay in text("severance", years=years, wage="6000")


@pytest.mark.parametrize(("years", "months"), [("1", 12), ("4.9", 12), ("5", 18), ("9.99", 18), ("10", 24), ("30", 24)])
def test_unemployment_benefit_goes_by_years_paid(years: str, months: int) -> None:
    assert f"最长可以领{months}个月" in text("unemployment", years=years)


def test_less_than_a_year_paid_gives_no_benefit() -> None:
    assert "不满1年" in text("unemployment", years="0.9")


@pytest.mark.parametrize(
    ("bonus", "tax"),
    [("36000", "1080"), ("36001", "3390.1"), ("144000", "14190"), ("300000", "58590"), ("1000000", "434840")],
)
def test_the_bonus_is_taxed_by_its_twelfth(bonus: str, tax: str) -> None:
    assert f"单独计税要缴{tax}元" in text("bonus_tax", bonus=bonus)


def test_the_rule_for_the_bonus_ends_by_itself() -> None:
    assert "单独计税要缴" in text("bonus_tax", date(2027, 12, 31), bonus="36000")
    assert "以新的规定为准" in text("bonus_tax", date(2028, 1, 1), bonus="36000")


@pytest.mark.parametrize(
    ("count", "area", "tax"),
    [("first", "140", "12000"), ("first", "140.1", "18000"), ("second", "90", "12000"), ("second", "150", "24000")],
)
def test_deed_tax_goes_by_area_and_home(count: str, area: str, tax: str) -> None:
    assert text("deed_tax", count=count, area=area, price="1200000").endswith(f"一共{tax}元。")


def test_a_third_home_has_the_rate_of_the_province() -> None:
    assert "3%到5%" in text("deed_tax", count="more", area="90", price="1200000")


@pytest.mark.parametrize(
    ("kind", "babies", "days"),
    [("easy", "1", 98), ("difficult", "1", 113), ("easy", "2", 113), ("difficult", "3", 143)],
)
def test_maternity_leave_adds_up(kind: str, babies: str, days: int) -> None:
    assert f"一共{days}天" in text("maternity_leave", kind=kind, babies=babies)


def test_after_a_lost_pregnancy_nothing_is_asked_of_children() -> None:
    assert "15天" in text("maternity_leave", kind="lost_early")
    assert "42天" in text("maternity_leave", kind="lost_late")


@given(st.decimals(1, 10**7, places=2, allow_nan=False, allow_infinity=False))
def test_tax_never_takes_all_of_a_bonus(bonus: Decimal) -> None:
    lines = FORMULAS["bonus_tax"]({"bonus": str(bonus)}, TODAY).text
    tax = Decimal(lines.split("要缴")[1].split("元")[0])
    assert 0 <= tax < bonus
