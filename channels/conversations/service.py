"""Conversations and their turns, in transactions: begin, finish, restore, feedback."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import secrets
import uuid
from dataclasses import dataclass, field, replace
from typing import Any, cast

from sqlalchemy import Table, insert, select, update
from sqlalchemy.exc import IntegrityError

from actions.messages import PARTS, Part, TextPart, TicketPart
from bot.database import SessionFactory, engine_of, utcnow
from bot.security.encryption import DecryptionError, FieldCipher
from bot.security.origin import origin_digest
from channels.conversations.claims import Claims, Holder, Patience, Tries, Unnamed
from channels.conversations.danger_alerts import raise_alert
from channels.conversations.entry_use import count_feedback, count_turn
from channels.conversations.models import Conversation, Message, Turn, UnresolvedQuestion
from channels.conversations.sealed_codes import open_codes
from channels.conversations.transcript import MessageView, Transcript, message_row, say, turn_views
from channels.errors import ChannelError
from channels.inbound import Inbound, TurnResult
from nlu.entities.query_code import mask_query_codes
from nlu.privacy import mask

logger = logging.getLogger(__name__)
CONVERSATIONS, TURNS, MESSAGES, UNRESOLVED = (
    cast(Table, model.__table__) for model in (Conversation, Turn, Message, UnresolvedQuestion)
)
TURN_NAMES = select(*(TURNS.c[name] for name in ("conversation_id", "message_id", "text", "feedback", "created_at")))
KNOWN_TOKENS = 10_000


@dataclass(frozen=True)
class Opened:
    """A new conversation; ``token`` is told once and stored only as a hash."""

    id: str
    token: str


@dataclass(frozen=True)
class Begun:
    """A turn that may be worked on, or one that is (being) worked on already.

    ``mine``: this process holds it. ``redelivery``: somebody may have worked on it before, ``tries`` says how often.
    """

    turn_id: str
    mine: bool
    redelivery: bool = False
    handled_by: str = "bot"
    tries: Tries = field(default_factory=Tries)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class ConversationService:
    """The store of all that was said. ``lease`` seconds is how long one process may hold a turn; ``holder`` is this one.

    ``origin_key`` keys the digests of network addresses, without it none are kept.
    """

    def __init__(
        self,
        sessions: SessionFactory,
        cipher: FieldCipher,
        *,
        lease: float,
        holder: Holder | None = None,
        patience: Patience | None = None,
        origin_key: bytes = b"",
    ) -> None:
        self._sessions = sessions
        self._engine = engine_of(sessions)
        self._cipher = cipher
        # A conversation's token never changes.
        self._token_hashes: dict[str, str] = {}
        self._origin_key = origin_key
        self.claims = Claims(sessions, lease=lease, holder=holder or Unnamed(), patience=patience or Patience())
        self.transcript = Transcript(sessions, cipher)

    # Conversations --------------------------------------------------------

    def open(
        self,
        channel: str,
        *,
        locale: str = "zh",
        greeting: list[Part] | None = None,
        identity: str = "",
        address: str = "",
    ) -> Opened:
        """Begin an anonymous conversation, with the greeting already in its transcript; ``identity``: under this id.

        Of the network ``address`` only a keyed digest is kept, to slow down whoever guesses query codes.
        """
        token = secrets.token_urlsafe(32)
        conversation = Conversation(
            id=identity or uuid.uuid4().hex,
            channel=channel,
            external_id=None,
            token_hash=_hash(token),
            locale=locale,
            origin=origin_digest(address, self._origin_key) if self._origin_key else "",
        )
        with self._sessions() as session, session.begin():
            session.add(conversation)
            session.flush()
            if greeting:
                say(session, conversation.id, "bot", greeting)
        return Opened(conversation.id, token)

    def conversation_for(self, channel: str, external_id: str) -> str:
        """The conversation of a channel's own user, begun at the first call; safe to call concurrently."""
        with self._sessions() as session:
            known = session.scalar(
                select(Conversation.id).where(Conversation.channel == channel, Conversation.external_id == external_id)
            )
            if known:
                return known
            try:
                with session.begin_nested():
                    session.add(Conversation(id=(new := uuid.uuid4().hex), channel=channel, external_id=external_id))
                session.commit()
            except IntegrityError:
                session.rollback()
                return self.conversation_for(channel, external_id)
            return new

    def authorise(self, conversation_id: str, token: str) -> None:
        """Make sure that this token opens this web conversation; raises ``unknown_conversation``."""
        if not self.is_authorised(conversation_id, token):
            stored = self.get(conversation_id).token_hash
            if not hmac.compare_digest(stored, _hash(token)):
                raise ChannelError("unknown_conversation")
            if len(self._token_hashes) >= KNOWN_TOKENS:
                self._token_hashes = {}
            self._token_hashes[conversation_id] = stored

    def is_authorised(self, conversation_id: str, token: str) -> bool:
        """The same from memory alone; false also where the database has not been asked yet."""
        known = self._token_hashes.get(conversation_id, "")
        return hmac.compare_digest(known, _hash(token))

    def get(self, conversation_id: str) -> Conversation:
        """One conversation; raises ``unknown_conversation``."""
        with self._sessions() as session:
            conversation = session.get(Conversation, conversation_id)
        if conversation is None:
            raise ChannelError("unknown_conversation")
        return conversation

    def origin_of(self, conversation_id: str) -> str:
        """The digest of the address that opened a conversation; empty where none is known."""
        with self._sessions() as session:
            return session.scalar(select(Conversation.origin).where(Conversation.id == conversation_id)) or ""

    # Turns ----------------------------------------------------------------

    def begin(self, inbound: Inbound, masked: str | None = None) -> Begun:
        """Record the message before anything is done with it; the same message id is never recorded twice.

        ``masked``: the text as it is shown to staff, where that has been found already.
        """
        turn_id, now = uuid.uuid4().hex, utcnow()
        text = mask(mask_query_codes(inbound.text)) if masked is None else masked
        turn = {
            "id": turn_id,
            "conversation_id": inbound.conversation_id,
            "message_id": inbound.message_id,
            "pending": self._cipher.encrypt(
                json.dumps([inbound.channel, inbound.kind, inbound.text, inbound.payload], ensure_ascii=False)
            ),
            "text": text,
            **self.claims.columns(now),
        }
        said = message_row(inbound.conversation_id, "citizen", [TextPart(text=text)], turn_id=turn_id)
        here = CONVERSATIONS.c.id == inbound.conversation_id
        try:
            # Two transactions are in every turn: tables instead of objects save a turn a tenth of its time.
            with self._engine.begin() as connection:
                connection.execute(insert(TURNS), turn)
                connection.execute(insert(MESSAGES), said)
                connection.execute(update(CONVERSATIONS).where(here), {"last_at": now})
                owner = connection.scalar(select(CONVERSATIONS.c.handled_by).where(here))
        except IntegrityError:
            return self.begin_again(inbound)
        return Begun(turn_id, mine=True, handled_by=str(owner))

    def begin_again(self, inbound: Inbound) -> Begun:
        """Take up a message that was recorded before, if nobody works on it (any more)."""
        with self._sessions() as session:
            turn = session.scalar(
                select(Turn).where(
                    Turn.conversation_id == inbound.conversation_id, Turn.message_id == inbound.message_id
                )
            )
            owner = session.scalar(select(Conversation.handled_by).where(Conversation.id == inbound.conversation_id))
        if turn is None:
            raise ChannelError("unknown_conversation")
        if turn.status == "done":
            return Begun(turn.id, mine=False)
        self.claims.free_the_dead(turn.id)
        tries = self.claims.claim(turn.id)
        if tries is None:
            return Begun(turn.id, mine=False)
        return Begun(turn.id, mine=True, redelivery=True, handled_by=str(owner), tries=tries)

    def due(self, limit: int = 50) -> list[Inbound]:
        """Turns that were recorded and not finished and are to be tried now, oldest first, as they came in."""
        self.claims.free_the_dead()
        return [self._inbound(turn) for turn in self.claims.due(limit)]

    def _inbound(self, turn: Turn) -> Inbound:
        try:
            channel, kind, text, payload = json.loads(self._cipher.decrypt(turn.pending))
        except DecryptionError:
            # The sealed original is lost with its key; what the transcript shows of it, masked, is answered in its place.
            logger.error("turn %s cannot be opened with the present secret key; its masked text is used", turn.id)
            channel, kind, text, payload = self.get(turn.conversation_id).channel, "text", turn.text, ""
        return Inbound(
            channel=channel,
            conversation_id=turn.conversation_id,
            message_id=turn.message_id,
            kind=kind,
            text=text,
            payload=payload,
            at=turn.created_at,
        )

    def finish(self, result: TurnResult, ranking: list[Any]) -> list[MessageView] | None:
        """Store what was decided and said, masked, and forget the unmasked text; returns the messages of the turn.

        In what is returned the reply is as it was said: the citizen must be able to check a number that is read back.
        None if another process has finished the turn: what that one said stands.
        """
        here = TURNS.c.id == result.turn_id
        said = [part.model_dump(mode="json") for part in result.parts]
        with self._engine.begin() as connection:
            unfinished = update(TURNS).where(here, TURNS.c.status != "done")
            if not connection.execute(unfinished, _outcome(result, ranking)).rowcount:
                return None
            turn = connection.execute(TURN_NAMES.where(here)).one()
            queued = select(UNRESOLVED.c.id).where(UNRESOLVED.c.turn_id == result.turn_id)
            # An earlier try of the turn may have queued it: the citizen asked for a human.
            if result.decision == "unresolved" and connection.scalar(queued) is None:
                question = {
                    "turn_id": result.turn_id,
                    "conversation_id": turn.conversation_id,
                    "question": turn.text,
                    "reason": (result.trace.reason if result.trace else "") or "no_answer",
                }
                connection.execute(insert(UNRESOLVED), question)
            if said:
                masked = [_masked(part) for part in said]
                row = message_row(turn.conversation_id, "bot", masked, turn_id=result.turn_id)
                connection.execute(insert(MESSAGES), row)
            if result.decision == "emergency" and result.trace:
                raise_alert(connection, turn.conversation_id, result.turn_id, result.trace.reason)
            count_turn(connection, result.trace, turn.created_at)
            views = turn_views(connection, result.turn_id, turn.message_id, turn.feedback)
        heard = open_codes(said, self._cipher)
        return [replace(view, parts=heard) if view.role == "bot" else view for view in views]

    def heard(self, parts: list[Part]) -> list[Part]:
        """The parts of a reply as the citizen is to read them."""
        if not any(isinstance(part, TicketPart) for part in parts):
            return parts
        return PARTS.validate_python(open_codes([part.model_dump(mode="json") for part in parts], self._cipher))

    def result_of(self, turn_id: str) -> TurnResult | None:
        """The stored reply of a finished turn; None while it is not finished."""
        with self._sessions() as session:
            turn = session.get(Turn, turn_id)
            if turn is None or turn.status != "done":
                return None
            stored = turn_views(session.connection(), turn.id, turn.message_id, turn.feedback)
        views = [replace(view, parts=open_codes(view.parts, self._cipher)) for view in stored]
        return TurnResult(
            turn_id=turn_id,
            parts=[part for view in views if view.role == "bot" for part in PARTS.validate_python(view.parts)],
            decision=turn.decision,  # type: ignore[arg-type]
            intent=turn.intent,
            confidence=turn.confidence,
            latency_ms=turn.latency_ms,
            duplicate=True,
            messages=views,
        )

    def dangers(self, conversation_id: str) -> list[str]:
        """The kinds of danger that were answered in a conversation, the newest first."""
        told = (
            select(Turn.reason)
            .where(Turn.conversation_id == conversation_id, Turn.decision == "emergency")
            .order_by(Turn.created_at.desc())
        )
        with self._sessions() as session:
            return list(session.scalars(told))

    def feedback(self, conversation_id: str, turn_id: str, value: str) -> None:
        """Keep 👍 (``up``) or 👎 (``down``); a 👎 puts the turn into the unresolved queue, changing it to 👍 takes it out."""
        with self._sessions() as session, session.begin():
            turn = session.get(Turn, turn_id, with_for_update=True)
            if turn is None or turn.conversation_id != conversation_id:
                raise ChannelError("unknown_turn")
            if turn.decision == "answer":
                count_feedback(session.connection(), turn.entry_id, turn.created_at, turn.feedback, value)
            turn.feedback = value
            queued = session.scalar(select(UnresolvedQuestion).where(UnresolvedQuestion.turn_id == turn_id))
            if value == "down" and queued is None:
                session.add(
                    UnresolvedQuestion(
                        turn_id=turn_id, conversation_id=conversation_id, question=turn.text, reason="thumbs_down"
                    )
                )
            elif value == "up" and queued is not None and queued.reason == "thumbs_down" and queued.status == "open":
                session.delete(queued)


def _outcome(result: TurnResult, ranking: list[Any]) -> dict[str, Any]:
    """The columns of a finished turn."""
    outcome: dict[str, Any] = {
        "status": "done",
        "pending": "",
        "done_at": utcnow(),
        "intent": result.intent,
        "confidence": result.confidence,
        "ranking": ranking,
        "decision": result.decision,
        "latency_ms": result.latency_ms,
    }
    if result.trace:
        hits = [hit.model_dump() for hit in result.trace.hits]
        candidates = [candidate.model_dump() for candidate in result.trace.candidates]
        outcome |= {
            "reason": result.trace.reason,
            "entry_id": result.trace.entry_id,
            "hits": hits,
            "candidates": candidates,
        }
    return outcome


def _masked(part: dict[str, Any]) -> dict[str, Any]:
    """A part with personal data masked in its text, where a form reads back what the citizen gave."""
    return part | {"text": mask(part["text"])} if part["type"] == "text" else part
