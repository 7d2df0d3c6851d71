"""What an invitation, and a creator of a plan, is asked to make."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0073"
down_revision: str | None = "0072"
branch_labels = None
depends_on = None

TABLES = ("invitations", "plan_picks")


def upgrade() -> None:
    """Invitations and plans of before ask for what the brief says: nothing stands there."""
    for table in TABLES:
        op.add_column(
            table,
            sa.Column("deliverables", postgresql.JSONB(), server_default="[]", nullable=False),
        )
        op.alter_column(table, "deliverables", server_default=None)


def downgrade() -> None:
    """Forget what was asked of each."""
    for table in TABLES:
        op.drop_column(table, "deliverables")
