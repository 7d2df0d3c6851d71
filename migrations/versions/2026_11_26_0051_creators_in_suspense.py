"""The grammar learns that what left unknown was what is payable to a creator.

Revision ID: 0051
Revises: 0050
"""

from __future__ import annotations

from alembic import op

revision = "0051"
down_revision: str | None = "0050"
branch_labels = None
depends_on = None

RULE = "('identify', 2050, 1900)"


def upgrade() -> None:
    op.execute(f"INSERT INTO posting_rules (kind, debit_code, credit_code) VALUES {RULE}")


def downgrade() -> None:
    """Take the rule away, past the guard that nobody else gets past."""
    op.execute("ALTER TABLE posting_rules DISABLE TRIGGER posting_rules_not_changed")
    op.execute(f"DELETE FROM posting_rules WHERE (kind, debit_code, credit_code) = {RULE}")
    op.execute("ALTER TABLE posting_rules ENABLE TRIGGER posting_rules_not_changed")
