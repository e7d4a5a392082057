"""The rules in force: each kind with its term, from ``kinds.yml`` and the settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import yaml
from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session

from actions.tickets.catalogue import load_catalogue
from actions.tickets.models import TicketLookupFailure
from actions.tickets.retention import OldContacts, OldTickets
from bot.security.models import ApiToken, SignInAttempt, StaffSession
from bot.settings import Settings
from channels.conversations.retention import OldConversations, SettledQuestions
from knowledge_base.hit_testing.models import HitTest

Counts = dict[str, int]


class Kind(BaseModel):
    """See ``kinds.yml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    since: str
    setting: str = ""
    days: int = 0
    basis: str = ""

    def term(self, settings: Settings) -> int:
        """Days in force; 0: for ever."""
        return int(getattr(settings, self.setting)) if self.setting else self.days


class Rule(Protocol):
    """What of one kind is due at a moment."""

    def count(self, session: Session) -> Counts:
        """The rows that are due, by table."""

    def delete_some(self, session: Session, limit: int) -> tuple[Counts, list[str]]:
        """Delete a few, in the caller's transaction; how many rows went (none: nothing is due any more), and the ids of
        conversations that went whole.
        """


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, Kind]:
    """All kinds, in the order they are looked after."""
    data = yaml.safe_load((Path(__file__).parent / "kinds.yml").read_text(encoding="utf-8"))
    return {name: Kind.model_validate(one) for name, one in data.items()}


@dataclass(frozen=True)
class Rows:
    """Rows of one table that stand alone and are due under a condition."""

    model: Any
    key: Any
    due: ColumnElement[bool]

    def count(self, session: Session) -> Counts:
        """See :class:`Rule`."""
        return {
            self.model.__tablename__: session.scalar(select(func.count()).select_from(self.model).where(self.due)) or 0
        }

    def delete_some(self, session: Session, limit: int) -> tuple[Counts, list[str]]:
        """See :class:`Rule`."""
        keys = list(session.scalars(select(self.key).where(self.due).limit(limit)))
        if not keys:
            return {}, []
        result: Any = session.execute(delete(self.model).where(self.key.in_(keys)))
        return {self.model.__tablename__: int(result.rowcount)}, []


class OldFiles:
    """Files in a folder that were last written before ``cutoff``."""

    def __init__(self, folder: Path, cutoff: datetime) -> None:
        self._folder = folder
        self._cutoff = cutoff.timestamp()

    def _due(self) -> list[Path]:
        if not self._folder.is_dir():
            return []
        return [path for path in self._folder.iterdir() if path.is_file() and path.stat().st_mtime < self._cutoff]

    def count(self, _session: Session) -> Counts:
        """See :class:`Rule`."""
        return {"files": len(self._due())}

    def delete_some(self, _session: Session, limit: int) -> tuple[Counts, list[str]]:
        """See :class:`Rule`."""
        due = self._due()[:limit]
        for path in due:
            path.unlink(missing_ok=True)
        return ({"files": len(due)} if due else {}), []


def rules(settings: Settings, now: datetime) -> dict[str, Rule]:
    """The rule of every kind that does not last for ever."""
    final = [name for name, status in load_catalogue().statuses.items() if status.final]
    cutoffs = {name: now - timedelta(days=term) for name, kind in kinds().items() if (term := kind.term(settings))}
    conversations = OldConversations(cutoffs["conversations"], final) if "conversations" in cutoffs else None
    tickets = OldTickets(cutoffs["tickets"], final) if "tickets" in cutoffs else None
    made: dict[str, Callable[[datetime], Rule]] = {
        "conversations": lambda at: OldConversations(at, final),
        "settled_questions": lambda at: SettledQuestions(at, conversations),
        "ticket_contacts": lambda at: OldContacts(at, final, tickets),
        "tickets": lambda at: OldTickets(at, final),
        "import_previews": lambda at: OldFiles(settings.data_dir / "imports", at),
        **_plain_rules(),
    }
    return {name: made[name](cutoff) for name, cutoff in cutoffs.items()}


def _plain_rules() -> dict[str, Callable[[datetime], Rule]]:
    """Kinds that are rows of one table with a time."""
    over = or_  # a token is over when it expired or was revoked
    return {
        "hit_tests": lambda at: Rows(HitTest, HitTest.id, HitTest.at < at),
        "staff_sessions": lambda at: Rows(StaffSession, StaffSession.token_hash, StaffSession.expires_at < at),
        "api_tokens": lambda at: Rows(ApiToken, ApiToken.id, over(ApiToken.expires_at < at, ApiToken.revoked_at < at)),
        "sign_in_attempts": lambda at: Rows(SignInAttempt, SignInAttempt.id, SignInAttempt.at < at),
        "ticket_lookup_failures": lambda at: Rows(
            TicketLookupFailure, TicketLookupFailure.id, TicketLookupFailure.at < at
        ),
    }


def added(counts: Sequence[Counts]) -> Counts:
    """Several counts as one."""
    total: Counts = {}
    for one in counts:
        for name, count in one.items():
            total[name] = total.get(name, 0) + count
    return total
