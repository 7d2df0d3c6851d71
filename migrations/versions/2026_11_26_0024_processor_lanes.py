"""Calls of a kind have a pace and can be stopped; a call can be only looked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision: str | None = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and the mark of a call that is only looked for."""
    op.add_column(
        "processor_calls",
        sa.Column("look_only", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.alter_column("processor_calls", "look_only", server_default=None)
    op.create_table(
        "processor_lanes",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("next_send_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stop_code", sa.Text(), nullable=True),
        sa.Column("probe_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(stopped_at IS NULL) = (probe_at IS NULL)",
            name=op.f("ck_processor_lanes_a_stop_is_probed"),
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_processor_lanes")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("processor_lanes")
    op.drop_column("processor_calls", "look_only")
