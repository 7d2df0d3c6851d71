"""Challenges, and who takes part in them.

Revision ID: 0081
Revises: 0080
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0081"
down_revision: str | None = "0080"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "challenges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("pool_minor", sa.BigInteger(), nullable=False),
        sa.Column("split", sa.String(length=40), nullable=False),
        sa.Column("prizes", postgresql.JSONB(), nullable=False),
        sa.Column("cap_minor", sa.BigInteger(), nullable=True),
        sa.Column("least_views", sa.BigInteger(), nullable=False),
        sa.Column("entries_until", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("won_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'open', 'awarded', 'called_off')",
            name=op.f("ck_challenges_state_is_known"),
        ),
        sa.CheckConstraint("split IN ('rank', 'views')", name=op.f("ck_challenges_split_is_known")),
        sa.CheckConstraint("pool_minor > 0", name=op.f("ck_challenges_pool_is_positive")),
        sa.CheckConstraint(
            "cap_minor BETWEEN 1 AND pool_minor", name=op.f("ck_challenges_cap_is_within_the_pool")
        ),
        sa.CheckConstraint("least_views >= 1", name=op.f("ck_challenges_nobody_wins_unseen")),
        sa.CheckConstraint(
            "state <> 'open' OR opened_at IS NOT NULL",
            name=op.f("ck_challenges_open_since_a_moment"),
        ),
        sa.CheckConstraint(
            "(state IN ('awarded', 'called_off')) = (ended_at IS NOT NULL)",
            name=op.f("ck_challenges_ended_at_a_moment"),
        ),
        sa.CheckConstraint(
            "won_minor >= 0 AND won_minor <= pool_minor AND (won_minor = 0 OR state = 'awarded')",
            name=op.f("ck_challenges_won_within_the_pool"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_challenges_campaign_id_campaigns")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenges")),
        sa.UniqueConstraint("campaign_id", name=op.f("uq_challenges_campaign_id")),
    )
    op.create_table(
        "challenge_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.Column("collaboration_id", sa.Uuid(), nullable=False),
        sa.Column("deliverable_id", sa.Uuid(), nullable=False),
        sa.Column("is_named", sa.Boolean(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=True),
        sa.Column("views", sa.BigInteger(), nullable=True),
        sa.Column("prize_minor", sa.BigInteger(), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "place >= 1 AND views >= 0 AND prize_minor >= 0",
            name=op.f("ck_challenge_entries_a_place_is_one"),
        ),
        sa.CheckConstraint(
            "num_nulls(place, views, prize_minor, counted_at) IN (0, 4)",
            name=op.f("ck_challenge_entries_placed_as_a_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenges.id"],
            name=op.f("fk_challenge_entries_challenge_id_challenges"),
        ),
        sa.ForeignKeyConstraint(
            ["collaboration_id"],
            ["collaborations.id"],
            name=op.f("fk_challenge_entries_collaboration_id_collaborations"),
        ),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["creators.id"], name=op.f("fk_challenge_entries_creator_id_creators")
        ),
        sa.ForeignKeyConstraint(
            ["deliverable_id"],
            ["deliverables.id"],
            name=op.f("fk_challenge_entries_deliverable_id_deliverables"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_entries")),
        sa.UniqueConstraint(
            "challenge_id", "creator_id", name=op.f("uq_challenge_entries_challenge_id_creator_id")
        ),
        sa.UniqueConstraint(
            "challenge_id", "place", name=op.f("uq_challenge_entries_challenge_id_place")
        ),
        sa.UniqueConstraint("collaboration_id", name=op.f("uq_challenge_entries_collaboration_id")),
        sa.UniqueConstraint("deliverable_id", name=op.f("uq_challenge_entries_deliverable_id")),
    )
    op.create_index(
        op.f("ix_challenge_entries_creator_id"), "challenge_entries", ["creator_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_challenge_entries_creator_id"), table_name="challenge_entries")
    op.drop_table("challenge_entries")
    op.drop_table("challenges")
