"""Points of an entry as lines of the console's field."""

import pytest
from api_room import FORM, Api
from console_room import PERMIT, ConsoleRoom
from hypothesis import given
from hypothesis import strategies as st

from channels.console.drafts import fields_of
from channels.console.entry_fields import read_form
from channels.console.points_text import points_text, read_points
from knowledge_base.aspects import aspects, points_of
from knowledge_base.entry_form import EntryForm
from knowledge_base.lifecycle import InvalidEntry

POINTS = {"late": "过期的，到{hall.address}补办：不收费", "fee": "免费办理"}
TEXTS = st.text(min_size=2, max_size=200).filter(lambda text: len(" ".join(text.split())) >= 2)


@given(st.dictionaries(st.sampled_from(sorted(aspects())), TEXTS))
def test_points_come_back_from_their_lines_as_they_were(points: dict[str, str]) -> None:
    kept = EntryForm.parse(PERMIT | {"points": points}).points
    text = points_text(EntryForm.parse(PERMIT | {"points": points}).model_dump()["points"])
    assert read_points(text) == kept


def test_points_of_an_entry_stand_in_the_field_and_come_back(room: ConsoleRoom) -> None:
    entry = room.desk("curator").create_entry(EntryForm.parse(PERMIT | {"points": POINTS}))
    fields = fields_of(entry)
    text = points_text(fields["points"])
    assert text == "费用：免费办理\n逾期：过期的，到{hall.address}补办：不收费"
    assert read_form(fields | {"details": "", "points": text.replace("免费办理", "20元")}).points == points_of(
        POINTS | {"fee": "20元"}
    )


@pytest.mark.parametrize("text", ["费用: 免费\n\n  逾期 ：补办  ", "逾期：补办\n费用：免费"])
def test_either_colon_blanks_and_any_order_will_do(text: str) -> None:
    assert read_points(text) == points_of({"fee": "免费", "late": "补办"})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "费用：免费\n申请时间：30日内",
            "“申请时间：30日内”开头没有写明方面，请写成“方面：内容”。可以写的方面：条件、材料、流程、",
        ),
        ("退役后30日内报到", "“退役后30日内报到”开头没有写明方面"),
        ("申请期限", "“申请期限”开头没有写明方面"),
        ("费用：免费\n费用：20元", "“费用”写了不止一行，请合成一行"),
        ("申请期限：", "“申请期限”要写 2 到 200 个字，现在是 0 个字"),
        ("申请期限：" + "日" * 201, "现在是 201 个字"),
    ],
)
def test_a_line_that_is_no_point_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(InvalidEntry) as refusal:
        read_form(PERMIT | {"points": text, "details": ""})
    assert words in str(refusal.value)


def test_points_are_shown_below_the_answer_with_the_citys_values(room: ConsoleRoom) -> None:
    preview = room.desk("curator").preview(EntryForm.parse(PERMIT | {"points": POINTS}))
    assert preview.points == [("费用", ["免费办理"]), ("逾期", ["过期的，到为民路1号补办：不收费"])]


def test_programs_write_and_read_points(api: Api) -> None:
    curator = api.staff("curator")
    made = curator.post("/entries", json=FORM | {"points": POINTS}).json()
    assert made["form"]["points"] == POINTS
    shown = curator.post("/preview", json=FORM | {"points": POINTS}).json()
    assert shown["points"][0] == {"label": "费用", "lines": ["免费办理"]}
    refused = curator.post("/entries", json=FORM | {"points": {"deadline": "30日内"}})
    assert refused.status_code == 422
    assert "没有“deadline”这个方面，可以用：who_may, materials" in refused.text
