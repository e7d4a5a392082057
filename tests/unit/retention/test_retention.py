"""What is due is what a preview says, and what an open matter needs is never due."""

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session, sessionmaker

from actions.tickets.models import Ticket, TicketEvent, TicketNotice
from bot.database import create_database_engine, create_session_factory
from bot.retention.rules import added, kinds
from bot.retention.service import Retention
from bot.security.models import Account, ApiToken, AuditRecord, SignInAttempt, StaffSession
from bot.settings import Settings
from bot.tables import metadata
from channels.conversations.deletion import Traces
from channels.conversations.models import Conversation, DangerAlert, Message, Turn, TurnDeed, UnresolvedQuestion
from knowledge_base.hit_testing.models import HitTest

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
KEPT = {
    "keep_conversations_days": 180,
    "keep_settled_questions_days": 90,
    "keep_ticket_contacts_days": 60,
    "keep_tickets_days": 365,
    "keep_hit_tests_days": 30,
}
FOR_EVER = dict.fromkeys(KEPT, 0)


@dataclass
class ListedMemory:
    forgotten: set[str] = field(default_factory=set)
    away: bool = False

    def count(self, traces: Traces) -> int:
        return 0

    def forget(self, traces: Traces) -> int:
        if self.away:
            raise OSError("away")
        self.forgotten |= traces.conversations
        return 0


@dataclass(frozen=True)
class TurnPlan:
    age: int
    question: str = ""
    settled_age: int = 0


@dataclass(frozen=True)
class TicketPlan:
    age: int
    status: str
    contact: bool


@dataclass(frozen=True)
class TalkPlan:
    """A conversation: days since its turns, its words of nobody's turn, its tickets, its closed alerts (-1: an open one)."""

    turns: tuple[TurnPlan, ...]
    loose: tuple[int, ...]
    tickets: tuple[TicketPlan, ...]
    alerts: tuple[int, ...] = ()


ages = st.integers(0, 500)
turn_plans = st.builds(TurnPlan, ages, st.sampled_from(["", "open", "answered", "dismissed"]), ages)
ticket_plans = st.builds(TicketPlan, ages, st.sampled_from(["filed", "handling", "closed", "withdrawn"]), st.booleans())
talk_plans = st.builds(
    TalkPlan,
    st.lists(turn_plans, max_size=4).map(tuple),
    st.lists(ages, max_size=2).map(tuple),
    st.lists(ticket_plans, max_size=2).map(tuple),
    st.lists(st.one_of(ages, st.just(-1)), max_size=2).map(tuple),
)


