import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.entities.identity_number import check_character, find_identity_numbers, is_valid_identity_number
from nlu.privacy import find_personal_data, luhn, mask


def identity_number(area: int, year: int, month: int, day: int, serial: int) -> str:
    first = f"{area:06d}{year:04d}{month:02d}{day:02d}{serial:03d}"
    return first + check_character(first)


numbers = st.builds(
    identity_number,
    st.integers(110000, 659999),
    st.integers(1930, 2020),
    st.integers(1, 12),
    st.integers(1, 28),
    st.integers(0, 999),
)


@given(numbers)
def test_every_identity_number_with_its_check_character_is_valid_and_masked(number: str) -> None:
    assert is_valid_identity_number(number)
    assert number not in mask(f"我的身份证是{number}。")


@given(numbers, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(number: str, place: int, shift: int) -> None:
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert not is_valid_identity_number(wrong)


def test_a_wrong_check_digit_is_reported_as_such() -> None:
    number = identity_number(110105, 1990, 1, 1, 1)
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    assert [span.kind for span in find_identity_numbers(wrong)] == ["identity_number_wrong"]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话13912345678谢谢", "电话139******78谢谢"),
        ("座机0755-26660001", "座机075********01"),
        ("我叫王小明，住在这里", "我叫王＊＊，住在这里"),
        ("邮箱abc@example.com", "邮箱a***@example.com"),
        ("我叫了车没来", "我叫了车没来"),
        ("工单 YZ20261121-00014", "工单 YZ20261121-00014"),
    ],
)
def test_personal_data_is_masked_and_other_text_is_not(text: str, masked: str) -> None:
    assert mask(text) == masked


def test_bank_cards_are_known_by_their_luhn_digit() -> None:
    assert luhn("4111111111111111")
    assert [span.kind for span in find_personal_data("卡号4111 1111 1111 1111")] == ["bank_card"]
    assert find_personal_data("编号4111 1111 1111 1112") == []


@given(st.text(alphabet="我叫王小明电话139123456780-@. ，住身份证X", max_size=60))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    assert mask(mask(text)) == mask(text)
