"""The golden set and who signed for changes that make it worse

Revision: 0006
Follows: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "golden_questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=200), nullable=False),
        sa.Column("entry_id", sa.String(length=80), nullable=False),
        sa.Column("added_by", sa.String(length=80), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_golden_questions")),
        sa.UniqueConstraint("question", name=op.f("uq_golden_questions_question")),
    )
    op.create_index(op.f("ix_golden_questions_entry_id"), "golden_questions", ["entry_id"])
    op.create_table(
        "gate_sign_offs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("object_id", sa.String(length=80), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("worse", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_sign_offs")),
    )
    op.create_index(op.f("ix_gate_sign_offs_object_id"), "gate_sign_offs", ["object_id"])


def downgrade() -> None:
    op.drop_table("gate_sign_offs")
    op.drop_table("golden_questions")
