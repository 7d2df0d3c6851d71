"""An accepted plan keeps what it was promised from: the people of the target, and what was learned.

Revision ID: 0096
Revises: 0095
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0096"
down_revision: str | None = "0095"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both; older plans get the learning that counted when they were accepted."""
    op.add_column("accepted_plans", sa.Column("target_people", sa.BigInteger(), nullable=True))
    op.add_column("accepted_plans", sa.Column("correction_version", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_accepted_plans_correction_version_reach_corrections"),
        "accepted_plans",
        "reach_corrections",
        ["correction_version"],
        ["version"],
    )
    op.create_check_constraint(
        op.f("ck_accepted_plans_target_has_people"), "accepted_plans", "target_people > 0"
    )
    op.execute(
        "UPDATE accepted_plans SET correction_version = (SELECT max(version)"
        " FROM reach_corrections WHERE counts AND learned_at <= accepted_at)"
    )


def downgrade() -> None:
    """Take both away."""
    op.drop_constraint(op.f("ck_accepted_plans_target_has_people"), "accepted_plans")
    op.drop_constraint(
        op.f("fk_accepted_plans_correction_version_reach_corrections"), "accepted_plans"
    )
    op.drop_column("accepted_plans", "correction_version")
    op.drop_column("accepted_plans", "target_people")
