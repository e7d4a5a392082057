from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import uscc

from nlu.entities.bank_card import find_bank_cards
from nlu.entities.credit_code import find_credit_codes, is_valid_credit_code
from nlu.entities.email import find_emails
from nlu.entities.identity_number import check_character, find_identity_numbers, read_identity_number
from nlu.entities.phone import find_phones
from nlu.entities.plate import find_plates
from nlu.entities.travel_document import find_travel_documents

RECOGNISERS = [
    find_bank_cards,
    find_credit_codes,
    find_emails,
    find_identity_numbers,
    find_phones,
    find_plates,
    find_travel_documents,
]
CODE_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
credit_codes = st.builds(
    lambda head, area, body: (first := f"{head}{area:06d}{body}") + uscc.calc_check_digit(first),
    st.sampled_from(["11", "12", "51", "52", "91", "92", "93", "N1", "N2", "Y1"]),
    st.integers(110000, 659999),
    st.text(CODE_SIGNS, min_size=9, max_size=9),
)


@given(
    st.dates(date(1930, 1, 1), date(2025, 12, 31)), st.integers(0, 999), st.sampled_from(["110105", "330203", "810000"])
)
def test_a_valid_identity_number_tells_birth_sex_and_division(birth: date, serial: int, division: str) -> None:
    first = f"{division}{birth:%Y%m%d}{serial:03d}"
    read = read_identity_number(first + check_character(first))
    assert (read.birth, read.division_code) == (birth, division)
    assert read.sex == ("male" if serial % 2 else "female")


@pytest.mark.parametrize("value", ["", "110105194912310020", "110105194913310021", "11010519491231002"])
def test_an_invalid_identity_number_is_not_read(value: str) -> None:
    with pytest.raises(ValueError, match="not a valid"):
        read_identity_number(value)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("11010519491231002X", ["identity_number"]),
        ("110105 19491231 002x", ["identity_number"]),
        ("身份证号110105194912310020", ["identity_number_wrong"]),
        ("身份证：11010519491331002X", ["identity_number_wrong"]),
        ("我的身份证号码是1101051949123100", ["identity_number_wrong"]),
        ("订单号202611051430228671", []),
        ("编号1101051949123100219", []),
    ],
)
def test_wrong_identity_numbers_are_told_from_right_ones_and_from_other_numbers(text: str, kinds: list[str]) -> None:
    assert [span.kind for span in find_identity_numbers(text)] == kinds


@given(credit_codes)
def test_every_credit_code_with_its_check_character_is_found(code: str) -> None:
    assert is_valid_credit_code(code)
    spans = find_credit_codes(f"信用代码：{code.lower()}，谢谢")
    assert [(span.value, span.kind) for span in spans] == [(code, "credit_code")]


@given(credit_codes, st.integers(2, 16), st.integers(1, 9))
def test_one_wrong_digit_of_a_credit_code_is_noticed(code: str, place: int, shift: int) -> None:
    sign = code[place]
    other = str((int(sign) + shift) % 10) if sign.isdigit() else str(shift)
    wrong = code[:place] + other + code[place + 1 :]
    assert [span.kind for span in find_credit_codes(f"统一社会信用代码{wrong}")] == ["credit_code_wrong"]


