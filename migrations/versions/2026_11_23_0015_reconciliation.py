"""The tables of the reconciliation room."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision: str | None = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "processor_statements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("line_count", sa.BigInteger(), nullable=False),
        sa.Column("new_line_count", sa.BigInteger(), nullable=False),
        sa.Column("balances", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processor_statements")),
    )
    op.create_table(
        "statement_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("stripe_balance_transaction_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("available_on", sa.Date(), nullable=False),
        sa.Column("raw", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["processor_statements.id"],
            name=op.f("fk_statement_lines_statement_id_processor_statements"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_lines")),
        sa.UniqueConstraint(
            "stripe_balance_transaction_id",
            name=op.f("uq_statement_lines_stripe_balance_transaction_id"),
        ),
    )
    op.create_index(
        op.f("ix_statement_lines_occurred_at"), "statement_lines", ["occurred_at"], unique=False
    )
    op.create_index(
        op.f("ix_statement_lines_source_id"), "statement_lines", ["source_id"], unique=False
    )
    op.create_table(
        "pairings",
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.Column("paired_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rule IN ('same_source')", name=op.f("ck_pairings_rule_is_known")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["journal_entries.id"], name=op.f("fk_pairings_entry_id_journal_entries")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["statement_lines.id"], name=op.f("fk_pairings_line_id_statement_lines")
        ),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_pairings")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_pairings_entry_id")),
    )
    op.create_table(
        "reconciliation_breaks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("entry_id", sa.BigInteger(), nullable=True),
        sa.Column("difference_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('missing_in_ledger', 'missing_at_processor', 'amount_differs', 'balance_differs')",
            name=op.f("ck_reconciliation_breaks_kind_is_known"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'resolved')", name=op.f("ck_reconciliation_breaks_state_is_known")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["journal_entries.id"],
            name=op.f("fk_reconciliation_breaks_entry_id_journal_entries"),
        ),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["statement_lines.id"],
            name=op.f("fk_reconciliation_breaks_line_id_statement_lines"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_breaks")),
    )
    op.create_index(
        "uq_reconciliation_breaks_open",
        "reconciliation_breaks",
        ["kind", "reference"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("reconciliation_breaks")
    op.drop_table("pairings")
    op.drop_table("statement_lines")
    op.drop_table("processor_statements")
