"""What the console is built on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from actions.deciding.look import Look
from actions.tickets.service import TicketService
from bot.security.accounts import AccountService
from bot.security.oidc import IdentityProvider
from bot.settings import get_settings
from channels.conversations.staff_view import Transcripts
from channels.conversations.unresolved import UnresolvedQueue
from knowledge_base.content_schema import load_city
from knowledge_base.documents import DocumentService
from knowledge_base.importing.service import ImportService
from knowledge_base.published import City
from knowledge_base.service import KnowledgeService


def _configured_city() -> City:
    return load_city(get_settings().content_dir / "city.yml")


class Looking(Protocol):
    """What decides typed messages, as far as the console needs it."""

    def look(self, text: str) -> Look:
        """What would compete if a conversation began with this; nothing is done."""


@dataclass(frozen=True)
class ConsoleServices:
    """The domain services, the topics in display order (id → name), and the city whose values fill the answers.

    ``identity``: the identity provider of the city's staff, if there is one.
    """

    knowledge: KnowledgeService
    imports: ImportService = field(kw_only=True)
    documents: DocumentService = field(kw_only=True)
    tickets: TicketService
    unresolved: UnresolvedQueue
    transcripts: Transcripts = field(kw_only=True)
    deciding: Looking = field(kw_only=True)
    accounts: AccountService
    topics: dict[str, str]
    city_name: str
    city: City = field(default_factory=_configured_city)
    identity: IdentityProvider | None = None
