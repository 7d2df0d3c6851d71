"""Organisations, and what campaigns pledge to them.

Revision ID: 0050
Revises: 0049
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision: str | None = "0049"
branch_labels = None
depends_on = None

REQUESTS: Final = (
    "adjustment", "write_off", "clawback", "forgive_clawback", "identify", "pay_cause",
    "resend_call", "give_up_call",
)  # fmt: skip
FUNDED: Final = "budget_minor > 0 AND platform_fee_minor >= 0 AND fee_tax_minor >= 0 AND processor_fee_minor >= 0"
PARTS: Final = "budget_minor + platform_fee_minor + fee_tax_minor + processor_fee_minor"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "organisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("registration_number", sa.Text(), nullable=False),
        sa.Column("register", sa.Text(), nullable=False),
        sa.Column("website", sa.Text(), nullable=False),
        sa.Column("category", sa.String(40), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "category IN ('animals', 'arts', 'children', 'climate', 'education', 'equality', 'health', 'hunger', 'refugees', 'relief')",
            name=op.f("ck_organisations_category_is_known"),
        ),
        sa.CheckConstraint(
            "name <> '' AND registration_number <> ''",
            name=op.f("ck_organisations_is_named_and_numbered"),
        ),
        sa.CheckConstraint(
            "register LIKE 'https://%' AND website LIKE 'https://%'",
            name=op.f("ck_organisations_addresses_are_secure"),
        ),
        sa.CheckConstraint(
            "state IN ('entered', 'verified')", name=op.f("ck_organisations_state_is_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint(
            "country",
            "registration_number",
            name=op.f("uq_organisations_country_registration_number"),
        ),
    )
    op.create_table(
        "organisation_steps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "event IN ('enter', 'correct', 'verify', 'withdraw')",
            name=op.f("ck_organisation_steps_event_is_known"),
        ),
        sa.CheckConstraint(
            "state IN ('entered', 'verified')", name=op.f("ck_organisation_steps_state_is_known")
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["users.id"], name=op.f("fk_organisation_steps_actor_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_organisation_steps_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_steps")),
    )
    op.create_index(
        op.f("ix_organisation_steps_organisation_id"),
        "organisation_steps",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "pledges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("rate_minor", sa.BigInteger(), nullable=True),
        sa.Column("set_aside_minor", sa.BigInteger(), nullable=False),
        sa.Column("owed_minor", sa.BigInteger(), nullable=False),
        sa.Column("returned_minor", sa.BigInteger(), nullable=False),
        sa.Column("views", sa.BigInteger(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'views') = (rate_minor IS NOT NULL) AND (rate_minor IS NULL OR rate_minor BETWEEN 1 AND amount_minor)",
            name=op.f("ck_pledges_a_rate_for_views"),
        ),
        sa.CheckConstraint("kind IN ('fixed', 'views')", name=op.f("ck_pledges_kind_is_known")),
        sa.CheckConstraint(
            "state IN ('drafted', 'promised', 'settled', 'withdrawn')",
            name=op.f("ck_pledges_state_is_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('settled', 'withdrawn') OR owed_minor + returned_minor = set_aside_minor",
            name=op.f("ck_pledges_nothing_lies_when_it_is_over"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_pledges_amount_is_positive")),
        sa.CheckConstraint(
            "owed_minor >= 0 AND returned_minor >= 0 AND owed_minor + returned_minor <= set_aside_minor AND owed_minor <= amount_minor",
            name=op.f("ck_pledges_no_more_than_was_set_aside"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_pledges_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_pledges_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledges")),
    )
    op.create_index(
        op.f("ix_pledges_organisation_id"), "pledges", ["organisation_id"], unique=False
    )
    op.create_index(
        "uq_pledges_standing",
        "pledges",
        ["campaign_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    op.create_table(
        "pledge_steps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pledge_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "event IN ('add', 'change', 'set_aside', 'return', 'promise', 'count', 'settle', 'withdraw')",
            name=op.f("ck_pledge_steps_event_is_known"),
        ),
        sa.CheckConstraint(
            "state IN ('drafted', 'promised', 'settled', 'withdrawn')",
            name=op.f("ck_pledge_steps_state_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["pledge_id"], ["pledges.id"], name=op.f("fk_pledge_steps_pledge_id_pledges")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_steps")),
    )
    op.create_index(op.f("ix_pledge_steps_pledge_id"), "pledge_steps", ["pledge_id"], unique=False)
    op.add_column(
        "allocations",
        sa.Column("pledge_minor", sa.BigInteger(), server_default="0", nullable=False),
    )
    op.add_column(
        "fundings", sa.Column("pledge_minor", sa.BigInteger(), server_default="0", nullable=False)
    )

    _check(
        "fundings",
        "total_adds_up",
        f"{FUNDED} AND pledge_minor >= 0 AND total_minor = {PARTS} + pledge_minor",
    )
    _check(
        "allocations",
        "amounts_are_right",
        "budget_minor > 0 AND platform_fee_minor >= 0 AND pledge_minor >= 0",
    )
    _allow_requests(REQUESTS)


def downgrade() -> None:
    """Drop them; refused while a request to pay a cause is kept."""
    _allow_requests([word for word in REQUESTS if word != "pay_cause"])
    _check("fundings", "total_adds_up", f"{FUNDED} AND total_minor = {PARTS}")
    _check("allocations", "amounts_are_right", "budget_minor > 0 AND platform_fee_minor >= 0")
    op.drop_column("fundings", "pledge_minor")
    op.drop_column("allocations", "pledge_minor")
    op.drop_index(op.f("ix_pledge_steps_pledge_id"), table_name="pledge_steps")
    op.drop_table("pledge_steps")
    op.drop_index(
        "uq_pledges_standing",
        table_name="pledges",
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    op.drop_index(op.f("ix_pledges_organisation_id"), table_name="pledges")
    op.drop_table("pledges")
    op.drop_index(op.f("ix_organisation_steps_organisation_id"), table_name="organisation_steps")
    op.drop_table("organisation_steps")
    op.drop_table("organisations")


def _check(table: str, name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def _allow_requests(kinds: Sequence[str]) -> None:
    allowed = ", ".join(f"'{kind}'" for kind in kinds)
    _check("finance_requests", "kind_is_known", f"kind IN ({allowed})")
