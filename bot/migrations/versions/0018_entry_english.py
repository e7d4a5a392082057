"""English of entries: a title and a summary for who asked in English

Revision: 0018
Follows: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("entries", sa.Column("title_en", sa.String(length=80), nullable=False, server_default=""))
    op.add_column("entries", sa.Column("summary_en", sa.String(length=500), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("entries", "summary_en")
    op.drop_column("entries", "title_en")
