"""The tables of the campaigns room."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision: str | None = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("budget_minor", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'published', 'closed')", name=op.f("ck_campaigns_state_is_known")
        ),
        sa.CheckConstraint("budget_minor > 0", name=op.f("ck_campaigns_budget_is_positive")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_campaigns_ends_after_it_starts")),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brands.id"], name=op.f("fk_campaigns_brand_id_brands")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name=op.f("fk_campaigns_created_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
    )
    op.create_index(op.f("ix_campaigns_brand_id"), "campaigns", ["brand_id"], unique=False)
    op.create_index(op.f("ix_campaigns_state"), "campaigns", ["state"], unique=False)
    op.create_table(
        "briefs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("dos", postgresql.JSONB(), nullable=False),
        sa.Column("donts", postgresql.JSONB(), nullable=False),
        sa.Column("deliverables", postgresql.JSONB(), nullable=False),
        sa.Column("target_age", postgresql.JSONB(), nullable=False),
        sa.Column("target_gender", postgresql.JSONB(), nullable=False),
        sa.Column("target_country", postgresql.JSONB(), nullable=False),
        sa.Column("target_interests", postgresql.JSONB(), nullable=False),
        sa.Column("fee_low_minor", sa.BigInteger(), nullable=True),
        sa.Column("fee_high_minor", sa.BigInteger(), nullable=True),
        sa.Column("usage_media", sa.Text(), nullable=False),
        sa.Column("usage_days", sa.BigInteger(), nullable=True),
        sa.Column("disclosure", sa.Text(), nullable=False),
        sa.Column("revision_rounds", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("change_note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'published')", name=op.f("ck_briefs_state_is_known")
        ),
        sa.CheckConstraint(
            "usage_media IN ('organic', 'paid')", name=op.f("ck_briefs_usage_media_is_known")
        ),
        sa.CheckConstraint(
            "fee_low_minor > 0 AND fee_high_minor >= fee_low_minor",
            name=op.f("ck_briefs_fee_range_is_in_order"),
        ),
        sa.CheckConstraint(
            "revision_rounds BETWEEN 0 AND 5", name=op.f("ck_briefs_revision_rounds_are_few")
        ),
        sa.CheckConstraint("usage_days > 0", name=op.f("ck_briefs_usage_days_are_positive")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_briefs_version_starts_at_one")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_briefs_campaign_id_campaigns")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefs")),
        sa.UniqueConstraint("campaign_id", "version", name=op.f("uq_briefs_campaign_id_version")),
    )
    op.create_index(
        "uq_briefs_draft",
        "briefs",
        ["campaign_id"],
        unique=True,
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_table(
        "campaign_steps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "event IN ('publish', 'amend', 'close')", name=op.f("ck_campaign_steps_event_is_known")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'published', 'closed')",
            name=op.f("ck_campaign_steps_state_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_steps_campaign_id_campaigns")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_steps")),
    )
    op.create_index(
        op.f("ix_campaign_steps_campaign_id"), "campaign_steps", ["campaign_id"], unique=False
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("campaign_steps")
    op.drop_table("briefs")
    op.drop_table("campaigns")
