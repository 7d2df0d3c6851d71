"""Matches are computed when they are looked at; what was shown is logged, and rules are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0056"
down_revision: str | None = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the log and the rules; drop the kept matches, which can be computed again."""
    op.create_table(
        "match_showings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("brief_id", sa.Uuid(), nullable=False),
        sa.Column("shown_to", sa.Uuid(), nullable=True),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_place", sa.BigInteger(), nullable=False),
        sa.Column("creator_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("fits", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.CheckConstraint(
            "cardinality(creator_ids) = cardinality(fits)",
            name=op.f("ck_match_showings_one_fit_a_creator"),
        ),
        sa.CheckConstraint("first_place >= 1", name=op.f("ck_match_showings_places_start_at_one")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_match_showings_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["briefs.id"], name=op.f("fk_match_showings_brief_id_briefs")
        ),
        sa.ForeignKeyConstraint(
            ["shown_to"], ["users.id"], name=op.f("fk_match_showings_shown_to_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_showings")),
    )
    op.create_index(
        op.f("ix_match_showings_campaign_id_match_showings_shown_at"),
        "match_showings",
        ["campaign_id", "shown_at"],
    )
    op.create_table(
        "match_rules",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("lives_in", postgresql.JSONB(), nullable=False),
        sa.Column("languages", postgresql.JSONB(), nullable=False),
        sa.Column("blocked_topics", postgresql.JSONB(), nullable=False),
        sa.Column("followers_least", sa.BigInteger(), nullable=True),
        sa.Column("followers_most", sa.BigInteger(), nullable=True),
        sa.Column("kept_by", sa.Uuid(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "followers_least >= 0 AND followers_most >= followers_least",
            name=op.f("ck_match_rules_followers_are_in_order"),
        ),
        sa.CheckConstraint(
            "followers_most >= 0", name=op.f("ck_match_rules_followers_most_is_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_match_rules_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["kept_by"], ["users.id"], name=op.f("fk_match_rules_kept_by_users")
        ),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_match_rules")),
    )
    op.drop_table("matches")
    op.drop_table("match_runs")


def downgrade() -> None:
    """Make the tables of kept matches again, empty: ranking fills them."""
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
    op.create_index(op.f("ix_matches_creator_id"), "matches", ["creator_id"])
    op.create_index(op.f("ix_matches_run_id_matches_fit_bps"), "matches", ["run_id", "fit_bps"])
    op.drop_table("match_rules")
    op.drop_table("match_showings")
