import timeit
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.entities.find import find_entities
from tests.support.slow_texts import slowness

NOW = datetime(2026, 11, 21, 13, 5)


def found(text: str, now: datetime | None = None) -> list[tuple[str, str]]:
    return [(span.kind, span.value) for span in find_entities(text, now)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我的身份证11010519491231002X", [("certificate", "居民身份证"), ("identity_number", "11010519491231002X")]),
        ("卡号6222021000112233449", [("bank_card", "6222021000112233449")]),
        ("人民路15号停电了", [("address", "人民路15号"), ("event", "停电")]),
        ("昨晚十点半解放路12号", [("time", "昨晚十点半"), ("address", "解放路12号")]),
        ("五一路的井盖", [("address", "五一路"), ("facility", "井盖")]),
        ("失业金一个月2000元", [("benefit", "失业保险金"), ("money", "2000")]),
        ("宁波怎么办居住证", [("division", "330200"), ("certificate", "居住证")]),
        ("上周三报的路灯坏了", [("time", "上周三"), ("event", "路灯不亮")]),
        ("你好", []),
    ],
)
def test_what_overlaps_is_the_one_that_means_most(text: str, expected: list[tuple[str, str]]) -> None:
    assert [pair for pair in found(text) if pair[0] != "place"] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我要办居民身份证丢失补领", [("service_item", "居民身份证丢失补领")]),
        ("想问下黑户上户怎么弄", [("service_item", "无户口人员户口登记")]),
        ("办身份证复印件", [("material", "身份证复印件")]),
        ("身份证怎么办", [("certificate", "居民身份证")]),
        ("被拖欠工资", [("event", "拖欠工资")]),
        ("户口怎么弄", []),
    ],
)
def test_a_service_is_found_by_its_names_and_a_thing_by_its_own(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "agencies"),
    [("交材料去市场监管局", ["市场监督管理局"]), ("去人才市场", ["人才交流中心"]), ("云东区城管局", ["城市管理局"])],
)
def test_an_agency_is_an_agency_and_no_place(text: str, agencies: list[str]) -> None:
    entities = found(text)
    assert [value for kind, value in entities if kind == "agency"] == agencies
    assert "place" not in dict(entities)


def test_a_checked_number_is_not_cut_into_telephone_numbers() -> None:
    assert [kind for kind, _ in found("13800138000和6222021000112233449")] == ["mobile", "bank_card"]


def test_full_width_digits_are_read_and_the_text_stays_as_typed() -> None:
    (span,) = find_entities("打１３８００１３８０００")
    assert (span.kind, span.value, span.text) == ("mobile", "13800138000", "１３８００１３８０００")


def test_with_now_times_are_stretches_of_time_and_others_stay_expressions() -> None:
    assert found("国庆前就坏了", NOW)[0] == ("time", "2026-09-24T00:00/2026-10-01T00:00")
    assert found("坏了好几天了", NOW) == [("time", "好几天了")]
    assert found("昨晚两点", NOW) == [("time", "2026-11-21T02:00/2026-11-21T02:00")]


@given(
    st.text(st.sampled_from([*"0123456789X元块人民路号小区昨晚三点上周身份证停电浙A，１２Ａ"]), max_size=50)
    | st.text(max_size=60)
)
def test_spans_lie_in_the_text_in_order_and_do_not_overlap(text: str) -> None:
    for now in (None, NOW):
        end = 0
        for span in find_entities(text, now):
            assert text[span.start : span.end] == span.text
            assert end <= span.start < span.end
            end = span.end


def test_a_question_is_read_in_well_under_a_millisecond() -> None:
    question = "上周三晚上解放路的路灯坏了，打13800138000"
    find_entities(question, NOW)
    assert min(timeit.repeat(lambda: find_entities(question, NOW), number=50, repeat=5)) / 50 < 1e-3 * slowness()
