"""Endings of collaborations before their work is done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision: str | None = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "endings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collaboration_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.String(40), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("release_minor", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'agreed', 'declined', 'withdrawn', 'alone', 'with_staff',"
            " 'ended_by_staff', 'kept_by_staff', 'overtaken')",
            name=op.f("ck_endings_state_is_known"),
        ),
        sa.CheckConstraint(
            "asked_by IN ('brand', 'creator')", name=op.f("ck_endings_asked_by_is_known")
        ),
        sa.CheckConstraint(
            "reason IN ('no_time', 'no_answer', 'plans_changed', 'terms_not_kept', 'other')",
            name=op.f("ck_endings_reason_is_known"),
        ),
        sa.CheckConstraint("release_minor >= 0", name=op.f("ck_endings_release_is_not_negative")),
        sa.ForeignKeyConstraint(
            ["collaboration_id"],
            ["collaborations.id"],
            name=op.f("fk_endings_collaboration_id_collaborations"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["users.id"], name=op.f("fk_endings_asked_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["users.id"], name=op.f("fk_endings_answered_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endings")),
    )
    op.create_index(op.f("ix_endings_collaboration_id"), "endings", ["collaboration_id"])
    op.create_index(
        "uq_endings_waiting",
        "endings",
        ["collaboration_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('asked', 'with_staff')"),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("endings")
