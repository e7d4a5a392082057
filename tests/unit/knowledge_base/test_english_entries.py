"""English of an entry: its way from the content files to those who ask, and through curators' hands."""

import hashlib
import json
import math
from pathlib import Path

import pytest
import yaml
from sqlalchemy.orm import Session, sessionmaker

from knowledge_base import revisions
from knowledge_base.aspects import Point
from knowledge_base.content_schema import (
    LONGEST_SUMMARY_EN,
    LONGEST_TITLE_EN,
    ContentError,
    ContentFile,
    fill,
    load_city,
    load_content,
    read_file,
)
from knowledge_base.exporting import export_all, restore
from knowledge_base.lifecycle import InvalidEntry
from knowledge_base.models import Entry
from knowledge_base.seed import entry_hash, seed
from knowledge_base.service import KnowledgeService
from knowledge_base.standards.checks import check_entry
from tests.unit.knowledge_base.conftest import content
from tests.unit.knowledge_base.test_content import ENTRY
from tests.unit.knowledge_base.test_points import without
from tests.unit.knowledge_base.test_service import form, form_of

TITLE = "Register a newborn's hukou (出生登记)"
SUMMARY = "Go to {hall.name} within a month; it is free."
FILLED = "Go to 云州市政务服务中心 within a month; it is free."


def file_with(folder: Path, **english: object) -> ContentFile:
    data = yaml.safe_load(ENTRY)
    data["entries"][0].update(english)
    path = folder / "hukou.yml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return read_file(path, {"hukou": "户籍"}, {"hall": {"name": "大厅"}})


def in_english(title: str = TITLE, summary: str = SUMMARY) -> list[ContentFile]:
    contents = content()
    contents[0].entries[0].title_en, contents[0].entries[0].summary_en = title, summary
    return contents


# The content files ------------------------------------------------------------


def test_an_entry_of_a_file_need_have_no_english(tmp_path: Path) -> None:
    (entry,) = file_with(tmp_path).entries
    assert (entry.title_en, entry.summary_en) == ("", "")


@pytest.mark.parametrize(
    ("english", "words"),
    [
        ({"title_en": "x" * (LONGEST_TITLE_EN + 1)}, r"entries.0.title_en: .*at most 70"),
        ({"summary_en": "x" * (LONGEST_SUMMARY_EN + 1)}, r"entries.0.summary_en: .*at most 450"),
        ({"summary_en": ["free"]}, r"entries.0.summary_en: .*string"),
        ({"summary_en": "Ask {hall.colour}."}, r"hukou.birth: city.yml has no value hall.colour"),
        ({"title_en": "{hall.colour}"}, r"hukou.birth: city.yml has no value hall.colour"),
    ],
)
def test_what_cannot_be_shown_in_english_is_refused_with_its_place(
    tmp_path: Path, english: dict[str, object], words: str
) -> None:
    with pytest.raises(ContentError, match=words):
        file_with(tmp_path, **english)


def test_every_entry_of_ours_has_both_in_english_and_they_fit_when_filled() -> None:
    city = load_city()
    for entry in (entry for one in load_content() for entry in one.entries):
        for text in (entry.title_en, entry.summary_en):
            filled = fill(text, city)
            letters = sum(char.isascii() and char.isalpha() for char in filled)
            assert letters > sum(char >= "\u4e00" for char in filled), entry.id
        assert entry.summary_en.rstrip("）)")[-1] in ".?", entry.id


# Seeding and publishing -------------------------------------------------------


def test_english_of_a_file_is_given_out_with_the_citys_values(
    knowledge: KnowledgeService, sessions: sessionmaker[Session]
) -> None:
    assert seed(sessions, in_english()).updated == 1
    assert seed(sessions, in_english()).updated == 0
    knowledge.load()
    entry, other = knowledge.entry("hukou.birth"), knowledge.entry("hukou.move")
    assert entry is not None and other is not None
    assert (entry.title_en, entry.summary_en) == (TITLE, FILLED)
    assert (other.title_en, other.summary_en) == ("", "")


def test_an_entry_without_english_keeps_the_fingerprint_that_it_had_before_there_was_any() -> None:
    bare, some = content()[0].entries[0], in_english()[0].entries[0]
    said = bare.model_dump(mode="json", exclude={"points", "details", "title_en", "summary_en", "expires"})
    before = json.dumps(["hukou", said], ensure_ascii=False, sort_keys=True)
    assert entry_hash(bare, "hukou") == hashlib.sha256(before.encode()).hexdigest()
    only_title = in_english(summary="")[0].entries[0]
    assert len({entry_hash(one, "hukou") for one in (bare, some, only_title)}) == 3


