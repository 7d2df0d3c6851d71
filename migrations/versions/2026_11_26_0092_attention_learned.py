"""What the sharing of attention learned, and the part that small channels have."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0092"
down_revision: str | None = "0091"
branch_labels = None
depends_on = None

COLUMNS = {"fresh_every": "10", "small_bps": "0", "small_market_bps": "0"}
"""With what a report from before stands for."""
POSITIVE = "ck_attention_reports_fresh_every_is_positive"


def upgrade() -> None:
    """Add the figures; older reports have learned nothing."""
    for name, usual in COLUMNS.items():
        op.add_column(
            "attention_reports",
            sa.Column(name, sa.BigInteger(), server_default=usual, nullable=False),
        )
        op.alter_column("attention_reports", name, server_default=None)
    op.create_check_constraint(op.f(POSITIVE), "attention_reports", "fresh_every > 0")


def downgrade() -> None:
    """Take them away."""
    op.drop_constraint(op.f(POSITIVE), "attention_reports")
    for name in COLUMNS:
        op.drop_column("attention_reports", name)
