"""What creators' applications led to, and categories and causes that a feed hides."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0084"
down_revision: str | None = "0083"
branch_labels = None
depends_on = None

COUNTS = "ck_creator_records_counts_are_not_negative"
KINDS = "ck_feed_choices_kind_is_known"


def upgrade() -> None:
    """Add the counts and the kinds."""
    for name in ("offered_count", "declined_count"):
        op.add_column(
            "creator_records", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)
        )
    op.drop_constraint(op.f(COUNTS), "creator_records")
    op.create_check_constraint(
        op.f(COUNTS),
        "creator_records",
        "kept_count >= 0 AND broken_count >= 0 AND offered_count >= 0 AND declined_count >= 0",
    )
    op.drop_constraint(op.f(KINDS), "feed_choices")
    op.create_check_constraint(
        op.f(KINDS),
        "feed_choices",
        "kind IN ('less_topic', 'hide_brand', 'hide_campaign', 'hide_category', 'hide_cause')",
    )


def downgrade() -> None:
    """Take them away; what was hidden by them is shown again."""
    op.execute("DELETE FROM feed_choices WHERE kind IN ('hide_category', 'hide_cause')")
    op.drop_constraint(op.f(KINDS), "feed_choices")
    op.create_check_constraint(
        op.f(KINDS), "feed_choices", "kind IN ('less_topic', 'hide_brand', 'hide_campaign')"
    )
    op.drop_constraint(op.f(COUNTS), "creator_records")
    op.create_check_constraint(
        op.f(COUNTS), "creator_records", "kept_count >= 0 AND broken_count >= 0"
    )
    for name in ("declined_count", "offered_count"):
        op.drop_column("creator_records", name)
