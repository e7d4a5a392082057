"""Deleting a conversation: all of it goes, nothing of others does, and what stays is said before."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import func, inspect, select, text, update
from sqlalchemy.orm import Session, sessionmaker

from actions.messages import StaffPart, TextPart
from actions.tickets.drafts import TicketDraft
from actions.tickets.models import Ticket, TicketLookupFailure, TicketNotice, UnfinishedTicket
from actions.tickets.service import TicketService
from bot.database import Base, engine_of, utcnow
from bot.security.audit import AuditLog
from bot.security.encryption import FieldCipher
from channels.conversations.deletion import (
    ConversationDeletion,
    ConversationNotFound,
    Traces,
    TurnInProgress,
)
from channels.conversations.models import Conversation, DangerAlert, TrainingPhrase, Turn, TurnDeed
from channels.conversations.person_copy import copy_for_person
from channels.conversations.service import ConversationService
from channels.errors import ChannelError
from channels.inbound import Inbound, TurnResult

WORDS = "隔壁阳台的鹦鹉每天五点就叫"


@dataclass
class ListedMemory:
    """Remembers what it was told to forget."""

    forgotten: list[Traces] = field(default_factory=list)
    away: bool = False

    def count(self, traces: Traces) -> int:
        if self.away:
            raise OSError("away")
        return len(traces.conversations) + len(traces.messages)

    def forget(self, traces: Traces) -> int:
        if self.away:
            raise OSError("away")
        self.forgotten.append(traces)
        return 0


class Town:
    """Conversations as they are after some time."""

    def __init__(self, sessions: sessionmaker[Session], cipher: FieldCipher) -> None:
        self.sessions = sessions
        self.cipher = cipher
        self.conversations = ConversationService(sessions, cipher, lease=30)
        self.memory = ListedMemory()
        self.deletion = ConversationDeletion(sessions, self.memory)
        self.tickets = TicketService(sessions, cipher, _Nobody(), code_key=b"k" * 32)

    def ask(self, conversation_id: str, words: str, *, done: bool = True, decision: str = "unresolved") -> str:
        begun = self.conversations.begin(Inbound("web", conversation_id, f"m-{words}", "text", words))
        if done:
            part = TextPart(text=f"没有找到：{words}")
            self.conversations.finish(TurnResult(turn_id=begun.turn_id, parts=[part], decision=decision), [])  # type: ignore[arg-type]
        return begun.turn_id

    def talk(self, words: str, *, phrase: str = "") -> str:
        """A conversation with a failed turn that staff made something of, words of staff and a ticket."""
        opened = self.conversations.open("web", greeting=[TextPart(text="您好")])
        turn = self.ask(opened.id, words)
        self.conversations.transcript.staff_message(opened.id, StaffPart(text=f"已转告：{words}"), key=f"k-{words}")
        phrase = phrase or f"训练 {words}"
        with self.sessions() as session, session.begin():
            session.add(DangerAlert(conversation_id=opened.id, turn_id=turn, kind="self_harm", note=words))
            session.add(TurnDeed(turn_id=turn, kind="training", phrase=phrase, actor="wangfang"))
            session.add(TurnDeed(turn_id=turn, kind="link", phrase=words, entry_id="noise.birds", actor="wangfang"))
            if not session.scalar(select(TrainingPhrase).where(TrainingPhrase.text == phrase)):
                session.add(TrainingPhrase(text=phrase, intent="complain", added_by="wangfang"))
        draft = TicketDraft(kind="complaint", what=f"投诉 {words}", contact="13800002222", contact_name="赵六")
        self.tickets.file(draft, conversation_id=opened.id, idempotency_key="once")
        with self.sessions() as session, session.begin():
            ticket = session.scalar(select(Ticket).where(Ticket.conversation_id == opened.id))
            assert ticket is not None
            event = ticket.events[0].id
            session.add(TicketNotice(event_id=event, conversation_id=opened.id, part={"text": words}))
            session.add(
                UnfinishedTicket(conversation_id=opened.id, sealed=self.cipher.encrypt(words), updated_at=utcnow())
            )
            session.add(TicketLookupFailure(number=ticket.number, conversation_id=opened.id, at=utcnow()))
        return opened.id

    def everything(self) -> str:
        """All values of all tables, but those of tickets."""
        engine = engine_of(self.sessions)
        with engine.connect() as connection:
            return "\n".join(
                str(row)
                for table in inspect(engine).get_table_names()
                if table not in {"tickets", "ticket_events", "ticket_counters"}
                for row in connection.execute(text(f'SELECT * FROM "{table}"'))  # noqa: S608
            )

    def rows(self, model: type[Base]) -> int:
        with self.sessions() as session:
            return session.scalar(select(func.count()).select_from(model)) or 0


class _Nobody:
    def notify(self, conversation_id: str, part: object, *, key: str) -> None:
        raise OSError("nobody is there")


@pytest.fixture
def town(sessions: sessionmaker[Session], cipher: FieldCipher) -> Town:
    return Town(sessions, cipher)


def test_no_table_holds_a_word_of_a_deleted_conversation(town: Town) -> None:
    doomed = town.talk(WORDS)
    town.deletion.delete(doomed)
    left = town.everything()
    assert WORDS not in left
    assert doomed not in left


def test_other_conversations_stay_as_they_were(town: Town) -> None:
    town.talk("公园的长椅断了")
    before = town.everything()
    town.deletion.delete(town.talk(WORDS))
    assert town.everything() == before


def test_a_preview_tells_what_goes_and_the_deletion_takes_exactly_that(town: Town) -> None:
    doomed = town.talk(WORDS)
    preview = town.deletion.preview(doomed)
    assert preview.goes == {
        "training_phrases": 1,
        "turn_deeds": 2,
        "unresolved_questions": 1,
        "danger_alerts": 1,
        "messages": 4,
        "ticket_notices": 1,
        "unfinished_tickets": 1,
        "ticket_lookup_failures": 1,
        "turns": 1,
        "conversations": 1,
    }
    assert preview.phrasings == (WORDS,)
    assert len(preview.tickets) == 1
    assert town.rows(Conversation) == 1
    assert town.deletion.delete(doomed) == preview.goes
    assert town.rows(Ticket) == 1


def test_a_ticket_is_still_read_with_number_and_code_after_its_conversation_is_gone(town: Town) -> None:
    opened = town.conversations.open("web")
    filed = town.tickets.file(
        TicketDraft(kind="complaint", what="路灯不亮"), conversation_id=opened.id, idempotency_key="x"
    )
    town.deletion.delete(opened.id)
    assert (
        town.tickets.lookup(filed.ticket.number, filed.code, conversation_id="elsewhere").number == filed.ticket.number
    )
    assert town.deletion.forget_only(opened.id) == 0


def test_training_phrases_go_unless_they_are_kept_or_another_conversation_gave_them_too(town: Town) -> None:
    town.talk("别的人", phrase="两个人都这样说")
    doomed, kept = town.talk(WORDS, phrase="两个人都这样说"), town.talk("第三个人")
    assert town.deletion.delete(doomed)["training_phrases"] == 0
    assert "training_phrases" not in town.deletion.delete(kept, keep_phrases=True)
    with town.sessions() as session:
        assert set(session.scalars(select(TrainingPhrase.text))) == {"两个人都这样说", "训练 第三个人"}


def test_the_short_memory_is_told_all_names_before_and_after_the_rows_go(town: Town) -> None:
    doomed = town.talk(WORDS)
    town.deletion.delete(doomed)
    first, second = town.memory.forgotten
    assert first == second
    assert first.conversations == {doomed}
    assert first.messages == {f"m-{WORDS}"}
    assert len(first.places) == 4


def test_nothing_goes_while_the_short_memory_is_away(town: Town) -> None:
    doomed = town.talk(WORDS)
    town.memory.away = True
    with pytest.raises(OSError, match="away"):
        town.deletion.delete(doomed)
    assert WORDS in town.everything()


def test_nothing_goes_while_a_message_is_being_answered(town: Town) -> None:
    opened = town.conversations.open("web")
    town.ask(opened.id, WORDS, done=False)
    with pytest.raises(TurnInProgress):
        town.deletion.delete(opened.id)
    with town.sessions() as session, session.begin():
        session.execute(update(Turn).values(claimed_until=utcnow() - timedelta(seconds=1)))
    town.deletion.delete(opened.id)
    assert town.rows(Conversation) == 0


def test_a_citizen_who_goes_on_writing_is_told_that_the_conversation_is_gone(town: Town) -> None:
    opened = town.conversations.open("web")
    town.conversations.authorise(opened.id, opened.token)
    town.deletion.delete(opened.id)
    with pytest.raises(ChannelError) as refused:
        town.ask(opened.id, "还在吗")
    assert refused.value.code == "unknown_conversation"


def test_a_conversation_is_found_by_openid_and_by_the_number_of_its_ticket(town: Town) -> None:
    wechat = town.conversations.conversation_for("wechat", "oAbc")
    filed = town.tickets.file(TicketDraft(kind="help", what="门锁坏了"), conversation_id=wechat, idempotency_key="x")
    assert town.deletion.find(openid="oAbc") == wechat
    assert town.deletion.find(ticket=filed.ticket.number) == wechat
    assert town.deletion.find(conversation_id=wechat) == wechat
    for unknown in ({"openid": "oOther"}, {"ticket": "YZ20200101-00000"}, {"conversation_id": "f" * 32}):
        with pytest.raises(ConversationNotFound):
            town.deletion.find(**unknown)


def test_audit_records_that_name_the_conversation_are_counted_and_stay(town: Town) -> None:
    doomed = town.talk(WORDS)
    AuditLog(town.sessions).record("wangfang", "conversations.view", doomed)
    assert town.deletion.preview(doomed).audit == 1
    town.deletion.delete(doomed)
    assert AuditLog(town.sessions).count() == 1


def test_a_person_gets_a_copy_of_words_and_tickets_with_their_own_telephone(town: Town) -> None:
    mine, other = town.talk(WORDS), town.talk("公园的长椅断了")
    copy = copy_for_person(town.sessions, town.cipher, mine)
    assert [question["text"] for question in copy["questions"]] == [WORDS]
    assert [message["from"] for message in copy["messages"]] == ["bot", "citizen", "bot", "staff"]
    [ticket] = copy["tickets"]
    assert (ticket["telephone"], ticket["name"]) == ("13800002222", "赵六")
    assert "长椅" not in str(copy)
    assert other not in str(copy)
    with pytest.raises(ConversationNotFound):
        copy_for_person(town.sessions, town.cipher, "f" * 32)


def test_a_copy_says_what_cannot_be_opened_any_more_and_holds_the_rest(town: Town) -> None:
    mine = town.talk(WORDS)
    [ticket] = copy_for_person(town.sessions, FieldCipher("another secret that is long enough"), mine)["tickets"]
    assert (ticket["telephone"], ticket["name"]) == ("无法打开（密钥已更换）",) * 2
    assert WORDS in ticket["what"]
