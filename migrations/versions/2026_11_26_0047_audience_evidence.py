"""Audiences have languages, and pictures that prove them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0047"
down_revision: str | None = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the columns and the table."""
    op.add_column(
        "audience_snapshots",
        sa.Column(
            "language", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
    )
    op.alter_column("audience_snapshots", "language", server_default=None)
    for name in ("confirmed_at", "set_aside_at"):
        op.add_column(
            "audience_snapshots", sa.Column(name, sa.DateTime(timezone=True), nullable=True)
        )
    op.create_check_constraint(
        op.f("ck_audience_snapshots_only_uploads_are_confirmed"),
        "audience_snapshots",
        "confirmed_at IS NULL OR source = 'upload'",
    )
    op.create_table(
        "audience_proofs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        sa.Column("file_key", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'confirmed', 'refused')",
            name=op.f("ck_audience_proofs_state_is_known"),
        ),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL)",
            name=op.f("ck_audience_proofs_decided_or_waiting"),
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"],
            ["audience_snapshots.id"],
            name=op.f("fk_audience_proofs_snapshot_id_audience_snapshots"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_audience_proofs_decided_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audience_proofs")),
        sa.UniqueConstraint("snapshot_id", name=op.f("uq_audience_proofs_snapshot_id")),
    )
    op.create_index(
        op.f("ix_audience_proofs_state_audience_proofs_handed_in_at"),
        "audience_proofs",
        ["state", "handed_in_at"],
    )


def downgrade() -> None:
    """Take them away; what was said of languages and shown in pictures is lost."""
    op.drop_table("audience_proofs")
    op.drop_constraint(
        op.f("ck_audience_snapshots_only_uploads_are_confirmed"), "audience_snapshots"
    )
    for name in ("language", "confirmed_at", "set_aside_at"):
        op.drop_column("audience_snapshots", name)
