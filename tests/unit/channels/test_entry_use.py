from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.orm import Session, sessionmaker

from actions.messages import AnswerPart, Trace, TraceHit
from bot.database import utcnow
from bot.migrate import alembic_config
from channels.conversations.entry_use import EntryUseReport, UseRules, _upsert
from channels.conversations.models import EntryUse, Turn
from channels.rasa_client import DialogueReply
from knowledge_base.models import Entry, EntryRevision
from knowledge_base.validity import TIME_ZONE, today
from tests.unit.channels.conftest import Desk

RULES = UseRules(found_from=0.2, windows=(30, 90), unused_days=90, bad_share=0.4, bad_minimum=5)


def answered(said: str) -> DialogueReply:
    """The birth entry answers; the move was found too, and something hardly."""
    hits = [
        TraceHit(id="hukou.birth", title="出生登记", score=0.9),
        TraceHit(id="hukou.move", title="迁移", score=0.3),
        TraceHit(id="far.away", title="别的", score=0.01),
    ]
    trace = Trace(decision="answer", entry_id="hukou.birth", hits=hits)
    return DialogueReply(
        [AnswerPart(entry_id="hukou.birth", title="出生登记", text=said)], "ask_service", 0.9, [], [trace]
    )


def counts(sessions: sessionmaker[Session]) -> dict[str, tuple[int, int, int, int]]:
    with sessions() as session:
        return {one.entry_id: (one.hits, one.shown, one.up, one.down) for one in session.scalars(select(EntryUse))}


@pytest.fixture
def answering(desk: Desk) -> Desk:
    desk.dialogue.answer = answered
    return desk


async def test_a_turn_counts_what_it_found_and_what_it_showed(answering: Desk) -> None:
    await answering.gateway.handle(answering.inbound("孩子怎么上户口"))
    await answering.gateway.handle(answering.inbound("孩子怎么上户口", "message-2"))
    assert counts(answering.sessions) == {"hukou.birth": (2, 2, 0, 0), "hukou.move": (2, 0, 0, 0)}


async def test_the_same_message_delivered_again_counts_once(answering: Desk) -> None:
    first = await answering.gateway.handle(answering.inbound("孩子怎么上户口"))
    await answering.gateway.handle(answering.inbound("孩子怎么上户口"))
    answering.conversations.finish(
        first.__class__(first.turn_id, [], "answer", trace=Trace(decision="answer", entry_id="x")), []
    )
    assert counts(answering.sessions)["hukou.birth"] == (1, 1, 0, 0)
    assert "x" not in counts(answering.sessions)


async def test_a_rating_counts_once_and_follows_when_it_is_changed(answering: Desk) -> None:
    turn = await answering.gateway.handle(answering.inbound("孩子怎么上户口"))
    for value, expected in [("down", (1, 1, 0, 1)), ("down", (1, 1, 0, 1)), ("up", (1, 1, 1, 0))]:
        answering.conversations.feedback(answering.conversation_id, turn.turn_id, value)
        assert counts(answering.sessions)["hukou.birth"] == expected


async def test_a_turn_that_failed_counts_nothing_until_it_is_answered(answering: Desk) -> None:
    answering.dialogue.down = True
    with pytest.raises(Exception, match="unavailable"):
        await answering.gateway.handle(answering.inbound("孩子怎么上户口"))
    assert counts(answering.sessions) == {}


async def test_a_turn_before_midnight_utc_belongs_to_the_day_of_the_city(answering: Desk) -> None:
    await answering.gateway.handle(answering.inbound("孩子怎么上户口"))
    with answering.sessions() as session:
        turn = session.scalars(select(Turn)).one()
        assert session.scalars(select(EntryUse.day)).first() == turn.created_at.astimezone(TIME_ZONE).date()


@pytest.mark.parametrize(
    ("dialect", "words"),
    [("postgresql", "ON CONFLICT (entry_id, day) DO UPDATE"), ("mysql", "ON DUPLICATE KEY UPDATE hits")],
)
def test_every_database_is_told_to_add_in_its_own_words(dialect: str, words: str) -> None:
    compiled = _upsert(dialect).compile(dialect={"postgresql": postgresql, "mysql": mysql}[dialect].dialect())
    assert words in str(compiled)


# What staff read ------------------------------------------------------------


def entry(session: Session, id_: str, *, days_old: int, kind: str = "entry", status: str = "published") -> None:
    empty: dict[str, list[str]] = {name: [] for name in ("similar", "aliases", "legal_basis", "confirm", "related")}
    session.add(
        Entry(id=id_, topic="t", kind=kind, status=status, title=id_, question=id_, answer=id_, facts={}, **empty)
    )
    at = utcnow() - timedelta(days=days_old)
    session.add(
        EntryRevision(entry_id=id_, version=1, deed="create", status=status, author="a", at=at, comment="", snapshot={})
    )


