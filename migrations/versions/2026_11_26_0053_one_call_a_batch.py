"""The books are written by one call, however many entries there are.

Revision ID: 0053
Revises: 0052

Accounts are found, opened and locked, floors are compared, keys are claimed and postings written
without going back to the client, so that nobody else waits for it meanwhile. Whoever calls says how
far each account falls at its lowest, from entry to entry; balances are known here alone.
"""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

# What does not exist cannot be locked: opened first, in an order of its own, so that two who open
# the same never wait in a ring. Balances are locked in the order of account ids.
FIND_AND_LOCK: Final = """
    CREATE FUNCTION ledger_find_and_lock(
        codes smallint[], owners uuid[], currencies text[], lowest bigint[],
        OUT accounts bigint[], OUT held bigint[], OUT short boolean
    )
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp
    SET plan_cache_mode = force_generic_plan AS $$
        #variable_conflict use_column
        BEGIN
            FOR attempt IN 1..2 LOOP
                accounts := ARRAY(
                    SELECT id
                    FROM unnest(codes, owners, currencies)
                        WITH ORDINALITY AS wanted (code, owner_id, currency, place)
                    LEFT JOIN ledger_accounts USING (code, owner_id, currency)
                    ORDER BY place
                );
                EXIT WHEN array_position(accounts, NULL) IS NULL;
                INSERT INTO ledger_accounts (code, owner_id, currency, strict, owned)
                SELECT code, owner_id, currency, strict, owned
                FROM unnest(codes, owners, currencies) AS wanted (code, owner_id, currency)
                JOIN ledger_chart USING (code)
                ORDER BY code, owner_id, currency
                ON CONFLICT (code, owner_id, currency) DO NOTHING;
            END LOOP;
            WITH locked AS MATERIALIZED (
                SELECT account_id, balance_minor FROM ledger_balances
                WHERE account_id = ANY(accounts) ORDER BY account_id FOR UPDATE
            )
            SELECT array_agg(balance_minor ORDER BY place), bool_or(balance_minor + fall < 0)
            INTO held, short
            FROM unnest(accounts, lowest) WITH ORDINALITY AS wanted (account_id, fall, place)
            LEFT JOIN locked USING (account_id);
        END
    $$
"""
# Ids follow the order of telling. Keys are claimed in an order of their own, so that two who tell
# the same events never wait in a ring.
CLAIM_AND_POST: Final = """
    CREATE FUNCTION ledger_claim_and_post(
        actor text, reverses_id bigint, zone text, accounts bigint[], codes smallint[],
        public_ids uuid[], kinds text[], keys text[], times timestamptz[], sources text[],
        memos text[],
        places integer[], lines smallint[], debits integer[], credits integer[],
        line_kinds text[], currencies text[], amounts bigint[]
    )
    RETURNS bigint[] LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
        #variable_conflict use_column
        DECLARE
            ids bigint[] := ARRAY(
                SELECT nextval('journal_entries_id_seq')
                FROM generate_series(1, cardinality(keys))
            );
            first_open date := ledger_first_open_day();
            claimed bigint;
        BEGIN
            INSERT INTO journal_entries (id, public_id, kind, idem_key, occurred_at,
                accounting_date, actor, source_ref, reverses_id, memo)
                OVERRIDING SYSTEM VALUE
            SELECT id, public_id, kind, idem_key, occurred_at,
                greatest((occurred_at AT TIME ZONE zone)::date, first_open),
                ledger_claim_and_post.actor, source_ref, ledger_claim_and_post.reverses_id, memo
            FROM unnest(ids, public_ids, kinds, keys, times, sources, memos)
                AS told (id, public_id, kind, idem_key, occurred_at, source_ref, memo)
            ORDER BY idem_key COLLATE "C"
            ON CONFLICT (idem_key) DO NOTHING;
            GET DIAGNOSTICS claimed = ROW_COUNT;
            IF claimed < cardinality(keys) THEN
                RETURN NULL;
            END IF;
            INSERT INTO postings (entry_id, line, debit_id, credit_id, debit_code, credit_code,
                kind, currency, amount_minor)
            SELECT ids[place], line, accounts[debit], accounts[credit], codes[debit],
                codes[credit], kind, currency, amount_minor
            FROM unnest(places, lines, debits, credits, line_kinds, currencies, amounts)
                AS told (place, line, debit, credit, kind, currency, amount_minor);
            RETURN ids;
        END
    $$
"""
WRITE: Final = """
    CREATE FUNCTION ledger_write(
        actor text, reverses_id bigint, zone text,
        codes smallint[], owners uuid[], account_currencies text[], lowest bigint[],
        public_ids uuid[], kinds text[], keys text[], times timestamptz[], sources text[],
        memos text[],
        places integer[], lines smallint[], debits integer[], credits integer[],
        line_kinds text[], currencies text[], amounts bigint[],
        OUT ids bigint[], OUT held bigint[], OUT short boolean
    )
    LANGUAGE plpgsql AS $$
        #variable_conflict use_variable
        DECLARE
            accounts bigint[];
        BEGIN
            SELECT f.accounts, f.held, f.short INTO accounts, held, short
            FROM ledger_find_and_lock(codes, owners, account_currencies, lowest) AS f;
            IF short THEN
                RETURN;
            END IF;
            IF cardinality(keys) = 1 THEN
                ids := ledger_claim_and_post(actor, reverses_id, zone, accounts, codes,
                    public_ids, kinds, keys, times, sources, memos,
                    places, lines, debits, credits, line_kinds, currencies, amounts);
                RETURN;
            END IF;
            BEGIN
                ids := ledger_claim_and_post(actor, reverses_id, zone, accounts, codes,
                    public_ids, kinds, keys, times, sources, memos,
                    places, lines, debits, credits, line_kinds, currencies, amounts);
                IF ids IS NULL THEN
                    RAISE SQLSTATE 'FV001';
                END IF;
            EXCEPTION WHEN SQLSTATE 'FV001' THEN
                ids := NULL;
            END;
        END
    $$
"""

