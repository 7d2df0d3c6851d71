"""A brief may name groups of creators that its brand wants to hear from.

Revision ID: 0106
Revises: 0105
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0106"
down_revision: str | None = "0105"
branch_labels = None
depends_on = None

GROUPS: Final = (
    '["asian", "black", "disabled", "indigenous", "latin", "lgbtq", "over_50", "refugees",'
    ' "rural", "single_parents", "veterans", "women"]'
)


def upgrade() -> None:
    """Add the column; older briefs name none."""
    op.add_column(
        "briefs", sa.Column("amplified_groups", JSONB(), server_default="[]", nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_briefs_groups_are_known"), "briefs", f"amplified_groups <@ '{GROUPS}'"
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_constraint(op.f("ck_briefs_groups_are_known"), "briefs")
    op.drop_column("briefs", "amplified_groups")
