from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from knowledge_base.results import PublishedEntry, SearchResult
from knowledge_base.search_ahead import MOST, SECONDS, SearchAhead


class Counted:
    """A knowledge base that tells how often it was asked, and waits where it is told to."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.may_answer = Event()
        self.may_answer.set()

    def search(self, question: str, *, limit: int = 5) -> SearchResult:
        self.asked.append(question)
        assert self.may_answer.wait(5)
        return SearchResult(question, (), "unknown", float(limit))

    def surely_outside(self, question: str) -> bool:
        return bool(question)

    def entry(self, entry_id: str) -> PublishedEntry | None:
        return None


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as threads:
        yield threads


@pytest.fixture
def knowledge() -> Counted:
    return Counted()


def test_what_was_begun_is_not_searched_again(pool: ThreadPoolExecutor, knowledge: Counted) -> None:
    ahead = SearchAhead(knowledge, pool)
    ahead.begin("居住证怎么办")
    assert ahead.search("居住证怎么办").question == "居住证怎么办"
    assert knowledge.asked == ["居住证怎么办"]


def test_what_was_begun_is_good_for_one_asking(pool: ThreadPoolExecutor, knowledge: Counted) -> None:
    ahead = SearchAhead(knowledge, pool)
    ahead.begin("居住证怎么办")
    for _ in range(2):
        ahead.search("居住证怎么办")
    assert len(knowledge.asked) == 2


def test_another_question_or_number_of_hits_is_searched_now(pool: ThreadPoolExecutor, knowledge: Counted) -> None:
    ahead = SearchAhead(knowledge, pool)
    ahead.begin("居住证怎么办")
    assert ahead.search("护照怎么办").question == "护照怎么办"
    assert ahead.search("居住证怎么办", limit=9).latency_ms == 9


def test_what_is_old_is_searched_again(pool: ThreadPoolExecutor, knowledge: Counted) -> None:
    now = [0.0]
    ahead = SearchAhead(knowledge, pool, lambda: now[0])
    ahead.begin("居住证怎么办")
    now[0] = SECONDS + 1
    ahead.search("居住证怎么办")
    assert len(knowledge.asked) == 2


def test_nobody_waits_for_a_search_that_has_no_thread_yet(pool: ThreadPoolExecutor, knowledge: Counted) -> None:
    ahead = SearchAhead(knowledge, pool)
    blocked = Event()
    pool.submit(blocked.wait, 5)
    ahead.begin("居住证怎么办")
    assert ahead.search("居住证怎么办").question == "居住证怎么办"
    blocked.set()


def test_what_nobody_came_for_is_forgotten(pool: ThreadPoolExecutor, knowledge: Counted) -> None:
    ahead = SearchAhead(knowledge, pool)
    for number in range(MOST + 1):
        ahead.begin(str(number))
    pool.shutdown()
    before = len(knowledge.asked)
    ahead.search("0")
    ahead.search(str(MOST))
    assert len(knowledge.asked) == before + 1
