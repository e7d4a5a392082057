"""A console over real services and a real SQLite file: knowledge base, tickets, unresolved questions, accounts."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from argon2 import PasswordHasher
from sqlalchemy import create_engine

from actions.deciding.look import Look
from actions.messages import Part
from actions.tickets.catalogue import load_catalogue
from actions.tickets.drafts import TicketDraft
from actions.tickets.routing import DepartmentSuggester
from actions.tickets.scope import EVERY_TICKET
from actions.tickets.service import TicketService
from bot.database import Base, create_database_engine, create_session_factory, utcnow
from bot.security.accounts import AccountService
from bot.security.attempts import DatabaseAttemptLimiter
from bot.security.encryption import FieldCipher, derive_key
from bot.security.errors import PermissionDenied
from bot.security.passwords import Passwords
from bot.security.roles import Principal, role_table
from channels.console.desk import ConsoleDesk
from channels.console.intents import trainable_intents
from channels.console.services import ConsoleServices
from channels.conversations.models import Conversation, Turn, UnresolvedQuestion
from channels.conversations.staff_view import Transcripts
from channels.conversations.unresolved import UnresolvedQueue
from knowledge_base.calibration import Calibration
from knowledge_base.documents import DocumentService
from knowledge_base.embedding import Vectors
from knowledge_base.entry_form import EntryForm
from knowledge_base.golden.gate import PublishGate
from knowledge_base.importing.reading import read
from knowledge_base.importing.service import ImportService
from knowledge_base.index.dense import DenseIndex
from knowledge_base.index.lexical import LexicalIndex
from knowledge_base.published import PublishedEntries
from knowledge_base.search import SearchRules
from knowledge_base.service import KnowledgeService
from knowledge_base.validity import today
from knowledge_base.vocabulary.service import VocabularyService
from knowledge_base.vocabulary.words import LiveVocabulary
from nlu.text_classifier import Classified
from nlu.tokenizer import Tokenizer

SECRET = "a secret for tests that is long enough to be one"
CITY = {"city": {"hotline": "12345"}, "hall": {"address": "为民路1号"}}
TOPICS = {"hukou": "户籍与身份证", "residence_permit": "居住证"}
PERMIT: dict[str, Any] = {
    "topic": "residence_permit",
    "title": "居住证申领",
    "question": "居住证怎么办？",
    "similar": ["办居住证", "暂住证怎么弄"],
    "answer": "请带上身份证到{hall.address}办理。",
}


@cache
def shared_tokenizer() -> Tokenizer:
    return Tokenizer()  # reads jieba's dictionary: once is enough


class CharacterEncoder:
    """Texts that share characters are near: enough to be found."""

    dimension = 64

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for character in text:
                vectors[row, ord(character) % self.dimension] += 1
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


class RememberingNotifier:
    def __init__(self) -> None:
        self.sent: list[Part] = []

    def notify(self, conversation_id: str, part: Part, *, key: str) -> None:
        self.sent.append(part)


class EnvironmentModel:
    """A routing model that holds every ticket for a matter of the environment, as surely as a test says."""

    probability = 0.0

    def route(self, title: str, text: str) -> Classified:
        return Classified("环境保护", self.probability, (("环境保护", self.probability),), ("污水", "排放"))


class RememberingDeciding:
    """Sees in every message what a test says, and remembers what it was shown."""

    def __init__(self) -> None:
        self.seen = Look()
        self.looked_at: list[str] = []

    def look(self, text: str) -> Look:
        self.looked_at.append(text)
        return self.seen


@cache
def empty_database() -> bytes:
    """A SQLite file with all tables; copied for each room, for making it takes longer than the rest of one."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "empty.db"
        engine = create_engine(f"sqlite:///{file}")
        Base.metadata.create_all(engine)
        engine.dispose()
        return file.read_bytes()


