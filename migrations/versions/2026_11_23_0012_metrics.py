"""The tables of the metrics room."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision: str | None = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "metric_gaps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["published_posts.id"], name=op.f("fk_metric_gaps_post_id_published_posts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric_gaps")),
    )
    op.create_index(
        op.f("ix_metric_gaps_post_id_metric_gaps_noticed_at"),
        "metric_gaps",
        ["post_id", "noticed_at"],
        unique=False,
    )
    op.create_table(
        "metric_snapshots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("views", sa.BigInteger(), nullable=True),
        sa.Column("likes", sa.BigInteger(), nullable=True),
        sa.Column("comments", sa.BigInteger(), nullable=True),
        sa.Column("shares", sa.BigInteger(), nullable=True),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("payload_sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"],
            ["published_posts.id"],
            name=op.f("fk_metric_snapshots_post_id_published_posts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric_snapshots")),
        sa.UniqueConstraint(
            "post_id", "taken_at", name=op.f("uq_metric_snapshots_post_id_taken_at")
        ),
    )
    op.create_table(
        "post_trackings",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("next_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tracking_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("missing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("missing_count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"],
            ["published_posts.id"],
            name=op.f("fk_post_trackings_post_id_published_posts"),
        ),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_post_trackings")),
    )
    op.create_index(
        op.f("ix_post_trackings_next_read_at"), "post_trackings", ["next_read_at"], unique=False
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("post_trackings")
    op.drop_table("metric_snapshots")
    op.drop_table("metric_gaps")
