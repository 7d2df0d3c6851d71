"""The clocks of disputes, and what one member of staff decides alone, are terms.

Revision ID: 0091
Revises: 0090
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0091"
down_revision: str | None = "0090"
branch_labels = None
depends_on = None

DAYS: Final = {"dispute_answer_days": 5, "dispute_decide_days": 5, "dispute_to_open_days": 7}
ALONE: Final = {"dispute_alone_minor": 500, "identify_alone_minor": 100}
# Currency: minor units of what is about a dollar.
UNITS: Final = {
    "USD": 100, "EUR": 100, "GBP": 100, "AUD": 100, "CAD": 100, "CHF": 100, "CZK": 2_000,
    "DKK": 1_000, "HUF": 40_000, "ISK": 100, "JPY": 100, "KRW": 1_000, "NOK": 1_000, "NZD": 100,
    "PLN": 400, "SEK": 1_000, "TWD": 3_000, "VND": 20_000, "BHD": 1_000, "KWD": 1_000,
}  # fmt: skip


def upgrade() -> None:
    """Put into every version what was in force when it was: what the product did by itself."""
    for name, days in DAYS.items():
        op.add_column(
            "terms_versions",
            sa.Column(name, sa.BigInteger(), nullable=False, server_default=str(days)),
        )
        op.alter_column("terms_versions", name, server_default=None)
    op.create_check_constraint(
        op.f("ck_terms_versions_disputes_end"),
        "terms_versions",
        "dispute_answer_days BETWEEN 1 AND 30 AND dispute_decide_days BETWEEN 1 AND 30"
        " AND dispute_to_open_days BETWEEN 1 AND 30",
    )
    units = ", ".join(f"('{code}', {unit})" for code, unit in UNITS.items())
    for name in ALONE:
        op.add_column(
            "terms_limits", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")
        )
        op.alter_column("terms_limits", name, server_default=None)
    told = ", ".join(f"{name} = {many} * each.unit" for name, many in ALONE.items())
    op.execute("ALTER TABLE terms_limits DISABLE TRIGGER terms_limits_not_changed")
    op.execute(
        f"UPDATE terms_limits SET {told} FROM (VALUES {units}) each (code, unit)"
        " WHERE currency = each.code"
    )
    op.execute("ALTER TABLE terms_limits ENABLE TRIGGER terms_limits_not_changed")
    op.create_check_constraint(
        op.f("ck_terms_limits_alone_up_to_an_amount"),
        "terms_limits",
        "dispute_alone_minor >= 0 AND identify_alone_minor >= 0",
    )


def downgrade() -> None:
    """Take them away; the product does by itself again what the first version says."""
    op.drop_constraint(op.f("ck_terms_limits_alone_up_to_an_amount"), "terms_limits")
    for name in ALONE:
        op.drop_column("terms_limits", name)
    op.drop_constraint(op.f("ck_terms_versions_disputes_end"), "terms_versions")
    for name in DAYS:
        op.drop_column("terms_versions", name)
