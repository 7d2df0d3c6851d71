"""What one member of staff asks for and another approves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision: str | None = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "finance_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("postings", postgresql.JSONB(), nullable=False),
        sa.Column("params", postgresql.JSONB(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("maker_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("checker_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('adjustment', 'write_off', 'identify')",
            name=op.f("ck_finance_requests_kind_is_known"),
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'executed', 'declined', 'withdrawn')",
            name=op.f("ck_finance_requests_state_is_known"),
        ),
        sa.CheckConstraint("checker_id <> maker_id", name=op.f("ck_finance_requests_two_persons")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_finance_requests_reason_is_given")),
        sa.CheckConstraint(
            "(state = 'asked') = (decided_at IS NULL)",
            name=op.f("ck_finance_requests_decided_when_it_is_over"),
        ),
        sa.CheckConstraint(
            "state <> 'declined' OR checker_id IS NOT NULL",
            name=op.f("ck_finance_requests_declined_by_somebody"),
        ),
        sa.CheckConstraint(
            "state <> 'executed' OR checker_id IS NOT NULL OR alone",
            name=op.f("ck_finance_requests_executed_by_two"),
        ),
        sa.ForeignKeyConstraint(
            ["maker_id"], ["users.id"], name=op.f("fk_finance_requests_maker_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["checker_id"], ["users.id"], name=op.f("fk_finance_requests_checker_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["journal_entries.id"],
            name=op.f("fk_finance_requests_entry_id_journal_entries"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finance_requests")),
    )
    op.create_index(
        "uq_finance_requests_open",
        "finance_requests",
        ["kind", "subject_id"],
        unique=True,
        postgresql_where=sa.text("state = 'asked' AND subject_id IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_finance_requests_state_finance_requests_asked_at"),
        "finance_requests",
        ["state", "asked_at"],
        unique=False,
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("finance_requests")
