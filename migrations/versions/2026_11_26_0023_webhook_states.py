"""What became of each webhook, and what it was about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision: str | None = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what was kept before is told from its body."""
    op.add_column("inbox_messages", sa.Column("livemode", sa.Boolean(), nullable=True))
    op.add_column("inbox_messages", sa.Column("account", sa.Text(), nullable=True))
    op.add_column("inbox_messages", sa.Column("object_id", sa.Text(), nullable=True))
    op.add_column("inbox_messages", sa.Column("state", sa.String(40), nullable=True))
    op.execute(
        "UPDATE inbox_messages SET livemode = coalesce((body ->> 'livemode')::boolean, false),"
        " account = body ->> 'account',"
        " object_id = coalesce(body #>> '{data,object,id}', ''),"
        " state = CASE WHEN handled_at IS NULL THEN 'waiting' ELSE 'handled' END"
    )
    for name in ("livemode", "object_id", "state"):
        op.alter_column("inbox_messages", name, nullable=False)
    op.create_check_constraint(
        op.f("ck_inbox_messages_state_is_known"),
        "inbox_messages",
        "state IN ('waiting', 'handled', 'unused', 'aside')",
    )
    op.create_check_constraint(
        op.f("ck_inbox_messages_handled_is_dated"),
        "inbox_messages",
        "(state = 'waiting') = (handled_at IS NULL)",
    )
    op.create_index(op.f("ix_inbox_messages_received_at"), "inbox_messages", ["received_at"])
    op.create_index(op.f("ix_inbox_messages_object_id"), "inbox_messages", ["object_id"])


def downgrade() -> None:
    """Drop the columns."""
    op.drop_index(op.f("ix_inbox_messages_object_id"), "inbox_messages")
    op.drop_index(op.f("ix_inbox_messages_received_at"), "inbox_messages")
    op.drop_constraint(op.f("ck_inbox_messages_handled_is_dated"), "inbox_messages")
    op.drop_constraint(op.f("ck_inbox_messages_state_is_known"), "inbox_messages")
    for name in ("state", "object_id", "account", "livemode"):
        op.drop_column("inbox_messages", name)
