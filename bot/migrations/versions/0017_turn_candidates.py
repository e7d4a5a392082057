"""Candidates of turns: the acts that competed, with how probable each was and what it was expected to cost

Revision: 0017
Follows: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # MySQL takes a default of a JSON column in brackets only, SQLite only without them where a column is added.
    mysql = op.get_bind().dialect.name in {"mysql", "mariadb"}
    empty = sa.text("('[]')" if mysql else "'[]'")
    op.add_column("turns", sa.Column("candidates", sa.JSON(), nullable=False, server_default=empty))


def downgrade() -> None:
    op.drop_column("turns", "candidates")