class Town:
    """A database of its own, filled by plan."""

    def __init__(self, sessions: sessionmaker[Session], folder: Path) -> None:
        self.sessions = sessions
        self.folder = folder
        self.memory = ListedMemory()
        self._number = 0

    def next(self) -> int:
        self._number += 1
        return self._number

    def fill(self, talks: list[TalkPlan]) -> None:
        with self.sessions() as session, session.begin():
            for talk in talks:
                self._talk(session, talk)

    def _talk(self, session: Session, talk: TalkPlan) -> None:
        oldest = max([turn.age for turn in talk.turns] + list(talk.loose), default=500)
        newest = min((turn.age for turn in talk.turns), default=oldest)
        one = Conversation(id=f"{self.next():032x}", channel="web", created_at=ago(oldest), last_at=ago(newest))
        session.add(one)
        session.flush()
        for turn in talk.turns:
            self._turn(session, one.id, turn)
        for age in talk.loose:
            session.add(Message(conversation_id=one.id, role="staff", parts=[], created_at=ago(age)))
        for ticket in talk.tickets:
            self._ticket(session, one.id, ticket)
        for age in talk.alerts:
            alert = DangerAlert(conversation_id=one.id, turn_id="gone", kind="self_harm", at=ago(500))
            alert.closed_at = None if age < 0 else ago(age)
            session.add(alert)

    def _turn(self, session: Session, conversation_id: str, plan: TurnPlan) -> None:
        turn_id = f"{self.next():032x}"
        at = ago(plan.age)
        turn = Turn(
            id=turn_id, conversation_id=conversation_id, message_id=turn_id, claimed_until=at, text="问", created_at=at
        )
        session.add(turn)
        session.flush()
        for role in ("citizen", "bot"):
            session.add(Message(conversation_id=conversation_id, turn_id=turn_id, role=role, parts=[], created_at=at))
        session.add(TurnDeed(turn_id=turn_id, kind="link", actor="wangfang"))
        if plan.question:
            closed = None if plan.question == "open" else ago(min(plan.age, plan.settled_age))
            question = {"question": "问", "reason": "no_answer", "status": plan.question, "closed_at": closed}
            session.add(UnresolvedQuestion(turn_id=turn_id, conversation_id=conversation_id, **question))

    def _ticket(self, session: Session, conversation_id: str, plan: TicketPlan) -> None:
        at, number = ago(plan.age), self.next()
        due = dict.fromkeys(("accept_due_at", "reply_due_at", "latest_due_at", "created_at", "updated_at"), at)
        ticket = Ticket(
            number=f"YZ-{number}", filing_key=f"{number}", conversation_id=conversation_id, kind="help", what="事",
            status=plan.status, where="", when="", anonymous=False, contact_cipher="x" if plan.contact else "",
            contact_name_cipher="", code_cipher="c", code_hash="h", suggested_department="", due_at=None,
            due_certain=True, **due,
        )  # fmt: skip
        ticket.events = [
            TicketEvent(
                actor="citizen", action="file", from_status="", to_status="filed", visible_to_citizen=True, at=at
            )
        ]
        session.add(ticket)
        session.flush()
        notice = TicketNotice(event_id=ticket.events[0].id, conversation_id=conversation_id, part={})
        session.add(notice)

    def retention(self, terms: dict[str, int], *, batch: int = 3) -> Retention:
        chosen = Settings.model_validate({"data_dir": self.folder, **terms})
        return Retention(chosen, self.sessions, self.memory, now=lambda: NOW, pause=lambda _: None, batch=batch)

    def rows(self) -> Counter[str]:
        with self.sessions() as session:
            return Counter(
                {
                    table.name: session.scalar(select(func.count()).select_from(table)) or 0
                    for table in metadata.sorted_tables
                }
            )


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days, minutes=1)


@contextmanager
def town_from(migrated: Path) -> Iterator[Town]:
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "town.db"
        shutil.copyfile(migrated, file)
        engine = create_database_engine(f"sqlite:///{file}")
        yield Town(create_session_factory(engine), Path(place))
        engine.dispose()


@pytest.fixture
def town(migrated: Path) -> Iterator[Town]:
    with town_from(migrated) as town:
        yield town


many = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
terms = st.fixed_dictionaries({name: st.sampled_from([0, days]) for name, days in KEPT.items()})


@many
@given(talks=st.lists(talk_plans, max_size=5), chosen=terms, batch=st.integers(1, 4))
def test_a_run_deletes_exactly_what_the_preview_said(
    migrated: Path, talks: list[TalkPlan], chosen: dict[str, int], batch: int
) -> None:
    with town_from(migrated) as town:
        town.fill(talks)
        retention, before = town.retention(chosen, batch=batch), town.rows()
        previewed = retention.preview()
        run = retention.run(actor="worker")
        assert run.finished
        for name, counts in previewed.items():
            assert +Counter(run.deleted[name]) == +Counter(counts), name
        total = added(list(previewed.values()))
        gone = before - town.rows()
        assert gone == +Counter({name: count for name, count in total.items() if name not in {"contacts", "files"}})
        assert not any(any(counts.values()) for counts in retention.preview().values())


