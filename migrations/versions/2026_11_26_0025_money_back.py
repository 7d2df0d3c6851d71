"""Refunds of a part, of a wallet and by bank; bank debits that clear late; allocations.

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision: str | None = "0024"
branch_labels = None
depends_on = None

_WITHIN: Final = "ck_charges_refunded_is_within_the_amount"
_BOTH_WITHIN: Final = "ck_charges_what_went_back_is_within_the_amount"


def upgrade() -> None:
    """Widen the tables of the funding room."""
    _states("fundings", "state", "requested checkout_open clearing paid expired failed")
    op.add_column("fundings", sa.Column("method", sa.Text()))
    op.add_column("fundings", sa.Column("debit_ordered_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE fundings SET method = 'card' WHERE state = 'paid'")

    charged_back = sa.Column(
        "charged_back_minor", sa.BigInteger(), nullable=False, server_default="0"
    )
    op.add_column("charges", charged_back)
    op.add_column("charges", sa.Column("method", sa.Text(), nullable=False, server_default="card"))
    op.add_column("charges", sa.Column("refund_came_back_at", sa.DateTime(timezone=True)))
    for column in ("charged_back_minor", "method"):
        op.alter_column("charges", column, server_default=None)
    op.drop_constraint(op.f(_WITHIN), "charges", type_="check")
    op.create_check_constraint(
        op.f(_BOTH_WITHIN),
        "charges",
        "refunded_minor >= 0 AND charged_back_minor >= 0"
        " AND refunded_minor + charged_back_minor <= amount_minor",
    )

    _states("refunds", "state", "asked bank_transfer_due paid failed came_back")
    op.add_column("refunds", sa.Column("asked_as", sa.Uuid()))
    op.add_column("refunds", sa.Column("brand_id", sa.Uuid()))
    op.add_column(
        "refunds", sa.Column("way", sa.String(40), nullable=False, server_default="as_it_came")
    )
    op.add_column(
        "refunds", sa.Column("bank_reference", sa.Text(), nullable=False, server_default="")
    )
    op.add_column("refunds", sa.Column("left_at", sa.DateTime(timezone=True)))
    for column in ("way", "bank_reference"):
        op.alter_column("refunds", column, server_default=None)
    op.execute(
        "UPDATE refunds SET asked_as = refunds.id, brand_id = campaigns.brand_id,"
        " left_at = CASE WHEN refunds.state = 'paid' THEN refunds.ended_at END"
        " FROM campaigns WHERE campaigns.id = refunds.campaign_id"
    )
    for column in ("asked_as", "brand_id"):
        op.alter_column("refunds", column, nullable=False)
    for column in ("campaign_id", "charge_id"):
        op.alter_column("refunds", column, nullable=True)
    op.create_foreign_key(
        op.f("fk_refunds_brand_id_brands"), "refunds", "brands", ["brand_id"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_refunds_way_is_known"), "refunds", "way IN ('as_it_came', 'bank_transfer')"
    )
    op.create_check_constraint(
        op.f("ck_refunds_what_goes_as_it_came_has_a_charge"),
        "refunds",
        "charge_id IS NOT NULL OR way = 'bank_transfer'",
    )
    op.create_index(op.f("ix_refunds_brand_id"), "refunds", ["brand_id"])
    op.create_index(op.f("ix_refunds_asked_as"), "refunds", ["asked_as"])

    op.create_table(
        "allocations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("budget_minor", sa.BigInteger(), nullable=False),
        sa.Column("platform_fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("allocated_by", sa.Uuid(), nullable=False),
        sa.Column("allocated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "budget_minor > 0 AND platform_fee_minor >= 0",
            name=op.f("ck_allocations_amounts_are_right"),
        ),
        sa.ForeignKeyConstraint(
            ["allocated_by"], ["users.id"], name=op.f("fk_allocations_allocated_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brands.id"], name=op.f("fk_allocations_brand_id_brands")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_allocations_campaign_id_campaigns")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocations")),
    )
    op.create_index(op.f("ix_allocations_campaign_id"), "allocations", ["campaign_id"])


def downgrade() -> None:
    """Narrow them again; what the old tables have no place for stops it."""
    op.drop_table("allocations")
    op.drop_index(op.f("ix_refunds_asked_as"), "refunds")
    op.drop_index(op.f("ix_refunds_brand_id"), "refunds")
    for name in ("way_is_known", "what_goes_as_it_came_has_a_charge"):
        op.drop_constraint(op.f(f"ck_refunds_{name}"), "refunds", type_="check")
    for column in ("charge_id", "campaign_id"):
        op.alter_column("refunds", column, nullable=False)
    for column in ("left_at", "bank_reference", "way", "brand_id", "asked_as"):
        op.drop_column("refunds", column)
    _states("refunds", "state", "asked paid failed")
    op.drop_constraint(op.f(_BOTH_WITHIN), "charges", type_="check")
    op.create_check_constraint(
        op.f(_WITHIN), "charges", "refunded_minor BETWEEN 0 AND amount_minor"
    )
    for column in ("refund_came_back_at", "method", "charged_back_minor"):
        op.drop_column("charges", column)
    for column in ("debit_ordered_at", "method"):
        op.drop_column("fundings", column)
    _states("fundings", "state", "requested checkout_open paid expired failed")


def _states(table: str, column: str, states: str) -> None:
    name = op.f(f"ck_{table}_{column}_is_known")
    op.drop_constraint(name, table, type_="check")
    known = ", ".join(f"'{state}'" for state in states.split())
    op.create_check_constraint(name, table, f"{column} IN ({known})")
