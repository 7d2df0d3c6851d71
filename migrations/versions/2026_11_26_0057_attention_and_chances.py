"""Attention is shared and reported on, and chances are learned in versions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0057"
down_revision: str | None = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and columns."""
    op.create_table(
        "match_listings",
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["creators.id"], name=op.f("fk_match_listings_creator_id_creators")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_match_listings_campaign_id_campaigns")
        ),
        sa.PrimaryKeyConstraint("creator_id", "campaign_id", name=op.f("pk_match_listings")),
    )
    op.create_index(op.f("ix_match_listings_shown_at"), "match_listings", ["shown_at"])
    for name, kind, empty in (
        ("fresh", sa.Boolean(), "false"),
        ("best_fits", sa.BigInteger(), "0"),
    ):
        op.add_column("match_showings", sa.Column(name, postgresql.ARRAY(kind), nullable=True))
        op.execute(
            f"UPDATE match_showings SET {name} ="
            f" array_fill({empty}, ARRAY[cardinality(creator_ids)])"
        )
        op.alter_column("match_showings", name, nullable=False)
    op.create_check_constraint(
        op.f("ck_match_showings_one_place_a_creator"),
        "match_showings",
        "cardinality(creator_ids) = cardinality(fresh) AND cardinality(creator_ids) = cardinality(best_fits)",
    )
    op.create_table(
        "attention_reports",
        sa.Column("day", sa.Date(), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("creators", "impressions", "gini_bps", "top_bps", "unseen_bps")
        ),
        sa.Column("curve", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("fresh_bps", "cost_bps", "fresh_chosen_bps", "other_chosen_bps")
        ),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_attention_reports")),
    )
    op.create_table(
        "chance_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("learned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("base", sa.Float(), nullable=False),
        sa.Column("weights", postgresql.JSONB(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("held_back", sa.BigInteger(), nullable=False),
        *(
            sa.Column(name, sa.Float(), nullable=False)
            for name in ("loss", "loss_before", "loss_base")
        ),
        sa.Column("bins", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "step IN ('reply', 'apply', 'offer', 'agree', 'deliver', 'renew')",
            name=op.f("ck_chance_versions_step_is_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chance_versions")),
        sa.UniqueConstraint("step", "version", name=op.f("uq_chance_versions_step_version")),
    )


def downgrade() -> None:
    """Take them away; what was learned is learned again from what happened."""
    op.drop_table("chance_versions")
    op.drop_table("attention_reports")
    op.drop_constraint(op.f("ck_match_showings_one_place_a_creator"), "match_showings")
    for name in ("fresh", "best_fits"):
        op.drop_column("match_showings", name)
    op.drop_table("match_listings")
