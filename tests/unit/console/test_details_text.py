"""Details of an entry as text of the console's field."""

from typing import Any

import pytest
from api_room import FORM, Api
from console_room import PERMIT, ConsoleRoom
from hypothesis import given
from hypothesis import strategies as st

from channels.console.details_text import details_text, read_details
from channels.console.drafts import fields_of
from channels.console.entry_fields import read_form
from knowledge_base.details import details_of
from knowledge_base.entry_form import EntryForm
from knowledge_base.lifecycle import InvalidEntry

DETAILS: list[dict[str, Any]] = [
    {
        "asked": ["人在外地能办吗", "不回来行不行"],
        "text": "可以，在{hall.address}办。",
        "source": "《条例》第九条",
        "unverified": False,
    },
    {"asked": ["要钱吗"], "text": "不收钱的。", "source": "", "unverified": False},
]
WORDS = st.text(alphabet="问答：:〔〕《》能办吗，。 \n第九条1a", min_size=1, max_size=30)


@given(st.lists(st.tuples(st.lists(WORDS, min_size=1, max_size=3), WORDS, WORDS), max_size=4))
def test_details_come_back_from_their_text_as_they_were(written: list[tuple[list[str], str, str]]) -> None:
    number = iter(range(100))
    plain = [
        {
            "asked": [f"能{next(number)}{one}吗" for one in asked],
            "text": f"可以的{text}。",
            "source": f"《{source.strip('〔〕').replace('〔', '').replace('〕', '')}》",
            "unverified": len(asked) > 1,
        }
        for asked, text, source in written
    ]
    kept = details_of(plain)
    assert read_details(details_text(plain)) == kept


def test_details_of_an_entry_stand_in_the_field_and_come_back(room: ConsoleRoom) -> None:
    entry = room.desk("curator").create_entry(EntryForm.parse(PERMIT | {"details": DETAILS}))
    fields = fields_of(entry) | {"points": ""}
    text = details_text(fields["details"])
    assert text == (
        "问：人在外地能办吗\n问：不回来行不行\n答：可以，在{hall.address}办。〔《条例》第九条〕\n\n问：要钱吗\n答：不收钱的。"
    )
    form = read_form(fields | {"details": text.replace("不收钱的", "免费的")})
    assert form.details[1].text == "免费的。"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("要钱吗\n答：不收钱的。", "细问细答里“要钱吗”这一行要以“问：”或“答：”开头"),
        ("答：不收钱的。", "“答：不收钱的。”这一行要以"),
        ("问：要钱吗", "“要钱吗”还没有写“答：”"),
        ("问：要钱吗\n答：免", "“要钱吗”这一条：问要有2到200个字，答要有4到240个字"),
    ],
)
def test_what_is_no_detail_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(InvalidEntry) as refusal:
        read_form(PERMIT | {"points": "", "details": text})
    assert words in str(refusal.value)


def test_details_are_shown_below_the_answer_with_the_citys_values(room: ConsoleRoom) -> None:
    preview = room.desk("curator").preview(EntryForm.parse(PERMIT | {"details": DETAILS}))
    assert preview.details == [
        ("人在外地能办吗", ["可以，在为民路1号办。〔《条例》第九条〕"]),
        ("要钱吗", ["不收钱的。"]),
    ]


def test_programs_write_and_read_details(api: Api) -> None:
    curator = api.staff("curator")
    made = curator.post("/entries", json=FORM | {"details": DETAILS}).json()
    assert made["form"]["details"] == DETAILS
    shown = curator.post("/preview", json=FORM | {"details": DETAILS}).json()
    assert shown["details"][1] == {"label": "要钱吗", "lines": ["不收钱的。"]}
    refused = curator.post("/entries", json=FORM | {"details": [{"asked": [], "text": "免费办理"}]})
    assert refused.status_code == 422
