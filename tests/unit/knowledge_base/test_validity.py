from datetime import UTC, date, datetime, timedelta

import pytest

from knowledge_base import validity
from knowledge_base.service import KnowledgeService
from tests.unit.knowledge_base.test_service import best, form

QUESTION = "养猫要登记吗"


class Calendar:
    """A day that tests turn."""

    def __init__(self, day: date) -> None:
        self.day = day

    def __call__(self) -> date:
        return self.day


@pytest.fixture
def calendar(knowledge: KnowledgeService) -> Calendar:
    knowledge._clock = calendar = Calendar(date(2026, 6, 30))
    return calendar


def publish(knowledge: KnowledgeService, **changes: object) -> str:
    entry = knowledge.create(form(**changes), actor="lin")
    return knowledge.publish(entry.id, actor="lin").id


def test_an_entry_begins_and_ends_with_the_day_and_without_a_button(
    knowledge: KnowledgeService, calendar: Calendar
) -> None:
    entry_id = publish(knowledge, effective=date(2026, 7, 1), expires=date(2026, 8, 1))
    found = []
    for day in (date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 31), date(2026, 8, 1)):
        calendar.day = day
        found.append(best(knowledge, QUESTION) == entry_id)
        assert (knowledge.entry(entry_id) is not None) == found[-1]
    assert found == [False, True, True, False]


@pytest.mark.parametrize(("utc", "day"), [((15, 59), 30), ((16, 0), 1)])
def test_the_day_changes_at_midnight_in_beijing(
    monkeypatch: pytest.MonkeyPatch, utc: tuple[int, int], day: int
) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime(2026, 6, 30, *utc, tzinfo=UTC).astimezone(validity.TIME_ZONE)

    monkeypatch.setattr(validity, "datetime", Clock)
    assert validity.today().day == day


@pytest.mark.parametrize(
    ("region", "asked", "found"),
    [
        ("", "440300", True),
        ("440000", "440300", True),
        ("440000", "440305", True),
        ("440300", "440300", True),
        ("440300", "440305", True),
        ("440300", "440100", False),
        ("440300", "440000", False),
        ("440300", "", False),
        ("990000", "990100", True),
    ],
)
def test_an_entry_answers_in_its_region_and_below(
    knowledge: KnowledgeService, region: str, asked: str, found: bool
) -> None:
    knowledge.region = "990100"
    entry_id = publish(knowledge, region=region)
    hits = [hit.entry_id for hit in knowledge.search(QUESTION, region=asked).hits]
    assert (entry_id in hits) == found
    assert (knowledge.entry(entry_id, region=asked) is not None) == found


def test_search_asks_for_the_citys_own_region(knowledge: KnowledgeService) -> None:
    entry_id = publish(knowledge, region="440300")
    for region, found in (("440300", True), ("440100", False)):
        knowledge.region = region
        assert (best(knowledge, QUESTION) == entry_id) == found


def test_what_ends_soon_is_listed_for_its_owner(knowledge: KnowledgeService, calendar: Calendar) -> None:
    def ending(days: int, owner: str = "lin") -> str:
        return publish(knowledge, expires=calendar.day + timedelta(days=days), owner=owner)

    late, soon, of_another = ending(30), ending(1), ending(5, "wu")
    ending(31), ending(0)
    knowledge.create(form(expires=calendar.day + timedelta(days=3), owner="lin"), actor="lin")
    assert [entry.id for entry in knowledge.expiring(owner="lin")] == [soon, late]
    assert [entry.id for entry in knowledge.expiring()] == [soon, of_another, late]
    assert [entry.id for entry in knowledge.expiring(within_days=5)] == [soon, of_another]
