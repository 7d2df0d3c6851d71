"""What arrived for a charge where the processor changed it into another currency.

Revision ID: 0039
Revises: 0038
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision: str | None = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; charges before came as they were charged."""
    op.add_column("charges", sa.Column("settled_minor", sa.BigInteger(), nullable=True))
    op.add_column("charges", sa.Column("settled_currency", sa.String(length=3), nullable=True))
    op.add_column(
        "charges", sa.Column("exchange_rate", sa.Text(), server_default="", nullable=False)
    )
    op.alter_column("charges", "exchange_rate", server_default=None)
    op.create_check_constraint(
        op.f("ck_charges_settled_is_in_another_currency"),
        "charges",
        "num_nulls(settled_minor, settled_currency) IN (0, 2)"
        " AND (settled_minor IS NULL OR (settled_minor > 0 AND settled_currency <> currency))",
    )


def downgrade() -> None:
    """Take the columns away."""
    op.drop_constraint(op.f("ck_charges_settled_is_in_another_currency"), "charges")
    for name in ("exchange_rate", "settled_currency", "settled_minor"):
        op.drop_column("charges", name)
