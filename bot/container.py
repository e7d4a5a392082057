"""Builds every service once, from settings. The only place where rooms are put together."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import yaml
from sqlalchemy import Engine

from actions.deciding import trained as deciding_models
from actions.deciding.models import DecidingModels
from actions.messages import Decision
from actions.recommendation.service import RecommendationService, load_life_events
from actions.services import ActionServices
from actions.tickets.catalogue import load_catalogue
from actions.tickets.routing import DepartmentSuggester
from actions.tickets.service import TicketService
from bot.backup.switching import finish_interrupted_restore
from bot.calm_examples import calm_files
from bot.database import SessionFactory, create_database_engine, create_session_factory
from bot.instance import Instance
from bot.look_ahead import LookAhead
from bot.lookup_watch import LookupWatch
from bot.masking import mask_names
from bot.metrics import observe_turn
from bot.pools import AHEAD
from bot.queue import PushQueue, create_queue
from bot.security.accounts import AccountService
from bot.security.attempts import DatabaseAttemptLimiter, Limits
from bot.security.encryption import FieldCipher, derive_key, internal_token
from bot.security.oidc import IdentityProvider
from bot.security.root_secret import secret_for
from bot.settings import ROOT, Settings
from bot.setup_steps import SCENARIOS, SetupError, find_encoder, outside_requests
from channels.bus import MessageBus
from channels.console.intents import trainable_intents
from channels.conversations.notifier import ConversationNotifier
from channels.conversations.service import ConversationService
from channels.conversations.staff_view import Transcripts
from channels.conversations.unresolved import UnresolvedQueue
from channels.emergency import EmergencyFinder, Judge
from channels.gateway import AskRasa, Danger, Gateway, OwnedByAgent
from channels.rasa_client import RasaClient
from channels.rate_limit import RedisRateLimiter
from knowledge_base import recalibration
from knowledge_base.changes import ChangeFeed
from knowledge_base.content_schema import load_city, load_sisters, load_yaml, own_name
from knowledge_base.documents import DocumentService
from knowledge_base.golden.gate import PublishGate
from knowledge_base.importing.service import ImportService
from knowledge_base.index.dense import DenseIndex
from knowledge_base.index.engine import VectorEngine
from knowledge_base.index.faiss_engine import FaissEngine
from knowledge_base.index.keeper import IndexKeeper
from knowledge_base.index.lexical import LexicalIndex
from knowledge_base.index.milvus_engine import MilvusEngine
from knowledge_base.index.snapshots import Snapshots
from knowledge_base.published import City, PublishedEntries
from knowledge_base.search import SearchRules
from knowledge_base.search_ahead import SearchAhead
from knowledge_base.service import KnowledgeService
from knowledge_base.validity import today
from knowledge_base.vocabulary.service import VocabularyService
from knowledge_base.vocabulary.words import LiveVocabulary
from nlu.danger import Danger as DangerFound
from nlu.danger import DangerJudge
from nlu.danger import trained as danger_judges
from nlu.encoder.pretrained import load_pretrained
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
    asking: AskRasa
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
    transcripts: Transcripts
    actions: ActionServices


def load_decisions(path: Path = DECISIONS) -> dict[str, Decision]:
    """Intent → decision, for turns without a custom action."""
    data: dict[str, Decision] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data


NOT_TRAINED = "The danger judge is not trained for the present corpus. Run: wenzheng train"


class NoJudge:
    """Stands where nobody's messages are answered: in commands."""

    def judge(self, text: str) -> DangerFound:
        """Raises SetupError."""
        raise SetupError(NOT_TRAINED)


def build_judge(settings: Settings) -> DangerJudge:
    """Who hears danger in messages; raises SetupError while it is not trained."""
    judge = danger_judges.load(settings.models, calm_files())
    if judge is None:
        raise SetupError(NOT_TRAINED)
    # Words are read now and not when somebody is in danger, nor within the time that one text may take.
    judge.judge("您好")
    return judge


