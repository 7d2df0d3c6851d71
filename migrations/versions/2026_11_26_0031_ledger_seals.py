"""Seals of finished days: what was recorded can be shown to be unchanged.

Revision ID: 0031
Revises: 0030

An entry is recorded at the moment its row is made, after its writer has the shared lock; a day is
sealed under the same lock, held alone. So no entry can come into a day that is sealed.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

REFUSE_SEALED: Final = """
    CREATE FUNCTION ledger_refuse_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (
                SELECT FROM fresh
                WHERE (recorded_at AT TIME ZONE 'UTC')::date <= (SELECT max(day) FROM ledger_seals)
            ) THEN
                RAISE EXCEPTION 'the day is sealed'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NULL;
        END
    $$
"""


def upgrade() -> None:
    op.create_table(
        "ledger_seals",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("entry_count", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("leaves", sa.LargeBinary(), nullable=False),
        sa.Column(
            "sealed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "length(leaves) = 32 * entry_count", name=op.f("ck_ledger_seals_each_entry_has_a_leaf")
        ),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_ledger_seals")),
        sa.UniqueConstraint("previous_hash", name=op.f("uq_ledger_seals_previous_hash")),
    )
    op.execute(REFUSE_SEALED)
    for name, when, level, function in (
        ("ledger_seals_not_emptied", "BEFORE TRUNCATE", "STATEMENT", "ledger_refuse"),
        ("ledger_seals_not_changed", "BEFORE UPDATE OR DELETE", "ROW", "ledger_refuse"),
        ("ledger_seals_alone", "BEFORE INSERT", "STATEMENT", "ledger_enter_alone"),
    ):
        op.execute(
            f"CREATE TRIGGER {name} {when} ON ledger_seals "
            f"FOR EACH {level} EXECUTE FUNCTION {function}()"
        )
    op.execute(
        "CREATE TRIGGER journal_entries_open_day AFTER INSERT ON journal_entries "
        "REFERENCING NEW TABLE AS fresh "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_sealed()"
    )
    op.alter_column("journal_entries", "recorded_at", server_default=sa.text("clock_timestamp()"))
    op.create_index(op.f("ix_journal_entries_recorded_at"), "journal_entries", ["recorded_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_journal_entries_recorded_at"), "journal_entries")
    op.alter_column("journal_entries", "recorded_at", server_default=sa.text("now()"))
    op.execute("DROP TRIGGER journal_entries_open_day ON journal_entries")
    op.drop_table("ledger_seals")
    op.execute("DROP FUNCTION ledger_refuse_sealed")
