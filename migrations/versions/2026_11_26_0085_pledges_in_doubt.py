"""A pledge knows since when a payment for its campaign is in doubt.

Revision ID: 0085
Revises: 0084
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0085"
down_revision: str | None = "0084"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, and say it of campaigns with an open chargeback or warning."""
    op.add_column("pledges", sa.Column("doubted_at", sa.DateTime(timezone=True)))
    op.execute("""
        UPDATE pledges SET doubted_at = now()
        WHERE campaign_id IN (
            SELECT campaign_id FROM chargebacks WHERE ended_at IS NULL
            UNION SELECT campaign_id FROM fraud_warnings WHERE state = 'open'
        )
    """)


def downgrade() -> None:
    """Take the column away."""
    op.drop_column("pledges", "doubted_at")
