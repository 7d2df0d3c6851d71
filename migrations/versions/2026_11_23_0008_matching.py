"""The tables of the matching room."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision: str | None = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "shortlistings",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by"], ["users.id"], name=op.f("fk_shortlistings_added_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_shortlistings_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["creators.id"], name=op.f("fk_shortlistings_creator_id_creators")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "creator_id", name=op.f("pk_shortlistings")),
    )
    op.create_table(
        "match_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("brief_id", sa.Uuid(), nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("creator_count", sa.BigInteger(), nullable=False),
        sa.Column("left_out", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["briefs.id"], name=op.f("fk_match_runs_brief_id_briefs")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_match_runs_campaign_id_campaigns")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_runs")),
    )
    op.create_index(
        op.f("ix_match_runs_campaign_id_match_runs_ran_at"),
        "match_runs",
        ["campaign_id", "ran_at"],
        unique=False,
    )
    op.create_table(
        "matches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.Column("fit_bps", sa.BigInteger(), nullable=False),
        sa.Column("parts", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("fit_bps BETWEEN 0 AND 10000", name=op.f("ck_matches_fit_is_a_share")),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["creators.id"], name=op.f("fk_matches_creator_id_creators")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["match_runs.id"],
            name=op.f("fk_matches_run_id_match_runs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matches")),
        sa.UniqueConstraint("run_id", "creator_id", name=op.f("uq_matches_run_id_creator_id")),
    )
    op.create_index(op.f("ix_matches_creator_id"), "matches", ["creator_id"], unique=False)
    op.create_index(
        op.f("ix_matches_run_id_matches_fit_bps"), "matches", ["run_id", "fit_bps"], unique=False
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("matches")
    op.drop_table("match_runs")
    op.drop_table("shortlistings")
