"""Second factor, identity provider, and an audit log that only grows

Revision: 0005
Follows: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

REFUSE = "audit records cannot be changed"


def upgrade() -> None:
    # Columns are added, the table is not copied: SQLite would not let go of a table that sessions refer to.
    op.add_column(
        "accounts", sa.Column("must_change_password", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("accounts", sa.Column("totp_secret", sa.String(length=255), nullable=False, server_default=""))
    op.add_column("accounts", sa.Column("totp_step", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("staff_sessions", sa.Column("last_seen_at", sa.DateTime(), nullable=True))
    op.add_column("staff_sessions", sa.Column("browser", sa.String(length=80), nullable=False, server_default=""))
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_recovery_codes_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_account_id"), "recovery_codes", ["account_id"])
    op.create_table(
        "external_identities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_external_identities_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_identities")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_external_identities_issuer_subject")),
    )
    op.create_index(op.f("ix_external_identities_account_id"), "external_identities", ["account_id"])
    for statement in _triggers(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    if dialect == "sqlite":
        op.execute("DROP TRIGGER audit_log_no_update")
        op.execute("DROP TRIGGER audit_log_no_delete")
    elif dialect == "postgresql":
        op.execute("DROP TRIGGER audit_log_append_only ON audit_log")
        op.execute("DROP FUNCTION audit_log_refuse()")
    op.drop_table("external_identities")
    op.drop_table("recovery_codes")
    op.drop_column("staff_sessions", "browser")
    op.drop_column("staff_sessions", "last_seen_at")
    op.drop_column("accounts", "totp_step")
    op.drop_column("accounts", "totp_secret")
    op.drop_column("accounts", "must_change_password")


def _triggers(dialect: str) -> list[str]:
    """MySQL has none: there, creating triggers takes rights that an application's account should not have."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER audit_log_no_{deed} BEFORE {deed} ON audit_log BEGIN SELECT RAISE(ABORT, '{REFUSE}'); END"
            for deed in ("update", "delete")
        ]
    if dialect == "postgresql":
        return [
            "CREATE OR REPLACE FUNCTION audit_log_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{REFUSE}'; END $$",
            "CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuse()",
        ]
    return []
