"""Our own money on its way between the processor and our bank."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision: str | None = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and let calls be of the two new kinds."""
    op.create_table(
        "bank_moves",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("direction", sa.String(40), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("stripe_id", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrives_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "direction IN ('to_bank', 'from_bank')", name=op.f("ck_bank_moves_direction_is_known")
        ),
        sa.CheckConstraint(
            "state IN ('requested', 'under_way', 'arrived', 'refused', 'failed', 'cancelled')",
            name=op.f("ck_bank_moves_state_is_known"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_bank_moves_amount_is_positive")),
        sa.CheckConstraint(
            "state IN ('requested', 'refused') OR stripe_id IS NOT NULL",
            name=op.f("ck_bank_moves_sent_has_its_proof"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["users.id"], name=op.f("fk_bank_moves_asked_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_moves")),
        sa.UniqueConstraint("stripe_id", name=op.f("uq_bank_moves_stripe_id")),
    )
    op.create_index(op.f("ix_bank_moves_asked_at"), "bank_moves", ["asked_at"], unique=False)
    op.create_table(
        "processor_settings",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_processor_settings")),
    )
    _kinds("'transfer', 'refund', 'checkout', 'account', 'platform_payout', 'topup'")


def downgrade() -> None:
    """Drop the tables; refused while there are calls of the two kinds."""
    _kinds("'transfer', 'refund', 'checkout', 'account'")
    op.drop_table("processor_settings")
    op.drop_table("bank_moves")


def _kinds(kinds: str) -> None:
    op.drop_constraint(op.f("ck_processor_calls_kind_is_known"), "processor_calls", type_="check")
    op.create_check_constraint(
        op.f("ck_processor_calls_kind_is_known"), "processor_calls", f"kind IN ({kinds})"
    )
