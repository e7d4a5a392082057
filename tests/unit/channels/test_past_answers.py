from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from actions.messages import AnswerPart, Source
from bot.database import utcnow
from channels.conversations.models import Conversation, Message, Turn
from channels.conversations.past_answers import PastAnswers
from knowledge_base import revisions
from knowledge_base.models import Entry, PolicyDocument

Give = Callable[..., str]


def document(session: Session, id_: str, number: str) -> None:
    session.add(
        PolicyDocument(id=id_, title="居住证管理办法", issuer="市政府", number=number, topic="t", status="published")
    )


def entry(session: Session, id_: str, document_id: str = "", rests_on: str = "居住证管理办法") -> None:
    row = Entry(
        id=id_, topic="t", kind="entry", status="published", title=f"标题 {id_}", question="q", answer="a", facts={},
        similar=[], aliases=[], confirm=[], related=[], document_id=document_id,
        legal_basis=[{"title": rests_on, "issuer": "市政府"}],
    )  # fmt: skip
    revisions.record(session, row, actor="a", deed="create")


@pytest.fixture
def give(sessions: sessionmaker[Session]) -> Give:
    """Gives one answer in a conversation of its own; returns the turn's id."""
    begin = utcnow() - timedelta(hours=1)
    given: list[str] = []

    def one(entry_id: str, *sources: Source, question: str = "问", decision: str = "answer") -> str:
        turn_id = uuid.uuid4().hex
        card = AnswerPart(entry_id=entry_id, title="答案", text="……", sources=list(sources)).model_dump(mode="json")
        with sessions() as session, session.begin():
            session.add(Conversation(id=turn_id, channel="wechat"))
            session.flush()
            at = begin + timedelta(minutes=len(given))
            turn = Turn(
                id=turn_id, conversation_id=turn_id, message_id="m", text=question, claimed_until=at, decision=decision,
                entry_id=entry_id, created_at=at,
            )  # fmt: skip
            session.add(turn)
            session.flush()
            session.add(Message(conversation_id=turn_id, turn_id=turn_id, role="bot", parts=[card]))
        given.append(turn_id)
        return turn_id

    with sessions() as session, session.begin():
        document(session, "old", "云府〔2015〕1号")
        document(session, "new", "云府〔2026〕9号")
        entry(session, "old.1", "old")
        entry(session, "new.1", "new")
        entry(session, "permit")
        entry(session, "strange", rests_on="户口登记条例")
    return one


OLD = Source(title="《居住证管理办法》", issuer="市政府", number="云府〔2015〕1号", article="第九条")
NEW = Source(title="居住证管理办法", issuer="市政府", number="云府〔2026〕9号", article="第九条")
PLAIN = Source(title="居住证管理办法", issuer="市政府", article="第三条第一款")
OTHER = Source(title="户口登记条例", issuer="国务院", article="第九条")


def test_answers_of_an_entry_come_newest_first_with_their_question_and_how_many_there_are(
    sessions: sessionmaker[Session], give: Give
) -> None:
    first, second = give("permit", question="居住证怎么办"), give("permit", question="居住证多少钱")
    give("permit", decision="clarify")
    give("strange")
    page = PastAnswers(sessions).of_entry("permit", limit=1)
    assert (page.total, [one.turn_id for one in page.answers]) == (2, [second])
    [older] = PastAnswers(sessions).of_entry("permit", limit=1, offset=1).answers
    assert (older.turn_id, older.question, older.title, older.channel) == (
        first,
        "居住证怎么办",
        "标题 permit",
        "wechat",
    )


def test_a_repealed_document_lists_what_its_passages_and_what_other_entries_answered_by_it(
    sessions: sessionmaker[Session], give: Give
) -> None:
    passage, cited, plain = give("old.1", OLD), give("permit", OLD), give("permit", PLAIN)
    give("new.1", NEW)  # its successor, of the same name
    give("permit", NEW)
    give("permit", OTHER)
    give("strange", OTHER)
    page = PastAnswers(sessions).of_document("old")
    assert ({one.turn_id for one in page.answers}, page.total) == ({passage, cited, plain}, 3)


def test_one_article_leaves_the_answers_that_named_it(sessions: sessionmaker[Session], give: Give) -> None:
    ninth, third = give("permit", OLD), give("permit", PLAIN)
    answers = PastAnswers(sessions)
    assert [one.turn_id for one in answers.of_document("old", article="第九条").answers] == [ninth]
    assert [one.turn_id for one in answers.of_document("old", article="第三条").answers] == [third]
    assert answers.of_document("old", article="第八条").total == 0


def test_an_answer_stays_listed_when_its_entry_rests_on_something_else_since(
    sessions: sessionmaker[Session], give: Give
) -> None:
    cited = give("permit", OLD)
    with sessions() as session, session.begin():
        row = session.get_one(Entry, "permit")
        row.legal_basis, row.version = [{"title": "新条例", "issuer": "市政府"}], 2
        revisions.record(session, row, actor="a", deed="save")
    assert [one.turn_id for one in PastAnswers(sessions).of_document("old").answers] == [cited]


def test_a_document_that_does_not_exist_has_no_answers(sessions: sessionmaker[Session]) -> None:
    assert PastAnswers(sessions).of_document("nothing").total == 0