FIND_BEFORE: Final = """
    CREATE FUNCTION ledger_find_and_lock(codes smallint[], owners uuid[], currencies text[])
    RETURNS TABLE (place integer, id bigint, balance_minor bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp
    SET plan_cache_mode = force_generic_plan AS $$
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
CLAIM_BEFORE: Final = """
    CREATE FUNCTION ledger_claim_and_post(
        actor text, reverses_id bigint, zone text,
        public_ids uuid[], kinds text[], keys text[], times timestamptz[], sources text[],
        memos text[],
        places integer[], lines smallint[], debits bigint[], credits bigint[],
        debit_codes smallint[], credit_codes smallint[], currencies text[], amounts bigint[]
    )
    RETURNS TABLE (idem_key text, id bigint)
    LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
        #variable_conflict use_column
        DECLARE
            first_open date := ledger_first_open_day();
        BEGIN
            RETURN QUERY
            WITH told AS MATERIALIZED (
                SELECT nextval('journal_entries_id_seq') AS id, each.*
                FROM unnest(public_ids, kinds, keys, times, sources, memos)
                    WITH ORDINALITY AS each (public_id, kind, idem_key, occurred_at, source_ref,
                        memo, place)
            ),
            numbered AS MATERIALIZED (SELECT array_agg(id ORDER BY place) AS ids FROM told),
            claimed AS (
                INSERT INTO journal_entries (id, public_id, kind, idem_key, occurred_at,
                    accounting_date, actor, source_ref, reverses_id, memo)
                    OVERRIDING SYSTEM VALUE
                SELECT id, public_id, kind, idem_key, occurred_at,
                    greatest((occurred_at AT TIME ZONE zone)::date, first_open),
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
"""As they were, for the way back."""


def upgrade() -> None:
    op.execute("DROP FUNCTION ledger_claim_and_post")
    op.execute("DROP FUNCTION ledger_find_and_lock")
    op.execute(FIND_AND_LOCK.format(schema=_schema()))
    op.execute(CLAIM_AND_POST)
    op.execute(WRITE)


def downgrade() -> None:
    op.execute("DROP FUNCTION ledger_write")
    op.execute("DROP FUNCTION ledger_claim_and_post")
    op.execute("DROP FUNCTION ledger_find_and_lock")
    op.execute(FIND_BEFORE.format(schema=_schema()))
    op.execute(CLAIM_BEFORE)


def _schema() -> str:
    named = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    return str(named)
