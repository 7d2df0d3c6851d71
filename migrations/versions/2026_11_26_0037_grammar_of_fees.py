"""The grammar learns who bears the processor's fee, and taxes that go back.

Revision ID: 0037
Revises: 0036
"""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0037"
down_revision: str | None = "0036"
branch_labels = None
depends_on = None

ADDED: Final = (
    ("fee", 2020, 5010), ("reversal", 5010, 2020),
    ("fee_return", 2090, 2020), ("reversal", 2020, 2090),
    ("payout_release", 2080, 2050), ("reversal", 2050, 2080),
)  # fmt: skip


def upgrade() -> None:
    rows = ", ".join(f"('{kind}', {debit}, {credit})" for kind, debit, credit in ADDED)
    op.execute(f"INSERT INTO posting_rules (kind, debit_code, credit_code) VALUES {rows}")


def downgrade() -> None:
    """Take the rules away, past the guard that nobody else gets past."""
    rows = ", ".join(f"('{kind}', {debit}, {credit})" for kind, debit, credit in ADDED)
    op.execute("ALTER TABLE posting_rules DISABLE TRIGGER posting_rules_not_changed")
    op.execute(f"DELETE FROM posting_rules WHERE (kind, debit_code, credit_code) IN ({rows})")
    op.execute("ALTER TABLE posting_rules ENABLE TRIGGER posting_rules_not_changed")
