"""A trend knows the spelling that most posts use, beside the key that it is counted by.

Revision ID: 0101
Revises: 0100
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0101"
down_revision: str | None = "0100"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Spell each like its key until the next count says more."""
    op.add_column("trends", sa.Column("spelling", sa.Text(), nullable=True))
    op.execute("UPDATE trends SET spelling = name")
    op.alter_column("trends", "spelling", nullable=False)


def downgrade() -> None:
    """Forget how they are spelled."""
    op.drop_column("trends", "spelling")
