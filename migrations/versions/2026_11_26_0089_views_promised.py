"""Views expected when a collaboration was agreed, and what is learned of them.

Revision ID: 0089
Revises: 0088
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0089"
down_revision: str | None = "0088"
branch_labels = None
depends_on = None

EXPECTED = ("expected_views", "expected_low", "expected_high")
FOLLOWED = ("videos_count", "views_met_count", "views_low_count")
WHOLE = "ck_collaborations_expected_is_whole"
IN_ORDER = "ck_creator_records_views_are_of_videos"
STEPS = "ck_chance_versions_step_is_known"
KNOWN = "'reply', 'apply', 'offer', 'agree', 'deliver', 'renew'"


def upgrade() -> None:
    """Add what was expected, what came of it, and the two steps that are learned."""
    for name in EXPECTED:
        op.add_column("collaborations", sa.Column(name, sa.BigInteger()))
    op.create_check_constraint(
        op.f(WHOLE),
        "collaborations",
        "num_nulls(expected_views, expected_low, expected_high) IN (0, 3)"
        " AND 0 <= expected_low AND expected_low <= expected_views"
        " AND expected_views <= expected_high",
    )
    for name in FOLLOWED:
        op.add_column(
            "creator_records", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)
        )
    op.create_check_constraint(
        op.f(IN_ORDER),
        "creator_records",
        "0 <= views_met_count AND views_met_count <= views_low_count"
        " AND views_low_count <= videos_count",
    )
    op.drop_constraint(op.f(STEPS), "chance_versions")
    op.create_check_constraint(
        op.f(STEPS), "chance_versions", f"step IN ({KNOWN}, 'views', 'views_low')"
    )


def downgrade() -> None:
    """Take them away, with what was learned of them."""
    op.execute("DELETE FROM chance_versions WHERE step IN ('views', 'views_low')")
    op.drop_constraint(op.f(STEPS), "chance_versions")
    op.create_check_constraint(op.f(STEPS), "chance_versions", f"step IN ({KNOWN})")
    op.drop_constraint(op.f(IN_ORDER), "creator_records")
    for name in reversed(FOLLOWED):
        op.drop_column("creator_records", name)
    op.drop_constraint(op.f(WHOLE), "collaborations")
    for name in reversed(EXPECTED):
        op.drop_column("collaborations", name)
