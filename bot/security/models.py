"""Tables of accounts, second factors, console sessions, API tokens, sign-in attempts, the audit log and the secret's check."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DDL, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, event, false
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, utcnow

AUDIT_TRIGGERS = [
    *(
        (
            "sqlite",
            f"CREATE TRIGGER audit_log_no_{deed} BEFORE {deed} ON audit_log "
            "BEGIN SELECT RAISE(ABORT, 'audit records cannot be changed'); END",
        )
        for deed in ("update", "delete")
    ),
    (
        "postgresql",
        "CREATE OR REPLACE FUNCTION audit_log_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit records cannot be changed'; END $$",
    ),
    (
        "postgresql",
        "CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuse()",
    ),
]


class Account(Base):
    """A member of staff. ``username`` is kept normalised; ``roles`` are keys of ``roles.yml``.

    ``department`` is a department of the ticket catalogue; empty: none, and then no department's tickets.
    ``password_hash`` is empty for who signs in through the identity provider only; ``one_time_until`` is how long a
    password that was handed over opens anything. ``totp_secret`` is encrypted, empty without a second factor; ``totp_step``
    is the time step of the last code that was taken, which is never taken again.
    """

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(40), unique=True)
    display_name: Mapped[str] = mapped_column(String(30))
    password_hash: Mapped[str] = mapped_column(String(255))
    roles: Mapped[list[str]]
    department: Mapped[str] = mapped_column(String(40), default="")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    last_login_at: Mapped[datetime | None]
    must_change_password: Mapped[bool] = mapped_column(default=False, server_default=false())
    one_time_until: Mapped[datetime | None]
    totp_secret: Mapped[str] = mapped_column(String(255), default="", server_default="")
    totp_step: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")


class RecoveryCode(Base):
    """A code that stands in once for the second factor; only its SHA-256 is kept, it has 80 random bits."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


class ExternalIdentity(Base):
    """Who an account is at an identity provider: the pair (issuer, subject) never changes there."""

    __tablename__ = "external_identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))


class StaffSession(Base):
    """A signed-in browser, named in plain words. Only the SHA-256 of its token is kept."""

    __tablename__ = "staff_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    browser: Mapped[str] = mapped_column(String(80), default="", server_default="")


class ApiToken(Base):
    """A token with which a program does what its account may do. Only its SHA-256 is kept, it has 256 random bits.

    ``name`` says what it is for, ``created_by`` is the username of who made it: the owner or an administrator.
    """

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    read_only: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    created_by: Mapped[str] = mapped_column(String(40))
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """One attempt to sign in, by the digest of name and address; forgotten when its window is over."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index("ix_sign_in_attempts_who_at", "who", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    who: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(index=True)


class AuditRecord(Base):
    """Who did or viewed what; rows are added, never changed. ``detail`` holds no personal data of citizens."""

    __tablename__ = "audit_log"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=utcnow, index=True)
    actor: Mapped[str] = mapped_column(String(80), index=True)
    action: Mapped[str] = mapped_column(String(60), index=True)
    object: Mapped[str] = mapped_column(String(120), default="")
    detail: Mapped[str] = mapped_column(Text, default="")


class SecretCheck(Base):
    """What tells the right root secret from a wrong one, derived from it; nothing can be opened with it."""

    __tablename__ = "secret_checks"

    purpose: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(default=utcnow)


@event.listens_for(AuditRecord, "before_update")
@event.listens_for(AuditRecord, "before_delete")
def _refuse_rewriting_history(_mapper: object, _connection: object, target: AuditRecord) -> None:
    raise RuntimeError(f"audit record {target.id} is history and cannot be changed")


# The same in the database itself, for statements that pass by the objects. MySQL: see docs/security.md.
for _dialect, _statement in AUDIT_TRIGGERS:
    event.listen(AuditRecord.__table__, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]
