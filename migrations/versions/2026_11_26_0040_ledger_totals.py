"""What was moved on each account: its checkpoint and everything after it, seen at one moment.

Revision ID: 0040
Revises: 0039

Stable, so that both parts are read with the snapshot of the statement that asks; planned each time,
because only the horizon tells how little there is after it.
"""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

TOTALS: Final = """
    CREATE FUNCTION ledger_totals(accounts bigint[] DEFAULT NULL)
    RETURNS TABLE (account_id bigint, debit_minor numeric, credit_minor numeric)
    LANGUAGE plpgsql STABLE SET plan_cache_mode = force_custom_plan AS $$
        #variable_conflict use_column
        DECLARE
            horizon bigint := (
                SELECT coalesce(max(up_to), 0) FROM ledger_rollups
            );
        BEGIN
            IF horizon > pg_snapshot_xmin(pg_current_snapshot())::text::bigint THEN
                horizon := 0;  -- of another server, from before a restore
            END IF;
            RETURN QUERY
            SELECT account_id, sum(debit), sum(credit)
            FROM (
                SELECT account_id, debit_minor AS debit, credit_minor AS credit
                FROM ledger_rollups WHERE up_to <= horizon
                UNION ALL
                SELECT p.debit_id, p.amount_minor, 0
                FROM journal_entries AS e JOIN postings AS p ON p.entry_id = e.id
                WHERE e.recorded_in >= horizon
                UNION ALL
                SELECT p.credit_id, 0, p.amount_minor
                FROM journal_entries AS e JOIN postings AS p ON p.entry_id = e.id
                WHERE e.recorded_in >= horizon
            ) AS sides
            WHERE accounts IS NULL OR account_id = ANY(accounts)
            GROUP BY account_id;
        END
    $$
"""


def upgrade() -> None:
    op.execute(TOTALS)


def downgrade() -> None:
    op.execute("DROP FUNCTION ledger_totals")
