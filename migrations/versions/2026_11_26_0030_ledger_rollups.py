"""Checkpoints of all accounts, so that a balance is read without all of its postings.

Revision ID: 0030
Revises: 0029

A checkpoint holds what transactions below a horizon have written: those are over, whatever the order
in which their entries became visible. A database that was restored begins to count transactions
anew; a horizon ahead of the present one is such a stranger, and all is counted again.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

ROLL_UP: Final = """
    CREATE FUNCTION ledger_roll_up() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
        DECLARE
            horizon bigint := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
            reached bigint;
            touched bigint;
        BEGIN
            PERFORM pg_advisory_xact_lock(hashtext('ledger_rollups'));
            SELECT coalesce(max(up_to), 0) INTO reached FROM ledger_rollups;
            IF reached > horizon THEN
                DELETE FROM ledger_rollups;
                reached := 0;
            END IF;
            INSERT INTO ledger_rollups (account_id, up_to, debit_minor, credit_minor)
            SELECT account_id, horizon, sum(debit), sum(credit)
            FROM (
                SELECT debit_id AS account_id, amount_minor AS debit, 0 AS credit, entry_id
                FROM postings
                UNION ALL
                SELECT credit_id, 0, amount_minor, entry_id FROM postings
            ) AS sides
            JOIN journal_entries ON journal_entries.id = sides.entry_id
            WHERE recorded_in >= reached AND recorded_in < horizon
            GROUP BY account_id
            ON CONFLICT (account_id) DO UPDATE
            SET up_to = excluded.up_to,
                debit_minor = ledger_rollups.debit_minor + excluded.debit_minor,
                credit_minor = ledger_rollups.credit_minor + excluded.credit_minor;
            GET DIAGNOSTICS touched = ROW_COUNT;
            RETURN touched;
        END
    $$
"""


def upgrade() -> None:
    op.create_table(
        "ledger_rollups",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("up_to", sa.BigInteger(), nullable=False),
        sa.Column("debit_minor", sa.BigInteger(), nullable=False),
        sa.Column("credit_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["ledger_accounts.id"],
            name=op.f("fk_ledger_rollups_account_id_ledger_accounts"),
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_ledger_rollups")),
    )
    op.create_index(op.f("ix_ledger_rollups_up_to"), "ledger_rollups", ["up_to"])
    op.create_index(op.f("ix_journal_entries_recorded_in"), "journal_entries", ["recorded_in"])
    schema = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    op.execute(ROLL_UP.format(schema=schema))


def downgrade() -> None:
    op.execute("DROP FUNCTION ledger_roll_up")
    op.drop_index(op.f("ix_journal_entries_recorded_in"), "journal_entries")
    op.drop_table("ledger_rollups")
