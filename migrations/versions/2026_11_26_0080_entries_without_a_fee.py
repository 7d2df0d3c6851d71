"""Campaigns have a kind; offers and deliverables may be entries to a challenge, without a fee.

Revision ID: 0080
Revises: 0078
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0080"
down_revision: str | None = "0078"
branch_labels = None
depends_on = None

STEPS_BEFORE: Final = (
    "'submit', 'request_changes', 'approve', 'confirm_post', 'accept', 'award', 'cancel'"
)
STEPS_NOW: Final = f"{STEPS_BEFORE}, 'refuse_post'"
KINDS_BEFORE: Final = "'fee', 'bonus', 'returned', 'awarded'"
KINDS_NOW: Final = f"{KINDS_BEFORE}, 'prize'"


def upgrade() -> None:
    op.add_column(
        "campaigns",
        sa.Column("kind", sa.String(length=40), server_default="agreements", nullable=False),
    )
    op.create_check_constraint(
        op.f("ck_campaigns_kind_is_known"), "campaigns", "kind IN ('agreements', 'challenge')"
    )
    op.alter_column("offers", "application_id", nullable=True)
    op.drop_constraint(op.f("ck_offers_fee_is_positive"), "offers")
    op.create_check_constraint(
        op.f("ck_offers_a_fee_was_asked_for"),
        "offers",
        "fee_minor >= 0 AND (fee_minor = 0) = (application_id IS NULL)",
    )
    op.drop_constraint(op.f("ck_deliverables_fee_is_positive"), "deliverables")
    op.create_check_constraint(
        op.f("ck_deliverables_fee_is_not_negative"), "deliverables", "fee_minor >= 0"
    )
    _take_steps(STEPS_NOW)
    _take_kinds(KINDS_NOW, "kind IN ('fee', 'prize')")


def downgrade() -> None:
    """Take them away; refused while a challenge was joined."""
    _take_kinds(KINDS_BEFORE, "kind = 'fee'")
    _take_steps(STEPS_BEFORE)
    op.drop_constraint(op.f("ck_deliverables_fee_is_not_negative"), "deliverables")
    op.create_check_constraint(
        op.f("ck_deliverables_fee_is_positive"), "deliverables", "fee_minor > 0"
    )
    op.drop_constraint(op.f("ck_offers_a_fee_was_asked_for"), "offers")
    op.create_check_constraint(op.f("ck_offers_fee_is_positive"), "offers", "fee_minor > 0")
    op.alter_column("offers", "application_id", nullable=False)
    op.drop_column("campaigns", "kind")


def _take_steps(known: str) -> None:
    name = op.f("ck_deliverable_steps_event_is_known")
    op.drop_constraint(name, "deliverable_steps")
    op.create_check_constraint(name, "deliverable_steps", f"event IN ({known})")


def _take_kinds(known: str, once: str) -> None:
    name = op.f("ck_earnings_kind_is_known")
    op.drop_constraint(name, "earnings")
    op.create_check_constraint(name, "earnings", f"kind IN ({known})")
    op.drop_index("uq_earnings_fee_of_deliverable", table_name="earnings")
    op.create_index(
        "uq_earnings_fee_of_deliverable",
        "earnings",
        ["deliverable_id"],
        unique=True,
        postgresql_where=sa.text(once),
    )
