"""What staff made of citizens' questions, kept so that it is seen at the question and can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from sqlalchemy import select, update

from bot.database import SessionFactory, utcnow
from channels.conversations.models import TurnDeed
from knowledge_base.lifecycle import InvalidEntry

Kind = Literal["link", "draft", "training"]


class TurnDeeds:
    """``link``: the question became a phrasing of an entry; ``draft``: an entry was begun from it; ``training``: it
    became a training phrase.
    """

    def __init__(self, sessions: SessionFactory) -> None:
        self._sessions = sessions

    def record(
        self,
        turn_id: str,
        kind: Kind,
        *,
        actor: str,
        entry_id: str = "",
        version: int = 0,
        phrase: str = "",
        intent: str = "",
    ) -> TurnDeed:
        """Remember a deed."""
        deed = TurnDeed(
            turn_id=turn_id, kind=kind, actor=actor, entry_id=entry_id, version=version, phrase=phrase, intent=intent
        )
        with self._sessions() as session, session.begin():
            session.add(deed)
        return deed

    def get(self, deed_id: int) -> TurnDeed:
        """One deed that stands; raises InvalidEntry where there is none or it was undone."""
        with self._sessions() as session:
            deed = session.get(TurnDeed, deed_id)
        if deed is None or deed.undone_at is not None:
            raise InvalidEntry("这一步已经撤销过了，请刷新后再看")
        return deed

    def undone(self, deed_id: int, *, actor: str) -> bool:
        """A deed was taken back; true for exactly one caller."""
        with self._sessions() as session, session.begin():
            changed = session.execute(
                update(TurnDeed)
                .where(TurnDeed.id == deed_id, TurnDeed.undone_at.is_(None))
                .values(undone_at=utcnow(), undone_by=actor)
            )
            return bool(changed.rowcount)  # type: ignore[attr-defined]

    def of_turns(self, turn_ids: Iterable[str]) -> Mapping[str, list[TurnDeed]]:
        """The deeds that stand, by turn, the oldest first."""
        found: dict[str, list[TurnDeed]] = {}
        statement = select(TurnDeed).where(TurnDeed.turn_id.in_(list(turn_ids)), TurnDeed.undone_at.is_(None))
        with self._sessions() as session:
            for deed in session.scalars(statement.order_by(TurnDeed.id)):
                found.setdefault(deed.turn_id, []).append(deed)
        return found
