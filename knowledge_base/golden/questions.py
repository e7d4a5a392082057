"""The golden set itself: staff add questions with the entry that must answer them, and take them away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.database import SessionFactory
from knowledge_base.golden.models import GateSignOff, GoldenQuestion
from knowledge_base.lifecycle import EntryNotFound, InvalidEntry
from knowledge_base.models import Entry

LONGEST = 200


@dataclass(frozen=True)
class Added:
    """How many questions were new, and which were there already."""

    new: int
    known: tuple[str, ...]


class GoldenQuestions:
    """Reads and writes the golden set."""

    def __init__(self, sessions: SessionFactory) -> None:
        self._sessions = sessions

    def add(self, entry_id: str, questions: Iterable[str], *, actor: str) -> Added:
        """Promise that ``entry_id`` answers these; raises EntryNotFound, InvalidEntry."""
        wanted = list(dict.fromkeys(text.strip() for text in questions if text.strip()))
        if not wanted:
            raise InvalidEntry("请写下至少一个问题")
        if too_long := [text for text in wanted if len(text) > LONGEST]:
            raise InvalidEntry(f"问题不能超过 {LONGEST} 个字：{too_long[0][:20]}…")
        try:
            with self._sessions() as session, session.begin():
                if session.get(Entry, entry_id) is None:
                    raise EntryNotFound(entry_id)
                known = set(session.scalars(select(GoldenQuestion.question).where(GoldenQuestion.question.in_(wanted))))
                new = [text for text in wanted if text not in known]
                session.add_all(GoldenQuestion(question=text, entry_id=entry_id, added_by=actor) for text in new)
        except IntegrityError as error:
            raise InvalidEntry("这个问题刚被同事加进来了，请刷新后再看") from error
        return Added(len(new), tuple(text for text in wanted if text in known))

    def remove(self, question_id: int) -> GoldenQuestion | None:
        """Take a question away; None where it is gone already."""
        with self._sessions() as session, session.begin():
            found = session.get(GoldenQuestion, question_id)
            if found is not None:
                session.delete(found)
        return found

    def all(self) -> list[GoldenQuestion]:
        """The whole set, in the order it was added."""
        with self._sessions() as session:
            return list(session.scalars(select(GoldenQuestion).order_by(GoldenQuestion.id)))

    def of_entry(self, entry_id: str) -> list[GoldenQuestion]:
        """The questions that an entry must answer, in the order they were added."""
        with self._sessions() as session:
            chosen = select(GoldenQuestion).where(GoldenQuestion.entry_id == entry_id)
            return list(session.scalars(chosen.order_by(GoldenQuestion.id)))

    def titles(self) -> dict[str, str]:
        """Titles of the entries that golden questions expect, by their ids."""
        expected = select(Entry.id, Entry.title).where(Entry.id.in_(select(GoldenQuestion.entry_id)))
        with self._sessions() as session:
            return dict(session.execute(expected).tuples().all())

    def sign_offs(self, limit: int = 50) -> list[GateSignOff]:
        """Who let harmful changes through, newest first."""
        with self._sessions() as session:
            return list(session.scalars(select(GateSignOff).order_by(GateSignOff.id.desc()).limit(limit)))
