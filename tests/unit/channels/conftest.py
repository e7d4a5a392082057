from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from actions.messages import TextPart, Trace, TraceHit
from bot.security.encryption import FieldCipher
from bot.settings import Settings
from channels.conversations.models import Message, Turn, UnresolvedQuestion
from channels.conversations.service import ConversationService
from channels.conversations.unresolved import UnresolvedQueue
from channels.emergency import EmergencyFinder
from channels.gateway import AskRasa, Gateway, OwnedByAgent
from channels.gateway import Danger as DangerStep
from channels.inbound import Inbound
from channels.rasa_client import DialogueReply, DialogueUnavailable
from nlu.danger import Danger
from nlu.encoder.handed import HandedVector
from tests.support.danger_judge import real_judge

LEASE = 25.0


@dataclass
class ScriptedDialogue:
    """Answers by a function; counts what it was asked, as Rasa would see it."""

    answer: Callable[[str], DialogueReply]
    asked: list[tuple[str, bool]] = field(default_factory=list)
    pressed: list[bool] = field(default_factory=list)
    vectors: list[HandedVector | None] = field(default_factory=list)
    down: bool = False
    fails: Exception | None = None

    async def turn(
        self,
        conversation_id: str,
        text: str,
        turn_id: str,
        *,
        pressed: bool,
        redelivery: bool,
        vector: HandedVector | None = None,
    ) -> DialogueReply:
        self.vectors.append(vector)
        self.asked.append((text, redelivery))
        self.pressed.append(pressed)
        if self.down or self.fails:
            raise self.fails or DialogueUnavailable("down", reached=False)
        return self.answer(text)


@dataclass
class FoundOrReal:
    """The real danger judge, unless a test says what it finds."""

    found: Danger | None = None

    def judge(self, text: str) -> Danger:
        return self.found or real_judge().judge(text)


@dataclass
class Allowing:
    allowed: bool = True

    async def allow(self, key: str) -> bool:
        return self.allowed


def said(text: str) -> DialogueReply:
    hit = TraceHit(id="hukou.birth", title="出生登记", score=0.91)
    decision = "unresolved" if "不知道" in text else "answer"
    trace = Trace(decision=decision, reason="no_answer" if decision == "unresolved" else "", hits=[hit])
    return DialogueReply(
        [TextPart(text=f"答：{text}")], "ask_service", 0.9, [{"name": "ask_service", "confidence": 0.9}], [trace]
    )


@dataclass
class Desk:
    """A gateway on a real database with a scripted dialogue."""

    gateway: Gateway
    conversations: ConversationService
    unresolved: UnresolvedQueue
    dialogue: ScriptedDialogue
    limiter: Allowing
    sessions: sessionmaker[Session]
    judge: FoundOrReal
    conversation_id: str = ""
    token: str = ""

    def inbound(self, text: str, message_id: str = "message-1", **more: str) -> Inbound:
        return Inbound("web", self.conversation_id, message_id, more.pop("kind", "text"), text, **more)  # type: ignore[arg-type]

    def rows(self, table: type[Turn | Message | UnresolvedQuestion]) -> int:
        with self.sessions() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def desk(sessions: sessionmaker[Session], cipher: FieldCipher) -> Desk:
    settings = Settings(turn_timeout=1.0, _env_file=None)  # type: ignore[call-arg]
    conversations = ConversationService(sessions, cipher, lease=LEASE)
    dialogue, limiter = ScriptedDialogue(said), Allowing()
    judge = FoundOrReal()
    judge.judge("您好")  # now, and not within a turn whose computing is limited
    finder = EmergencyFinder(judge, settings.max_message_length)
    steps = [DangerStep(finder), OwnedByAgent(), AskRasa(dialogue, {"default": "smalltalk"})]
    gateway = Gateway(settings, conversations, steps, limiter, finder)
    desk = Desk(gateway, conversations, UnresolvedQueue(sessions), dialogue, limiter, sessions, judge)
    opened = conversations.open("web", greeting=[TextPart(text="您好")])
    desk.conversation_id, desk.token = opened.id, opened.token
    return desk
