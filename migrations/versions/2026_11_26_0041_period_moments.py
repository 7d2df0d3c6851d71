"""A period is closed at the moment by the database's own clock, as entries are recorded.

Revision ID: 0041
Revises: 0040
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("accounting_periods", "at", server_default=sa.text("clock_timestamp()"))


def downgrade() -> None:
    op.alter_column("accounting_periods", "at", server_default=None)
