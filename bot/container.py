"""Builds every service once, from settings. The only place where rooms are put together."""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass
from pathlib import Path

import yaml
from sqlalchemy import Engine

from actions.messages import Decision
from actions.recommendation.service import RecommendationService, load_life_events
from actions.services import ActionServices
from actions.tickets.catalogue import load_catalogue
from actions.tickets.routing import DepartmentSuggester
from actions.tickets.service import TicketService
from bot.database import SessionFactory, create_database_engine, create_session_factory
from bot.metrics import observe_turn
from bot.queue import PushQueue, create_queue
from bot.security.accounts import AccountService
from bot.security.attempts import DatabaseAttemptLimiter
from bot.security.encryption import FieldCipher, derive_key, load_or_create_secret
from bot.security.oidc import IdentityProvider
from bot.settings import ROOT, Settings
from bot.setup_steps import SetupError, find_encoder
from channels.bus import MessageBus
from channels.conversations.notifier import ConversationNotifier
from channels.conversations.service import ConversationService
from channels.conversations.unresolved import UnresolvedQueue
from channels.gateway import AskRasa, Danger, Gateway, OwnedByAgent
from channels.rasa_client import RasaClient
from channels.rate_limit import RedisRateLimiter
from knowledge_base.changes import ChangeFeed
from knowledge_base.content_schema import load_city, load_yaml
from knowledge_base.documents import DocumentService
from knowledge_base.entry_reader import today
from knowledge_base.golden.gate import PublishGate
from knowledge_base.importing.service import ImportService
from knowledge_base.index.dense import DenseIndex
from knowledge_base.index.lexical import LexicalIndex
from knowledge_base.published import City, PublishedEntries
from knowledge_base.search import SearchRules
from knowledge_base.service import KnowledgeService
from nlu.privacy import mask
from nlu.routing import trained as routing_models
from nlu.tokenizer import Tokenizer

DECISIONS = ROOT / "actions" / "decisions.yml"


@dataclass
class Storage:
    """Database, secret and what is derived from it; enough for the worker and for account commands."""

    settings: Settings
    engine: Engine
    sessions: SessionFactory
    secret: str
    cipher: FieldCipher
    conversations: ConversationService
    accounts: AccountService
    identity: IdentityProvider | None
    rasa: RasaClient
    bus: MessageBus
    gateway: Gateway
    tickets: TicketService


@dataclass
class Container:
    """Everything the app needs."""

    storage: Storage
    city: City
    topics: dict[str, str]
    knowledge: KnowledgeService
    imports: ImportService
    documents: DocumentService
    changes: ChangeFeed
    unresolved: UnresolvedQueue
    actions: ActionServices


def internal_token(secret: str) -> str:
    """What our own processes show each other on loopback ports."""
    return derive_key(secret, "internal").hex()


def load_decisions(path: Path = DECISIONS) -> dict[str, Decision]:
    """Intent → decision, for turns without a custom action."""
    data: dict[str, Decision] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data


def build_storage(settings: Settings, suggester: DepartmentSuggester | None = None) -> Storage:
    """Database, conversations and gateway; no encoder and no index. ``suggester``: for whoever files tickets."""
    secret = load_or_create_secret(settings.secret_key.get_secret_value(), settings.data_dir)
    engine = create_database_engine(settings.database_dsn)
    sessions = create_session_factory(engine)
    cipher = FieldCipher(secret)
    conversations = ConversationService(sessions, cipher, lease=settings.turn_timeout + 5)
    rasa = RasaClient(settings.rasa_base_url, internal_token(secret), settings.turn_timeout)
    bus = MessageBus(settings.redis_dsn)
    conversations.transcript.listeners += [bus.announce, PushQueue(create_queue(settings))]
    gateway = Gateway(
        settings,
        conversations,
        [Danger(), OwnedByAgent(), AskRasa(rasa, load_decisions())],
        RedisRateLimiter(settings.redis_dsn, settings.rate_limit),
        observe_turn,
    )
    notes = FieldCipher(secret, "sign-in")
    identity = IdentityProvider(settings, notes) if settings.oidc_issuer else None
    accounts = AccountService(
        sessions,
        DatabaseAttemptLimiter(sessions, settings.login_rate_limit),
        fields=cipher,
        notes=notes,
        session_hours=settings.session_hours,
        require_totp_roles=settings.require_totp_roles,
    )
    tickets = TicketService(
        sessions,
        cipher,
        ConversationNotifier(conversations.transcript),
        code_key=derive_key(secret, "ticket-query-code"),
        mask=mask,
        suggester=suggester,
    )
    return Storage(
        settings, engine, sessions, secret, cipher, conversations, accounts, identity, rasa, bus, gateway, tickets
    )


