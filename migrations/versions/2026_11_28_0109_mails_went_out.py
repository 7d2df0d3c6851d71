"""A message whose mail went out is not carried again where Redis has lost its memory.

Revision ID: 0109
Revises: 0108
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0109"
down_revision: str | None = "0108"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add when; of mails that went out before nothing is known."""
    op.add_column("outbox_messages", sa.Column("mailed_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("outbox_messages", "mailed_at")
