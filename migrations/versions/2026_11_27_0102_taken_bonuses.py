"""What a dispute took back of a bonus stays with it, so that nobody disputes it again.

Revision ID: 0102
Revises: 0101
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0102"
down_revision: str | None = "0101"
branch_labels = None
depends_on = None

CHECK: Final = "ck_view_bonuses_taken_is_within_the_rest"
TAKEN: Final = """
    UPDATE view_bonuses SET taken_minor = least(taken.minor, cap_minor - gross_minor)
    FROM (
        SELECT disputes.deliverable_id, sum(postings.amount_minor) AS minor
        FROM disputes
        JOIN journal_entries entries
            ON entries.idem_key = 'bonusfix:' || disputes.deliverable_id || ':' || disputes.id
        JOIN postings ON postings.entry_id = entries.id AND postings.credit_code = 2030
        GROUP BY disputes.deliverable_id
    ) taken
    WHERE taken.deliverable_id = view_bonuses.deliverable_id
"""


def upgrade() -> None:
    """Add the amount; the books say what it was until now."""
    op.add_column(
        "view_bonuses",
        sa.Column("taken_minor", sa.BigInteger(), server_default="0", nullable=False),
    )
    op.execute(TAKEN)
    op.create_check_constraint(
        op.f(CHECK), "view_bonuses", "taken_minor BETWEEN 0 AND cap_minor - gross_minor"
    )


def downgrade() -> None:
    """Forget it: the books still have it."""
    op.drop_constraint(op.f(CHECK), "view_bonuses", type_="check")
    op.drop_column("view_bonuses", "taken_minor")
