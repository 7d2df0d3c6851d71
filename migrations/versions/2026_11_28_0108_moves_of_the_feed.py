"""What every feed is told from has a count of its moves; times of commits may be out of order.

Revision ID: 0108
Revises: 0107
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0108"
down_revision: str | None = "0107"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; its row comes with the first move."""
    op.create_table(
        "feed_states",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("moves", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_feed_states_is_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_states")),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("feed_states")
