"""Views without likes are put in question, and do not count until somebody has decided.

Revision ID: 0104
Revises: 0103
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0104"
down_revision: str | None = "0103"
branch_labels = None
depends_on = None

OPEN = "state IN ('held', 'appealed')"


def upgrade() -> None:
    """Add what is held, and why; nothing is at first."""
    _held_views()
    _assessments()
    _evidence()
    _appeals()


def _held_views() -> None:
    op.create_table(
        "held_views",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("held_for", sa.Uuid(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("views", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("views <> 0", name=op.f("ck_held_views_says_something")),
        sa.ForeignKeyConstraint(
            ["post_id"], ["published_posts.id"], name=op.f("fk_held_views_post_id_published_posts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_views")),
        sa.UniqueConstraint("held_for", "from_at", name=op.f("uq_held_views_held_for_from_at")),
    )
    op.create_index(
        op.f("ix_held_views_post_id_held_views_from_at"), "held_views", ["post_id", "from_at"]
    )


def _assessments() -> None:
    op.create_table(
        "assessments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decide_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('held', 'appealed', 'cleared', 'confirmed')",
            name=op.f("ck_assessments_state_is_known"),
        ),
        sa.CheckConstraint(
            f"({OPEN}) = (decide_by IS NOT NULL) AND ({OPEN}) = (decided_at IS NULL)",
            name=op.f("ck_assessments_open_until_a_moment"),
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR (decided_at IS NOT NULL AND reason <> '')",
            name=op.f("ck_assessments_who_decides_says_why"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_assessments_decided_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["published_posts.id"], name=op.f("fk_assessments_post_id_published_posts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
    )
    op.create_index(op.f("ix_assessments_post_id"), "assessments", ["post_id"])
    op.create_index(
        "ix_assessments_open", "assessments", ["decide_by"], postgresql_where=sa.text(OPEN)
    )


def _evidence() -> None:
    op.create_table(
        "assessment_evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("views", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("usual", postgresql.JSONB(), nullable=False),
        sa.Column("signs", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("views > 0", name=op.f("ck_assessment_evidence_views_are_positive")),
        sa.CheckConstraint(
            "jsonb_array_length(signs) > 0", name=op.f("ck_assessment_evidence_something_was_seen")
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessments.id"],
            name=op.f("fk_assessment_evidence_assessment_id_assessments"),
        ),
        sa.ForeignKeyConstraint(
            ["post_id"],
            ["published_posts.id"],
            name=op.f("fk_assessment_evidence_post_id_published_posts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_evidence")),
        sa.UniqueConstraint(
            "post_id", "found_at", name=op.f("uq_assessment_evidence_post_id_found_at")
        ),
    )
    op.create_index(
        op.f("ix_assessment_evidence_assessment_id"), "assessment_evidence", ["assessment_id"]
    )


def _appeals() -> None:
    op.create_table(
        "appeals",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(words) <= 1000", name=op.f("ck_appeals_words_are_short")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_appeals_assessment_id_assessments")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_appeals_made_by_users")),
        sa.PrimaryKeyConstraint("assessment_id", name=op.f("pk_appeals")),
    )


def downgrade() -> None:
    """Take them away: all views count that the platform reports."""
    op.drop_table("appeals")
    op.drop_table("assessment_evidence")
    op.drop_table("assessments")
    op.drop_table("held_views")
