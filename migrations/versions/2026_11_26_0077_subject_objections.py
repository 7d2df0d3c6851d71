"""Creators object to what was found in their posts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0077"
down_revision: str | None = "0076"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "subject_objections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "subject IN ('alcohol', 'gambling', 'tobacco', 'drugs', 'weapons', 'adult',"
            " 'profanity', 'politics', 'shocking')",
            name=op.f("ck_subject_objections_subject_is_known"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'cleared', 'upheld')",
            name=op.f("ck_subject_objections_state_is_known"),
        ),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL)",
            name=op.f("ck_subject_objections_decided_or_waiting"),
        ),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["creators.id"], name=op.f("fk_subject_objections_creator_id_creators")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_subject_objections_decided_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_objections")),
    )
    op.create_index(
        "uq_subject_objections_waiting",
        "subject_objections",
        ["creator_id", "subject"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        op.f("ix_subject_objections_state_subject_objections_filed_at"),
        "subject_objections",
        ["state", "filed_at"],
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("subject_objections")
