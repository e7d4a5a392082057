"""Wrong query codes by caller, drafts of tickets, codes sealed in stored messages

Revision: 0012
Follows: 0010
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

PAGE = 500
messages = sa.table("messages", sa.column("seq", sa.Integer), sa.column("parts", sa.JSON))
tickets = sa.table("tickets", sa.column("number", sa.String), sa.column("code_cipher", sa.Text))


def upgrade() -> None:
    # Failures are remembered for a day at most: none are worth carrying over.
    op.drop_table("ticket_lookup_failures")
    _create_failures(
        sa.Column("conversation_id", sa.String(length=80), nullable=False),
        sa.Column("origin", sa.String(length=64), nullable=False),
    )
    for column in ("conversation_id", "origin"):
        name = f"ix_ticket_lookup_failures_{column}_at"
        op.create_index(name, "ticket_lookup_failures", [column, "at"])
    op.create_table(
        "ticket_lookup_alarms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_lookup_alarms")),
    )
    op.create_index("ix_ticket_lookup_alarms_number_at", "ticket_lookup_alarms", ["number", "at"])
    op.create_table(
        "unfinished_tickets",
        sa.Column("conversation_id", sa.String(length=80), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_unfinished_tickets")),
    )
    op.create_index(op.f("ix_unfinished_tickets_updated_at"), "unfinished_tickets", ["updated_at"])
    op.add_column("conversations", sa.Column("origin", sa.String(length=64), server_default="", nullable=False))
    _seal_codes(op.get_bind())


def downgrade() -> None:
    op.drop_column("conversations", "origin")
    op.drop_table("unfinished_tickets")
    op.drop_table("ticket_lookup_alarms")
    op.drop_table("ticket_lookup_failures")
    _create_failures()


def _create_failures(*columns: sa.Column[Any]) -> None:
    op.create_table(
        "ticket_lookup_failures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        *columns,
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_lookup_failures")),
    )
    op.create_index(op.f("ix_ticket_lookup_failures_at"), "ticket_lookup_failures", ["at"])
    op.create_index("ix_ticket_lookup_failures_number_at", "ticket_lookup_failures", ["number", "at"])


def _seal_codes(connection: sa.Connection) -> None:
    """Cards in stored messages get the ciphertext that the ticket itself has in place of the code: no key is needed."""
    after = 0
    while True:
        page = sa.select(messages).where(messages.c.seq > after).order_by(messages.c.seq).limit(PAGE)
        rows = connection.execute(page).all()
        if not rows:
            return
        after = rows[-1].seq
        for row in rows:
            if any(_has_code(part) for part in row.parts):
                parts = [_sealed(connection, part) if _has_code(part) else part for part in row.parts]
                connection.execute(sa.update(messages).where(messages.c.seq == row.seq).values(parts=parts))


def _has_code(part: dict[str, Any]) -> bool:
    return part.get("type") == "ticket" and bool(part.get("code"))


def _sealed(connection: sa.Connection, part: dict[str, Any]) -> dict[str, Any]:
    wanted = sa.select(tickets.c.code_cipher).where(tickets.c.number == part["number"])
    return {**part, "code": "", "sealed_code": connection.scalar(wanted) or ""}
