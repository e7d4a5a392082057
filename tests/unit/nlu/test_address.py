import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.entities.address import find_addresses, find_house_addresses, parse_address

ALPHABET = "浙江省宁波市海曙区人民路街道镇村一二三12号弄栋单元室楼-_花园小区与和口附近（）A 的在"


def parts(text: str) -> list[str]:
    return [f"{part.kind}:{part.text}" for part in parse_address(text).parts]


def test_an_address_is_taken_apart_from_province_to_room() -> None:
    assert parts("浙江省宁波市海曙区望春街道丽园南路216号青林湾花园8幢2单元1103室") == [
        "prov:浙江省", "city:宁波市", "district:海曙区", "town:望春街道", "road:丽园南路", "roadno:216号",
        "poi:青林湾花园", "building:8幢", "unit:2单元", "room:1103室",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("宁波江北区人民路5号", ["city:宁波", "district:江北区", "road:人民路", "roadno:5号"]),
        ("云州市东湖区人民路5号", ["city:云州市", "district:东湖区", "road:人民路", "roadno:5号"]),
        ("丽水市青田县石桥镇", ["city:丽水市", "district:青田县", "town:石桥镇"]),
        ("浙江东阳街道", ["prov:浙江", "town:东阳街道"]),
    ],
)
def test_levels_may_be_missing_short_or_unknown(text: str, expected: list[str]) -> None:
    assert parts(text) == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("人民路15号", "roadno:15号"),
        ("人民路15", "roadno:15"),
        ("大塘村15号", "roadno:15号"),
        ("大塘村三号", "roadno:三号"),
        ("人民路120-126号", "roadno:120-126号"),
        ("锦绣花园15号", "building:15号"),
        ("锦绣花园15号楼", "building:15号楼"),
        ("人民路8号院", "building:8号院"),
    ],
)
def test_a_number_is_read_by_what_stands_before_it(text: str, number: str) -> None:
    assert parts(text)[-1] == number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("人民路12-3号", ["roadno:12", "building:3号"]),
        ("人民路12号之3", ["roadno:12号", "building:3"]),
        ("锦绣花园12-3-501", ["building:12", "unit:3", "room:501"]),
        ("人民路88弄12号", ["sub_road:88弄", "sub_roadno:12号"]),
        ("人民路88弄3幢", ["roadno:88弄", "building:3幢"]),
    ],
)
def test_numbers_in_chains_are_taken_apart(text: str, expected: list[str]) -> None:
    assert parts(text)[1:] == expected


@pytest.mark.parametrize(
    ("text", "road"),
    [
        ("大塘镇后村路5号", "后村路"),
        ("湖滨区马路桥镇镇中路", "镇中路"),
        ("城关镇208国道33号", "208国道"),
        ("开发区12号大街9号", "12号大街"),
        ("滨江区文1路3号", "文1路"),
        ("鼓楼区新华一路", "新华一路"),
        ("下塘镇王店花木南路3号", "花木南路"),
    ],
)
def test_the_name_of_a_road_is_whole_and_nothing_more(text: str, road: str) -> None:
    assert parse_address(text).first("road") == road


def test_what_is_said_twice_counts_once() -> None:
    address = parse_address("宁波市宁波市海曙区宁波市海曙区中山路3号")
    assert address.standard == "宁波市海曙区中山路3号"
    assert parse_address("和平镇浙江省湖州市长兴县和平镇").standard == "浙江省湖州市长兴县和平镇"


def test_two_roads_and_what_lies_beside_them_are_told_apart() -> None:
    assert parts("青年路与文化路交叉口东侧50米")[0] == "road:青年路"
    assert parts("青年路与文化路交叉口东侧50米")[2:] == [
        "sub_road:文化路", "crossing:交叉口", "direction:东侧", "distance:50米",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("我家住西湖区青年路88号3栋，楼下很吵", ["西湖区青年路88号3栋"]),
        ("青年路和文化路交叉口红绿灯坏了", ["青年路和文化路交叉口"]),
        ("寄到南浦县城关镇解放街23号，谢谢", ["南浦县城关镇解放街23号"]),
        ("人民路什么时候修好", ["人民路"]),
        ("去路桥区人民路3号", ["路桥区人民路3号"]),
        ("坐112路到政务中心", []),
        ("补材料去社区", []),
        ("户口怎么弄", []),
        ("车走到路口就坏了", []),
        ("路上都是马路牙子", []),
        ("社区里的小路没有灯", []),
        ("2026年11月21日能预约吗", []),
        ("我们村2018年修的路", []),
        ("这条路走不通", []),
    ],
)
def test_addresses_are_found_in_sentences(text: str, found: list[str]) -> None:
    assert [span.text for span in find_addresses(text)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("梧桐路45号门口冒水", ["梧桐路45号"]),
        ("石桥乡大塘村二组36号的村民", ["石桥乡大塘村二组36号"]),
        ("青年路的路灯坏了3天", []),
        ("石桥镇2008年的事", []),
        ("中山路12号线地铁口", []),
    ],
)
def test_only_addresses_down_to_a_door_are_house_addresses(text: str, found: list[str]) -> None:
    assert [span.text for span in find_house_addresses(text)] == found


@given(st.text(alphabet=ALPHABET, max_size=40))
def test_parts_lie_in_the_text_in_order_and_apart(text: str) -> None:
    found = parse_address(text).parts
    assert all(text[part.start : part.end] == part.text and part.text for part in found)
    assert all(before.end <= after.start for before, after in itertools.pairwise(found))


@given(st.text(alphabet=ALPHABET, max_size=40))
def test_addresses_in_a_text_lie_apart_and_are_what_they_name(text: str) -> None:
    spans = find_addresses(text)
    assert all(text[span.start : span.end] == span.text for span in spans)
    assert all(before.end <= after.start for before, after in itertools.pairwise(spans))
