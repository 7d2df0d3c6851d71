"""Chargebacks, what was said to them, fraud warnings, and what brands paid of what they owe.

Revision ID: 0043
Revises: 0042
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0043"
down_revision: str | None = "0042"
branch_labels = None
depends_on = None

BEFORE: Final = "transfer refund checkout account platform_payout topup"


def upgrade() -> None:
    """Make the tables, and let the processor be told of chargebacks."""
    _kinds(f"{BEFORE} evidence accept_loss")
    op.create_table(
        "chargebacks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stripe_dispute_id", sa.Text(), nullable=False),
        sa.Column("charge_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("frozen_minor", sa.BigInteger(), nullable=False),
        sa.Column("owed_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence_due_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('inquiry', 'needs_response', 'under_review', 'won', 'lost', 'closed')",
            name=op.f("ck_chargebacks_state_is_known"),
        ),
        sa.CheckConstraint(
            "amount_minor > 0 AND fee_minor >= 0 AND frozen_minor >= 0 AND owed_minor >= 0",
            name=op.f("ck_chargebacks_amounts_are_right"),
        ),
        sa.CheckConstraint(
            "(state IN ('won', 'lost', 'closed')) = (ended_at IS NOT NULL)",
            name=op.f("ck_chargebacks_ended_when_it_is_over"),
        ),
        *_ties("chargebacks"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chargebacks")),
        sa.UniqueConstraint("stripe_dispute_id", name=op.f("uq_chargebacks_stripe_dispute_id")),
    )
    for column in ("campaign_id", "charge_id", "state"):
        op.create_index(op.f(f"ix_chargebacks_{column}"), "chargebacks", [column])
    op.create_table(
        "chargeback_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("chargeback_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("evidence", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('evidence', 'accept')", name=op.f("ck_chargeback_answers_kind_is_known")
        ),
        sa.CheckConstraint(
            "state IN ('sending', 'sent', 'refused')",
            name=op.f("ck_chargeback_answers_state_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["users.id"], name=op.f("fk_chargeback_answers_answered_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["chargeback_id"],
            ["chargebacks.id"],
            name=op.f("fk_chargeback_answers_chargeback_id_chargebacks"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chargeback_answers")),
    )
    op.create_index(
        "uq_chargeback_answers_standing",
        "chargeback_answers",
        ["chargeback_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'refused'"),
    )
    op.create_table(
        "fraud_warnings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stripe_warning_id", sa.Text(), nullable=False),
        sa.Column("charge_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("frozen_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'over')", name=op.f("ck_fraud_warnings_state_is_known")
        ),
        sa.CheckConstraint(
            "frozen_minor >= 0", name=op.f("ck_fraud_warnings_frozen_is_not_negative")
        ),
        sa.CheckConstraint(
            "(state = 'over') = (ended_at IS NOT NULL)",
            name=op.f("ck_fraud_warnings_ended_when_it_is_over"),
        ),
        *_ties("fraud_warnings"),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["users.id"], name=op.f("fk_fraud_warnings_ended_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fraud_warnings")),
        sa.UniqueConstraint("stripe_warning_id", name=op.f("uq_fraud_warnings_stripe_warning_id")),
    )
    for column in ("campaign_id", "charge_id"):
        op.create_index(op.f(f"ix_fraud_warnings_{column}"), "fraud_warnings", [column])
    op.create_table(
        "recoveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recovered_by", sa.Uuid(), nullable=False),
        sa.Column("recovered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_recoveries_amount_is_positive")),
        sa.CheckConstraint("note <> ''", name=op.f("ck_recoveries_note_is_given")),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brands.id"], name=op.f("fk_recoveries_brand_id_brands")
        ),
        sa.ForeignKeyConstraint(
            ["recovered_by"], ["users.id"], name=op.f("fk_recoveries_recovered_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recoveries")),
    )
    op.create_index(op.f("ix_recoveries_brand_id"), "recoveries", ["brand_id"])


def downgrade() -> None:
    """Drop them; calls about chargebacks that were made stop it."""
    for table in ("recoveries", "fraud_warnings", "chargeback_answers", "chargebacks"):
        op.drop_table(table)
    _kinds(BEFORE)


def _ties(table: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
        )
        for column, other in (
            ("brand_id", "brands"),
            ("campaign_id", "campaigns"),
            ("charge_id", "charges"),
        )
    ]


def _kinds(kinds: str) -> None:
    name = op.f("ck_processor_calls_kind_is_known")
    op.drop_constraint(name, "processor_calls", type_="check")
    known = ", ".join(f"'{kind}'" for kind in kinds.split())
    op.create_check_constraint(name, "processor_calls", f"kind IN ({known})")