@many
@given(talks=st.lists(talk_plans, min_size=1, max_size=5))
def test_nothing_that_an_open_matter_needs_is_deleted(migrated: Path, talks: list[TalkPlan]) -> None:
    with town_from(migrated) as town:
        town.fill(talks)
        with town.sessions() as session:
            busy = select(Ticket.conversation_id).where(Ticket.status.in_(["filed", "handling"]))
            alerts = set(session.scalars(select(DangerAlert.id).where(DangerAlert.closed_at.is_(None))))
            in_danger = select(DangerAlert.conversation_id).where(DangerAlert.closed_at.is_(None))
            needed_turns = set(session.scalars(select(Turn.id).where(Turn.conversation_id.in_(busy))))
            needed_turns |= set(session.scalars(select(Turn.id).where(Turn.conversation_id.in_(in_danger))))
            waiting = select(UnresolvedQuestion.turn_id).where(UnresolvedQuestion.status == "open")
            needed_turns |= set(session.scalars(waiting))
            needed_tickets = set(session.scalars(select(Ticket.id).where(Ticket.status.in_(["filed", "handling"]))))
            contacts = set(
                session.scalars(select(Ticket.id).where(Ticket.id.in_(needed_tickets), Ticket.contact_cipher != ""))
            )
        town.retention(KEPT).run(actor="worker")
        with town.sessions() as session:
            left = set(session.scalars(select(Turn.id)))
            tickets = set(session.scalars(select(Ticket.id)))
            known = set(session.scalars(select(Ticket.id).where(Ticket.contact_cipher != "")))
            conversations = set(session.scalars(select(Conversation.id)))
            assert needed_turns <= left
            assert alerts <= set(session.scalars(select(DangerAlert.id)))
            assert needed_tickets <= tickets
            assert contacts <= known
            assert set(session.scalars(select(Turn.conversation_id))) <= conversations
            # What is younger than its term stays too.
            assert not session.scalar(select(func.count()).where(Turn.created_at >= ago(180))) or left


@many
@given(talks=st.lists(talk_plans, max_size=5))
def test_runs_that_are_broken_off_after_every_batch_come_to_the_same_end(migrated: Path, talks: list[TalkPlan]) -> None:
    with town_from(migrated) as whole, town_from(migrated) as broken:
        whole.fill(talks)
        broken.fill(talks)
        whole.retention(KEPT).run(actor="worker")
        for _ in range(200):
            if broken.retention(KEPT, batch=1).run(actor="worker", seconds=-1).finished:
                break
        assert +(whole.rows() - Counter(audit_log=99)) == +(broken.rows() - Counter(audit_log=99))
        assert whole.memory.forgotten == broken.memory.forgotten


def test_by_default_nothing_of_citizens_is_ever_due(town: Town) -> None:
    old = TalkPlan((TurnPlan(5000), TurnPlan(4000, "answered", 4000)), (5000,), (TicketPlan(4000, "closed", True),))
    town.fill([old])
    before = town.rows()
    town.retention(FOR_EVER).run(actor="worker")
    assert town.rows() == before


def test_a_conversation_that_goes_on_loses_its_old_turns_only(town: Town) -> None:
    town.fill([TalkPlan((TurnPlan(400), TurnPlan(1)), (), ())])
    town.retention(KEPT).run(actor="worker")
    rows = town.rows()
    assert (rows["conversations"], rows["turns"], rows["messages"]) == (1, 1, 2)
    assert not town.memory.forgotten


def test_a_conversation_to_which_staff_wrote_lately_stays(town: Town) -> None:
    town.fill([TalkPlan((TurnPlan(400),), (3,), ())])
    town.retention(KEPT).run(actor="worker")
    assert town.rows()["conversations"] == 1


def test_contacts_go_before_their_ticket_and_do_not_prolong_its_term(town: Town) -> None:
    town.fill([TalkPlan((), (), (TicketPlan(100, "closed", True),))])
    assert town.retention(KEPT).run(actor="worker").deleted["ticket_contacts"] == {"contacts": 1}
    with town.sessions() as session:
        [ticket] = session.scalars(select(Ticket))
        assert (ticket.contact_cipher, ticket.updated_at) == ("", ago(100))
        assert ticket.code_hash == "h"