def used(session: Session, id_: str, *, days_ago: int, **counted: int) -> None:
    session.add(EntryUse(entry_id=id_, day=today() - timedelta(days=days_ago), **counted))


def test_unused_are_those_that_were_there_and_not_shown_for_ninety_days(sessions: sessionmaker[Session]) -> None:
    with sessions() as session, session.begin():
        for name in ("never", "long ago", "found only", "of late"):
            entry(session, name, days_old=200)
        entry(session, "new", days_old=10)
        entry(session, "clause", days_old=200, kind="passage")
        entry(session, "retired", days_old=200, status="retired")
        used(session, "long ago", days_ago=90, shown=3)
        used(session, "found only", days_ago=3, hits=5)
        used(session, "of late", days_ago=89, shown=1)
    lists = EntryUseReport(sessions, RULES).lists()
    assert [line.entry_id for line in lists.unused] == ["found only", "never", "long ago"]
    assert [line.last_shown for line in lists.unused] == [None, None, today() - timedelta(days=90)]
    assert lists.since == today() - timedelta(days=90)


def test_badly_rated_takes_enough_ratings_and_a_large_enough_share(sessions: sessionmaker[Session]) -> None:
    with sessions() as session, session.begin():
        for name in ("bad", "worse", "few", "good", "bad once"):
            entry(session, name, days_old=1)
        used(session, "bad", days_ago=1, shown=20, up=3, down=2)
        used(session, "worse", days_ago=1, shown=20, up=1, down=9)
        used(session, "few", days_ago=1, shown=4, down=4)
        used(session, "good", days_ago=1, shown=20, up=9, down=1)
        used(session, "bad once", days_ago=90, shown=20, down=20)
    lists = EntryUseReport(sessions, RULES).lists()
    assert [line.entry_id for line in lists.badly_rated] == ["worse", "bad"]
    assert lists.most_used[0].entry_id in {"bad", "worse", "good"}
    assert "bad once" not in [line.entry_id for line in lists.most_used]


def test_an_entry_tells_its_counts_by_window_and_when_it_was_last_shown(sessions: sessionmaker[Session]) -> None:
    with sessions() as session, session.begin():
        used(session, "one", days_ago=0, hits=2)
        used(session, "one", days_ago=29, hits=1, shown=1, up=1)
        used(session, "one", days_ago=30, hits=4, shown=4, down=1)
        used(session, "one", days_ago=90, hits=8, shown=8)
    use = EntryUseReport(sessions, RULES).of_entry("one")
    assert [(one.days, one.hits, one.shown, one.up, one.down) for one in use.counts] == [
        (30, 3, 1, 1, 0),
        (90, 7, 5, 1, 1),
    ]
    assert use.last_shown == today() - timedelta(days=29)
    assert EntryUseReport(sessions, RULES).of_entry("nobody").last_shown is None


def test_what_was_said_before_the_counters_came_is_counted_by_the_migration(tmp_path: object) -> None:
    from alembic import command

    from bot.database import create_database_engine

    dsn = f"sqlite:///{tmp_path}/old.db"
    command.upgrade(alembic_config(dsn), "0007")
    engine = create_database_engine(dsn)
    hits = '[{"id": "a", "title": "A", "score": 0.9}, {"id": "b", "title": "B", "score": 0.1}]'
    with engine.begin() as connection:
        connection.execute(
            text("insert into conversations values ('c', 'web', null, '', 'zh', 'bot', :at, :at)"), {"at": "2026-05-01"}
        )
        for number, (decision, feedback) in enumerate([("answer", "down"), ("answer", ""), ("clarify", "")]):
            connection.execute(
                text(
                    "insert into turns (id, conversation_id, message_id, status, pending, claimed_until, attempts, text,"
                    " intent, confidence, ranking, decision, reason, entry_id, hits, latency_ms, feedback, created_at)"
                    " values (:id, 'c', :id, 'done', '', :at, 1, '', '', 0, '[]', :decision, '', :entry, :hits, '{}',"
                    " :feedback, :at)"
                ),
                {
                    "id": str(number),
                    "decision": decision,
                    "feedback": feedback,
                    "hits": hits,
                    "entry": "a" if decision == "answer" else "",
                    "at": datetime(2026, 4, 30, 17),
                },
            )
    command.upgrade(alembic_config(dsn), "0008")
    with engine.connect() as connection:
        rows = connection.execute(select(EntryUse.__table__)).all()
    engine.dispose()
    assert [tuple(row) for row in rows] == [("a", date(2026, 5, 1), 3, 2, 0, 1)]
