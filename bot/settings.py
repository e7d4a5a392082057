"""Every setting of the assistant: named, typed, documented; read from the environment or from ``.env``.

Each field is set by ``WENZHENG_<NAME>`` (for example ``WENZHENG_PORT=9000``); ``REDIS_URL`` and ``DATABASE_URL`` are
also understood without the prefix. ``wenzheng doctor`` prints the values in force, secrets masked.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.security.encryption import derive_key, load_or_create_secret
from bot.security.errors import InvalidAccount
from bot.security.roles import role_table
from nlu.encoder.choice import EncoderChoice

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """One place for all that an operator may change."""

    model_config = SettingsConfigDict(
        env_prefix="WENZHENG_", env_file=ROOT / ".env", extra="ignore", populate_by_name=True
    )

    # Where things are
    data_dir: Path = Field(ROOT / "var", description="All run-time data: database, indexes, models, logs, secrets.")
    model_dir: Path | None = Field(None, description="Trained models; empty: in data_dir.")
    content_dir: Path = Field(
        ROOT / "knowledge_base" / "content", description="The starter knowledge base and city.yml."
    )
    host: str = Field("127.0.0.1", description="Address the app listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port the app listens on.")
    public_url: str = Field("", description="Address citizens reach the app at; empty: derived from host and port.")
    allowed_hosts: list[str] = Field(
        [], description="Further host names the app answers to, beside public_url's (without one: to any)."
    )
    trusted_proxies: list[str] = Field(
        ["127.0.0.1", "::1"],
        description="Addresses or networks of the reverse proxies whose X-Forwarded-For is believed; [] for none.",
    )
    max_connections: int = Field(2000, ge=16, description="Connections served at once; more get 503 and come again.")
    header_timeout: float = Field(10.0, gt=0, description="Seconds a request's header may take to arrive.")
    keep_alive: int = Field(
        35, ge=1, description="Seconds a connection without requests stays; longer than the proxy's."
    )
    internal_port: int = Field(
        5055, ge=1, le=65535, description="Loopback port of the action webhook and the command line."
    )
    rasa_port: int = Field(5005, ge=1, le=65535, description="Loopback port of the Rasa server.")
    rasa_url: str = Field("", description="A Rasa server run elsewhere; empty: ours, on rasa_port.")
    redis_port: int = Field(6390, ge=1, le=65535, description="Loopback port of the Redis that we start.")
    redis_server: str = Field(
        "", description="Redis server program to start; empty: the newer of redis-server on PATH and the embedded one."
    )

    # Storage
    database_url: SecretStr = Field(
        SecretStr(""),
        validation_alias=AliasChoices("WENZHENG_DATABASE_URL", "DATABASE_URL"),
        description="SQLAlchemy URL; empty: a SQLite file in data_dir.",
    )
    redis_url: SecretStr = Field(
        SecretStr(""),
        validation_alias=AliasChoices("WENZHENG_REDIS_URL", "REDIS_URL"),
        description="redis:// URL; empty: a Redis that we start, its file in data_dir.",
    )
    secret_key: SecretStr = Field(
        SecretStr(""), description="Root secret (32+ characters); empty: made once, kept in data_dir."
    )

    # The knowledge base
    encoders: str = Field(
        "own,use",
        description="Sentence encoders: own (trained at set-up), use and e5 (pretrained, from wheels; e5 slower, x86-64 only), "
        "with commas; or one SentenceTransformer by name or path.",
    )
    answer_threshold: float = Field(0.4, ge=0, le=1, description="At or above this probability a hit is the answer.")
    clarify_threshold: float = Field(
        0.08, ge=0, le=1, description="At or above this probability a hit is offered as a choice."
    )
    scope_threshold: float = Field(
        0.35,
        ge=0,
        le=1,
        description="Below this probability of being the government's business a request without an answer is told that it is "
        "none; from there on staff see it as unresolved.",
    )
    clarify_choices: int = Field(3, ge=1, le=5, description="How many choices a clarification offers at most.")
    vocabulary_questions: int = Field(
        2000, ge=0, description="How many of the newest questions a change of the vocabulary is tried on beforehand."
    )
    region: str = Field(
        "", pattern=r"^(\d{6})?$", description="The city's code (GB/T 2260, six digits); empty: the one in city.yml."
    )
    four_eyes: bool = Field(False, description="Publishing an entry takes another person than the one who wrote it.")
    index_engine: Literal["faiss", "milvus"] = Field(
        "faiss", description="What keeps sentence vectors: `faiss`, in the app; `milvus`, a service of its own."
    )
    index_cells_from: int = Field(
        20_000, ge=1_000, description="From so many vectors on FAISS compares the nearest cells and not all of them."
    )
    milvus_uri: str = Field("", description="Milvus server (http://host:19530); a file for Milvus Lite.")
    milvus_token: SecretStr = Field(SecretStr(""), description="Token of the Milvus server (user:password).")

    # Tickets
    routing_threshold: float = Field(
        0.5, ge=0, le=1, description="At or above this probability a department is suggested for a ticket."
    )

    ticket_draft_days: int = Field(
        7, ge=1, description="Days the draft of a ticket is kept for whoever left its form without filing it."
    )

    # Conversations
    max_message_length: int = Field(2000, ge=1, description="Characters in one citizen message.")
    rate_limit: str = Field("30/minute", description="Messages one conversation may send.")
    conversation_rate_limit: str = Field("60/minute", description="Conversations one address may open.")
    turn_timeout: float = Field(20.0, gt=0, description="Seconds a turn may take before it is given up and said so.")
    tracker_ttl_days: int = Field(30, ge=1, description="Days Redis keeps Rasa's memory of a silent conversation.")
    streams_per_conversation: int = Field(6, ge=1, description="Open pages of one conversation that are told at once.")
    streams_per_address: int = Field(
        300, ge=1, description="Open chat pages of one address (of one /64 in IPv6) that are told at once."
    )
    widget_origins: list[str] = Field(["*"], description="Web origins that may embed the widget.")

    # WeChat official account
    wechat_app_id: str = Field("", description="AppID of the official account.")
    wechat_secret: SecretStr = Field(SecretStr(""), description="AppSecret, needed for customer-service messages.")
    wechat_token: SecretStr = Field(
        SecretStr(""), description="Token of the server configuration; empty: the channel is off."
    )
    wechat_aes_key: SecretStr = Field(SecretStr(""), description="EncodingAESKey; empty: plain mode only.")
    wechat_compatible: bool = Field(
        False, description="With an EncodingAESKey: also take messages that are not encrypted (兼容模式)."
    )
    wechat_api_base: str = Field("https://api.weixin.qq.com", description="Address of the WeChat API.")
    wechat_reply_seconds: float = Field(4.5, gt=0, lt=5, description="Passive replies must leave within five seconds.")

    # Console
    session_hours: int = Field(8, ge=1, description="Hours a console session lasts.")
    session_idle_minutes: int = Field(60, ge=1, description="Minutes after which an unused console session ends.")
    login_rate_limit: str = Field(
        "10/minute",
        description="Wrong sign-ins per account and address before pauses that double up to an hour; wrong API tokens too.",
    )
    login_name_limit: str = Field(
        "30/minute", description="The same per account, from all browsers in which it has not signed in before."
    )
    login_address_limit: str = Field("100/10minute", description="Wrong sign-ins per address, whatever the account.")
    login_total_limit: str = Field("300/minute", description="Wrong sign-ins in all, but for known browsers.")
    one_time_password_hours: int = Field(72, ge=1, description="Hours a password that was handed over lasts.")
    api_token_days: int = Field(365, ge=1, description="Days a token for the knowledge API may last at most.")
    require_totp_roles: list[str] = Field([], description="Roles whose accounts must use a second factor.")
    oidc_issuer: str = Field("", description="OpenID Connect issuer (https://…); empty: no sign-in with it.")
    oidc_client_id: str = Field("", description="Client id that the identity provider gave this console.")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="Client secret; empty: a public client.")
    oidc_scopes: str = Field("openid profile", description="Scopes to ask for; openid must be among them.")
    oidc_roles_claim: str = Field("groups", description="Claim of the ID token that names groups or roles.")
    oidc_roles: dict[str, list[str]] = Field(
        {}, description='Value of that claim → our roles, for example {"zhengwu-curators": ["curator"]}.'
    )
    oidc_label: str = Field("单位账号登录", description="Words on the button that leads to the identity provider.")

    # How long data are kept, in days; 0: for ever (bot/retention/kinds.yml)
    keep_conversations_days: int = Field(0, ge=0, description="Days a citizen's messages are kept; 0: for ever.")
    keep_settled_questions_days: int = Field(
        0, ge=0, description="Days an answered or dismissed unresolved question is kept; 0: for ever."
    )
    keep_ticket_contacts_days: int = Field(
        0, ge=0, description="Days telephone and name stay in a ticket that is over; 0: for ever."
    )
    keep_tickets_days: int = Field(0, ge=0, description="Days a ticket that is over is kept; 0: for ever.")
    keep_hit_tests_days: int = Field(0, ge=0, description="Days a hit test is kept; 0: the newest 2000.")

    # Operation
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")
    log_megabytes: float = Field(20, gt=0, description="Size at which a process's log is changed for a new one.")
    log_files: int = Field(5, ge=0, description="How many older logs of each process are kept.")
    silent_seconds: float = Field(
        12, ge=5, description="Seconds a process may give no answer before it is ended and started again."
    )
    start_seconds: float = Field(
        300,
        ge=10,
        description="Seconds a process may take from its start to its first answer; a very large knowledge base, "
        "indexed for the first time, needs more.",
    )

    @field_validator("model_dir", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return value or None

    @field_validator("encoders")
    @classmethod
    def _known_encoders(cls, value: str) -> str:
        EncoderChoice.parse(value)
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis_user(cls, value: SecretStr) -> SecretStr:
        if urlsplit(value.get_secret_value()).username not in {None, "", "default"}:
            raise ValueError("REDIS_URL must not name a user: Rasa signs in as Redis' default user")
        return value

    @field_validator("wechat_aes_key")
    @classmethod
    def _aes_key_length(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) not in {0, 43}:
            raise ValueError("WENZHENG_WECHAT_AES_KEY must be the 43 characters of EncodingAESKey")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: list[str]) -> list[str]:
        for one in value:
            try:
                ip_network(one)
            except ValueError as error:
                raise ValueError(f"WENZHENG_TRUSTED_PROXIES: {one!r} is no address or network") from error
        return value

    @field_validator("require_totp_roles")
    @classmethod
    def _known_roles(cls, value: list[str]) -> list[str]:
        return _checked_roles(value) if value else []

    @field_validator("oidc_roles")
    @classmethod
    def _known_role_lists(cls, value: dict[str, list[str]]) -> dict[str, list[str]]:
        return {claim: _checked_roles(roles) for claim, roles in value.items()}

    @property
    def database_dsn(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database_url.get_secret_value() or f"sqlite:///{self.data_dir / 'wenzheng.db'}"

    @property
    def encoder_choice(self) -> EncoderChoice:
        """The sentence encoders in use; what is not installed is left out."""
        return EncoderChoice.parse(self.encoders)

    @property
    def redis_dsn(self) -> str:
        """The Redis URL in force: the operator's, or our own server's with the password in it."""
        given = self.redis_url.get_secret_value()
        return given or f"redis://:{self.redis_password()}@127.0.0.1:{self.redis_port}/0"

    def redis_password(self) -> str:
        """The password of the Redis that we start, derived from the root secret."""
        secret = load_or_create_secret(self.secret_key.get_secret_value(), self.data_dir)
        # The letter keeps YAML, which Rasa reads it from, from taking it for a number.
        return "r" + derive_key(secret, "redis-password").hex()

    @property
    def rasa_base_url(self) -> str:
        """Where Rasa answers."""
        return self.rasa_url or f"http://127.0.0.1:{self.rasa_port}"

    @property
    def base_url(self) -> str:
        """Where citizens reach the app, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def models(self) -> Path:
        """Where the trained models are: the sentence encoder and the Rasa model."""
        return self.model_dir or self.data_dir / "models"


def _checked_roles(roles: list[str]) -> list[str]:
    try:
        return role_table().check(roles)
    except InvalidAccount as error:
        raise ValueError(str(error)) from error


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
