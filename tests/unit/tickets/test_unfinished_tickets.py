"""Drafts of open forms in the database, and filing when the disk is full."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from ticket_desk import LAMP, Desk

from actions.tickets.unfinished import Unfinished

DRAFT = Unfinished("m1", {"ticket_what": "路灯坏了", "ticket_where": None, "ticket_contact": "13800138000"})


def test_a_draft_is_kept_encrypted_and_read_back_as_it_was(desk: Desk) -> None:
    assert desk.service.unfinished.keep("c1", DRAFT)
    assert desk.service.unfinished.of("c1") == DRAFT
    assert desk.service.unfinished.of("c2") is None
    stored = str(desk.raw("select * from unfinished_tickets"))
    assert "路灯" not in stored
    assert "13800138000" not in stored


def test_the_newest_step_takes_the_place_of_the_one_before(desk: Desk) -> None:
    desk.service.unfinished.keep("c1", DRAFT)
    later = replace(DRAFT, values={**DRAFT.values, "ticket_where": "解放路"})
    desk.service.unfinished.keep("c1", later)
    assert desk.service.unfinished.of("c1") == later
    assert desk.raw("select count(*) from unfinished_tickets") == [(1,)]


def test_an_old_draft_is_not_offered_and_is_deleted(desk: Desk) -> None:
    desk.service.unfinished.keep("c1", DRAFT)
    desk.pass_time(days=6)
    desk.service.unfinished.keep("c2", DRAFT)
    assert desk.service.unfinished.of("c1") is not None
    desk.pass_time(days=1, minutes=1)
    assert desk.service.unfinished.of("c1") is None
    assert desk.service.unfinished.forget_old() == 1
    assert desk.service.unfinished.of("c2") is not None


def test_filing_takes_the_draft_with_it_and_only_of_its_own_conversation(desk: Desk) -> None:
    for conversation in ("c1", "c2"):
        desk.service.unfinished.keep(conversation, DRAFT)
    desk.filed(conversation="c1")
    assert desk.service.unfinished.of("c1") is None
    assert desk.service.unfinished.of("c2") == DRAFT


def test_a_full_disk_files_nothing_keeps_the_draft_and_costs_no_number(desk: Desk) -> None:
    desk.service.unfinished.keep("c1", DRAFT)
    # So much that it does not fit into the pages that are there.
    long = replace(LAMP, what="很" * 2000)
    with desk.engine.connect() as connection:
        pages = connection.exec_driver_sql("pragma page_count").scalar()
    listen = lambda connection, _record: connection.execute(f"pragma max_page_count = {pages}")  # noqa: E731
    event.listen(desk.engine, "connect", listen)
    desk.engine.dispose()
    with pytest.raises(OperationalError, match="full"):
        desk.filed(long)
    assert desk.raw("select count(*) from tickets") == [(0,)]
    assert desk.service.unfinished.of("c1") == DRAFT
    event.remove(desk.engine, "connect", listen)
    desk.engine.dispose()
    assert desk.filed(long) == desk.filed(long)
    assert desk.raw("select count(*), max(number) like '%-0001_' from tickets") == [(1, 1)]


@given(st.dictionaries(st.text(max_size=20), st.none() | st.text(max_size=200), max_size=8), st.text(max_size=40))
@settings(max_examples=50, deadline=None)
def test_whatever_was_told_comes_back(desk_of_all: Desk, values: dict[str, str | None], key: str) -> None:
    desk_of_all.service.unfinished.keep("c1", Unfinished(key, values))
    assert desk_of_all.service.unfinished.of("c1") == Unfinished(key, values)


@pytest.fixture(scope="module")
def desk_of_all(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("drafts"))


def test_drafts_filing_and_forgetting_in_any_order(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A conversation has a draft exactly while something was told in it since it filed or gave up, and not too long ago."""

    class Drafts(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.desk = Desk(tmp_path_factory.mktemp("drafts"))
            self.told: dict[str, float] = {}
            self.hours = 0.0
            self.filed = 0

        @rule(conversation=st.sampled_from(["c1", "c2"]))
        def tell(self, conversation: str) -> None:
            self.desk.service.unfinished.keep(conversation, DRAFT)
            self.told[conversation] = self.hours

        @rule(conversation=st.sampled_from(["c1", "c2"]))
        def file(self, conversation: str) -> None:
            self.filed += 1
            self.desk.filed(conversation=conversation, key=f"m{self.filed}")
            self.told.pop(conversation, None)

        @rule(conversation=st.sampled_from(["c1", "c2"]))
        def give_up(self, conversation: str) -> None:
            self.desk.service.unfinished.forget(conversation)
            self.told.pop(conversation, None)

        @rule(hours=st.integers(1, 100))
        def wait(self, hours: int) -> None:
            self.desk.pass_time(hours=hours)
            self.hours += hours
            self.desk.service.unfinished.forget_old()

        @invariant()
        def drafts_are_those_told(self) -> None:
            for conversation in ("c1", "c2"):
                young = self.hours - self.told.get(conversation, -1000) < 7 * 24
                assert (self.desk.service.unfinished.of(conversation) is not None) == young

        def teardown(self) -> None:
            self.desk.close()

    machine = Drafts.TestCase
    machine.settings = settings(max_examples=15, stateful_step_count=12, deadline=None)
    machine().runTest()
