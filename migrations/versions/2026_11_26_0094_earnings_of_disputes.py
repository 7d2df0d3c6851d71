"""What a dispute holds is found without reading every earning.

Revision ID: 0094
Revises: 0093
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0094"
down_revision: str | None = "0093"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index the few earnings that a dispute is about."""
    op.create_index(
        "ix_earnings_of_dispute",
        "earnings",
        ["dispute_id"],
        postgresql_where=sa.text("dispute_id IS NOT NULL"),
    )


def downgrade() -> None:
    """Read every earning again."""
    op.drop_index("ix_earnings_of_dispute", "earnings")
