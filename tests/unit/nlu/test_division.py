import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.entities.division import divisions, find_divisions

codes = st.sampled_from(divisions().descendants("330000") + divisions().descendants("150000"))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("浙江省", "330000"),
        ("内蒙古", "150000"),
        ("香港", "810000"),
        ("宁波", "330200"),
        ("延边州", "222400"),
        ("景宁", "331127"),
        ("海曙区", "330203"),
        ("仙桃市", "429004"),
        ("临平区", "330113"),
    ],
)
def test_full_and_short_names_lead_to_the_code(name: str, code: str) -> None:
    assert divisions().codes(name) == (code,)


def test_a_code_leads_to_name_level_and_what_lies_above() -> None:
    table = divisions()
    assert (table.name("330203"), table.level("330203")) == ("海曙区", "county")
    assert table.ancestors("330203") == ["330000", "330200"]
    assert table.ancestors("110105") == ["110000"]
    assert table.name("999999") == ""


def test_a_county_renamed_in_time_has_its_last_name_and_is_found_by_the_old_one() -> None:
    assert divisions().name("330502") == "吴兴区"
    assert divisions().codes("绍兴县") == ("330621",)
    assert not divisions().is_current("330621")
    assert divisions().codes("奉化") == ("330213",)


@given(codes)
def test_every_division_in_use_lies_below_each_of_its_ancestors(code: str) -> None:
    for above in divisions().ancestors(code):
        assert code in divisions().descendants(above)
        assert divisions().contains(above, code)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("我想把社保从宁波市鄞州区转到杭州", [("宁波市", "330200"), ("鄞州区", "330212"), ("杭州", "330100")]),
        ("朝阳区怎么办居住证", [("朝阳区", "")]),
        ("北京的户口在朝阳区", [("北京", "110000"), ("朝阳区", "110105")]),
        ("吉林长春朝阳区", [("吉林", "220000"), ("长春", "220100"), ("朝阳区", "220104")]),
        ("宁波江东有没有窗口", [("宁波", "330200"), ("江东", "330204")]),
        ("南京路的路灯坏了", []),
        ("大同小异", []),
        ("安康的家庭", []),
        ("西湖边上", []),
        ("城区限行吗", []),
    ],
)
def test_divisions_are_found_in_sentences(text: str, found: list[tuple[str, str]]) -> None:
    assert [(span.text, span.value) for span in find_divisions(text)] == found


@given(st.text(alphabet="北京市朝阳区浙江省宁波吉林长春县路，a1", max_size=30))
def test_divisions_lie_in_the_text_in_order_and_apart(text: str) -> None:
    spans = find_divisions(text)
    assert all(text[span.start : span.end] == span.text for span in spans)
    assert all(before.end <= after.start for before, after in itertools.pairwise(spans))
