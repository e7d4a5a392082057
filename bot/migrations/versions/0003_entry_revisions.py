"""Revisions and review of entries

Revision: 0003
Follows: 0002
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Entries as they were before this migration.
ENTRIES = sa.table(
    "entries",
    *(sa.column(name, sa.String()) for name in ("id", "topic", "kind", "status", "title", "question", "answer")),
    *(sa.column(name, sa.JSON()) for name in ("similar", "aliases", "facts", "legal_basis", "confirm", "related")),
    *(sa.column(name, sa.Date()) for name in ("effective", "expires")),
    sa.column("version", sa.Integer()),
    sa.column("updated_by", sa.String()),
    sa.column("updated_at", sa.DateTime()),
)
ADDED = {"region": "", "owner": "", "draft": None, "draft_status": "", "content_by": ""}
BATCH = 500


def upgrade() -> None:
    # Columns are added, the table is not copied.
    op.add_column("entries", sa.Column("region", sa.String(length=6), nullable=False, server_default=""))
    op.add_column("entries", sa.Column("owner", sa.String(length=40), nullable=False, server_default=""))
    op.add_column("entries", sa.Column("draft", sa.JSON(), nullable=True))
    op.add_column("entries", sa.Column("draft_status", sa.String(length=20), nullable=False, server_default=""))
    op.add_column("entries", sa.Column("content_by", sa.String(length=80), nullable=False, server_default=""))
    revisions = op.create_table(
        "entry_revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("deed", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_revisions")),
        sa.UniqueConstraint("entry_id", "version", name=op.f("uq_entry_revisions_entry_id_version")),
    )
    _first_revisions(revisions)


def _first_revisions(revisions: sa.Table) -> None:
    """Entries that are older than their history begin it as they stand."""
    connection = op.get_bind()
    entries = connection.execute(sa.select(ENTRIES)).mappings().all()
    rows = [_revision(dict(entry)) for entry in entries]
    for at in range(0, len(rows), BATCH):
        connection.execute(sa.insert(revisions), rows[at : at + BATCH])


def _revision(entry: dict[str, Any]) -> dict[str, Any]:
    kept = {name: entry.pop(name) for name in ("version", "updated_by", "updated_at")}
    days = {name: entry[name] and entry[name].isoformat() for name in ("effective", "expires")}
    return {
        "entry_id": entry["id"],
        "version": kept["version"],
        "deed": "baseline",
        "status": entry["status"],
        "author": kept["updated_by"],
        "at": kept["updated_at"],
        "comment": "",
        "snapshot": entry | days | ADDED,
    }


def downgrade() -> None:
    op.drop_table("entry_revisions")
    for name in ("content_by", "draft_status", "draft", "owner", "region"):
        op.drop_column("entries", name)
