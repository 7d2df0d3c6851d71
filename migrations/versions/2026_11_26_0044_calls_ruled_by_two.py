"""What two people decide about a call to the processor that waits for them."""

from __future__ import annotations

from alembic import op

revision = "0044"
down_revision: str | None = "0043"
branch_labels = None
depends_on = None

_KINDS = "kind IN ('adjustment', 'write_off', 'identify'{})"


def upgrade() -> None:
    """Let requests be of these kinds."""
    _let_be(", 'resend_call', 'give_up_call'")


def downgrade() -> None:
    """Forget such requests; what they did stays done."""
    op.execute("DELETE FROM finance_requests WHERE kind IN ('resend_call', 'give_up_call')")
    _let_be("")


def _let_be(more: str) -> None:
    op.drop_constraint(op.f("ck_finance_requests_kind_is_known"), "finance_requests")
    op.create_check_constraint(
        op.f("ck_finance_requests_kind_is_known"), "finance_requests", _KINDS.format(more)
    )
