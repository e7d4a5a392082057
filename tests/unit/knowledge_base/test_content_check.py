"""What the check of the content files tells beside their shape."""

from pathlib import Path

import pytest
import yaml

from knowledge_base.content_check import load_expected, missing_table, poor, unverified_page
from knowledge_base.content_schema import ContentEntry, ContentError, load_content
from tests.unit.knowledge_base.test_content import ENTRY

ROOT = Path(__file__).parents[3]
FACTS = {
    "conditions": ["住满半年"],
    "materials": ["身份证"],
    "steps": ["申请"],
    "time_limit": "15日",
    "fee": "免费",
    "where": "派出所",
    "online": "云州通",
}


def entry_with(**fields: object) -> ContentEntry:
    return ContentEntry.model_validate(yaml.safe_load(ENTRY)["entries"][0] | fields)


def test_an_entry_that_speaks_of_too_few_aspects_is_named_with_what_is_usually_asked() -> None:
    bare = entry_with(points={"amount": "每月100元"})
    (line,) = poor([bare])
    fewest = load_expected().fewest
    assert line.startswith(f"hukou.birth: 1 aspects of at least {fewest}; usually asked and missing: who_may, how,")
    assert "amount" not in line


def test_the_facts_of_a_service_item_count_for_their_aspects() -> None:
    item = entry_with(kind="service_item", facts=FACTS, points={"contact": "拨打12345"})
    assert poor([item]) == []
    assert "materials" not in load_expected().missing(item)
    assert "late" in load_expected().missing(item)


def test_what_is_missing_is_counted_by_kind_most_first() -> None:
    entries = [entry_with(), entry_with(points={"how": "到派出所申报"})]
    table = missing_table(entries)
    assert table[-1].split() == ["entry", "how", "流程", "1"]
    assert {row.split()[-1] for row in table[:-1]} == {"2"}


def test_phrasings_may_be_written_by_pen() -> None:
    by_pen = {"grandmother": ["娃娃咋个上户口", "二"], "student": ["三", "四", "五", "六"]}
    assert entry_with(similar=by_pen).similar == ["娃娃咋个上户口", "二", "三", "四", "五", "六"]


def test_sisters_that_do_not_exist_are_named(tmp_path: Path) -> None:
    (tmp_path / "topics.yml").write_text("hukou: 户籍", encoding="utf-8")
    (tmp_path / "city.yml").write_text("{}", encoding="utf-8")
    (tmp_path / "hukou.yml").write_text(ENTRY, encoding="utf-8")
    (tmp_path / "sisters.yml").write_text(
        "- {ask: 办新的还是补办？, entries: {hukou.birth: 新办, hukou.lost: 补办}}", encoding="utf-8"
    )
    with pytest.raises(ContentError, match=r"sisters.yml: “办新的还是补办？” names hukou.lost, which does not exist"):
        load_content(tmp_path)


def test_the_page_of_what_is_to_be_verified_is_that_of_the_content() -> None:
    page = (ROOT / "docs" / "to-verify.zh.md").read_text(encoding="utf-8")
    assert page == unverified_page(load_content()), (
        "run: .venv/bin/python -m knowledge_base.content_check --unverified > docs/to-verify.zh.md"
    )
