"""The books learn pledges: two accounts, four kinds of entry.

Revision ID: 0049
Revises: 0048
"""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0049"
down_revision: str | None = "0048"
branch_labels = None
depends_on = None

ACCOUNTS: Final = ((2110, "Pledged"), (2120, "Owed to a cause"))
ADDED: Final = (
    ("pledge_set_aside", 2010, 2110), ("reversal", 2110, 2010),
    ("pledge_return", 2110, 2010), ("reversal", 2010, 2110),
    ("pledge_owed", 2110, 2120), ("reversal", 2120, 2110),
    ("pledge_paid", 2120, 1030), ("reversal", 1030, 2120),
)  # fmt: skip


def upgrade() -> None:
    rows = ", ".join(f"({code}, '{name}', 'C', true, true)" for code, name in ACCOUNTS)
    op.execute(f"INSERT INTO ledger_chart (code, name, side, strict, owned) VALUES {rows}")
    rules = ", ".join(f"('{kind}', {debit}, {credit})" for kind, debit, credit in ADDED)
    op.execute(f"INSERT INTO posting_rules (kind, debit_code, credit_code) VALUES {rules}")


def downgrade() -> None:
    """Take them away, past the guards; refused while something was pledged."""
    rules = ", ".join(f"('{kind}', {debit}, {credit})" for kind, debit, credit in ADDED)
    codes = ", ".join(str(code) for code, _ in ACCOUNTS)
    for table, condition in (
        ("posting_rules", f"(kind, debit_code, credit_code) IN ({rules})"),
        ("ledger_chart", f"code IN ({codes})"),
    ):
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_not_changed")
        op.execute(f"DELETE FROM {table} WHERE {condition}")
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_not_changed")
