from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.entities.money import find_money
from nlu.entities.numerals import plain, read_numeral

DIGITS = "零一二三四五六七八九"


def in_words(number: int) -> str:
    """A number below ten thousand as it is read aloud in full."""
    text, gap = "", False
    for value, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // value % 10
        if digit:
            text += ("零" if gap and text else "") + DIGITS[digit] + unit
            gap = False
        else:
            gap = True
    return text or "零"


@given(st.integers(0, 9999))
def test_numbers_in_words_are_read_as_they_are_said(number: int) -> None:
    assert read_numeral(in_words(number)) == number


@given(st.integers(1, 9999), st.integers(0, 9999))
def test_tens_of_thousands_are_read(high: int, low: int) -> None:
    rest = "" if not low else in_words(low) if low >= 1000 else f"零{in_words(low)}"
    assert read_numeral(f"{in_words(high)}万{rest}") == high * 10_000 + low


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三千五", 3500),
        ("一万二", 12000),
        ("三千零五", 3005),
        ("一百一", 110),
        ("两百五", 250),
        ("十五", 15),
        ("12万5", 125000),
        ("1.2万", 12000),
        ("1,200", 1200),
        ("5w", 50000),
        ("叁仟", 3000),
        ("二〇二六", 2026),
        ("两三千", 2000),
        ("三五百", 300),
        ("几千", None),
        ("百", None),
        ("两三", 23),
        ("一二三百", None),
        ("好", None),
    ],
)
def test_numerals_are_read_as_people_write_and_say_them(text: str, value: int | None) -> None:
    assert read_numeral(text) == value


@given(st.decimals(0, 10**9, places=2))
def test_plain_text_of_a_number_reads_back_as_the_number(value: Decimal) -> None:
    assert Decimal(plain(value)) == value
    assert "E" not in plain(value)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("3000块", ["3000"]),
        ("三千五", ["3500"]),
        ("1.2万元", ["12000"]),
        ("每月两千多", ["2000"]),
        ("三块五毛", ["3.5"]),
        ("3块5", ["3.5"]),
        ("10块3毛5", ["10.35"]),
        ("5毛钱", ["0.5"]),
        ("￥5,000.00", ["5000"]),
        ("工资3000到5000元", ["3000-5000"]),
        ("首付3到5万", ["30000-50000"]),
        ("被骗了5w", ["50000"]),
        ("押金2000不退", ["2000"]),
        ("房价1.5万一平", ["15000"]),
        ("水费3.5元一吨", ["3.5"]),
        ("公交2块一次", ["2"]),
        ("罚款200记3分", ["200"]),
        ("几千块钱", []),
        ("三千多人", []),
        ("交15年社保", []),
        ("每月5号发", []),
        ("2026元旦", []),
        ("两块广告牌倒了", []),
        ("一块去", []),
        ("怎么合到一块", []),
        ("500美元", []),
        ("一百二十平", []),
        ("第12块", []),
        ("电话费13800138000", []),
        ("最长能领12、18个月", []),
    ],
)
def test_amounts_are_found_in_yuan_and_other_numbers_are_not(text: str, values: list[str]) -> None:
    assert [span.value for span in find_money(text)] == values


@given(
    st.text(st.sampled_from([*"0123456789.,一二三千百万元块毛角多到工资交了个年"]), max_size=30) | st.text(max_size=60)
)
def test_amounts_lie_in_the_text_and_are_decimal_numbers(text: str) -> None:
    for span in find_money(text):
        assert text[span.start : span.end] == span.text
        assert all(Decimal(part) >= 0 for part in span.value.split("-"))
