"""Plans that were accepted, and the fee that an invitation suggests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0060"
down_revision: str | None = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of plans; invitations of before suggest no fee."""
    op.create_table(
        "accepted_plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("brief_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("budget_minor", sa.BigInteger(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("rules", postgresql.JSONB(), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.Column("people_low", sa.BigInteger(), nullable=False),
        sa.Column("people_high", sa.BigInteger(), nullable=False),
        sa.Column("accepted_by", sa.Uuid(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "budget_minor > 0 AND cost_minor > 0",
            name=op.f("ck_accepted_plans_amounts_are_positive"),
        ),
        sa.CheckConstraint(
            "people_low <= people AND people <= people_high",
            name=op.f("ck_accepted_plans_people_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_accepted_plans_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["briefs.id"], name=op.f("fk_accepted_plans_brief_id_briefs")
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by"], ["users.id"], name=op.f("fk_accepted_plans_accepted_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accepted_plans")),
    )
    op.create_index(
        op.f("ix_accepted_plans_campaign_id_accepted_plans_accepted_at"),
        "accepted_plans",
        ["campaign_id", "accepted_at"],
    )
    op.create_table(
        "plan_picks",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("adds", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("price_minor > 0", name=op.f("ck_plan_picks_price_is_positive")),
        sa.CheckConstraint("place >= 1", name=op.f("ck_plan_picks_places_start_at_one")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["accepted_plans.id"], name=op.f("fk_plan_picks_plan_id_accepted_plans")
        ),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["creators.id"], name=op.f("fk_plan_picks_creator_id_creators")
        ),
        sa.PrimaryKeyConstraint("plan_id", "creator_id", name=op.f("pk_plan_picks")),
        sa.UniqueConstraint("plan_id", "place", name=op.f("uq_plan_picks_plan_id_place")),
    )
    op.add_column("invitations", sa.Column("fee_minor", sa.BigInteger(), nullable=True))
    op.create_check_constraint(
        op.f("ck_invitations_fee_is_positive"), "invitations", "fee_minor > 0"
    )


def downgrade() -> None:
    """Drop them: what was accepted is then known by its invitations alone."""
    op.drop_column("invitations", "fee_minor")
    op.drop_table("plan_picks")
    op.drop_table("accepted_plans")
