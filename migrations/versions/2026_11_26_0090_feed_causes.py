"""Kinds of causes that a creator cares about."""

from __future__ import annotations

from alembic import op

revision = "0090"
down_revision: str | None = "0089"
branch_labels = None
depends_on = None

KINDS = "ck_feed_choices_kind_is_known"
BEFORE = "'less_topic', 'hide_brand', 'hide_campaign', 'hide_category', 'hide_cause'"


def upgrade() -> None:
    """Let creators say so."""
    op.drop_constraint(op.f(KINDS), "feed_choices")
    op.create_check_constraint(op.f(KINDS), "feed_choices", f"kind IN ({BEFORE}, 'more_cause')")


def downgrade() -> None:
    """Forget what was said."""
    op.execute("DELETE FROM feed_choices WHERE kind = 'more_cause'")
    op.drop_constraint(op.f(KINDS), "feed_choices")
    op.create_check_constraint(op.f(KINDS), "feed_choices", f"kind IN ({BEFORE})")
