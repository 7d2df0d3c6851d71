"""The tables of the collaborations room."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision: str | None = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('sent', 'applied', 'declined', 'expired')",
            name=op.f("ck_invitations_state_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_invitations_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["creators.id"], name=op.f("fk_invitations_creator_id_creators")
        ),
        sa.ForeignKeyConstraint(
            ["sent_by"], ["users.id"], name=op.f("fk_invitations_sent_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint(
            "campaign_id", "creator_id", name=op.f("uq_invitations_campaign_id_creator_id")
        ),
    )
    op.create_index(op.f("ix_invitations_creator_id"), "invitations", ["creator_id"], unique=False)
    op.create_table(
        "applications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.Column("brief_id", sa.Uuid(), nullable=False),
        sa.Column("pitch", sa.Text(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("decline_reason", sa.Text(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('submitted', 'shortlisted', 'offered', 'agreed', 'declined', 'withdrawn')",
            name=op.f("ck_applications_state_is_known"),
        ),
        sa.CheckConstraint("fee_minor > 0", name=op.f("ck_applications_fee_is_positive")),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["briefs.id"], name=op.f("fk_applications_brief_id_briefs")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_applications_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["creators.id"], name=op.f("fk_applications_creator_id_creators")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sa.UniqueConstraint(
            "campaign_id", "creator_id", name=op.f("uq_applications_campaign_id_creator_id")
        ),
    )
    op.create_index(
        op.f("ix_applications_creator_id"), "applications", ["creator_id"], unique=False
    )
    op.create_index(
        "ix_applications_waiting",
        "applications",
        ["answer_by"],
        unique=False,
        postgresql_where=sa.text("state IN ('submitted', 'shortlisted')"),
    )
    op.create_table(
        "offers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.Column("brief_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(40), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("creator_fee_bps", sa.BigInteger(), nullable=False),
        sa.Column("brand_fee_bps", sa.BigInteger(), nullable=False),
        sa.Column("hold_days", sa.BigInteger(), nullable=False),
        sa.Column("deliverables", postgresql.JSONB(), nullable=False),
        sa.Column("usage_media", sa.Text(), nullable=False),
        sa.Column("usage_days", sa.BigInteger(), nullable=True),
        sa.Column("revision_rounds", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "made_by IN ('brand', 'creator')", name=op.f("ck_offers_made_by_is_known")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'superseded', 'declined', 'withdrawn', 'expired')",
            name=op.f("ck_offers_state_is_known"),
        ),
        sa.CheckConstraint(
            "usage_media IN ('organic', 'paid')", name=op.f("ck_offers_usage_media_is_known")
        ),
        sa.CheckConstraint(
            "creator_fee_bps BETWEEN 0 AND 10000 AND brand_fee_bps BETWEEN 0 AND 10000",
            name=op.f("ck_offers_platform_fees_are_shares"),
        ),
        sa.CheckConstraint("fee_minor > 0", name=op.f("ck_offers_fee_is_positive")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_offers_application_id_applications"),
        ),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["briefs.id"], name=op.f("fk_offers_brief_id_briefs")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_offers_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["creators.id"], name=op.f("fk_offers_creator_id_creators")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
        sa.UniqueConstraint(
            "application_id", "number", name=op.f("uq_offers_application_id_number")
        ),
    )
    op.create_index(op.f("ix_offers_campaign_id"), "offers", ["campaign_id"], unique=False)
    op.create_index(op.f("ix_offers_creator_id"), "offers", ["creator_id"], unique=False)
    op.create_index(
        "ix_offers_expiring",
        "offers",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "uq_offers_open",
        "offers",
        ["application_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "collaborations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('active', 'completed', 'cancelled')",
            name=op.f("ck_collaborations_state_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brands.id"], name=op.f("fk_collaborations_brand_id_brands")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_collaborations_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["creators.id"], name=op.f("fk_collaborations_creator_id_creators")
        ),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["offers.id"], name=op.f("fk_collaborations_offer_id_offers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collaborations")),
        sa.UniqueConstraint(
            "campaign_id", "creator_id", name=op.f("uq_collaborations_campaign_id_creator_id")
        ),
        sa.UniqueConstraint("offer_id", name=op.f("uq_collaborations_offer_id")),
    )
    op.create_index(
        op.f("ix_collaborations_brand_id_collaborations_state"),
        "collaborations",
        ["brand_id", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_collaborations_creator_id"), "collaborations", ["creator_id"], unique=False
    )
    op.create_table(
        "usage_grants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collaboration_id", sa.Uuid(), nullable=False),
        sa.Column("media", sa.Text(), nullable=False),
        sa.Column("territory", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "media IN ('organic', 'paid')", name=op.f("ck_usage_grants_media_is_known")
        ),
        sa.CheckConstraint(
            "until_on >= starts_on", name=op.f("ck_usage_grants_ends_after_it_starts")
        ),
        sa.ForeignKeyConstraint(
            ["collaboration_id"],
            ["collaborations.id"],
            name=op.f("fk_usage_grants_collaboration_id_collaborations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_grants")),
    )
    op.create_index(
        op.f("ix_usage_grants_collaboration_id"), "usage_grants", ["collaboration_id"], unique=False
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("usage_grants")
    op.drop_table("collaborations")
    op.drop_table("offers")
    op.drop_table("applications")
    op.drop_table("invitations")
