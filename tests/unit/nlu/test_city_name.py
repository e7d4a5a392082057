import pytest

from nlu.city_name import CityName

CITY = CityName("云州市", ["云州政务服务网", "云州通APP", "云州市卫生健康委员会", "云州市", "12345"])


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("云州居住证怎么办", "居住证怎么办"),
        ("在云州市办居住证", "在办居住证"),
        ("户口迁回云州要什么", "户口迁回本市要什么"),
        ("非云州户口能上学吗", "非本市户口能上学吗"),
        ("云州市民卡去哪办", "市民卡去哪办"),
        ("云州通能办吗", "云州通能办吗"),
        ("在云州政务服务网上交", "在云州政务服务网上交"),
        ("云州市卫生健康委员会在哪", "卫生健康委员会在哪"),
    ],
)
def test_the_citys_name_stays_only_where_it_tells_something(asked: str, read: str) -> None:
    assert CITY.read_as_own(asked) == read


@pytest.mark.parametrize("alone", ["云州", "云州市", ""])
def test_a_question_of_nothing_else_stays(alone: str) -> None:
    assert CITY.read_as_own(alone) == alone


@pytest.mark.parametrize("name", ["", "市", "黔市"])
def test_a_city_without_a_name_of_two_characters_changes_nothing(name: str) -> None:
    assert CityName(name).read_as_own("黔市的事") == "黔市的事"


def test_a_district_and_a_county_have_names_too() -> None:
    assert CityName("青川县").read_as_own("青川县低保怎么申请") == "低保怎么申请"
    prefecture = CityName("恩施土家族苗族自治州", short="恩施")
    said = ("恩施的事", "恩施州的事", "恩施土家族苗族自治州的事")
    assert [prefecture.read_as_own(text) for text in said] == ["的事"] * 3
