"""Refunds of charges that arrived in another currency: what stood for them, and their grammar.

Revision ID: 0046
Revises: 0045
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision: str | None = "0045"
branch_labels = None
depends_on = None

ADDED: Final = (
    ("refund_paid", 2070, 3900), ("reversal", 3900, 2070),
    ("refund_paid", 3900, 1010), ("reversal", 1010, 3900),
    ("refund_paid", 3900, 5040), ("refund_paid", 5040, 3900),
    ("refund_failed", 3900, 2010), ("refund_failed", 1010, 3900),
    ("refund_failed", 3900, 5040), ("refund_failed", 5040, 3900),
)  # fmt: skip


def upgrade() -> None:
    op.add_column("refunds", sa.Column("stood_minor", sa.BigInteger(), nullable=True))
    op.create_check_constraint(
        op.f("ck_refunds_stood_is_positive"), "refunds", "stood_minor IS NULL OR stood_minor > 0"
    )
    rows = ", ".join(f"('{kind}', {debit}, {credit})" for kind, debit, credit in ADDED)
    op.execute(f"INSERT INTO posting_rules (kind, debit_code, credit_code) VALUES {rows}")


def downgrade() -> None:
    """Take the rules away, past the guard that nobody else gets past."""
    rows = ", ".join(f"('{kind}', {debit}, {credit})" for kind, debit, credit in ADDED)
    op.execute("ALTER TABLE posting_rules DISABLE TRIGGER posting_rules_not_changed")
    op.execute(f"DELETE FROM posting_rules WHERE (kind, debit_code, credit_code) IN ({rows})")
    op.execute("ALTER TABLE posting_rules ENABLE TRIGGER posting_rules_not_changed")
    op.drop_constraint(op.f("ck_refunds_stood_is_positive"), "refunds", type_="check")
    op.drop_column("refunds", "stood_minor")
