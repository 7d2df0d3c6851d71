"""The terms that an installation begins with: what stood in the code before.

Amounts stood for whole units of any currency; here they are about as much everywhere.

Revision ID: 0035
Revises: 0034
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision: str | None = "0034"
branch_labels = None
depends_on = None

FIRST: Final = "00000000-0000-7000-8000-000000000001"
SINCE: Final = "1970-01-01 00:00:00+00"

# Currency: minor units of one unit, and how many units are about a dollar.
CURRENCIES: Final = {
    "USD": (100, 1), "EUR": (100, 1), "GBP": (100, 1), "AUD": (100, 1), "CAD": (100, 1),
    "CHF": (100, 1), "CZK": (100, 20), "DKK": (100, 10), "HUF": (100, 400), "ISK": (1, 100),
    "JPY": (1, 100), "KRW": (1, 1_000), "NOK": (100, 10), "NZD": (100, 1), "PLN": (100, 4),
    "SEK": (100, 10), "TWD": (100, 30), "VND": (1, 20_000), "BHD": (1_000, 1), "KWD": (1_000, 1),
}  # fmt: skip


def upgrade() -> None:
    op.execute(
        "INSERT INTO terms_versions (id, valid_from, brand_fee_bps, creator_fee_bps, hold_days,"
        " processor_fees_by, processor_fee_bps, fee_tax_bps, set_by, set_at, why)"
        f" VALUES ('{FIRST}', '{SINCE}', 1000, 500, 7, 'platform', 290, 0, NULL, '{SINCE}',"
        " 'What the installation began with.')"
    )
    columns = (
        "terms_id", "currency", "offered", "funding_least_minor", "funding_most_minor",
        "payout_least_minor", "processor_fixed_minor",
    )  # fmt: skip
    types = {"terms_id": sa.Uuid(as_uuid=False)}
    op.bulk_insert(
        sa.table("terms_limits", *(sa.column(name, types.get(name)) for name in columns)),
        [
            {
                "terms_id": FIRST,
                "currency": code,
                "offered": True,
                "funding_least_minor": 50 * unit * worth,
                "funding_most_minor": 100_000 * unit * worth,
                "payout_least_minor": 10 * unit * worth,
                "processor_fixed_minor": 30 * unit * worth // 100,
            }
            for code, (unit, worth) in CURRENCIES.items()
        ],
    )


def downgrade() -> None:
    """Nothing: rows of terms are never deleted, and the tables go with the migration before."""
