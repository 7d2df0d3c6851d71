"""The grammar of money that comes back: refunds by bank, lost chargebacks, what a brand owes.

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision: str | None = "0017"
branch_labels = None
depends_on = None

# kind, debit, credit; and each of them swapped, for its reversal
MOVES: Final = (
    ("refund_paid", 2070, 1030),
    ("chargeback_lost", 2020, 1120),
    ("chargeback_lost", 2100, 1120),
    ("owed_recovered", 2010, 1100),
    ("owed_recovered", 2020, 1100),
)
RULES: Final = (*MOVES, *(("reversal", credit, debit) for _, debit, credit in MOVES))


def upgrade() -> None:
    """Add the sentences."""
    rules = sa.table(
        "posting_rules", sa.column("kind"), sa.column("debit_code"), sa.column("credit_code")
    )
    op.bulk_insert(
        rules,
        [
            {"kind": kind, "debit_code": debit, "credit_code": credit}
            for kind, debit, credit in RULES
        ],
    )


def downgrade() -> None:
    """Take them out again; the database refuses while a posting uses one."""
    op.execute("ALTER TABLE posting_rules DISABLE TRIGGER USER")
    for kind, debit, credit in RULES:
        op.execute(
            sa.text(
                "DELETE FROM posting_rules"
                " WHERE kind = :kind AND debit_code = :debit AND credit_code = :credit"
            ).bindparams(kind=kind, debit=debit, credit=credit)
        )
    op.execute("ALTER TABLE posting_rules ENABLE TRIGGER USER")