def test_an_entry_with_points_alone_keeps_its_fingerprint_too() -> None:
    entry = content()[0].entries[0]
    entry.points["late"] = Point(text="可以补报")
    said = entry.model_dump(mode="json", exclude={"details", "title_en", "summary_en", "expires"})
    before = json.dumps(["hukou", said], ensure_ascii=False, sort_keys=True)
    assert entry_hash(entry, "hukou") == hashlib.sha256(before.encode()).hexdigest()


def test_what_a_curator_writes_in_english_is_given_out_at_once_and_is_not_searched(knowledge: KnowledgeService) -> None:
    question = "umbrella unicorn"
    cat = knowledge.create(form(), actor="lin")
    knowledge.publish(cat.id, actor="lin")
    before = knowledge.search(question).hits
    english = form(title_en=question, summary_en=f"{question}. Ask {{hall.name}}.")
    knowledge.save(cat.id, english, actor="lin", expected_version=2, publish=True)
    entry = knowledge.entry(cat.id)
    assert entry is not None and entry.title_en == question
    assert entry.summary_en == f"{question}. Ask 云州市政务服务中心."
    assert knowledge.search(question).hits == before


# Curators ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("english", "words"),
    [
        ({"title_en": "x" * (LONGEST_TITLE_EN + 1)}, "请检查这些内容：英文标题"),
        ({"summary_en": "x" * (LONGEST_SUMMARY_EN + 1)}, "请检查这些内容：英文摘要"),
        ({"summary_en": "Ask {hall.colour}."}, "hall.colour"),
        ({"summary_en": "信用代码12441500196720245T"}, "12441500196720245T"),
    ],
)
def test_english_that_cannot_be_right_is_not_saved(
    knowledge: KnowledgeService, english: dict[str, str], words: str
) -> None:
    with pytest.raises(InvalidEntry, match=words):
        knowledge.create(form(**english), actor="lin")


def test_chinese_names_in_english_texts_are_held_to_the_standard() -> None:
    found = check_entry(form(title_en="Licence (工商局)", summary_en="Go to the 工商局.").model_dump())
    assert [(one.field, one.fix) for one in found] == [
        ("title_en", "市场监督管理局"),
        ("summary_en", "市场监督管理局"),
    ]


def test_a_change_of_english_is_told_in_the_history(knowledge: KnowledgeService) -> None:
    entry = knowledge.create(form(title_en="Cats", summary_en="It is free."), actor="lin")
    later = form(title_en="Cats", summary_en="It is not free.")
    knowledge.save(entry.id, later, actor="lin", expected_version=1)
    (found,) = knowledge.diff(entry.id, 1, 2)
    assert (found.field, found.label, found.is_list) == ("summary_en", "英文摘要", False)
    assert found.pieces == (("same", "It is "), ("added", "not "), ("same", "free."))


def test_a_draft_from_before_there_was_english_leaves_it_alone(
    knowledge: KnowledgeService, sessions: sessionmaker[Session]
) -> None:
    seed(sessions, in_english())
    entry = knowledge.get("hukou.birth")
    changed = form_of(entry, title="出生登记（新）")
    entry = knowledge.save(entry.id, changed, actor="lin", expected_version=entry.version)
    with sessions() as session, session.begin():
        row = session.get_one(Entry, entry.id)
        assert row.draft is not None
        row.draft = {name: value for name, value in row.draft.items() if not name.endswith("_en")}
    assert revisions.form_of(knowledge.get(entry.id)).summary_en == SUMMARY
    published = knowledge.publish(entry.id, actor="lin")
    assert (published.title, published.title_en, published.summary_en) == ("出生登记（新）", TITLE, SUMMARY)


def test_english_goes_out_with_an_export_and_comes_back(
    knowledge: KnowledgeService, sessions: sessionmaker[Session], tmp_path: Path
) -> None:
    seed(sessions, in_english())
    export_all(sessions, tmp_path / "a.zip")
    seed(sessions, content())
    assert knowledge.get("hukou.birth").summary_en == ""
    restore(sessions, (tmp_path / "a.zip").read_bytes(), knowledge.check, actor="admin")
    assert knowledge.get("hukou.birth").summary_en == SUMMARY


def test_an_export_from_before_there_was_english_comes_in_and_leaves_it_alone(
    knowledge: KnowledgeService, sessions: sessionmaker[Session], tmp_path: Path
) -> None:
    seed(sessions, in_english())
    export_all(sessions, tmp_path / "a.zip")
    package = without((tmp_path / "a.zip").read_bytes(), "points", "title_en", "summary_en")
    result = restore(sessions, package, knowledge.check, actor="admin")
    assert (result.created, result.updated) == (0, 0)
    assert knowledge.get("hukou.birth").title_en == TITLE


def test_lengths_fit_the_columns() -> None:
    columns = Entry.__table__.columns
    for name, longest in (("title_en", LONGEST_TITLE_EN), ("summary_en", LONGEST_SUMMARY_EN)):
        assert getattr(columns[name].type, "length", math.inf) >= longest
