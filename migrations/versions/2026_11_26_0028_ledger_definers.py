"""The ledger's own functions act with their owner's rights.

Revision ID: 0028
Revises: 0027

So the product's role needs no right to change a balance, or to lock one: it may add entries and
postings, and everything else follows from them.
"""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

DEFINERS: Final = (
    "ledger_open_balances()",
    "ledger_apply_postings()",
    "ledger_find_and_lock(smallint[], uuid[], text[])",
)


def upgrade() -> None:
    schema = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    for function in DEFINERS:
        op.execute(
            f"ALTER FUNCTION {function} SECURITY DEFINER SET search_path = {schema}, pg_temp"
        )


def downgrade() -> None:
    for function in DEFINERS:
        op.execute(f"ALTER FUNCTION {function} SECURITY INVOKER RESET search_path")
