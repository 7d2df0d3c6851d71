"""Creators choose what they see less of, and briefs know their middle candidate."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0059"
down_revision: str | None = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "brief_medians",
        sa.Column("brief_id", sa.Uuid(), nullable=False),
        sa.Column("candidates", sa.BigInteger(), nullable=False),
        sa.Column("factors", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("worked_out_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["briefs.id"], name=op.f("fk_brief_medians_brief_id_briefs")
        ),
        sa.PrimaryKeyConstraint("brief_id", name=op.f("pk_brief_medians")),
    )
    op.create_table(
        "feed_choices",
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('less_topic', 'hide_brand', 'hide_campaign')",
            name=op.f("ck_feed_choices_kind_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["creators.id"], name=op.f("fk_feed_choices_creator_id_creators")
        ),
        sa.PrimaryKeyConstraint("creator_id", "kind", "value", name=op.f("pk_feed_choices")),
    )


def downgrade() -> None:
    """Take them away; what creators chose to see less of is lost."""
    op.drop_table("feed_choices")
    op.drop_table("brief_medians")