def build_storage(
    settings: Settings, suggester: DepartmentSuggester | None = None, judge: Judge | None = None
) -> Storage:
    """Database, conversations and gateway; no encoder and no index. ``suggester``: for whoever files tickets; ``judge``:
    for whoever answers messages.

    Raises WrongSecretKey when the secret is not the one that the database was written with.
    """
    finish_interrupted_restore(settings.data_dir)
    engine = create_database_engine(settings.database_dsn)
    secret = secret_for(settings.secret_key.get_secret_value(), settings.data_dir, engine)
    sessions = create_session_factory(engine)
    cipher = FieldCipher(secret)
    instance = Instance(settings.data_dir / "instances")
    conversations = ConversationService(
        sessions,
        cipher,
        lease=settings.turn_timeout + 5,
        holder=instance,
        origin_key=derive_key(secret, "caller-origin"),
    )
    rasa = RasaClient(settings.rasa_base_url, internal_token(secret), settings.turn_timeout)
    bus = MessageBus(settings.redis_dsn)
    conversations.transcript.screens.append(bus.announce)
    conversations.transcript.listeners.append(PushQueue(create_queue(settings)))
    asking = AskRasa(rasa, load_decisions())
    finder = EmergencyFinder(judge or NoJudge(), settings.max_message_length)
    gateway = Gateway(
        settings,
        conversations,
        [Danger(finder), OwnedByAgent(), asking],
        RedisRateLimiter(settings.redis_dsn, settings.rate_limit),
        finder,
        observe_turn,
    )
    notes = FieldCipher(secret, "sign-in")
    identity = IdentityProvider(settings, notes) if settings.oidc_issuer else None
    accounts = AccountService(
        sessions,
        DatabaseAttemptLimiter(sessions, _login_limits(settings)),
        fields=cipher,
        notes=notes,
        session_hours=settings.session_hours,
        idle_minutes=settings.session_idle_minutes,
        one_time_hours=settings.one_time_password_hours,
        require_totp_roles=settings.require_totp_roles,
        token_days=settings.api_token_days,
        departments=frozenset(load_catalogue().departments),
    )
    tickets = TicketService(
        sessions,
        cipher,
        ConversationNotifier(conversations.transcript),
        code_key=derive_key(secret, "ticket-query-code"),
        mask=mask,
        suggester=suggester,
        draft_days=settings.ticket_draft_days,
        origin_of=conversations.origin_of,
        on_wrong_code=LookupWatch(accounts.audit),
    )
    return Storage(
        settings,
        engine,
        sessions,
        secret,
        cipher,
        conversations,
        accounts,
        identity,
        rasa,
        bus,
        asking,
        gateway,
        tickets,
    )


def _login_limits(settings: Settings) -> Limits:
    return Limits(
        settings.login_rate_limit, settings.login_name_limit, settings.login_address_limit, settings.login_total_limit
    )


def build_knowledge(
    storage: Storage,
    city: City,
    topics: dict[str, str],
    *,
    anew: bool = False,
    progress: Callable[[float], None] = lambda share: None,
) -> KnowledgeService:
    """The knowledge base with its indexes, loaded from the database; ``anew``: whatever was saved of them is forgotten."""
    settings = storage.settings
    trained = find_encoder(settings)
    if trained is None:
        raise SetupError("The sentence encoder is not trained for the present content. Run: wenzheng train")
    cutter = Tokenizer()
    encoder, calibration = trained.load(cutter)
    calibration = recalibration.in_force(settings.data_dir, trained.calibration, calibration)
    digest = trained.calibration.parent.name
    lexical, dense = LexicalIndex(cutter), DenseIndex(encoder, build_engine(settings, digest, encoder.dimension))
    published = PublishedEntries(lexical, dense, cutter, city, topics)
    keeper = IndexKeeper(lexical, dense, published, Snapshots(settings.data_dir / "index", digest))
    live = LiveVocabulary()
    rules = SearchRules(calibration, settings.answer_threshold, settings.clarify_threshold, live, own_name(city))
    region = settings.region or city["city"].get("region_code", "")
    gate = PublishGate(
        storage.sessions, lexical, dense, published, rules, region=region, clock=today, choices=settings.clarify_choices
    )
    vocabulary = VocabularyService(
        storage.sessions,
        live,
        lambda other: replace(rules, vocabulary=other).searcher(lexical, dense, published),
        gate,
        region=region,
        four_eyes=settings.four_eyes,
    )
    scope = trained.load_scope(cutter, encoder, settings.scope_threshold)
    knowledge = KnowledgeService(
        storage.sessions,
        published,
        rules.searcher(lexical, dense, published),
        city,
        scope=scope,
        region=region,
        four_eyes=settings.four_eyes,
        gate=gate,
        vocabulary=vocabulary,
        keeper=keeper,
    )
    if anew:
        keeper.forget()
    knowledge.load(progress)
    return knowledge


