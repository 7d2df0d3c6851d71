"""What went back to a campaign rests in it while its creator may still dispute that.

Revision ID: 0099
Revises: 0098
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0099"
down_revision: str | None = "0098"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the amounts, one row for what may be disputed."""
    op.create_table(
        "resting_funds",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("why", sa.String(40), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("rests_until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "why IN ('called_off', 'bonus', 'prizes')", name=op.f("ck_resting_funds_why_is_known")
        ),
        sa.CheckConstraint(
            "amount_minor >= 0", name=op.f("ck_resting_funds_amount_is_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_resting_funds_campaign_id_campaigns")
        ),
        sa.PrimaryKeyConstraint("subject_id", name=op.f("pk_resting_funds")),
    )
    op.create_index(
        op.f("ix_resting_funds_campaign_id_resting_funds_rests_until"),
        "resting_funds",
        ["campaign_id", "rests_until"],
    )


def downgrade() -> None:
    """Take them away: all of a campaign's funds can be spent at once."""
    op.drop_table("resting_funds")
