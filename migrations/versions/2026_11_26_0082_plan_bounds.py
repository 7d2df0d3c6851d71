"""Close bounds on plans, as they are asked for and worked out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0082"
down_revision: str | None = "0081"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "plan_bounds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("wish", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("done_bps", sa.BigInteger(), nullable=False),
        sa.Column("at_most", sa.BigInteger(), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'working', 'done', 'refused')",
            name=op.f("ck_plan_bounds_state_is_known"),
        ),
        sa.CheckConstraint(
            "done_bps BETWEEN 0 AND 10000", name=op.f("ck_plan_bounds_done_is_a_share")
        ),
        sa.CheckConstraint(
            "(state = 'done') = (at_most IS NOT NULL)",
            name=op.f("ck_plan_bounds_at_most_when_done"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_plan_bounds_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["users.id"], name=op.f("fk_plan_bounds_asked_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_bounds")),
        sa.UniqueConstraint(
            "campaign_id", "question", name=op.f("uq_plan_bounds_campaign_id_question")
        ),
    )
    op.create_index(op.f("ix_plan_bounds_asked_at"), "plan_bounds", ["asked_at"])


def downgrade() -> None:
    """Drop it: what was asked can be asked again."""
    op.drop_table("plan_bounds")
