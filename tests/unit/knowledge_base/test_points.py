"""What an entry says of single aspects: its way from the content files to those who ask, and through curators' hands."""

import hashlib
import io
import json
import zipfile
from itertools import product
from pathlib import Path

import pytest
import yaml
from sqlalchemy.orm import Session, sessionmaker

from knowledge_base import revisions
from knowledge_base.aspects import LONGEST_POINT, Point, aspects, point_lines, points_of
from knowledge_base.content_schema import ContentError, ContentFile, read_file
from knowledge_base.exporting import ENTRIES, HISTORY, export_all, restore
from knowledge_base.lifecycle import InvalidEntry
from knowledge_base.models import Entry
from knowledge_base.seed import entry_hash, seed
from knowledge_base.service import KnowledgeService
from knowledge_base.standards.checks import check_entry
from tests.unit.knowledge_base.conftest import content
from tests.unit.knowledge_base.test_content import ENTRY
from tests.unit.knowledge_base.test_service import form, form_of

POINTS = {"late": "过了一个月也可以到{hall.name}补报。", "deadline_to_apply": "孩子出生后一个月内申报。"}


def file_with(folder: Path, points: object) -> ContentFile:
    data = yaml.safe_load(ENTRY)
    data["entries"][0]["points"] = points
    path = folder / "hukou.yml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return read_file(path, {"hukou": "户籍"}, {"hall": {"name": "大厅"}})


def with_points(**points: str) -> list[ContentFile]:
    contents = content()
    contents[0].entries[0].points.update(points_of(points))
    return contents


def test_every_aspect_has_a_chinese_label_of_its_own() -> None:
    assert len(set(aspects().values())) == len(aspects()) == 25
    assert aspects()["deadline_to_apply"] == "申请期限"


def test_points_are_kept_in_the_order_of_the_aspects_each_in_one_line(tmp_path: Path) -> None:
    (entry,) = file_with(tmp_path, {"late": " 可以\n补报 ", "fee": "免费"}).entries
    assert [(name, point.text) for name, point in entry.points.items()] == [("fee", "免费"), ("late", "可以 补报")]


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ({"deadline": "一个月内"}, r"hukou.yml: entries.0.points: no aspect deadline; there are who_may, materials"),
        ({"late": "补"}, r"entries.0.points.late.text: .*at least 2"),
        ({"late": "补" * (LONGEST_POINT + 1)}, r"entries.0.points.late.text: .*at most 200"),
        ({"late": ["可以补报"]}, r"entries.0.points.late: .*dictionary"),
        ({"late": "到{hall.colour}补报"}, r"hukou.birth: city.yml has no value hall.colour"),
    ],
)
def test_what_is_no_point_is_refused_with_its_place(tmp_path: Path, points: object, words: str) -> None:
    with pytest.raises(ContentError, match=words):
        file_with(tmp_path, points)


def test_points_of_a_file_are_given_out_with_the_citys_values(
    knowledge: KnowledgeService, sessions: sessionmaker[Session]
) -> None:
    assert seed(sessions, with_points(**POINTS)).updated == 1
    assert seed(sessions, with_points(**POINTS)).updated == 0
    knowledge.load()
    entry, other = knowledge.entry("hukou.birth"), knowledge.entry("hukou.move")
    assert entry is not None and other is not None
    assert entry.points == points_of(
        {"late": "过了一个月也可以到云州市政务服务中心补报。", "deadline_to_apply": "孩子出生后一个月内申报。"}
    )
    assert dict(other.points) == {}


def test_an_entry_without_points_keeps_the_fingerprint_that_it_had_before_there_were_any() -> None:
    bare, some = content()[0].entries[0], with_points(**POINTS)[0].entries[0]
    said = bare.model_dump(mode="json", exclude={"points", "details", "title_en", "summary_en", "expires"})
    before = json.dumps(["hukou", said], ensure_ascii=False, sort_keys=True)
    assert entry_hash(bare, "hukou") == hashlib.sha256(before.encode()).hexdigest()
    assert entry_hash(some, "hukou") != entry_hash(bare, "hukou")


