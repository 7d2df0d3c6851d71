"""Prizes of challenges can be disputed.

Revision ID: 0088
Revises: 0087
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0088"
down_revision: str | None = "0087"
branch_labels = None
depends_on = None

ABOUT: Final = "about IN ('held', 'unaccepted', 'called_off', 'bonus'"
REASON: Final = (
    "reason IN ('post_removed', 'not_as_agreed', 'disclosure_missing', 'views_look_bought',"
    " 'rights', 'other', 'not_reviewed', 'rounds_used_up', 'not_accepted', 'called_off',"
    " 'bonus_count'"
)


def upgrade() -> None:
    """Know the money and the reason, and keep what entries won and could have won.

    What a collaboration released can be below nothing now: an entry was promised nothing, and a
    dispute may promise it something.
    """
    _allow("about", ABOUT + ", 'prize')")
    _allow("reason", REASON + ", 'prize_count')")
    op.drop_constraint(op.f("ck_collaborations_released_is_not_negative"), "collaborations")
    op.create_table(
        "entry_prizes",
        sa.Column("deliverable_id", sa.Uuid(), nullable=False),
        sa.Column("won_minor", sa.BigInteger(), nullable=False),
        sa.Column("most_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("disputable_until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "won_minor BETWEEN 0 AND most_minor", name=op.f("ck_entry_prizes_won_at_most")
        ),
        sa.ForeignKeyConstraint(
            ["deliverable_id"],
            ["deliverables.id"],
            name=op.f("fk_entry_prizes_deliverable_id_deliverables"),
        ),
        sa.PrimaryKeyConstraint("deliverable_id", name=op.f("pk_entry_prizes")),
    )


def downgrade() -> None:
    """Take them away; refused once a prize was disputed."""
    op.drop_table("entry_prizes")
    op.create_check_constraint(
        op.f("ck_collaborations_released_is_not_negative"), "collaborations", "released_minor >= 0"
    )
    _allow("reason", REASON + ")")
    _allow("about", ABOUT + ")")


def _allow(column: str, condition: str) -> None:
    name = op.f(f"ck_disputes_{column}_is_known")
    op.drop_constraint(name, "disputes")
    op.create_check_constraint(name, "disputes", condition)
