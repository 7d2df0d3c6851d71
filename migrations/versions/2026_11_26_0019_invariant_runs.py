"""Runs of the invariants, kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision: str | None = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "invariant_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_by_id", sa.Uuid(), nullable=True),
        sa.Column("check_count", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("check_count > 0", name=op.f("ck_invariant_runs_checks_something")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["users.id"], name=op.f("fk_invariant_runs_asked_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invariant_runs")),
    )
    op.create_index(op.f("ix_invariant_runs_begun_at"), "invariant_runs", ["begun_at"])
    op.create_table(
        "invariant_results",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("held", sa.Text(), nullable=False),
        sa.Column("alarm", sa.Boolean(), nullable=False),
        sa.Column("figure", sa.Text(), nullable=False),
        sa.Column("finding_count", sa.BigInteger(), nullable=False),
        sa.Column("findings", postgresql.JSONB(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "finding_count >= 0", name=op.f("ck_invariant_results_findings_are_counted")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["invariant_runs.id"],
            name=op.f("fk_invariant_results_run_id_invariant_runs"),
        ),
        sa.PrimaryKeyConstraint("run_id", "name", name=op.f("pk_invariant_results")),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("invariant_results")
    op.drop_table("invariant_runs")
