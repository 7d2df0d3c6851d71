"""More that a movement in suspense can turn out to be: a fee given back, our own bank."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision: str | None = "0019"
branch_labels = None
depends_on = None

# kind, debit, credit
RULES: Final = (
    ("identify", 1900, 5010),
    ("identify", 1900, 1030),
    ("identify", 1030, 1900),
    ("reversal", 5010, 1900),
    ("reversal", 1030, 1900),
    ("reversal", 1900, 1030),
)


def upgrade() -> None:
    """Allow them. Another entry may have brought a reversal of the same pair already."""
    for kind, debit, credit in RULES:
        op.execute(
            sa.text(
                "INSERT INTO posting_rules (kind, debit_code, credit_code)"
                " VALUES (:kind, :debit, :credit) ON CONFLICT DO NOTHING"
            ).bindparams(kind=kind, debit=debit, credit=credit)
        )


def downgrade() -> None:
    """Forbid them again; refused while an entry uses one."""
    op.execute("ALTER TABLE posting_rules DISABLE TRIGGER posting_rules_not_changed")
    for kind, debit, credit in RULES:
        op.execute(
            sa.text(
                "DELETE FROM posting_rules"
                " WHERE kind = :kind AND debit_code = :debit AND credit_code = :credit"
            ).bindparams(kind=kind, debit=debit, credit=credit)
        )
    op.execute("ALTER TABLE posting_rules ENABLE TRIGGER posting_rules_not_changed")
