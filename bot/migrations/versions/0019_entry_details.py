"""Details of entries: what an entry says of people's own cases

Revision: 0019
Follows: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # MySQL takes a default of a JSON column in brackets only, SQLite only without them where a column is added.
    mysql = op.get_bind().dialect.name in {"mysql", "mariadb"}
    empty = sa.text("('[]')" if mysql else "'[]'")
    op.add_column("entries", sa.Column("details", sa.JSON(), nullable=False, server_default=empty))


def downgrade() -> None:
    op.drop_column("entries", "details")
