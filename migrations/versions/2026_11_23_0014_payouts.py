"""The tables of the payouts room."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision: str | None = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "payout_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("stripe_account_id", sa.Text(), nullable=True),
        sa.Column("transfers_active", sa.Boolean(), nullable=False),
        sa.Column("requirements", postgresql.JSONB(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["creators.id"], name=op.f("fk_payout_accounts_creator_id_creators")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_accounts")),
        sa.UniqueConstraint("creator_id", name=op.f("uq_payout_accounts_creator_id")),
        sa.UniqueConstraint("stripe_account_id", name=op.f("uq_payout_accounts_stripe_account_id")),
    )
    op.create_table(
        "payouts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.Column("payout_account_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("stripe_transfer_id", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("reserved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state <> 'settled' OR stripe_transfer_id IS NOT NULL",
            name=op.f("ck_payouts_settled_has_its_transfer"),
        ),
        sa.CheckConstraint(
            "state IN ('reserved', 'settled', 'returned')", name=op.f("ck_payouts_state_is_known")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payouts_amount_is_positive")),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["creators.id"], name=op.f("fk_payouts_creator_id_creators")
        ),
        sa.ForeignKeyConstraint(
            ["payout_account_id"],
            ["payout_accounts.id"],
            name=op.f("fk_payouts_payout_account_id_payout_accounts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payouts")),
        sa.UniqueConstraint("stripe_transfer_id", name=op.f("uq_payouts_stripe_transfer_id")),
    )
    op.create_index(op.f("ix_payouts_creator_id"), "payouts", ["creator_id"], unique=False)
    op.create_table(
        "payout_steps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payout_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "event IN ('reserve', 'settle', 'return')", name=op.f("ck_payout_steps_event_is_known")
        ),
        sa.CheckConstraint(
            "state IN ('reserved', 'settled', 'returned')",
            name=op.f("ck_payout_steps_state_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["payout_id"], ["payouts.id"], name=op.f("fk_payout_steps_payout_id_payouts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_steps")),
    )
    op.create_index(op.f("ix_payout_steps_payout_id"), "payout_steps", ["payout_id"], unique=False)
    op.create_table(
        "earnings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deliverable_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("platform_share_minor", sa.BigInteger(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("earned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payable_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payout_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'payable', 'paying', 'paid')",
            name=op.f("ck_earnings_state_is_known"),
        ),
        sa.CheckConstraint(
            "fee_minor > 0 AND platform_share_minor >= 0 AND net_minor = fee_minor - platform_share_minor AND net_minor > 0",
            name=op.f("ck_earnings_net_adds_up"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_earnings_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["creators.id"], name=op.f("fk_earnings_creator_id_creators")
        ),
        sa.ForeignKeyConstraint(
            ["deliverable_id"],
            ["deliverables.id"],
            name=op.f("fk_earnings_deliverable_id_deliverables"),
        ),
        sa.ForeignKeyConstraint(
            ["payout_id"], ["payouts.id"], name=op.f("fk_earnings_payout_id_payouts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earnings")),
        sa.UniqueConstraint("deliverable_id", name=op.f("uq_earnings_deliverable_id")),
    )
    op.create_index(
        op.f("ix_earnings_creator_id_earnings_state"),
        "earnings",
        ["creator_id", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_earnings_state_earnings_payable_at"),
        "earnings",
        ["state", "payable_at"],
        unique=False,
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("earnings")
    op.drop_table("payout_steps")
    op.drop_table("payouts")
    op.drop_table("payout_accounts")
