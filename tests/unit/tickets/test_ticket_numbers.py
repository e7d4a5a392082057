from __future__ import annotations

from datetime import date

from hypothesis import assume, given
from hypothesis import strategies as st

from actions.tickets.numbering import check_digit, make_number, parse_number

DAYS = st.dates(date(2020, 1, 1), date(2099, 12, 31))
SEQUENCES = st.integers(1, 99_999_999)


def test_the_check_digit_is_iso_7064_mod_11_10() -> None:
    assert check_digit("0794") == "5"  # the standard's own example


@given(DAYS, SEQUENCES)
def test_every_number_is_read_back(day: date, sequence: int) -> None:
    number = make_number("YZ", day, sequence)
    assert parse_number(number, "YZ") == number
    assert parse_number(number.replace("-", "－").lower(), "YZ") == number


@given(DAYS, SEQUENCES, st.integers(0, 20), st.integers(0, 9))
def test_one_wrong_digit_is_noticed(day: date, sequence: int, place: int, digit: int) -> None:
    number = make_number("YZ", day, sequence)
    assume(place < len(number) and number[place].isdigit() and number[place] != str(digit))
    assert parse_number(number[:place] + str(digit) + number[place + 1 :], "YZ") is None


@given(st.text(max_size=40))
def test_any_text_is_read_without_an_error(text: str) -> None:
    parsed = parse_number(text, "YZ")
    assert parsed is None or parsed.startswith("YZ")