def test_what_a_curator_publishes_is_given_out_at_once_and_is_not_searched(knowledge: KnowledgeService) -> None:
    question = "乱扔猫砂罚二百元"
    cat = knowledge.create(form(), actor="lin")
    knowledge.publish(cat.id, actor="lin")
    before = knowledge.search(question).hits
    knowledge.save(cat.id, form(points={"penalty": question}), actor="lin", expected_version=2, publish=True)
    entry = knowledge.entry(cat.id)
    assert entry is not None and entry.points == points_of({"penalty": question})
    assert knowledge.search(question).hits == before


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ({"deadline": "一个月内"}, "分方面的要点"),
        ({"late": "到{hall.colour}补报"}, "hall.colour"),
        ({"contact": "信用代码12441500196720245T"}, "12441500196720245T"),
    ],
)
def test_points_that_cannot_be_right_are_not_saved(
    knowledge: KnowledgeService, points: dict[str, str], words: str
) -> None:
    with pytest.raises(InvalidEntry, match=words):
        knowledge.create(form(points=points), actor="lin")


def test_points_are_held_to_the_standard_names() -> None:
    found = check_entry(form(points={"where": "到工商局办", "late": "到大厅补"}).model_dump())
    assert [(one.field, one.found, one.fix) for one in found] == [("points", "工商局", "市场监督管理局")]


def test_a_change_of_points_is_told_line_by_line_with_the_labels(knowledge: KnowledgeService) -> None:
    entry = knowledge.create(form(points={"late": "可以补。", "fee": "免费"}), actor="lin")
    later = form(points={"fee": "免费", "late": "可以补登。", "lost": "免费补发。"})
    knowledge.save(entry.id, later, actor="lin", expected_version=1)
    (found,) = knowledge.diff(entry.id, 1, 2)
    assert (found.field, found.label, found.is_list) == ("points", "分方面的要点", True)
    assert found.pieces == (
        ("same", "费用：免费"),
        ("removed", "逾期：可以补。"),
        ("added", "逾期：可以补登。"),
        ("added", "丢失损坏：免费补发。"),
    )


def test_a_draft_from_before_there_were_points_leaves_them_alone(
    knowledge: KnowledgeService, sessions: sessionmaker[Session]
) -> None:
    seed(sessions, with_points(**POINTS))
    entry = knowledge.get("hukou.birth")
    changed = form_of(entry, title="出生登记（新）")
    entry = knowledge.save(entry.id, changed, actor="lin", expected_version=entry.version)
    with sessions() as session, session.begin():
        row = session.get_one(Entry, entry.id)
        assert row.draft is not None
        row.draft = {name: value for name, value in row.draft.items() if name != "points"}
    assert revisions.form_of(knowledge.get(entry.id)).points == points_of(POINTS)
    published = knowledge.publish(entry.id, actor="lin")
    assert (published.title, published.points) == ("出生登记（新）", POINTS)


def without(package: bytes, *fields: str) -> bytes:
    """The file as a program wrote it that did not know these fields of entries."""
    old = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(old, "w") as target:
        for name in source.namelist():
            text = source.read(name).decode()
            if name in (ENTRIES, HISTORY):
                rows = [json.loads(line) for line in text.splitlines()]
                for row, field in product(rows, fields):
                    row.pop(field, None)
                    row.get("snapshot", {}).pop(field, None)
                text = "".join(json.dumps(row) + "\n" for row in rows)
            target.writestr(name, text)
    return old.getvalue()


def test_an_export_from_before_there_were_points_comes_in_and_leaves_them_alone(
    knowledge: KnowledgeService, sessions: sessionmaker[Session], tmp_path: Path
) -> None:
    seed(sessions, with_points(**POINTS))
    export_all(sessions, tmp_path / "a.zip")
    result = restore(sessions, without((tmp_path / "a.zip").read_bytes(), "points"), knowledge.check, actor="admin")
    assert (result.created, result.updated) == (0, 0)
    assert knowledge.get("hukou.birth").points == POINTS


def test_a_point_keeps_its_source_on_all_its_ways(knowledge: KnowledgeService) -> None:
    written = {"late": {"text": "可以补报。", "source": "《户口登记条例》第七条"}, "fee": "免费〔《价格目录》〕"}
    entry = knowledge.create(form(points=written), actor="lin")
    knowledge.publish(entry.id, actor="lin")
    shown = knowledge.entry(entry.id)
    assert shown is not None
    assert shown.points["late"] == Point(text="可以补报。", source="《户口登记条例》第七条")
    assert (shown.points["fee"].text, shown.points["fee"].source) == ("免费", "《价格目录》")
    assert point_lines(form_of(knowledge.get(entry.id)).points)[1] == "逾期：可以补报。〔《户口登记条例》第七条〕"
