"""What is agreed keeps its terms: campaigns, offers, fundings, earnings and payouts.

Revision ID: 0036
Revises: 0035
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision: str | None = "0035"
branch_labels = None
depends_on = None

ADDED: Final = (
    ("offers", "fee_tax_bps"), ("offers", "withheld_bps"), ("fundings", "fee_tax_minor"),
    ("fundings", "processor_fee_minor"), ("earnings", "withheld_minor"),
    ("payouts", "withheld_minor"), ("view_bonuses", "withheld_bps"),
    ("allocations", "fee_tax_minor"),
)  # fmt: skip
EARNINGS: Final = (
    "platform_share_minor >= 0 AND net_minor = fee_minor - platform_share_minor"
    " AND (net_minor > 0 OR (net_minor = 0 AND state = 'taken_back'))"
)
FROZEN: Final = (
    "id", "application_id", "campaign_id", "creator_id", "brief_id", "number", "made_by",
    "fee_minor", "currency", "creator_fee_bps", "brand_fee_bps", "hold_days", "deliverables",
    "usage_media", "usage_days", "revision_rounds", "note", "made_at", "expires_at",
)  # fmt: skip
FROZEN_TOO: Final = (
    "fee_tax_bps", "withheld_bps", "bonus_rate_minor", "bonus_cap_minor", "bonus_days",
)  # fmt: skip


def upgrade() -> None:
    for table, column in ADDED:
        op.add_column(table, sa.Column(column, sa.BigInteger(), server_default="0", nullable=False))
        op.alter_column(table, column, server_default=None)
    op.add_column("campaigns", sa.Column("terms_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE campaigns SET terms_at = least(published_at, (SELECT min(requested_at)"
        " FROM fundings WHERE campaign_id = campaigns.id AND state = 'paid'))"
    )
    _check("offers", "platform_fees_are_shares",
           "creator_fee_bps BETWEEN 0 AND 10000 AND brand_fee_bps BETWEEN 0 AND 10000"
           " AND fee_tax_bps BETWEEN 0 AND 10000 AND withheld_bps BETWEEN 0 AND 9999")  # fmt: skip
    _check("fundings", "total_adds_up",
           "budget_minor > 0 AND platform_fee_minor >= 0 AND fee_tax_minor >= 0"
           " AND processor_fee_minor >= 0 AND total_minor ="
           " budget_minor + platform_fee_minor + fee_tax_minor + processor_fee_minor")  # fmt: skip
    _check("earnings", "net_adds_up",
           f"{EARNINGS} AND withheld_minor BETWEEN 0 AND net_minor")  # fmt: skip
    op.create_check_constraint(
        op.f("ck_payouts_withheld_is_not_negative"), "payouts", "withheld_minor >= 0"
    )
    _guard(FROZEN + FROZEN_TOO)


def downgrade() -> None:
    _guard(FROZEN)
    op.drop_constraint(op.f("ck_payouts_withheld_is_not_negative"), "payouts")
    _check("earnings", "net_adds_up", EARNINGS)
    _check("fundings", "total_adds_up",
           "budget_minor > 0 AND platform_fee_minor >= 0"
           " AND total_minor = budget_minor + platform_fee_minor")  # fmt: skip
    _check("offers", "platform_fees_are_shares",
           "creator_fee_bps BETWEEN 0 AND 10000 AND brand_fee_bps BETWEEN 0 AND 10000")  # fmt: skip
    op.drop_column("campaigns", "terms_at")
    for table, column in reversed(ADDED):
        op.drop_column(table, column)


def _check(table: str, name: str, condition: str) -> None:
    """Put a CHECK in place of the one of the same name."""
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def _guard(columns: tuple[str, ...]) -> None:
    """Hold these columns of an offer to what they were."""
    new = ", ".join(f"NEW.{column}" for column in columns)
    old = ", ".join(f"OLD.{column}" for column in columns)
    op.execute(f"""
        CREATE OR REPLACE FUNCTION offers_keep_their_terms() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                RAISE EXCEPTION 'an offer is never deleted'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'offers_keep_their_terms';
            END IF;
            IF ROW({new}) IS DISTINCT FROM ROW({old}) THEN
                RAISE EXCEPTION 'the terms of an offer never change; another offer supersedes it'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'offers_keep_their_terms';
            END IF;
            IF OLD.state <> 'open' AND NEW.state <> OLD.state THEN
                RAISE EXCEPTION 'an offer that is % stays so', OLD.state
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'offers_keep_their_terms';
            END IF;
            RETURN NEW;
        END $$;
    """)
