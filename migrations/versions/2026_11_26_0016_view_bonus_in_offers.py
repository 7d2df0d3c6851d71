"""A bonus for views in offers, and what a collaboration gave back of its promise."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision: str | None = "0015"
branch_labels = None
depends_on = None

_WHOLE = (
    "num_nulls(bonus_rate_minor, bonus_cap_minor, bonus_days) IN (0, 3)"
    " AND (bonus_rate_minor IS NULL OR (bonus_rate_minor > 0"
    " AND bonus_cap_minor >= bonus_rate_minor AND bonus_days BETWEEN 1 AND 60))"
)


def upgrade() -> None:
    """Add the columns; offers made before have no bonus."""
    for name in ("bonus_rate_minor", "bonus_cap_minor", "bonus_days"):
        op.add_column("offers", sa.Column(name, sa.BigInteger(), nullable=True))
    op.create_check_constraint(op.f("ck_offers_bonus_is_whole"), "offers", _WHOLE)
    op.add_column(
        "collaborations",
        sa.Column("released_minor", sa.BigInteger(), server_default="0", nullable=False),
    )
    op.alter_column("collaborations", "released_minor", server_default=None)
    op.create_check_constraint(
        op.f("ck_collaborations_released_is_not_negative"), "collaborations", "released_minor >= 0"
    )


def downgrade() -> None:
    """Take the columns away."""
    op.drop_column("collaborations", "released_minor")
    op.drop_constraint(op.f("ck_offers_bonus_is_whole"), "offers")
    for name in ("bonus_days", "bonus_cap_minor", "bonus_rate_minor"):
        op.drop_column("offers", name)
