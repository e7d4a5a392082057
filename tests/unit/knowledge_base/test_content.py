import json
from datetime import date
from pathlib import Path

import pytest

from knowledge_base.content_schema import (
    ContentError,
    LegalBasis,
    fill,
    load_city,
    load_content,
    load_yaml,
    read_file,
    strings,
)

ENTRY = """
topic: hukou
entries:
  - id: hukou.birth
    kind: entry
    title: 出生登记
    question: 孩子怎么上户口？
    similar: [一, 二, 三, 四, 五, 六]
    answer: 孩子出生后一个月内，到父亲或母亲的户口所在地派出所申报。
    legal_basis: [{title: 户口登记条例, issuer: 全国人大常委会}]
    effective: 1958-01-09
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "hukou.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_starter_knowledge_base_is_sound_and_large_enough() -> None:
    contents = load_content()
    entries = [entry for content in contents for entry in content.entries]
    assert len(entries) >= 150
    assert len(contents) >= 14
    assert all(len(entry.similar) >= 6 and entry.legal_basis for entry in entries)


def test_every_placeholder_of_the_content_has_a_value_in_the_city_file() -> None:
    city = load_city()
    for content in load_content():
        for entry in content.entries:
            for text in strings(entry.model_dump()):
                assert "{" not in fill(text, city)


def test_a_wrong_field_is_named_with_its_place(tmp_path: Path) -> None:
    path = write(tmp_path, ENTRY.replace("kind: entry", "kind: other"))
    with pytest.raises(ContentError, match=r"hukou.yml: entries.0.kind"):
        read_file(path, {"hukou": "户籍"}, {})


def test_a_placeholder_without_a_value_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, ENTRY.replace("到父亲", "到{hall.colour}"))
    with pytest.raises(ContentError, match=r"hukou.birth: city.yml has no value hall.colour"):
        read_file(path, {"hukou": "户籍"}, load_city())


def test_broken_yaml_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="line 2"):
        load_yaml(write(tmp_path, "topic: a\n b: ["))


def test_a_service_item_needs_facts(tmp_path: Path) -> None:
    path = write(tmp_path, ENTRY.replace("kind: entry", "kind: service_item"))
    with pytest.raises(ContentError, match="facts belong to kind service_item"):
        read_file(path, {"hukou": "户籍"}, {})


def test_the_same_phrasing_may_not_lead_to_two_entries(tmp_path: Path) -> None:
    (tmp_path / "topics.yml").write_text("hukou: 户籍", encoding="utf-8")
    (tmp_path / "city.yml").write_text("{}", encoding="utf-8")
    second = ENTRY.split("entries:\n")[1].replace("hukou.birth", "hukou.other").replace("怎么上户口", "咋落户")
    write(tmp_path, ENTRY + second)
    with pytest.raises(ContentError, match=r"is also a question of hukou\.birth"):
        load_content(tmp_path)


def test_a_source_keeps_its_own_date_where_it_is_stored(tmp_path: Path) -> None:
    dated = ENTRY.replace("issuer: 全国人大常委会}", "issuer: 全国人大常委会, effective: 1958-01-09}")
    content = read_file(write(tmp_path, dated), {"hukou": "户籍"}, {})
    stored = json.loads(json.dumps([basis.model_dump() for basis in content.entries[0].legal_basis]))
    assert LegalBasis.model_validate(stored[0]).effective == date(1958, 1, 9)
