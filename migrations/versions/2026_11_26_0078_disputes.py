"""Disputes between brand and creator, and what they hold back.

Revision ID: 0078
Revises: 0077
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0078"
down_revision: str | None = "0077"
branch_labels = None
depends_on = None

STATES: Final = (
    "state IN ('asked', 'with_staff', 'withdrawn', 'settled', 'decided', 'dismissed', 'overtaken')"
)
OPEN: Final = sa.text("state IN ('asked', 'with_staff')")
EARNING_KINDS: Final = "kind IN ('fee', 'bonus', 'returned'"
STEP_EVENTS: Final = "event IN ('submit', 'request_changes', 'approve', 'confirm_post', 'accept', "
REQUEST_KINDS: Final = (
    "kind IN ('adjustment', 'write_off', 'clawback', 'forgive_clawback', 'identify', 'pay_cause', "
)
HELD: Final = "NOT is_disputed OR (state = 'pending' AND dispute_id IS NOT NULL)"


def upgrade() -> None:
    """Make the tables, and let what stands around them know of disputes."""
    _make_disputes()
    _make_steps()
    op.add_column("deliverables", sa.Column("disputed_at", sa.DateTime(timezone=True)))
    op.add_column("earnings", sa.Column("dispute_id", sa.Uuid()))
    op.create_foreign_key(
        op.f("fk_earnings_dispute_id_disputes"), "earnings", "disputes", ["dispute_id"], ["id"]
    )
    for table in ("earnings", "view_bonuses"):
        op.add_column(
            table, sa.Column("is_disputed", sa.Boolean(), nullable=False, server_default="false")
        )
    op.create_check_constraint(
        op.f("ck_earnings_disputed_stays_in_its_hold_window"), "earnings", HELD
    )
    _allow("earnings", "kind", EARNING_KINDS + ", 'awarded')")
    _allow("deliverable_steps", "event", STEP_EVENTS + "'award', 'cancel')")
    _allow(
        "finance_requests",
        "kind",
        REQUEST_KINDS + "'decide_dispute', 'resend_call', 'give_up_call')",
    )


def downgrade() -> None:
    """Take them away; refused once a dispute has left its traces in other rows."""
    _allow("finance_requests", "kind", REQUEST_KINDS + "'resend_call', 'give_up_call')")
    _allow("deliverable_steps", "event", STEP_EVENTS + "'cancel')")
    _allow("earnings", "kind", EARNING_KINDS + ")")
    op.drop_constraint(op.f("ck_earnings_disputed_stays_in_its_hold_window"), "earnings")
    for table in ("earnings", "view_bonuses"):
        op.drop_column(table, "is_disputed")
    op.drop_constraint(op.f("fk_earnings_dispute_id_disputes"), "earnings")
    op.drop_column("earnings", "dispute_id")
    op.drop_column("deliverables", "disputed_at")
    op.drop_table("dispute_steps")
    op.drop_table("disputes")


def _allow(table: str, column: str, condition: str) -> None:
    name = op.f(f"ck_{table}_{column}_is_known")
    op.drop_constraint(name, table)
    op.create_check_constraint(name, table, condition)


def _make_disputes() -> None:
    op.create_table(
        "disputes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deliverable_id", sa.Uuid(), nullable=False),
        sa.Column("collaboration_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.Column("opened_by", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("about", sa.String(40), nullable=False),
        sa.Column("stake_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("brand_share_bps", sa.BigInteger(), nullable=True),
        sa.Column("creator_share_bps", sa.BigInteger(), nullable=True),
        sa.Column("result_bps", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(STATES, name=op.f("ck_disputes_state_is_known")),
        sa.CheckConstraint(
            "about IN ('held', 'unaccepted', 'called_off', 'bonus')",
            name=op.f("ck_disputes_about_is_known"),
        ),
        sa.CheckConstraint(
            "reason IN ('post_removed', 'not_as_agreed', 'disclosure_missing',"
            " 'views_look_bought', 'rights', 'other', 'not_reviewed', 'rounds_used_up',"
            " 'not_accepted', 'called_off', 'bonus_count')",
            name=op.f("ck_disputes_reason_is_known"),
        ),
        sa.CheckConstraint(
            "opened_by IN ('brand', 'creator')", name=op.f("ck_disputes_opened_by_is_known")
        ),
        sa.CheckConstraint("stake_minor > 0", name=op.f("ck_disputes_stake_is_positive")),
        sa.CheckConstraint(
            "brand_share_bps BETWEEN 0 AND 10000 AND creator_share_bps BETWEEN 0 AND 10000"
            " AND result_bps BETWEEN 0 AND 10000",
            name=op.f("ck_disputes_shares_are_parts_of_the_whole"),
        ),
        sa.CheckConstraint(
            "(state IN ('settled', 'decided')) = (result_bps IS NOT NULL)",
            name=op.f("ck_disputes_ruled_has_its_number"),
        ),
        sa.CheckConstraint(
            "(state IN ('asked', 'with_staff')) = (closed_at IS NULL)",
            name=op.f("ck_disputes_closed_when_over"),
        ),
        *_keys("disputes", "deliverable", "collaboration", "campaign", "brand", "creator"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
        sa.UniqueConstraint(
            "collaboration_id", "number", name=op.f("uq_disputes_collaboration_id_number")
        ),
    )
    op.create_index(op.f("ix_disputes_brand_id"), "disputes", ["brand_id"])
    op.create_index(op.f("ix_disputes_creator_id"), "disputes", ["creator_id"])
    op.create_index("ix_disputes_due", "disputes", ["due_at"], postgresql_where=OPEN)
    op.create_index(
        "uq_disputes_open", "disputes", ["deliverable_id"], unique=True, postgresql_where=OPEN
    )
    op.create_index(
        "uq_disputes_ruled",
        "disputes",
        ["deliverable_id", "about"],
        unique=True,
        postgresql_where=sa.text("state IN ('settled', 'decided')"),
    )


def _keys(table: str, *owners: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [f"{owner}_id"], [f"{owner}s.id"], name=op.f(f"fk_{table}_{owner}_id_{owner}s")
        )
        for owner in owners
    ]


def _make_steps() -> None:
    op.create_table(
        "dispute_steps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("party", sa.String(40), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("share_bps", sa.BigInteger(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("file_key", sa.Text(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "event IN ('open', 'answer', 'say', 'run_out', 'agree', 'withdraw', 'decide',"
            " 'dismiss', 'overtake')",
            name=op.f("ck_dispute_steps_event_is_known"),
        ),
        sa.CheckConstraint(STATES, name=op.f("ck_dispute_steps_state_is_known")),
        sa.CheckConstraint(
            "party IN ('brand', 'creator')", name=op.f("ck_dispute_steps_party_is_known")
        ),
        sa.CheckConstraint(
            "share_bps BETWEEN 0 AND 10000",
            name=op.f("ck_dispute_steps_share_is_a_part_of_the_whole"),
        ),
        *_keys("dispute_steps", "dispute"),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["users.id"], name=op.f("fk_dispute_steps_actor_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_steps")),
    )
    op.create_index(op.f("ix_dispute_steps_dispute_id"), "dispute_steps", ["dispute_id"])
