"""What videos touch of what brands may want to avoid, and what a campaign avoids."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0072"
down_revision: str | None = "0071"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; rules that are kept avoid what is usually avoided."""
    op.add_column(
        "channels",
        sa.Column("subjects", postgresql.JSONB(), server_default="[]", nullable=False),
    )
    op.add_column(
        "channel_videos", sa.Column("caption", sa.Text(), server_default="", nullable=False)
    )
    op.add_column(
        "match_rules",
        sa.Column(
            "avoided",
            postgresql.JSONB(),
            server_default='["adult", "drugs", "shocking", "weapons"]',
            nullable=False,
        ),
    )
    op.alter_column("match_rules", "avoided", server_default=None)


def downgrade() -> None:
    """Drop the columns."""
    op.drop_column("match_rules", "avoided")
    op.drop_column("channel_videos", "caption")
    op.drop_column("channels", "subjects")
