"""The middle candidate's country is counted in hundred-millionths, not in basis points.

Revision ID: 0093
Revises: 0092
"""

from __future__ import annotations

from alembic import op

revision = "0093"
down_revision: str | None = "0092"
branch_labels = None
depends_on = None

_FIFTH = "UPDATE brief_medians SET factors[5] = {} WHERE cardinality(factors) > 0"


def upgrade() -> None:
    """Count finer what is kept."""
    op.execute(_FIFTH.format("factors[5] * 10000"))


def downgrade() -> None:
    """Count in basis points again."""
    op.execute(_FIFTH.format("factors[5] / 10000"))
