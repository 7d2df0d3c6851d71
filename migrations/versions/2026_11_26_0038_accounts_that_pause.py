"""Payout accounts that pause, close and are opened anew; what reaches creators' banks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision: str | None = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column("payout_accounts", sa.Column("under_review", sa.Boolean(), nullable=True))
    op.add_column("payout_accounts", sa.Column("problem", sa.Text(), nullable=True))
    for name in ("ready_at", "paused_at", "closed_at"):
        op.add_column("payout_accounts", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE payout_accounts SET under_review = false, problem = '',"
        " ready_at = CASE WHEN transfers_active THEN coalesce(checked_at, opened_at) END,"
        " requirements = coalesce((SELECT jsonb_agg(jsonb_build_object("
        "'code', code, 'due_at', null, 'overdue', false))"
        " FROM jsonb_array_elements_text(requirements) AS codes(code)), '[]'::jsonb)"
    )
    for name in ("under_review", "problem"):
        op.alter_column("payout_accounts", name, nullable=False)
    op.create_check_constraint(
        op.f("ck_payout_accounts_closed_takes_no_transfers"),
        "payout_accounts",
        "closed_at IS NULL OR NOT transfers_active",
    )
    op.drop_constraint(op.f("uq_payout_accounts_creator_id"), "payout_accounts")
    op.create_index(
        "ix_payout_accounts_open",
        "payout_accounts",
        ["creator_id"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "bank_payouts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payout_account_id", sa.Uuid(), nullable=False),
        sa.Column("stripe_payout_id", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("failure_code", sa.Text(), nullable=False),
        sa.Column("arrives_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'failed') OR failure_code = ''",
            name=op.f("ck_bank_payouts_only_failed_says_why"),
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'in_transit', 'paid', 'failed', 'canceled')",
            name=op.f("ck_bank_payouts_state_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["payout_account_id"],
            ["payout_accounts.id"],
            name=op.f("fk_bank_payouts_payout_account_id_payout_accounts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_payouts")),
        sa.UniqueConstraint("stripe_payout_id", name=op.f("uq_bank_payouts_stripe_payout_id")),
    )
    op.create_index(
        op.f("ix_bank_payouts_payout_account_id_bank_payouts_made_at"),
        "bank_payouts",
        ["payout_account_id", "made_at"],
    )


def downgrade() -> None:
    """Drop them; accounts that were closed go with what they carried to nobody."""
    op.drop_table("bank_payouts")
    op.execute(
        "DELETE FROM payout_accounts a WHERE closed_at IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM payouts p WHERE p.payout_account_id = a.id)"
    )
    op.drop_index("ix_payout_accounts_open", "payout_accounts")
    op.create_unique_constraint(
        op.f("uq_payout_accounts_creator_id"), "payout_accounts", ["creator_id"]
    )
    op.drop_constraint(op.f("ck_payout_accounts_closed_takes_no_transfers"), "payout_accounts")
    op.execute(
        "UPDATE payout_accounts SET requirements = coalesce((SELECT jsonb_agg(each -> 'code')"
        " FROM jsonb_array_elements(requirements) AS all_of_them(each)), '[]'::jsonb)"
    )
    for name in ("closed_at", "paused_at", "ready_at", "problem", "under_review"):
        op.drop_column("payout_accounts", name)