def test_the_short_memory_of_conversations_that_went_is_forgotten(town: Town) -> None:
    town.fill([TalkPlan((TurnPlan(400),), (), ())])
    with town.sessions() as session:
        [gone] = session.scalars(select(Conversation.id))
    town.retention(KEPT).run(actor="worker")
    assert town.memory.forgotten == {gone}


def test_a_conversation_stays_while_the_short_memory_is_away(town: Town) -> None:
    town.fill([TalkPlan((TurnPlan(400),), (), ())])
    town.memory.away = True
    with pytest.raises(OSError, match="away"):
        town.retention(KEPT).run(actor="worker")
    assert town.rows()["conversations"] == 1
    town.memory.away = False
    town.retention(KEPT).run(actor="worker")
    assert town.rows()["conversations"] == 0


def test_sessions_tokens_attempts_tests_and_files_go_after_their_term(town: Town) -> None:
    (town.folder / "imports").mkdir()
    for name, days in (("old.json", 3), ("new.json", 0)):
        file = town.folder / "imports" / name
        file.write_text("{}")
        os.utime(file, (ago(days).timestamp(),) * 2)
    with town.sessions() as session, session.begin():
        account = Account(username="wangfang", display_name="王芳", password_hash="", roles=[])
        session.add(account)
        session.flush()
        for age in (0, 31, 60):
            session.add(StaffSession(token_hash=f"s{age}", account_id=account.id, expires_at=ago(age)))
            token = {"name": f"t{age}", "read_only": True, "created_by": "wangfang", "expires_at": ago(age)}
            session.add(ApiToken(token_hash=f"t{age}", account_id=account.id, **token))
            session.add(SignInAttempt(who="x", at=ago(age)))
            session.add(HitTest(actor="w", at=ago(age), question="问", day=NOW.date(), band="answer", report={}))
    deleted = town.retention(KEPT).run(actor="worker").deleted
    assert deleted["staff_sessions"] == {"staff_sessions": 2}
    assert deleted["api_tokens"] == {"api_tokens": 2}
    assert deleted["sign_in_attempts"] == {"sign_in_attempts": 2}
    assert deleted["hit_tests"] == {"hit_tests": 2}
    assert [path.name for path in (town.folder / "imports").iterdir()] == ["new.json"]


def test_a_run_that_deleted_something_says_so_in_the_audit_log_and_one_that_did_not_says_nothing(town: Town) -> None:
    town.fill([TalkPlan((TurnPlan(400),), (), ())])
    town.retention(KEPT).run(actor="worker")
    town.retention(KEPT).run(actor="worker")
    with town.sessions() as session:
        [record] = session.scalars(select(AuditRecord))
    assert (record.actor, record.action) == ("worker", "retention.run")
    assert "1 turns" in record.detail


def test_every_term_is_a_setting_that_keeps_for_ever_unless_told_otherwise() -> None:
    for kind in kinds().values():
        if kind.setting:
            assert Settings.model_fields[kind.setting].default == 0
            assert kind.days == 0
        else:
            assert kind.days > 0


def test_no_table_with_citizens_words_is_forgotten_by_the_rules(town: Town) -> None:
    """A table that a later version adds must be thought of here."""
    with town.sessions() as session:
        tables = set(inspect(session.get_bind()).get_table_names())
    ruled = {
        "conversations", "turns", "messages", "turn_deeds", "unresolved_questions", "ticket_notices", "ticket_events",
        "tickets", "hit_tests", "staff_sessions", "api_tokens", "sign_in_attempts", "ticket_lookup_failures",
        "ticket_lookup_alarms", "unfinished_tickets", "danger_alerts",
    }  # fmt: skip
    about_no_citizen = {
        "alembic_version", "entries", "entry_revisions", "policy_documents", "knowledge_imports", "golden_questions",
        "gate_sign_offs", "vocabulary_terms", "vocabulary_revisions", "entry_use", "ticket_counters",
        "secret_checks",
    }  # fmt: skip
    kept_on_purpose = {"audit_log", "training_phrases", "accounts", "recovery_codes", "external_identities"}
    assert tables == ruled | about_no_citizen | kept_on_purpose
