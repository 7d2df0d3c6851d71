"""Offers may ask a creator to work for the brand alone in a category for a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision: str | None = "0074"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; offers of before ask for nothing."""
    op.add_column("offers", sa.Column("exclusive_category", sa.Text(), nullable=True))
    op.add_column("offers", sa.Column("exclusive_from_on", sa.Date(), nullable=True))
    op.add_column("offers", sa.Column("exclusive_until_on", sa.Date(), nullable=True))
    op.create_check_constraint(
        op.f("ck_offers_exclusivity_is_whole"),
        "offers",
        "num_nulls(exclusive_category, exclusive_from_on, exclusive_until_on) IN (0, 3)"
        " AND (exclusive_category IS NULL OR exclusive_until_on >= exclusive_from_on)",
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_constraint(op.f("ck_offers_exclusivity_is_whole"), "offers")
    for name in ("exclusive_until_on", "exclusive_from_on", "exclusive_category"):
        op.drop_column("offers", name)
