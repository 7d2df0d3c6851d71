"""The platform's terms in versions, and what single brands have instead; rows are only added.

Revision ID: 0034
Revises: 0033
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision: str | None = "0033"
branch_labels = None
depends_on = None

TABLES: Final = ("terms_limits", "terms_withholding", "brand_terms_versions", "terms_versions")

KEPT: Final = """
CREATE FUNCTION terms_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'terms are never changed, new ones are added: % on %', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = 'terms_are_kept';
END $$;
"""


def upgrade() -> None:
    op.create_table(
        "terms_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("brand_fee_bps", sa.BigInteger(), nullable=False),
        sa.Column("creator_fee_bps", sa.BigInteger(), nullable=False),
        sa.Column("hold_days", sa.BigInteger(), nullable=False),
        sa.Column("processor_fees_by", sa.String(40), nullable=False),
        sa.Column("processor_fee_bps", sa.BigInteger(), nullable=False),
        sa.Column("fee_tax_bps", sa.BigInteger(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "processor_fees_by IN ('platform', 'brand')",
            name=op.f("ck_terms_versions_processor_fees_by_is_known"),
        ),
        sa.CheckConstraint(
            "brand_fee_bps BETWEEN 0 AND 10000 AND creator_fee_bps BETWEEN 0 AND 5000"
            " AND fee_tax_bps BETWEEN 0 AND 10000 AND processor_fee_bps BETWEEN 0 AND 2000",
            name=op.f("ck_terms_versions_shares_are_shares"),
        ),
        sa.CheckConstraint(
            "hold_days BETWEEN 0 AND 90", name=op.f("ck_terms_versions_hold_window_is_short")
        ),
        sa.ForeignKeyConstraint(
            ["set_by"], ["users.id"], name=op.f("fk_terms_versions_set_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms_versions")),
    )
    op.create_index(op.f("ix_terms_versions_valid_from"), "terms_versions", ["valid_from"])
    op.create_table(
        "terms_limits",
        sa.Column("terms_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.Column("funding_least_minor", sa.BigInteger(), nullable=False),
        sa.Column("funding_most_minor", sa.BigInteger(), nullable=False),
        sa.Column("payout_least_minor", sa.BigInteger(), nullable=False),
        sa.Column("processor_fixed_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "funding_least_minor > 0 AND funding_most_minor >= funding_least_minor"
            " AND payout_least_minor > 0 AND processor_fixed_minor >= 0",
            name=op.f("ck_terms_limits_limits_make_sense"),
        ),
        sa.ForeignKeyConstraint(
            ["terms_id"],
            ["terms_versions.id"],
            name=op.f("fk_terms_limits_terms_id_terms_versions"),
        ),
        sa.PrimaryKeyConstraint("terms_id", "currency", name=op.f("pk_terms_limits")),
    )
    op.create_table(
        "terms_withholding",
        sa.Column("terms_id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("share_bps", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "share_bps BETWEEN 1 AND 9999", name=op.f("ck_terms_withholding_share_is_a_share")
        ),
        sa.ForeignKeyConstraint(
            ["terms_id"],
            ["terms_versions.id"],
            name=op.f("fk_terms_withholding_terms_id_terms_versions"),
        ),
        sa.PrimaryKeyConstraint("terms_id", "country", name=op.f("pk_terms_withholding")),
    )
    op.create_table(
        "brand_terms_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("brand_fee_bps", sa.BigInteger(), nullable=True),
        sa.Column("creator_fee_bps", sa.BigInteger(), nullable=True),
        sa.Column("hold_days", sa.BigInteger(), nullable=True),
        sa.Column("processor_fees_by", sa.String(40), nullable=True),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "processor_fees_by IN ('platform', 'brand')",
            name=op.f("ck_brand_terms_versions_processor_fees_by_is_known"),
        ),
        sa.CheckConstraint(
            "brand_fee_bps BETWEEN 0 AND 10000 AND creator_fee_bps BETWEEN 0 AND 5000",
            name=op.f("ck_brand_terms_versions_shares_are_shares"),
        ),
        sa.CheckConstraint(
            "hold_days BETWEEN 0 AND 90", name=op.f("ck_brand_terms_versions_hold_window_is_short")
        ),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brands.id"], name=op.f("fk_brand_terms_versions_brand_id_brands")
        ),
        sa.ForeignKeyConstraint(
            ["set_by"], ["users.id"], name=op.f("fk_brand_terms_versions_set_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_terms_versions")),
    )
    op.create_index(
        "ix_brand_terms_versions_in_force",
        "brand_terms_versions",
        ["brand_id", "valid_from"],
    )
    op.execute(KEPT)
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_not_changed BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION terms_are_kept()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION terms_are_kept()"
        )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.execute("DROP FUNCTION terms_are_kept()")
