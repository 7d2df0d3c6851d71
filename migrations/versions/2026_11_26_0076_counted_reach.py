"""How many people finished campaigns were found to reach, and what was learned of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0076"
down_revision: str | None = "0075"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the two tables; nothing was counted before."""
    op.create_table(
        "reach_counts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.Column("in_target", sa.Boolean(), nullable=False),
        sa.Column("predicted", sa.BigInteger(), nullable=False),
        sa.Column("creators", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("sample", sa.BigInteger(), nullable=True),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_aside_by", sa.Uuid(), nullable=True),
        sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("set_aside_why", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "source IN ('platform', 'brand_lift', 'panel', 'codes')",
            name=op.f("ck_reach_counts_source_is_known"),
        ),
        sa.CheckConstraint(
            "people > 0 AND predicted > 0", name=op.f("ck_reach_counts_people_are_positive")
        ),
        sa.CheckConstraint("sample > 0", name=op.f("ck_reach_counts_sample_is_positive")),
        sa.CheckConstraint(
            "num_nulls(set_aside_at, set_aside_by) IN (0, 2)",
            name=op.f("ck_reach_counts_set_aside_is_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_reach_counts_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["users.id"], name=op.f("fk_reach_counts_entered_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["set_aside_by"], ["users.id"], name=op.f("fk_reach_counts_set_aside_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reach_counts")),
    )
    op.create_index(
        op.f("ix_reach_counts_campaign_id_reach_counts_entered_at"),
        "reach_counts",
        ["campaign_id", "entered_at"],
    )
    op.create_table(
        "reach_corrections",
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("learned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("correction_bps", sa.BigInteger(), nullable=False),
        sa.Column("doubt", sa.Float(), nullable=False),
        sa.Column("campaigns", sa.BigInteger(), nullable=False),
        sa.Column("held_back", sa.BigInteger(), nullable=False),
        sa.Column("before_bps", sa.BigInteger(), nullable=False),
        sa.Column("error_bps", sa.BigInteger(), nullable=False),
        sa.Column("error_before_bps", sa.BigInteger(), nullable=False),
        sa.Column("learned_from", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.CheckConstraint(
            "correction_bps > 0", name=op.f("ck_reach_corrections_correction_is_positive")
        ),
        sa.CheckConstraint("doubt >= 0", name=op.f("ck_reach_corrections_doubt_is_not_negative")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_reach_corrections")),
    )


def downgrade() -> None:
    """Drop what was counted and learned: plans are then expected to reach what is predicted."""
    op.drop_table("reach_corrections")
    op.drop_table("reach_counts")
