"""What a campaign promises again while money that had gone back to it is disputed.

Revision ID: 0087
Revises: 0086
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0087"
down_revision: str | None = "0086"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the amount; for disputes that are open already it is nothing, as before."""
    op.add_column(
        "disputes",
        sa.Column("set_aside_minor", sa.BigInteger(), nullable=False, server_default="0"),
    )
    op.create_check_constraint(
        op.f("ck_disputes_set_aside_within_stake"),
        "disputes",
        "set_aside_minor BETWEEN 0 AND stake_minor",
    )


def downgrade() -> None:
    """Take it away; what is set aside stays promised to its collaboration."""
    op.drop_constraint(op.f("ck_disputes_set_aside_within_stake"), "disputes")
    op.drop_column("disputes", "set_aside_minor")
