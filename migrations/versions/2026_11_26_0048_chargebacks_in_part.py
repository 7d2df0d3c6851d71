"""Chargebacks of which a part came back, or came back late, or in another currency.

Revision ID: 0048
Revises: 0047
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision: str | None = "0047"
branch_labels = None
depends_on = None

ADDED: Final = (
    ("chargeback_withdrawn", 1120, 3900), ("reversal", 3900, 1120),
    ("chargeback_withdrawn", 3900, 1010),
    ("chargeback_withdrawn", 3900, 5040), ("chargeback_withdrawn", 5040, 3900),
    ("chargeback_won", 3900, 1120), ("reversal", 1120, 3900),
    ("chargeback_won", 1010, 3900),
    ("chargeback_won", 3900, 5040), ("chargeback_won", 5040, 3900),
    ("chargeback_won", 1120, 1100), ("reversal", 1100, 1120),
    ("chargeback_won", 1120, 2010), ("reversal", 2010, 1120),
    ("chargeback_won", 1120, 2020), ("reversal", 2020, 1120),
    ("chargeback_won", 1120, 2100), ("reversal", 2100, 1120),
    ("chargeback_won", 1120, 5030), ("reversal", 5030, 1120),
)  # fmt: skip
RIGHT: Final = "amount_minor > 0 AND fee_minor >= 0 AND frozen_minor >= 0 AND owed_minor >= 0"


def upgrade() -> None:
    op.add_column(
        "chargebacks",
        sa.Column("returned_minor", sa.BigInteger(), nullable=False, server_default="0"),
    )
    op.alter_column("chargebacks", "returned_minor", server_default=None)
    op.add_column("chargebacks", sa.Column("stood_minor", sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE chargebacks SET returned_minor = amount_minor"
        " WHERE state = 'won' AND withdrawn_at IS NOT NULL"
    )
    _amounts(f"{RIGHT} AND returned_minor BETWEEN 0 AND amount_minor")
    rows = ", ".join(f"('{kind}', {debit}, {credit})" for kind, debit, credit in ADDED)
    op.execute(f"INSERT INTO posting_rules (kind, debit_code, credit_code) VALUES {rows}")


def downgrade() -> None:
    """Take the rules away, past the guard that nobody else gets past."""
    rows = ", ".join(f"('{kind}', {debit}, {credit})" for kind, debit, credit in ADDED)
    op.execute("ALTER TABLE posting_rules DISABLE TRIGGER posting_rules_not_changed")
    op.execute(f"DELETE FROM posting_rules WHERE (kind, debit_code, credit_code) IN ({rows})")
    op.execute("ALTER TABLE posting_rules ENABLE TRIGGER posting_rules_not_changed")
    _amounts(RIGHT)
    op.drop_column("chargebacks", "stood_minor")
    op.drop_column("chargebacks", "returned_minor")


def _amounts(right: str) -> None:
    name = op.f("ck_chargebacks_amounts_are_right")
    op.drop_constraint(name, "chargebacks", type_="check")
    op.create_check_constraint(name, "chargebacks", right)
