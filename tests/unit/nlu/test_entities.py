import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.entities.phone import find_phones
from nlu.entities.place import find_places
from nlu.entities.times import find_times


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("解放路与人民路口的路灯坏了三天了没人修", ["解放路与人民路口"]),
        ("昨天晚上锦绣花园3号楼楼下有人烧烤", ["锦绣花园3号楼楼下"]),
        ("前天下午3点在中山大道88号门口", ["中山大道88号门口"]),
        ("高新区创业街的井盖没了", ["高新区创业街"]),
        ("从解放路到人民路都在挖", ["解放路到人民路"]),
        ("带孩子去中山公园", ["中山公园"]),
        ("走到锦绣花园门口", ["锦绣花园门口"]),
        ("找实验小学的老师", ["实验小学"]),
        ("门口路灯坏了", []),
        ("知道怎么办吗", []),
        ("我想投诉", []),
    ],
)
def test_places_are_found_without_the_words_around_them(text: str, places: list[str]) -> None:
    assert [span.value for span in find_places(text)] == places


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("交材料去市场监管局", []),
        ("交材料去市场监督管理局，他们不收", []),
        ("拿着资料到市场监管局", []),
        ("向市场监管局投诉", []),
        ("学校食堂归市场监管局管吗", []),
        ("云东区城市管理局", []),
        ("锦绣花园门口市场监管局的人来过", ["锦绣花园门口"]),
        ("先去解放路农业农村局再去市场监管局", ["解放路"]),
        ("市场监管局对面的锦绣市场", ["锦绣市场"]),
        ("云东区人才市场门口", ["云东区人才市场门口"]),
        ("幸福村委会门口的路", ["幸福村"]),
        ("阳光社区服务中心", ["阳光社区"]),
    ],
)
def test_an_agency_is_no_place_whose_name_it_seems_to_end(text: str, places: list[str]) -> None:
    assert [span.value for span in find_places(text)] == places


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("昨天晚上有人烧烤", ["昨天晚上"]),
        ("坏了三天了", ["三天了"]),
        ("上周三就这样", ["上周三"]),
        ("3月5日下午3点左右", ["3月5日下午3点左右"]),
        ("每天半夜施工", ["每天半夜"]),
        ("坏了好几天了", ["好几天了"]),
        ("停水好几个月", ["好几个月"]),
        ("好几年了没人管", ["好几年了"]),
        ("漏了大半年了", ["大半年了"]),
        ("停了一个多星期", ["一个多星期"]),
        ("拖了一年多", ["一年多"]),
        ("一个半月了", ["一个半月了"]),
        ("拖欠工资三个月", []),
        ("2024年多次反映", []),
        ("人民路15号", []),
        ("锦绣小区3号没有电", []),
        ("15号停的电", ["15号"]),
        ("路灯不亮", []),
    ],
)
def test_times_are_found_as_people_say_them(text: str, times: list[str]) -> None:
    assert [span.value for span in find_times(text)] == times


@given(st.sampled_from(["13", "15", "18", "19"]), st.integers(0, 999_999_999), st.sampled_from(["", "-", " "]))
def test_every_mobile_number_is_found_with_or_without_separators(head: str, tail: int, separator: str) -> None:
    digits = f"{head}{tail:09d}"
    typed = separator.join([digits[:3], digits[3:7], digits[7:]])
    assert [span.value for span in find_phones(f"电话{typed}，谢谢")] == [digits]


def test_longer_numbers_are_not_telephones() -> None:
    assert find_phones("单号139123456789012") == []


@given(st.text(max_size=80))
def test_spans_lie_in_the_text_they_name(text: str) -> None:
    for span in [*find_phones(text), *find_places(text), *find_times(text)]:
        assert text[span.start : span.end] == span.text
