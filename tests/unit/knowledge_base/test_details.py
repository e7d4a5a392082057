"""What an entry says of people's own cases: its way from the content files to those who ask, and through curators' hands."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from sqlalchemy.orm import Session, sessionmaker

from knowledge_base import revisions
from knowledge_base.content_schema import ContentError, ContentFile, read_file
from knowledge_base.details import LONGEST_DETAIL, details_of, phrasings
from knowledge_base.phrases import phrases_of
from knowledge_base.seed import seed
from knowledge_base.service import KnowledgeService
from tests.unit.knowledge_base.conftest import content
from tests.unit.knowledge_base.test_content import ENTRY
from tests.unit.knowledge_base.test_service import form, form_of

LATE = {
    "asked": ["娃都半岁了还没上户口晚不晚"],
    "text": "不晚，去{hall.name}补报。",
    "source": "《户口登记条例》第七条",
}
NAME = {"asked": ["名字里能不能用字母", "想跟妈妈姓行不行"], "text": "可以随妈妈姓，名字要用规范汉字。"}


def file_with(folder: Path, details: object) -> ContentFile:
    data = yaml.safe_load(ENTRY)
    data["entries"][0]["details"] = details
    path = folder / "hukou.yml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return read_file(path, {"hukou": "户籍"}, {"hall": {"name": "大厅"}})


def with_details(*details: object) -> list[ContentFile]:
    contents = content()
    contents[0].entries[0].details.extend(details_of(details))
    return contents


def test_what_was_asked_may_be_written_by_pen_each_in_one_line(tmp_path: Path) -> None:
    asked = {"p1": ["娃半岁了\n还能上户口吗"], "p2": ["晚报罚不罚"]}
    (entry,) = file_with(tmp_path, [LATE | {"asked": asked}]).entries
    assert entry.asked == ["娃半岁了 还能上户口吗", "晚报罚不罚"]


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ([LATE | {"asked": []}], r"entries.0.details.0.asked: .*at least 1"),
        ([LATE | {"text": "补" * (LONGEST_DETAIL + 1)}], r"entries.0.details.0.text"),
        ([LATE, NAME | {"asked": LATE["asked"]}], r"entries.0.details: .*is asked twice"),
        ([LATE | {"since": 2020}], r"entries.0.details.0.since"),
    ],
)
def test_what_is_no_detail_is_refused_with_its_place(tmp_path: Path, details: object, words: str) -> None:
    with pytest.raises(ContentError, match=words):
        file_with(tmp_path, details)


def test_an_entry_is_found_by_what_was_asked_of_cases() -> None:
    (entry, *_) = with_details(LATE, NAME)[0].entries
    found = [phrase.text for phrase in phrases_of(entry) if phrase.kind == "case"]
    assert found == ["娃都半岁了还没上户口晚不晚", "名字里能不能用字母", "想跟妈妈姓行不行"]


def test_details_of_a_file_are_given_out_with_the_citys_values(
    sessions: sessionmaker[Session], knowledge: KnowledgeService
) -> None:
    (first, *_) = content()[0].entries
    assert seed(sessions, with_details(LATE)).updated == 1
    assert seed(sessions, with_details(LATE)).updated == 0
    knowledge.load()
    entry = knowledge.entry(first.id)
    assert entry is not None
    (detail,) = entry.details
    assert "{" not in detail.text and detail.source == LATE["source"]
    assert knowledge.search(LATE["asked"][0]).hits[0].entry_id == first.id


def test_a_curators_detail_is_found_at_once_and_its_change_told_question_by_question(
    knowledge: KnowledgeService,
) -> None:
    entry = knowledge.create(form(details=[LATE]), actor="lin")
    found = revisions.diff(form_of(entry), form(details=[NAME]))
    (change,) = [one for one in found if one.field == "details"]
    assert (change.label, change.is_list) == ("细问细答", True)
    assert [kind for kind, _ in change.pieces] == ["removed", "added"]
    assert change.pieces[0][1] == f"问：{LATE['asked'][0]}\n答：{LATE['text']}〔{LATE['source']}〕"


def test_what_nobody_verified_is_kept_from_citizens_though_its_question_leads_to_the_entry(
    knowledge: KnowledgeService,
) -> None:
    form_with = form(details=[LATE | {"unverified": True}, NAME])
    entry = knowledge.create(form_with, actor="lin")
    knowledge.publish(entry.id, actor="lin")
    shown = knowledge.entry(entry.id)
    assert shown is not None and [one.text for one in shown.details] == [NAME["text"]]
    assert knowledge.search(LATE["asked"][0]).hits[0].entry_id == entry.id


def test_phrasings_are_those_of_all_details() -> None:
    assert len(list(phrasings(details_of([LATE, NAME])))) == 3