def test_numbers_of_eighteen_digits_are_no_credit_codes_unless_they_are_said_to_be() -> None:
    assert find_credit_codes("订单号912611051430228670") == []
    assert [span.kind for span in find_credit_codes("税号912611051430228670")] == ["credit_code_wrong"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("座机6335-1207", [("landline", "63351207")]),
        ("家里电话：8551234转201", [("landline", "8551234-201")]),
        ("0755-26660001", [("landline", "0755-26660001")]),
        ("(010)62345678", [("landline", "010-62345678")]),
        ("0871-6712-0045", [("landline", "0871-67120045")]),
        ("400-820-8820", [("service_number", "4008208820")]),
        ("4008-123-123", [("service_number", "4008123123")]),
        ("800 810 8888", [("service_number", "8008108888")]),
        ("工号63351207", []),
        ("电话12345", []),
        ("电话一直占线，打了20261121次", []),
        ("卡号6226 0900 1000 2000", []),
    ],
)
def test_landlines_and_service_numbers_are_found_where_words_or_form_say_so(
    text: str, found: list[tuple[str, str]]
) -> None:
    assert [(span.kind, span.value) for span in find_phones(text)] == found


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("车牌浙A12345被刮了", ["浙A12345"]),
        ("浙b·60f92", ["浙B60F92"]),
        ("新能源车浙AD06713和浙A12345D", ["浙AD06713", "浙A12345D"]),
        ("教练车浙A2765学闯红灯", ["浙A2765学"]),
        ("粤ZF023港", ["粤ZF023港"]),
        ("警车京A0006警", ["京A0006警"]),
        ("京AABCD1", []),
        ("浙江A12345", []),
        ("川A座12345号房", []),
        ("浙A123456789", []),
    ],
)
def test_plates_are_found_in_capitals_without_separators(text: str, values: list[str]) -> None:
    assert [span.value for span in find_plates(text)] == values


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("护照e20481739", [("passport", "E20481739")]),
        ("护照号EA1234567", [("passport", "EA1234567")]),
        ("港澳通行证C08164527快到期", [("hong_kong_macao_permit", "C08164527")]),
        ("旧通行证W08164527", [("hong_kong_macao_permit", "W08164527")]),
        ("去台湾的T12345678", [("taiwan_permit", "T12345678")]),
        ("回乡证H0123456789", [("home_return_permit", "H0123456789")]),
        ("台胞证12345678", [("taiwan_resident_permit", "12345678")]),
        ("永居证ABC123456789012", [("permanent_residence", "ABC123456789012")]),
        ("快递单号E20481739到哪了", []),
        ("W08164527", []),
        ("12345678", []),
        ("高铁G1372", []),
    ],
)
def test_travel_documents_are_told_apart_by_form_and_words(text: str, found: list[tuple[str, str]]) -> None:
    assert [(span.kind, span.value) for span in find_travel_documents(text)] == found


def test_the_card_of_a_permanent_resident_keeps_the_check_character_of_identity_numbers() -> None:
    first = "91124819851017001"
    assert [span.kind for span in find_travel_documents(first + check_character(first))] == ["permanent_residence"]
    assert find_travel_documents(first + ("1" if check_character(first) != "1" else "2")) == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("发到Zhou.Min+gov@Example.com吧", ["zhou.min+gov@example.com"]),
        ("123456＠qq.com", ["123456@qq.com"]),
        ("两个：a@b.cn和c_d@mail.e-f.com.cn。", ["a@b.cn", "c_d@mail.e-f.com.cn"]),
        ("@小李 你好", []),
        ("a@b", []),
        ("a@@b.cn", []),
    ],
)
def test_emails_are_found_in_lower_case(text: str, values: list[str]) -> None:
    assert [span.value for span in find_emails(text)] == values


@given(st.sampled_from(["622202", "621700", "955880", "4392"]), st.integers(0, 10**10 - 1), st.booleans())
def test_every_card_number_with_its_check_digit_is_found(scheme: str, serial: int, spaced: bool) -> None:
    first = f"{scheme}{serial:011d}"
    number = first + luhn.calc_check_digit(first)
    typed = " ".join(number[i : i + 4] for i in range(0, len(number), 4)) if spaced else number
    assert [span.value for span in find_bank_cards(f"卡号{typed}，开户行")] == [number]
    wrong = first + str((int(number[-1]) + 1) % 10)
    assert find_bank_cards(wrong) == []


def test_a_number_of_no_card_scheme_is_none_even_if_its_last_digit_fits() -> None:
    first = "202611051430228"
    assert find_bank_cards(first + luhn.calc_check_digit(first)) == []


@given(st.text(st.sampled_from([*"0123456789XE- @.aA浙京电话身份证护照卡号座机"]), max_size=60) | st.text(max_size=60))
def test_spans_lie_in_the_text_they_name(text: str) -> None:
    for find in RECOGNISERS:
        spans = find(text)
        assert all(text[span.start : span.end] == span.text and span.text for span in spans)
        assert [span.start for span in spans] == sorted(span.start for span in spans)
