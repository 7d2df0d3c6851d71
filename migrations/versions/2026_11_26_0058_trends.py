"""Trends, how they stood day by day, and who rides on them.

Revision ID: 0058
Revises: 0057
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0058"
down_revision: str | None = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "trends",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("first_seen_on", sa.Date(), nullable=False),
        sa.CheckConstraint("kind IN ('hashtag', 'format')", name=op.f("ck_trends_kind_is_known")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_trends_name_is_not_empty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trends")),
        sa.UniqueConstraint("kind", "name", name=op.f("uq_trends_kind_name")),
    )
    op.create_table(
        "trend_snapshots",
        sa.Column("trend_id", sa.Uuid(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.Column("posts", sa.BigInteger(), nullable=False),
        sa.Column("channels", sa.BigInteger(), nullable=False),
        sa.Column("phase", sa.String(40), nullable=False),
        sa.Column("pace_milli", sa.BigInteger(), nullable=False),
        sa.Column("growth_bps", sa.BigInteger(), nullable=False),
        sa.Column("growth_low_bps", sa.BigInteger(), nullable=False),
        sa.Column("growth_high_bps", sa.BigInteger(), nullable=False),
        sa.Column("days_left", sa.BigInteger(), nullable=True),
        sa.Column("days_low", sa.BigInteger(), nullable=False),
        sa.Column("days_high", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "phase IN ('rising', 'steady', 'fading', 'over')",
            name=op.f("ck_trend_snapshots_phase_is_known"),
        ),
        sa.CheckConstraint(
            "days_low >= 0 AND (days_left IS NULL OR days_left >= days_low) AND (days_high IS NULL OR days_high >= days_left)",
            name=op.f("ck_trend_snapshots_life_is_in_its_range"),
        ),
        sa.CheckConstraint(
            "growth_bps BETWEEN growth_low_bps AND growth_high_bps",
            name=op.f("ck_trend_snapshots_growth_is_in_its_range"),
        ),
        sa.CheckConstraint(
            "posts >= 0 AND channels >= 0 AND pace_milli >= 0",
            name=op.f("ck_trend_snapshots_counts_are_counts"),
        ),
        sa.ForeignKeyConstraint(
            ["trend_id"], ["trends.id"], name=op.f("fk_trend_snapshots_trend_id_trends")
        ),
        sa.PrimaryKeyConstraint("trend_id", "taken_on", name=op.f("pk_trend_snapshots")),
    )
    op.create_index(
        op.f("ix_trend_snapshots_taken_on_trend_snapshots_phase"),
        "trend_snapshots",
        ["taken_on", "phase"],
        unique=False,
    )
    op.create_table(
        "trend_rides",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("trend_id", sa.Uuid(), nullable=False),
        sa.Column("chosen_by", sa.Uuid(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("warned_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_trend_rides_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["chosen_by"], ["users.id"], name=op.f("fk_trend_rides_chosen_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["trend_id"], ["trends.id"], name=op.f("fk_trend_rides_trend_id_trends")
        ),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_trend_rides")),
    )
    op.create_index(op.f("ix_trend_rides_trend_id"), "trend_rides", ["trend_id"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_trend_rides_trend_id"), table_name="trend_rides")
    op.drop_table("trend_rides")
    op.drop_index(
        op.f("ix_trend_snapshots_taken_on_trend_snapshots_phase"), table_name="trend_snapshots"
    )
    op.drop_table("trend_snapshots")
    op.drop_table("trends")