def build_knowledge(storage: Storage, city: City, topics: dict[str, str]) -> KnowledgeService:
    """The knowledge base with its indexes, loaded from the database."""
    settings = storage.settings
    trained = find_encoder(settings)
    if trained is None:
        raise SetupError("The sentence encoder is not trained for the present content. Run: wenzheng train")
    cutter = Tokenizer()
    encoder, calibration = trained.load(cutter)
    lexical, dense = LexicalIndex(cutter), DenseIndex(encoder)
    published = PublishedEntries(lexical, dense, cutter, city, topics)
    rules = SearchRules(
        calibration, answer_threshold=settings.answer_threshold, clarify_threshold=settings.clarify_threshold
    )
    region = settings.region or city["city"].get("region_code", "")
    gate = PublishGate(
        storage.sessions, lexical, dense, published, rules, region=region, clock=today, choices=settings.clarify_choices
    )
    scope = trained.load_scope(cutter, encoder)
    knowledge = KnowledgeService(
        storage.sessions,
        published,
        rules.searcher(lexical, dense, published),
        city,
        scope=scope,
        region=region,
        four_eyes=settings.four_eyes,
        gate=gate,
    )
    knowledge.load()
    return knowledge


def build_imports(
    storage: Storage, knowledge: KnowledgeService, topics: dict[str, str]
) -> tuple[ImportService, DocumentService]:
    """Importing into ``knowledge``, and the policy documents in it."""
    folder = storage.settings.data_dir / "imports"
    imports = ImportService(storage.sessions, knowledge.check, topics, folder)
    return imports, DocumentService(storage.sessions, knowledge)


def build_suggester(settings: Settings) -> DepartmentSuggester:
    """What suggests departments; raises SetupError while the routing model is not trained."""
    # A tokenizer of its own: the names that the knowledge base teaches would cut texts otherwise than in training.
    model = routing_models.load(settings.models, settings.data_dir, Tokenizer())
    if model is None:
        raise SetupError("The routing model is not trained for the present examples. Run: wenzheng train")
    return DepartmentSuggester(load_catalogue(), model, settings.routing_threshold)


def build(settings: Settings) -> Container:
    """All services of the app."""
    storage = build_storage(settings, build_suggester(settings))
    city = load_city(settings.content_dir / "city.yml")
    topics: dict[str, str] = load_yaml(settings.content_dir / "topics.yml")
    knowledge = build_knowledge(storage, city, topics)
    changes = ChangeFeed(settings.redis_dsn, f"{os.getpid()}-{uuid.uuid4().hex[:8]}")
    knowledge.on_change = changes.announce
    unresolved = UnresolvedQueue(storage.sessions)
    actions = ActionServices(
        knowledge=knowledge,
        tickets=storage.tickets,
        recommendation=RecommendationService(load_life_events(), knowledge),
        handovers=unresolved,
        city=dict(city["city"]),
        clarify_choices=settings.clarify_choices,
    )
    imports, documents = build_imports(storage, knowledge, topics)
    return Container(storage, city, topics, knowledge, imports, documents, changes, unresolved, actions)
