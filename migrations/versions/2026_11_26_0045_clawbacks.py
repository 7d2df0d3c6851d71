"""Payouts can be taken back, and creators can owe."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision: str | None = "0044"
branch_labels = None
depends_on = None

CALLS: Final = [
    "transfer", "refund", "checkout", "account", "platform_payout", "topup", "evidence",
    "accept_loss",
]  # fmt: skip
REQUESTS: Final = ["adjustment", "write_off", "identify", "resend_call", "give_up_call"]
PAYOUTS: Final = ["reserved", "settled", "returned"]
STEPS: Final = ["reserve", "settle", "return", "find_paid"]
EARNINGS: Final = ["pending", "payable", "paying", "paid", "taken_back"]
EARNED: Final = ["fee", "bonus"]

# table, column, what it could be, what it can be besides; in the order of the enums
WORDS: Final = (
    ("processor_calls", "kind", CALLS, ["transfer", "reversal", *CALLS[1:]]),
    (
        "finance_requests",
        "kind",
        REQUESTS,
        ["adjustment", "write_off", "clawback", "forgive_clawback", *REQUESTS[2:]],
    ),
    ("payouts", "state", PAYOUTS, [*PAYOUTS, "partly_reversed", "reversed"]),
    ("payout_steps", "state", PAYOUTS, [*PAYOUTS, "partly_reversed", "reversed"]),
    ("payout_steps", "event", STEPS, [*STEPS, "reverse_part", "reverse"]),
    ("earnings", "state", EARNINGS, [*EARNINGS, "netted"]),
    ("earnings", "kind", EARNED, [*EARNED, "returned"]),
)


def upgrade() -> None:
    """Make the tables and columns."""
    for table, column, _, words in WORDS:
        _allow(table, column, words)
    op.add_column(
        "payouts", sa.Column("reversed_minor", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_payouts_reversed_says_how_much"),
        "payouts",
        "reversed_minor BETWEEN 0 AND amount_minor AND (state = 'reversed') = (reversed_minor = amount_minor) AND (state = 'partly_reversed') = (reversed_minor > 0 AND reversed_minor < amount_minor)",
    )
    op.add_column(
        "earnings", sa.Column("netted_minor", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_earnings_kept_back_within_net"),
        "earnings",
        "netted_minor BETWEEN 0 AND net_minor - withheld_minor AND (state = 'netted') = (netted_minor = net_minor AND net_minor > 0)",
    )
    op.create_table(
        "clawback_cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("origin", sa.String(40), nullable=False),
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.Column("deliverable_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("settled_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "origin IN ('decided', 'bonus')", name=op.f("ck_clawback_cases_origin_is_known")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_clawback_cases_amount_is_positive")),
        sa.CheckConstraint(
            "settled_minor BETWEEN 0 AND amount_minor AND (closed_at IS NULL) = (settled_minor < amount_minor)",
            name=op.f("ck_clawback_cases_closed_when_settled"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_clawback_cases_reason_is_given")),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["creators.id"], name=op.f("fk_clawback_cases_creator_id_creators")
        ),
        sa.ForeignKeyConstraint(
            ["deliverable_id"],
            ["deliverables.id"],
            name=op.f("fk_clawback_cases_deliverable_id_deliverables"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_clawback_cases_campaign_id_campaigns")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clawback_cases")),
    )
    op.create_index(
        "ix_clawback_cases_open",
        "clawback_cases",
        ["creator_id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        op.f("ix_clawback_cases_campaign_id"), "clawback_cases", ["campaign_id"], unique=False
    )
    op.create_table(
        "payout_reversals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payout_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("stripe_reversal_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("problem_code", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('requested', 'done', 'refused')",
            name=op.f("ck_payout_reversals_state_is_known"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payout_reversals_amount_is_positive")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_payout_reversals_reason_is_given")),
        sa.CheckConstraint(
            "(state = 'done') = (stripe_reversal_id IS NOT NULL)",
            name=op.f("ck_payout_reversals_done_has_its_proof"),
        ),
        sa.ForeignKeyConstraint(
            ["payout_id"], ["payouts.id"], name=op.f("fk_payout_reversals_payout_id_payouts")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["clawback_cases.id"],
            name=op.f("fk_payout_reversals_case_id_clawback_cases"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["users.id"], name=op.f("fk_payout_reversals_asked_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_reversals")),
        sa.UniqueConstraint(
            "stripe_reversal_id", name=op.f("uq_payout_reversals_stripe_reversal_id")
        ),
    )
    op.create_index(
        op.f("ix_payout_reversals_payout_id"), "payout_reversals", ["payout_id"], unique=False
    )
    op.create_table(
        "clawback_steps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("how", sa.String(40), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("earning_id", sa.Uuid(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "how IN ('netted', 'reversed', 'forgiven')", name=op.f("ck_clawback_steps_how_is_known")
        ),
        sa.CheckConstraint(
            "amount_minor > 0 AND number > 0", name=op.f("ck_clawback_steps_counts_from_one")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["clawback_cases.id"],
            name=op.f("fk_clawback_steps_case_id_clawback_cases"),
        ),
        sa.ForeignKeyConstraint(
            ["earning_id"], ["earnings.id"], name=op.f("fk_clawback_steps_earning_id_earnings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clawback_steps")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_clawback_steps_case_id_number")),
    )


def downgrade() -> None:
    """Drop them; refused while something was taken back."""
    for table in ("clawback_steps", "payout_reversals", "clawback_cases"):
        op.drop_table(table)
    op.drop_constraint(op.f("ck_earnings_kept_back_within_net"), "earnings", type_="check")
    op.drop_column("earnings", "netted_minor")
    op.drop_constraint(op.f("ck_payouts_reversed_says_how_much"), "payouts", type_="check")
    op.drop_column("payouts", "reversed_minor")
    for table, column, words, _ in WORDS:
        _allow(table, column, words)


def _allow(table: str, column: str, words: list[str]) -> None:
    name = op.f(f"ck_{table}_{column}_is_known")
    op.drop_constraint(name, table, type_="check")
    allowed = ", ".join(f"'{word}'" for word in words)
    op.create_check_constraint(name, table, f"{column} IN ({allowed})")
