"""English of an entry in the console and for programs."""

from typing import Any

import pytest
from api_room import FORM, Api
from console_room import PERMIT, ConsoleRoom

from channels.console.drafts import fields_of
from channels.console.entry_fields import HINTED, ONE_LINE, read_form
from knowledge_base.entry_form import EntryForm
from knowledge_base.lifecycle import InvalidEntry
from knowledge_base.standards.checks import FIELDS

ENGLISH: dict[str, Any] = {
    "title_en": "Residence permit (居住证)",
    "summary_en": "Go to {hall.address} with your ID card; it is free.",
}
FILLED = "Go to 为民路1号 with your ID card; it is free."


def test_english_of_an_entry_stands_in_the_fields_and_comes_back(room: ConsoleRoom) -> None:
    entry = room.desk("curator").create_entry(EntryForm.parse(PERMIT | ENGLISH))
    fields = fields_of(entry) | {"points": "", "details": ""}
    assert {name: fields[name] for name in ENGLISH} == ENGLISH
    form = read_form(fields | {"title_en": "Permit"})
    assert (form.title_en, form.summary_en) == ("Permit", ENGLISH["summary_en"])


def test_both_have_a_field_and_a_place_for_hints_beside_it() -> None:
    assert set(ENGLISH) <= set(ONE_LINE) and set(ENGLISH) <= set(HINTED) and set(ENGLISH) <= FIELDS.keys()


def test_what_is_too_long_is_told_by_its_label() -> None:
    with pytest.raises(InvalidEntry, match="英文标题"):
        read_form(PERMIT | {"points": "", "details": "", "title_en": "x" * 71})


def test_a_curator_sees_it_with_the_citys_values(room: ConsoleRoom) -> None:
    preview = room.desk("curator").preview(EntryForm.parse(PERMIT | ENGLISH))
    assert (preview.title_en, preview.summary_en) == (ENGLISH["title_en"], FILLED)


def test_programs_write_and_read_it(api: Api) -> None:
    curator = api.staff("curator")
    made = curator.post("/entries", json=FORM | ENGLISH).json()
    assert {name: made["form"][name] for name in ENGLISH} == ENGLISH
    shown = curator.post("/preview", json=FORM | ENGLISH).json()
    assert (shown["title_en"], shown["summary_en"]) == (ENGLISH["title_en"], FILLED)
    refused = curator.post("/entries", json=FORM | {"summary_en": "x" * 451})
    assert refused.status_code == 422 and "450" in refused.text
    plain = curator.post("/entries", json=FORM).json()
    assert (plain["form"]["title_en"], plain["form"]["summary_en"]) == ("", "")
