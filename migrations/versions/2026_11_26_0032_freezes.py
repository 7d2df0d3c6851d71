"""Staff can stop a creator's payouts; a payout that was given back can turn out to be paid."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision: str | None = "0031"
branch_labels = None
depends_on = None

_EVENTS = "event IN ('reserve', 'settle', 'return'{})"


def upgrade() -> None:
    """Make the table, and let the steps know the event."""
    op.create_table(
        "freezes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("frozen_by", sa.Uuid(), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_freezes_has_a_reason")),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["creators.id"], name=op.f("fk_freezes_creator_id_creators")
        ),
        sa.ForeignKeyConstraint(
            ["frozen_by"], ["users.id"], name=op.f("fk_freezes_frozen_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by"], ["users.id"], name=op.f("fk_freezes_lifted_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freezes")),
    )
    op.create_index(
        "uq_freezes_open",
        "freezes",
        ["creator_id"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    _let_know(", 'find_paid'")


def downgrade() -> None:
    """Drop them; steps of that event are notes that their payouts tell as well."""
    op.execute("DELETE FROM payout_steps WHERE event = 'find_paid'")
    _let_know("")
    op.drop_table("freezes")


def _let_know(more: str) -> None:
    op.drop_constraint(op.f("ck_payout_steps_event_is_known"), "payout_steps")
    op.create_check_constraint(
        op.f("ck_payout_steps_event_is_known"), "payout_steps", _EVENTS.format(more)
    )
