"""The books learn prizes: an account and three kinds of entry.

Revision ID: 0062
Revises: 0061
"""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0062"
down_revision: str | None = "0061"
branch_labels = None
depends_on = None

ACCOUNTS: Final = ((2035, "Prize pool"),)
ADDED: Final = (
    ("prizes_set_aside", 2020, 2035), ("reversal", 2035, 2020),
    ("prizes_return", 2035, 2020), ("reversal", 2020, 2035),
    ("prize", 2035, 2040), ("reversal", 2040, 2035),
    ("prize", 2035, 4010), ("reversal", 4010, 2035),
    ("prize", 2100, 4010),
)  # fmt: skip


def upgrade() -> None:
    rows = ", ".join(f"({code}, '{name}', 'C', true, true)" for code, name in ACCOUNTS)
    op.execute(f"INSERT INTO ledger_chart (code, name, side, strict, owned) VALUES {rows}")
    rules = ", ".join(f"('{kind}', {debit}, {credit})" for kind, debit, credit in ADDED)
    op.execute(f"INSERT INTO posting_rules (kind, debit_code, credit_code) VALUES {rules}")


def downgrade() -> None:
    """Take them away, past the guards; refused while a prize was set aside."""
    rules = ", ".join(f"('{kind}', {debit}, {credit})" for kind, debit, credit in ADDED)
    codes = ", ".join(str(code) for code, _ in ACCOUNTS)
    for table, condition in (
        ("posting_rules", f"(kind, debit_code, credit_code) IN ({rules})"),
        ("ledger_chart", f"code IN ({codes})"),
    ):
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_not_changed")
        op.execute(f"DELETE FROM {table} WHERE {condition}")
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_not_changed")
