"""The tables of the creators room."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision: str | None = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "creators",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("bio", sa.Text(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("topics", postgresql.JSONB(), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("import_key", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "source IN ('signed_up', 'imported', 'seeded')",
            name=op.f("ck_creators_source_is_known"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_creators_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_creators")),
        sa.UniqueConstraint("import_key", name=op.f("uq_creators_import_key")),
        sa.UniqueConstraint("user_id", name=op.f("uq_creators_user_id")),
    )
    op.create_index(op.f("ix_creators_country"), "creators", ["country"], unique=False)
    op.create_table(
        "channels",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.Column("platform", sa.String(40), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=True),
        sa.Column("is_main", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("follower_count", sa.BigInteger(), nullable=True),
        sa.Column("like_count", sa.BigInteger(), nullable=True),
        sa.Column("video_count", sa.BigInteger(), nullable=True),
        sa.Column("median_views", sa.BigInteger(), nullable=True),
        sa.Column("engagement_rate_bps", sa.BigInteger(), nullable=True),
        sa.Column("top_hashtags", postgresql.JSONB(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("connected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scopes", postgresql.JSONB(), nullable=False),
        sa.Column("access_token", sa.Text(), nullable=True),
        sa.Column("refresh_token", sa.Text(), nullable=True),
        sa.Column("access_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refresh_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("renewal_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "platform IN ('tiktok', 'youtube', 'instagram')",
            name=op.f("ck_channels_platform_is_known"),
        ),
        sa.CheckConstraint(
            "state IN ('listed', 'connected', 'needs_reconnect', 'disconnected')",
            name=op.f("ck_channels_state_is_known"),
        ),
        sa.CheckConstraint(
            "follower_count >= 0", name=op.f("ck_channels_follower_count_is_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["creators.id"], name=op.f("fk_channels_creator_id_creators")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
        sa.UniqueConstraint(
            "platform", "external_id", name=op.f("uq_channels_platform_external_id")
        ),
    )
    op.create_index(
        "ix_channels_by_followers",
        "channels",
        [sa.literal_column("follower_count DESC NULLS LAST"), "creator_id"],
        unique=False,
        postgresql_where=sa.text("is_main"),
    )
    op.create_index(
        "ix_channels_by_views",
        "channels",
        [sa.literal_column("median_views DESC NULLS LAST"), "creator_id"],
        unique=False,
        postgresql_where=sa.text("is_main"),
    )
    op.create_index(op.f("ix_channels_creator_id"), "channels", ["creator_id"], unique=False)
    op.create_index(
        op.f("ix_channels_state_channels_read_at"), "channels", ["state", "read_at"], unique=False
    )
    op.create_index(
        "uq_channels_main",
        "channels",
        ["creator_id"],
        unique=True,
        postgresql_where=sa.text("is_main"),
    )
    op.create_table(
        "connect_requests",
        sa.Column("state_hash", sa.Text(), nullable=False),
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.Column("platform", sa.String(40), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "platform IN ('tiktok', 'youtube', 'instagram')",
            name=op.f("ck_connect_requests_platform_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["creators.id"], name=op.f("fk_connect_requests_creator_id_creators")
        ),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_connect_requests")),
    )
    op.create_table(
        "rate_cards",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.CheckConstraint("fee_minor > 0", name=op.f("ck_rate_cards_fee_is_positive")),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["creators.id"], name=op.f("fk_rate_cards_creator_id_creators")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_cards")),
        sa.UniqueConstraint(
            "creator_id",
            "format",
            "currency",
            name=op.f("uq_rate_cards_creator_id_format_currency"),
        ),
    )
    op.create_table(
        "audience_snapshots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("sample_size", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("age", postgresql.JSONB(), nullable=False),
        sa.Column("gender", postgresql.JSONB(), nullable=False),
        sa.Column("country", postgresql.JSONB(), nullable=False),
        sa.Column("interest", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "source IN ('platform', 'upload', 'inferred', 'self_reported')",
            name=op.f("ck_audience_snapshots_source_is_known"),
        ),
        sa.CheckConstraint(
            "sample_size >= 0", name=op.f("ck_audience_snapshots_sample_size_is_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_audience_snapshots_channel_id_channels")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audience_snapshots")),
    )
    op.create_index(
        op.f("ix_audience_snapshots_channel_id_audience_snapshots_taken_at"),
        "audience_snapshots",
        ["channel_id", "taken_at"],
        unique=False,
    )
    op.create_table(
        "channel_videos",
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hashtags", postgresql.JSONB(), nullable=False),
        sa.Column("duration_seconds", sa.BigInteger(), nullable=True),
        sa.Column("views", sa.BigInteger(), nullable=False),
        sa.Column("likes", sa.BigInteger(), nullable=False),
        sa.Column("comments", sa.BigInteger(), nullable=False),
        sa.Column("shares", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "views >= 0 AND likes >= 0 AND comments >= 0 AND shares >= 0",
            name=op.f("ck_channel_videos_counts_are_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_channel_videos_channel_id_channels")
        ),
        sa.PrimaryKeyConstraint("channel_id", "external_id", name=op.f("pk_channel_videos")),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("channel_videos")
    op.drop_table("audience_snapshots")
    op.drop_table("rate_cards")
    op.drop_table("connect_requests")
    op.drop_table("channels")
    op.drop_table("creators")
