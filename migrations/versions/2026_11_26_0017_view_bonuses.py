"""Bonuses for views: what is booked of them, by which readings, and their earnings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision: str | None = "0016"
branch_labels = None
depends_on = None

_BEFORE = (
    "fee_minor > 0 AND platform_share_minor >= 0"
    " AND net_minor = fee_minor - platform_share_minor AND net_minor > 0"
)
_AFTER = (
    "platform_share_minor >= 0 AND net_minor = fee_minor - platform_share_minor"
    " AND (net_minor > 0 OR (net_minor = 0 AND state = 'taken_back'))"
)


def _money(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _points_to(table: str, column: str, of: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{of}.id"], name=op.f(f"fk_{table}_{column}_{of}"))


def upgrade() -> None:
    """Make the tables, and let a deliverable earn more than its fee."""
    op.create_table(
        "view_bonuses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deliverable_id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("collaboration_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        *_money("rate_minor", "cap_minor"),
        sa.Column("currency", sa.String(length=3), nullable=False),
        *_money("creator_fee_bps", "brand_fee_bps", "hold_days"),
        _moment("counted_from"),
        _moment("counted_until"),
        sa.Column("state", sa.String(40), nullable=False),
        _moment("next_booking_at", nullable=True),
        *_money("views", "gross_minor", "share_minor", "on_top_minor", "measurements"),
        _moment("ended_at", nullable=True),
        sa.CheckConstraint(
            "state IN ('counting', 'ended')", name=op.f("ck_view_bonuses_state_is_known")
        ),
        sa.CheckConstraint(
            "rate_minor > 0 AND cap_minor > 0", name=op.f("ck_view_bonuses_rule_is_positive")
        ),
        sa.CheckConstraint(
            "gross_minor BETWEEN 0 AND cap_minor AND share_minor BETWEEN 0 AND gross_minor"
            " AND on_top_minor >= 0 AND views >= 0",
            name=op.f("ck_view_bonuses_booked_stays_within_the_cap"),
        ),
        sa.CheckConstraint(
            "counted_until > counted_from", name=op.f("ck_view_bonuses_ends_after_it_starts")
        ),
        sa.CheckConstraint(
            "(state = 'ended') = (next_booking_at IS NULL)",
            name=op.f("ck_view_bonuses_ended_is_booked_no_more"),
        ),
        _points_to("view_bonuses", "deliverable_id", "deliverables"),
        _points_to("view_bonuses", "post_id", "published_posts"),
        _points_to("view_bonuses", "collaboration_id", "collaborations"),
        _points_to("view_bonuses", "campaign_id", "campaigns"),
        _points_to("view_bonuses", "creator_id", "creators"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_view_bonuses")),
        sa.UniqueConstraint("deliverable_id", name=op.f("uq_view_bonuses_deliverable_id")),
    )
    op.create_index(op.f("ix_view_bonuses_collaboration_id"), "view_bonuses", ["collaboration_id"])
    op.create_index(
        "ix_view_bonuses_due",
        "view_bonuses",
        ["next_booking_at"],
        postgresql_where=sa.text("state = 'counting'"),
    )
    op.create_table(
        "bonus_measurements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bonus_id", sa.Uuid(), nullable=False),
        *_money("number"),
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        *_money("views_read", "views_counted"),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        *_money(
            "gross_before_minor",
            "gross_after_minor",
            "share_before_minor",
            "share_after_minor",
            "on_top_before_minor",
            "on_top_after_minor",
            "entry_id",
        ),
        _moment("measured_at"),
        sa.CheckConstraint(
            "views_counted BETWEEN 0 AND views_read",
            name=op.f("ck_bonus_measurements_counts_what_was_read"),
        ),
        _points_to("bonus_measurements", "bonus_id", "view_bonuses"),
        _points_to("bonus_measurements", "snapshot_id", "metric_snapshots"),
        _points_to("bonus_measurements", "entry_id", "journal_entries"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bonus_measurements")),
        sa.UniqueConstraint(
            "bonus_id", "number", name=op.f("uq_bonus_measurements_bonus_id_number")
        ),
        sa.UniqueConstraint("entry_id", name=op.f("uq_bonus_measurements_entry_id")),
    )
    op.add_column(
        "earnings", sa.Column("kind", sa.String(40), server_default="fee", nullable=False)
    )
    op.alter_column("earnings", "kind", server_default=None)
    op.add_column("earnings", sa.Column("measurement_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_earnings_measurement_id_bonus_measurements"),
        "earnings",
        "bonus_measurements",
        ["measurement_id"],
        ["id"],
    )
    op.create_unique_constraint(op.f("uq_earnings_measurement_id"), "earnings", ["measurement_id"])
    op.drop_constraint(op.f("uq_earnings_deliverable_id"), "earnings")
    op.create_index(
        "uq_earnings_fee_of_deliverable",
        "earnings",
        ["deliverable_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'fee'"),
    )
    op.create_index(
        "ix_earnings_bonus_of_deliverable",
        "earnings",
        ["deliverable_id"],
        postgresql_where=sa.text("kind = 'bonus'"),
    )
    op.create_check_constraint(
        op.f("ck_earnings_kind_is_known"), "earnings", "kind IN ('fee', 'bonus')"
    )
    op.create_check_constraint(
        op.f("ck_earnings_a_bonus_names_its_measurement"),
        "earnings",
        "(kind = 'bonus') = (measurement_id IS NOT NULL)",
    )
    _known_states("'pending', 'payable', 'paying', 'paid', 'taken_back'", adds_up=_AFTER)


def downgrade() -> None:
    """Drop the tables; only possible while no bonus has earned anything."""
    _known_states("'pending', 'payable', 'paying', 'paid'", adds_up=_BEFORE)
    op.drop_constraint(op.f("ck_earnings_a_bonus_names_its_measurement"), "earnings")
    op.drop_constraint(op.f("ck_earnings_kind_is_known"), "earnings")
    op.drop_index("ix_earnings_bonus_of_deliverable", "earnings")
    op.drop_index("uq_earnings_fee_of_deliverable", "earnings")
    op.create_unique_constraint(op.f("uq_earnings_deliverable_id"), "earnings", ["deliverable_id"])
    op.drop_column("earnings", "measurement_id")
    op.drop_column("earnings", "kind")
    op.drop_table("bonus_measurements")
    op.drop_table("view_bonuses")


def _known_states(states: str, *, adds_up: str) -> None:
    op.drop_constraint(op.f("ck_earnings_state_is_known"), "earnings")
    op.drop_constraint(op.f("ck_earnings_net_adds_up"), "earnings")
    op.create_check_constraint(
        op.f("ck_earnings_state_is_known"), "earnings", f"state IN ({states})"
    )
    op.create_check_constraint(op.f("ck_earnings_net_adds_up"), "earnings", adds_up)