class ConsoleRoom:
    def __init__(self, folder: Path) -> None:
        (folder / "console.db").write_bytes(empty_database())
        self.engine = create_database_engine(f"sqlite:///{folder / 'console.db'}")
        self.sessions = create_session_factory(self.engine)
        tokenizer = shared_tokenizer()
        lexical, dense = LexicalIndex(tokenizer), DenseIndex(CharacterEncoder())
        published = PublishedEntries(lexical, dense, tokenizer, CITY, TOPICS)
        live = LiveVocabulary()
        rules = SearchRules(Calibration(), 0.62, 0.22, live)
        gate = PublishGate(self.sessions, lexical, dense, published, rules, region="", clock=today)
        searcher = rules.searcher(lexical, dense, published)
        vocabulary = VocabularyService(
            self.sessions,
            live,
            lambda other: replace(rules, vocabulary=other).searcher(lexical, dense, published),
            gate,
        )
        self.knowledge = KnowledgeService(self.sessions, published, searcher, CITY, gate=gate, vocabulary=vocabulary)
        self.notifier = RememberingNotifier()
        self.routing = EnvironmentModel()
        self.tickets = TicketService(
            self.sessions,
            FieldCipher(SECRET),
            self.notifier,
            code_key=derive_key(SECRET, "ticket-query-code"),
            suggester=DepartmentSuggester(load_catalogue(), self.routing, 0.5),
        )
        self.unresolved = UnresolvedQueue(self.sessions)
        self.deciding = RememberingDeciding()
        hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        self.accounts = AccountService(
            self.sessions,
            DatabaseAttemptLimiter(self.sessions, "10/minute"),
            fields=FieldCipher(SECRET),
            notes=FieldCipher(SECRET, "sign-in"),
            passwords=Passwords(hasher),
            departments=tuple(self.tickets.catalogue.departments),
        )
        self.services = ConsoleServices(
            self.knowledge,
            self.tickets,
            self.unresolved,
            self.accounts,
            TOPICS,
            "云州市",
            CITY,
            imports=ImportService(self.sessions, self.knowledge.check, TOPICS, folder / "imports", read=read),
            documents=DocumentService(self.sessions, self.knowledge),
            transcripts=Transcripts.over(self.sessions, trainable_intents()),
            deciding=self.deciding,
        )

    def let_in(self, deed: Callable[[ConsoleDesk], object]) -> set[str]:
        """The roles that may do this; whether there is anything to do it with is another matter."""
        return {role for role in role_table().roles if self._lets_in(role, deed)}

    def _lets_in(self, role: str, deed: Callable[[ConsoleDesk], object]) -> bool:
        try:
            deed(self.desk(role))
        except PermissionDenied as refused:
            assert "权限" in str(refused)
            return False
        except Exception:
            return True
        return True

    def desk(self, *roles: str, department: str = "") -> ConsoleDesk:
        name = "-".join(roles) or "nobody"
        principal = Principal(name, name, roles, role_table().permissions_of(roles), department)
        return ConsoleDesk(principal, self.services)

    def entry(self, *, publish: bool = True, **fields: Any) -> str:
        entry = self.knowledge.create(EntryForm.parse(PERMIT | fields), actor="test")
        if publish:
            self.knowledge.publish(entry.id, actor="test")
        return entry.id

    def ticket(self, what: str = "路灯坏了", *, department: str = "", contact: str = "13800138000") -> str:
        draft = TicketDraft(kind="complaint", what=what, contact=contact, contact_name="王女士")
        number = self.tickets.file(draft, conversation_id="c1", idempotency_key=what).ticket.number
        if department:
            self.tickets.for_staff(EVERY_TICKET).change(number, "accept", actor="test")
            self.tickets.for_staff(EVERY_TICKET).change(number, "assign", actor="test", department=department)
        return number

    def turn(self, text: str = "异地的居住证能换吗", conversation_id: str = "c1", **columns: Any) -> str:
        """A citizen's question; returns the turn's id."""
        with self.sessions() as session, session.begin():
            if session.get(Conversation, conversation_id) is None:
                session.add(Conversation(id=conversation_id, channel="web"))
                session.flush()
            turn = Turn(
                id=uuid.uuid4().hex,
                conversation_id=conversation_id,
                message_id=uuid.uuid4().hex,
                text=text,
                claimed_until=utcnow(),
                **columns,
            )
            session.add(turn)
            session.flush()
            return turn.id

    def question(self, text: str = "异地的居住证能换吗", **columns: Any) -> int:
        """A turn that stayed unresolved; returns the item's id."""
        turn_id = self.turn(text, **columns)
        with self.sessions() as session, session.begin():
            item = UnresolvedQuestion(turn_id=turn_id, conversation_id="c1", question=text, reason="no_answer")
            session.add(item)
            session.flush()
            return item.id

    def audit(self) -> list[tuple[str, str, str]]:
        return [(one.actor, one.action, one.object) for one in reversed(self.accounts.audit.records())]

    def close(self) -> None:
        self.engine.dispose()
