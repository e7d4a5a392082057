"""Amounts and terms that the law changes on known days."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.content_schema import ContentError, fill, load_city, load_rates
from knowledge_base.rates import Rate
from knowledge_base.service import KnowledgeService
from tests.unit.knowledge_base.test_service import form

RATES = """
pension_years:
  label: 最低缴费年限
  source: 《决定》第二条
  values:
    - {since: 2025-01-01, value: 15年}
    - {since: 2030-01-01, value: 15年6个月}
"""


def folder(path: Path, rates: str = RATES) -> Path:
    (path / "city.yml").write_text("city: {name: 云州市}", encoding="utf-8")
    (path / "rates.yml").write_text(rates, encoding="utf-8")
    return path


def test_what_is_shown_is_what_holds_on_the_day(tmp_path: Path) -> None:
    city = load_city(folder(tmp_path) / "city.yml")
    text = "{city.name}要缴满{rate.pension_years}。"
    assert fill(text, city.on(date(2029, 12, 31))) == "云州市要缴满15年。"
    assert fill(text, city.on(date(2030, 1, 1))) == "云州市要缴满15年6个月。"
    assert fill(text, city.on(date(2020, 1, 1))) == "云州市要缴满15年。"


def test_rates_are_none_of_the_citys_own_names(tmp_path: Path) -> None:
    assert list(load_city(folder(tmp_path) / "city.yml")) == ["city"]


def test_a_rate_that_is_not_there_is_named_with_its_file(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"rates.yml has no value rate.colour"):
        fill("{rate.colour}", load_city(folder(tmp_path) / "city.yml"))


def test_days_out_of_order_are_refused_with_the_file(tmp_path: Path) -> None:
    wrong = RATES.replace("2030-01-01", "2024-01-01")
    with pytest.raises(ContentError, match=r"rates.yml: pension_years.values: .*days of a rate go up"):
        load_rates(folder(tmp_path, wrong) / "rates.yml")


@given(st.sets(st.dates(), min_size=1), st.dates())
def test_the_last_day_that_has_come_holds(days: set[date], day: date) -> None:
    values = [{"since": one, "value": one.isoformat()} for one in sorted(days)]
    rate = Rate.model_validate({"label": "期限", "source": "《决定》", "values": values})
    held = rate.on(day)
    assert held == max((one for one in days if one <= day), default=min(days)).isoformat()
    following = rate.next(day)
    assert following is None or following.since > day >= min(days | {day})


def test_an_entry_changes_by_itself_on_the_day(knowledge: KnowledgeService) -> None:
    entry = knowledge.create(form(answer="要缴满{rate.pension_years}才能领养老金。"), actor="lin")
    knowledge.publish(entry.id, actor="lin")
    before, after = (knowledge.entry(entry.id, on=day) for day in (date(2029, 12, 31), date(2030, 1, 1)))
    assert before is not None and after is not None
    assert (before.answer, after.answer) == ("要缴满15年才能领养老金。", "要缴满15年6个月才能领养老金。")


def test_staff_see_what_is_next_and_which_entries_it_touches(knowledge: KnowledgeService) -> None:
    pension = knowledge.create(form(answer="要缴满{rate.pension_years}才能领养老金。"), actor="lin")
    knowledge.publish(pension.id, actor="lin")
    draft = knowledge.create(form(points={"duration": "最少缴{rate.pension_years}"}), actor="lin")
    (view,) = knowledge.rates()
    assert (view.label, view.now, view.following, view.since) == ("最低缴费年限", "15年", "15年6个月", date(2030, 1, 1))
    assert [entry_id for entry_id, _ in view.entries] == sorted([pension.id, draft.id])
