"""What the processor collected for us is income; what lies in suspense is a break."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision: str | None = "0025"
branch_labels = None
depends_on = None

# kind, debit, credit
RULES: Final = (
    ("processor_movement", 1010, 4010),
    ("processor_movement", 4010, 1010),
    ("reversal", 4010, 1010),
    ("reversal", 1010, 4010),
)
BREAKS: Final = "'missing_in_ledger', 'missing_at_processor', 'amount_differs', 'balance_differs'"


def upgrade() -> None:
    """Allow them. Another entry may have brought a reversal of the same pair already."""
    for kind, debit, credit in RULES:
        op.execute(
            sa.text(
                "INSERT INTO posting_rules (kind, debit_code, credit_code)"
                " VALUES (:kind, :debit, :credit) ON CONFLICT DO NOTHING"
            ).bindparams(kind=kind, debit=debit, credit=credit)
        )
    _breaks(f"{BREAKS}, 'unidentified'")


def downgrade() -> None:
    """Forbid them again; refused while an entry or a break uses one."""
    op.execute("ALTER TABLE posting_rules DISABLE TRIGGER posting_rules_not_changed")
    for kind, debit, credit in RULES:
        op.execute(
            sa.text(
                "DELETE FROM posting_rules"
                " WHERE kind = :kind AND debit_code = :debit AND credit_code = :credit"
            ).bindparams(kind=kind, debit=debit, credit=credit)
        )
    op.execute("ALTER TABLE posting_rules ENABLE TRIGGER posting_rules_not_changed")
    _breaks(BREAKS)


def _breaks(kinds: str) -> None:
    op.drop_constraint(
        op.f("ck_reconciliation_breaks_kind_is_known"), "reconciliation_breaks", type_="check"
    )
    op.create_check_constraint(
        op.f("ck_reconciliation_breaks_kind_is_known"),
        "reconciliation_breaks",
        f"kind IN ({kinds})",
    )
