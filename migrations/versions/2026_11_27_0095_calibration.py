"""A version of the chances keeps how calibrated it was, in tenths of the scale.

Revision ID: 0095
Revises: 0094
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0095"
down_revision: str | None = "0094"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the scores; the five equal parts of older versions cannot be cut into tenths."""
    for name in ("brier", "brier_base"):
        op.add_column("chance_versions", sa.Column(name, sa.Float(), nullable=True))
    for name, old in (("judged_on", "held_back"), ("base_bps", "0"), ("bands", "'[]'::jsonb")):
        kind = postgresql.JSONB() if name == "bands" else sa.BigInteger()
        op.add_column("chance_versions", sa.Column(name, kind, nullable=True))
        op.execute(f"UPDATE chance_versions SET {name} = {old}")
        op.alter_column("chance_versions", name, nullable=False)
    op.drop_column("chance_versions", "bins")


def downgrade() -> None:
    """Take them away; the next learning fills the parts again."""
    op.add_column("chance_versions", sa.Column("bins", postgresql.JSONB(), nullable=True))
    op.execute("UPDATE chance_versions SET bins = '[]'::jsonb")
    op.alter_column("chance_versions", "bins", nullable=False)
    for name in ("bands", "base_bps", "judged_on", "brier_base", "brier"):
        op.drop_column("chance_versions", name)
