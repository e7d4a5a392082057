"""What the routing model held a ticket for

Revision: 0002
Follows: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Columns are added, the table is not copied: SQLite would not let go of a table that the history refers to.
    op.add_column("tickets", sa.Column("suggested_function", sa.String(length=40), nullable=False, server_default=""))
    op.add_column("tickets", sa.Column("suggested_probability", sa.Double(), nullable=True))
    op.add_column("tickets", sa.Column("suggested_words", sa.String(length=120), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("tickets", "suggested_words")
    op.drop_column("tickets", "suggested_probability")
    op.drop_column("tickets", "suggested_function")
