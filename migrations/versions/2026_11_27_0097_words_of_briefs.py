"""A brief names words and hashtags of posts beside the topics of our list.

Revision ID: 0097
Revises: 0096
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0097"
down_revision: str | None = "0096"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; older briefs name none."""
    op.add_column("briefs", sa.Column("target_words", JSONB(), server_default="[]", nullable=False))
    op.alter_column("briefs", "target_words", server_default=None)
    op.create_check_constraint(
        op.f("ck_briefs_words_are_few"), "briefs", "jsonb_array_length(target_words) <= 20"
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_constraint(op.f("ck_briefs_words_are_few"), "briefs")
    op.drop_column("briefs", "target_words")