def build_engine(settings: Settings, digest: str, dimension: int) -> VectorEngine:
    """What keeps the vectors of the encoder with this digest; raises SetupError where something is missing for it."""
    if settings.index_engine == "faiss":
        return FaissEngine(dimension, cells_from=settings.index_cells_from)
    if not settings.milvus_uri:
        raise SetupError("WENZHENG_INDEX_ENGINE is milvus, and WENZHENG_MILVUS_URI is empty")
    if find_spec("pymilvus") is None:
        raise SetupError(
            "The Milvus client is not installed. Run: .uv/bin/uv pip install --python .venv/bin/python "
            "-r requirements/milvus.txt"
        )
    token = settings.milvus_token.get_secret_value()
    return MilvusEngine(settings.milvus_uri, token, f"wenzheng_{digest}", dimension)


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
    model = routing_models.load(settings.models, settings.data_dir, Tokenizer(), settings.encoder_choice.pretrained)
    if model is None:
        raise SetupError("The routing model is not trained for the present examples. Run: wenzheng train")
    return DepartmentSuggester(load_catalogue(), model, settings.routing_threshold)


def build_deciding(settings: Settings) -> DecidingModels:
    """What decides typed messages; raises SetupError while it is not trained."""
    models = deciding_models.load(settings.models, SCENARIOS, outside_requests(), settings.encoder_choice.pretrained)
    if models is None:
        raise SetupError("The models of deciding are not trained for the present conversations. Run: wenzheng train")
    return models


def build(settings: Settings) -> Container:
    """All services of the app."""
    mask_names(settings)
    storage = build_storage(settings, build_suggester(settings), build_judge(settings))
    city = load_city(settings.content_dir / "city.yml")
    topics: dict[str, str] = load_yaml(settings.content_dir / "topics.yml")
    knowledge = build_knowledge(storage, city, topics)
    changes = ChangeFeed(settings.redis_dsn, f"{os.getpid()}-{uuid.uuid4().hex[:8]}")
    knowledge.on_change = knowledge.vocabulary.on_change = changes.announce
    unresolved = UnresolvedQueue(storage.sessions)
    ahead = SearchAhead(knowledge, AHEAD)
    storage.asking.look_ahead = LookAhead(ahead, settings.encoder_choice.pretrained)
    actions = ActionServices(
        knowledge=ahead,
        tickets=storage.tickets,
        recommendation=RecommendationService(load_life_events(), knowledge),
        handovers=unresolved,
        city=dict(city["city"]),
        models=build_deciding(settings),
        encoder=load_pretrained(settings.encoder_choice.pretrained) if settings.encoder_choice.pretrained else None,
        clarify_choices=settings.clarify_choices,
        sisters=load_sisters(settings.content_dir),
    )
    imports, documents = build_imports(storage, knowledge, topics)
    transcripts = Transcripts.over(storage.sessions, trainable_intents())
    return Container(storage, city, topics, knowledge, imports, documents, changes, unresolved, transcripts, actions)
