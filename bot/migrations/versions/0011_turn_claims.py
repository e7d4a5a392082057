"""Who holds a turn, and how often it failed

Revision: 0011
Follows: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Columns are added, the table is not copied: SQLite would not let go of a table that messages refer to.
    op.add_column("turns", sa.Column("claimed_by", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("turns", sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("turns", sa.Column("outages", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("turns", "outages")
    op.drop_column("turns", "failures")
    op.drop_column("turns", "claimed_by")
