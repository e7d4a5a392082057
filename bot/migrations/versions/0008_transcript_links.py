"""What staff made of transcript turns, training phrases, use of entries

Revision: 0008
Follows: 0007
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BEIJING = timedelta(hours=8)
FOUND_FROM = 0.2
BATCH = 1000


def upgrade() -> None:
    use = op.create_table(
        "entry_use",
        sa.Column("entry_id", sa.String(length=80), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("up", sa.Integer(), nullable=False),
        sa.Column("down", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "day", name=op.f("pk_entry_use")),
    )
    op.create_index(op.f("ix_entry_use_day"), "entry_use", ["day"])
    op.create_table(
        "turn_deeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("turn_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("entry_id", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("phrase", sa.String(length=200), nullable=False),
        sa.Column("intent", sa.String(length=60), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("undone_by", sa.String(length=80), nullable=False),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turn_deeds")),
    )
    op.create_index(op.f("ix_turn_deeds_turn_id"), "turn_deeds", ["turn_id"])
    op.create_table(
        "training_phrases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("intent", sa.String(length=60), nullable=False),
        sa.Column("added_by", sa.String(length=80), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("trained_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_phrases")),
        sa.UniqueConstraint("text", name=op.f("uq_training_phrases_text")),
    )
    _count_what_was_said_before(op.get_bind(), use)


def _count_what_was_said_before(connection: sa.Connection, use: sa.Table) -> None:
    """Without this every entry would seem unused until ninety days from now."""
    turns = sa.table(
        "turns",
        sa.column("status", sa.String),
        sa.column("decision", sa.String),
        sa.column("entry_id", sa.String),
        sa.column("hits", sa.JSON),
        sa.column("feedback", sa.String),
        sa.column("created_at", sa.DateTime),
    )
    said = sa.select(turns.c.decision, turns.c.entry_id, turns.c.hits, turns.c.feedback, turns.c.created_at)
    rows = connection.execute(said.where(turns.c.status == "done").execution_options(yield_per=BATCH))
    counted: dict[tuple[str, date], dict[str, int]] = defaultdict(
        lambda: dict.fromkeys(("hits", "shown", "up", "down"), 0)
    )
    for decision, entry_id, hits, feedback, at in rows:
        day = (at + BEIJING if isinstance(at, datetime) else datetime.fromisoformat(at) + BEIJING).date()
        for hit in hits or ():
            counted[hit["id"], day]["hits"] += hit["score"] >= FOUND_FROM
        if entry_id and decision == "answer":
            counted[entry_id, day]["shown"] += 1
            if feedback in ("up", "down"):
                counted[entry_id, day][feedback] += 1
    values = [
        {"entry_id": entry_id, "day": day, **counts}
        for (entry_id, day), counts in counted.items()
        if any(counts.values())
    ]
    for start in range(0, len(values), BATCH):
        connection.execute(sa.insert(use), values[start : start + BATCH])


def downgrade() -> None:
    op.drop_table("training_phrases")
    op.drop_table("turn_deeds")
    op.drop_table("entry_use")
