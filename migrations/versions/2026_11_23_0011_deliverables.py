"""The tables of the deliverables room."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision: str | None = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "deliverables",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collaboration_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("draft_due_on", sa.Date(), nullable=False),
        sa.Column("publish_by_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("rounds_allowed", sa.BigInteger(), nullable=False),
        sa.Column("rounds_used", sa.BigInteger(), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('awaiting_submission', 'in_review', 'changes_requested', 'approved', 'live', 'accepted', 'cancelled')",
            name=op.f("ck_deliverables_state_is_known"),
        ),
        sa.CheckConstraint("fee_minor > 0", name=op.f("ck_deliverables_fee_is_positive")),
        sa.CheckConstraint(
            "rounds_used >= 0", name=op.f("ck_deliverables_rounds_used_is_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brands.id"], name=op.f("fk_deliverables_brand_id_brands")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_deliverables_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["collaboration_id"],
            ["collaborations.id"],
            name=op.f("fk_deliverables_collaboration_id_collaborations"),
        ),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["creators.id"], name=op.f("fk_deliverables_creator_id_creators")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliverables")),
        sa.UniqueConstraint(
            "collaboration_id", "position", name=op.f("uq_deliverables_collaboration_id_position")
        ),
    )
    op.create_index(
        op.f("ix_deliverables_brand_id_deliverables_state"),
        "deliverables",
        ["brand_id", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_deliverables_creator_id_deliverables_state"),
        "deliverables",
        ["creator_id", "state"],
        unique=False,
    )
    op.create_table(
        "deliverable_steps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deliverable_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "event IN ('submit', 'request_changes', 'approve', 'confirm_post', 'accept', 'cancel')",
            name=op.f("ck_deliverable_steps_event_is_known"),
        ),
        sa.CheckConstraint(
            "state IN ('awaiting_submission', 'in_review', 'changes_requested', 'approved', 'live', 'accepted', 'cancelled')",
            name=op.f("ck_deliverable_steps_state_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["deliverable_id"],
            ["deliverables.id"],
            name=op.f("fk_deliverable_steps_deliverable_id_deliverables"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliverable_steps")),
    )
    op.create_index(
        op.f("ix_deliverable_steps_deliverable_id"),
        "deliverable_steps",
        ["deliverable_id"],
        unique=False,
    )
    op.create_table(
        "published_posts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deliverable_id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("platform", sa.String(40), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.Column("pasted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "platform IN ('tiktok', 'youtube', 'instagram')",
            name=op.f("ck_published_posts_platform_is_known"),
        ),
        sa.CheckConstraint(
            "state IN ('checking', 'verified', 'refused', 'not_visible')",
            name=op.f("ck_published_posts_state_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_published_posts_channel_id_channels")
        ),
        sa.ForeignKeyConstraint(
            ["deliverable_id"],
            ["deliverables.id"],
            name=op.f("fk_published_posts_deliverable_id_deliverables"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_posts")),
    )
    op.create_index(
        "uq_published_posts_deliverable",
        "published_posts",
        ["deliverable_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'refused'"),
    )
    op.create_index(
        "uq_published_posts_post",
        "published_posts",
        ["platform", "external_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'refused'"),
    )
    op.create_table(
        "submissions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deliverable_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("file_key", sa.Text(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("checklist", postgresql.JSONB(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'link' AND link IS NOT NULL) OR (kind = 'file' AND file_key IS NOT NULL)",
            name=op.f("ck_submissions_has_what_its_kind_says"),
        ),
        sa.CheckConstraint("kind IN ('file', 'link')", name=op.f("ck_submissions_kind_is_known")),
        sa.ForeignKeyConstraint(
            ["deliverable_id"],
            ["deliverables.id"],
            name=op.f("fk_submissions_deliverable_id_deliverables"),
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["users.id"], name=op.f("fk_submissions_submitted_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submissions")),
        sa.UniqueConstraint(
            "deliverable_id", "number", name=op.f("uq_submissions_deliverable_id_number")
        ),
    )
    op.create_table(
        "reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("verdict", sa.String(40), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('approved', 'changes_requested')", name=op.f("ck_reviews_verdict_is_known")
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by"], ["users.id"], name=op.f("fk_reviews_reviewed_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_reviews_submission_id_submissions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_reviews_submission_id")),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("reviews")
    op.drop_table("submissions")
    op.drop_table("published_posts")
    op.drop_table("deliverable_steps")
    op.drop_table("deliverables")
