"""An observed overlap of audiences says when it was recorded.

Revision ID: 0086
Revises: 0085
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0086"
down_revision: str | None = "0085"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the moment, and its index: the newest one is asked for with every plan."""
    op.add_column(
        "co_audiences",
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
    )
    op.create_index(op.f("ix_co_audiences_recorded_at"), "co_audiences", ["recorded_at"])


def downgrade() -> None:
    """Take the moment away."""
    op.drop_index(op.f("ix_co_audiences_recorded_at"), "co_audiences")
    op.drop_column("co_audiences", "recorded_at")
