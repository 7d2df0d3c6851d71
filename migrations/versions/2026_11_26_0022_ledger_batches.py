"""The ledger takes many entries at once.

Revision ID: 0022
Revises: 0021

The two statements of ``ledger.service`` as functions, because only a function may say how its plan
is kept: planned once, for any number of rows. Planning anew took a single entry more time than
writing it. For the same reason neither joins what it is given.
"""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

FIND_AND_LOCK: Final = """
    CREATE FUNCTION ledger_find_and_lock(codes smallint[], owners uuid[], currencies text[])
    RETURNS TABLE (place integer, id bigint, balance_minor bigint)
    LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
        #variable_conflict use_column
        BEGIN
            RETURN QUERY
            WITH known AS MATERIALIZED (
                SELECT wanted.place::integer AS place, a.id, a.strict
                FROM unnest(codes, owners, currencies)
                    WITH ORDINALITY AS wanted (code, owner_id, currency, place)
                JOIN ledger_accounts AS a USING (code, owner_id, currency)
            ),
            locked AS MATERIALIZED (
                SELECT account_id, balance_minor FROM ledger_balances
                WHERE account_id IN (SELECT id FROM known WHERE strict)
                    AND (SELECT count(*) FROM known) = cardinality(codes)
                ORDER BY account_id FOR UPDATE
            )
            SELECT place, id, NULL::bigint FROM known
            UNION ALL SELECT NULL, account_id, balance_minor FROM locked;
        END
    $$
"""
# Ids follow the order of telling. Keys are claimed in an order of their own, so that two who tell
# the same events never wait in a ring.
CLAIM_AND_POST: Final = """
    CREATE FUNCTION ledger_claim_and_post(
        actor text, reverses_id bigint,
        public_ids uuid[], kinds text[], keys text[], times timestamptz[], dates date[],
        sources text[], memos text[],
        places integer[], lines smallint[], debits bigint[], credits bigint[],
        debit_codes smallint[], credit_codes smallint[], currencies text[], amounts bigint[]
    )
    RETURNS TABLE (idem_key text, id bigint)
    LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
        #variable_conflict use_column
        BEGIN
            RETURN QUERY
            WITH told AS MATERIALIZED (
                SELECT nextval('journal_entries_id_seq') AS id, each.*
                FROM unnest(public_ids, kinds, keys, times, dates, sources, memos)
                    WITH ORDINALITY AS each (public_id, kind, idem_key, occurred_at,
                        accounting_date, source_ref, memo, place)
            ),
            numbered AS MATERIALIZED (SELECT array_agg(id ORDER BY place) AS ids FROM told),
            claimed AS (
                INSERT INTO journal_entries (id, public_id, kind, idem_key, occurred_at,
                    accounting_date, actor, source_ref, reverses_id, memo)
                    OVERRIDING SYSTEM VALUE
                SELECT id, public_id, kind, idem_key, occurred_at, accounting_date,
                    ledger_claim_and_post.actor, source_ref, ledger_claim_and_post.reverses_id, memo
                FROM told ORDER BY idem_key
                ON CONFLICT (idem_key) DO NOTHING
                RETURNING idem_key, id
            ),
            posted AS (
                INSERT INTO postings (entry_id, line, debit_id, credit_id, debit_code, credit_code,
                    kind, currency, amount_minor)
                SELECT * FROM (
                    SELECT (SELECT ids FROM numbered)[place] AS entry_id, line, debit_id, credit_id,
                        debit_code, credit_code, kinds[place], currency, amount_minor
                    FROM unnest(places, lines, debits, credits, debit_codes, credit_codes,
                        currencies, amounts) AS each (place, line, debit_id, credit_id, debit_code,
                        credit_code, currency, amount_minor)
                ) AS told_lines
                WHERE (entry_id IN (SELECT id FROM claimed)) IS TRUE
            )
            SELECT idem_key, id FROM claimed;
        END
    $$
"""


def upgrade() -> None:
    op.execute(FIND_AND_LOCK)
    op.execute(CLAIM_AND_POST)


def downgrade() -> None:
    op.execute("DROP FUNCTION ledger_claim_and_post")
    op.execute("DROP FUNCTION ledger_find_and_lock")
