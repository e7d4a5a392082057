"""Training phrases that staff collected: sentences with the intent they stand for, brought into the next training."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import yaml
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bot.database import SessionFactory, utcnow
from channels.conversations.models import TrainingPhrase
from knowledge_base.lifecycle import InvalidEntry
from nlu.privacy import mask

MAX_LENGTH = 200
# Rasa reads brackets in an example as the mark of an entity; wide ones mean the same to a reader and are folded later.
PLAIN = str.maketrans("[]{}()", "［］｛｝（）")


@dataclass(frozen=True)
class Phrase:
    """What a training takes: a sentence and its intent."""

    text: str
    intent: str


class TrainingPhrases:
    """``intents`` are those a phrase may stand for: id → what staff read."""

    def __init__(self, sessions: SessionFactory, intents: dict[str, str] | None = None) -> None:
        self._sessions = sessions
        self.intents = intents or {}

    def add(self, text: str, intent: str, *, actor: str) -> TrainingPhrase:
        """Keep a phrase, personal data masked; raises InvalidEntry for what cannot be one."""
        phrase = clean_phrase(text)
        if not phrase:
            raise InvalidEntry("训练语句不能为空")
        if len(phrase) > MAX_LENGTH:
            raise InvalidEntry(f"训练语句最长 {MAX_LENGTH} 个字，请只留下要点")
        if intent not in self.intents:
            raise InvalidEntry("请选择这句话的意思")
        row = TrainingPhrase(text=phrase, intent=intent, added_by=actor)
        try:
            with self._sessions() as session, session.begin():
                session.add(row)
        except IntegrityError as error:
            raise InvalidEntry(self._known(phrase)) from error
        return row

    def _known(self, phrase: str) -> str:
        with self._sessions() as session:
            intent = session.scalar(select(TrainingPhrase.intent).where(TrainingPhrase.text == phrase)) or ""
        return f"这句话已经是训练语句，意思是“{self.intents.get(intent, intent)}”"

    def remove(self, text: str) -> bool:
        """Take a phrase out of the next training; whether it was there."""
        with self._sessions() as session, session.begin():
            row = session.scalar(select(TrainingPhrase).where(TrainingPhrase.text == text))
            if row is not None:
                session.delete(row)
            return row is not None

    def all(self) -> list[TrainingPhrase]:
        """All phrases, the newest first."""
        with self._sessions() as session:
            return list(session.scalars(select(TrainingPhrase).order_by(TrainingPhrase.id.desc())))

    def for_training(self) -> list[Phrase]:
        """What the next training takes, in an order that does not depend on when it was added."""
        with self._sessions() as session:
            rows = session.execute(select(TrainingPhrase.text, TrainingPhrase.intent))
            return sorted((Phrase(text, intent) for text, intent in rows), key=lambda one: (one.intent, one.text))

    def trained(self, phrases: Iterable[Phrase]) -> None:
        """A training with these is over."""
        texts = [one.text for one in phrases]
        with self._sessions() as session, session.begin():
            session.execute(
                update(TrainingPhrase)
                .where(TrainingPhrase.text.in_(texts), TrainingPhrase.trained_at.is_(None))
                .values(trained_at=utcnow())
            )


def clean_phrase(text: str) -> str:
    """One line, without personal data and without what the training file would read as its own marks."""
    return mask(" ".join(text.split())).translate(PLAIN).lstrip("/-! ").strip()


def digest(phrases: Iterable[Phrase]) -> str:
    """Tells two sets of phrases apart."""
    return hashlib.sha256(repr([(one.intent, one.text) for one in phrases]).encode()).hexdigest()


def as_rasa(phrases: Iterable[Phrase]) -> str:
    """A training file in Rasa's format (https://rasa.com/docs/rasa/training-data-format)."""
    by_intent: dict[str, list[str]] = {}
    for one in phrases:
        by_intent.setdefault(one.intent, []).append(one.text)
    nlu = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)} for intent, texts in by_intent.items()
    ]
    return yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True, sort_keys=False)
