"""Balances are locked when they move, and not before.

Revision ID: 0083
Revises: 0082

A batch held the locks of its balances while its entries and postings were written, so that two that
want the same accounts stood in line for nearly all of it. Now keys are claimed and rows are written
first; balances move as the last thing before the commit, each locked by its own update in the order
of account ids. Only what was refused is looked at again with everything locked, to say why.

A balance knows code and currency of its account: the update that moves it also sees that the
postings have them, and what has no floor is looked up by itself. Half of each page of balances is
left free, so that a moved balance stays on its page and no index hears of it.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import context, op

revision = "0083"
down_revision = "0082"
branch_labels = None
depends_on = None

FIND: Final = """
    CREATE FUNCTION ledger_find(codes smallint[], owners uuid[], currencies text[])
    RETURNS bigint[] LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
        #variable_conflict use_column
        DECLARE
            accounts bigint[];
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
            RETURN accounts;
        END
    $$
"""
LOCK: Final = """
    CREATE FUNCTION ledger_lock(accounts bigint[]) RETURNS bigint[]
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp
    SET plan_cache_mode = force_generic_plan AS $$
        #variable_conflict use_column
        BEGIN
            RETURN ARRAY(
                WITH locked AS MATERIALIZED (
                    SELECT account_id, balance_minor FROM ledger_balances
                    WHERE account_id = ANY(accounts) ORDER BY account_id FOR UPDATE
                )
                SELECT balance_minor
                FROM unnest(accounts) WITH ORDINALITY AS wanted (account_id, place)
                LEFT JOIN locked USING (account_id)
                ORDER BY place
            );
        END
    $$
"""
# watched, enough: by place, what has to be on an account afterwards so that it was never below zero
# from one entry to the next. Whoever claims keys waits for a rival who claimed one and holds no
# balance yet; balances come after keys, always.
WRITE: Final = """
    CREATE FUNCTION ledger_write(
        actor text, reverses_id bigint, zone text,
        codes smallint[], owners uuid[], account_currencies text[],
        watched integer[], enough bigint[],
        public_ids uuid[], kinds text[], keys text[], times timestamptz[], sources text[],
        memos text[],
        places integer[], lines smallint[], debits integer[], credits integer[],
        line_kinds text[], currencies text[], amounts bigint[],
        OUT ids bigint[], OUT held bigint[]
    )
    LANGUAGE plpgsql AS $$
        #variable_conflict use_variable
        DECLARE
            accounts bigint[] := ledger_find(codes, owners, account_currencies);
            floor CONSTANT text := 'ck_ledger_balances_balance_is_not_negative';
            refused_by text;
        BEGIN
            BEGIN
                ids := ledger_claim_and_post(actor, reverses_id, zone, accounts, codes,
                    public_ids, kinds, keys, times, sources, memos,
                    places, lines, debits, credits, line_kinds, currencies, amounts);
                IF ids IS NULL THEN
                    RAISE SQLSTATE 'FV001';
                END IF;
                IF cardinality(watched) > 0 THEN
                    IF EXISTS (
                        SELECT FROM unnest(watched, enough) AS each (place, minor)
                        JOIN ledger_balances AS b ON b.account_id = accounts[each.place]
                        WHERE b.balance_minor < each.minor
                    ) THEN
                        RAISE check_violation USING CONSTRAINT = floor;
                    END IF;
                END IF;
            EXCEPTION
                WHEN SQLSTATE 'FV001' THEN
                    ids := NULL;
                WHEN check_violation THEN
                    GET STACKED DIAGNOSTICS refused_by = CONSTRAINT_NAME;
                    IF refused_by <> floor THEN
                        RAISE;
                    END IF;
                    ids := NULL;
                    held := ledger_lock(accounts);
            END;
        END
    $$
"""
OPEN: Final = """
    CREATE OR REPLACE FUNCTION ledger_open_balances() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
        BEGIN
            INSERT INTO ledger_balances ({columns}, balance_minor, version)
            SELECT {values}, 0, 0 FROM fresh WHERE strict ORDER BY id;
            RETURN NULL;
        END
    $$
"""
# The settings leave the update one plan: from account to account, by their keys, in their order.
APPLY: Final = """
    CREATE OR REPLACE FUNCTION ledger_apply_postings() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp
    SET plan_cache_mode = force_generic_plan
    SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
        #variable_conflict use_column
        DECLARE
            entries bigint[];
            kinds text[];
            accounts bigint[];
            codes smallint[];
            currencies text[];
            changes bigint[];
            moved bigint;
        BEGIN
            SELECT array_agg(entry_id), array_agg(kind) INTO entries, kinds
            FROM (SELECT DISTINCT entry_id, kind FROM fresh) AS named;
            IF cardinality(entries) > (
                SELECT count(*) FILTER (
                    WHERE e.kind = named.kind
                        AND e.recorded_in = pg_current_xact_id()::text::bigint
                )
                FROM unnest(entries, kinds) AS named (id, kind)
                JOIN journal_entries AS e ON e.id = named.id
            ) THEN
                RAISE EXCEPTION 'postings are of the kind and the transaction of their entry'
                    USING ERRCODE = 'foreign_key_violation';
            END IF;
            IF EXISTS (
                SELECT kind, debit_code, credit_code FROM fresh
                EXCEPT SELECT kind, debit_code, credit_code FROM posting_rules
            ) THEN
                RAISE EXCEPTION 'the grammar of money has no such movement'
                    USING ERRCODE = 'foreign_key_violation';
            END IF;
            SELECT array_agg(id), array_agg(code), array_agg(currency), array_agg(change)
            INTO accounts, codes, currencies, changes
            FROM (
                SELECT id, code, currency, CASE side WHEN 'D' THEN debits ELSE -debits END AS change
                FROM (
                    SELECT id, code, currency, sum(debit)::bigint AS debits
                    FROM (
                        SELECT debit_id AS id, debit_code AS code, currency, amount_minor AS debit
                        FROM fresh
                        UNION ALL
                        SELECT credit_id, credit_code, currency, -amount_minor FROM fresh
                    ) AS sides
                    GROUP BY id, code, currency
                ) AS sums
                JOIN ledger_chart USING (code) ORDER BY id
            ) AS named;
            UPDATE ledger_balances AS b
            SET balance_minor = b.balance_minor + change, version = b.version + 1
            FROM unnest(accounts, codes, currencies, changes)
                AS named (id, code, currency, change)
            WHERE account_id = id AND b.code = named.code AND b.currency = named.currency;
            GET DIAGNOSTICS moved = ROW_COUNT;
            IF cardinality(accounts) > moved AND cardinality(accounts) > moved + (
                SELECT count(*)
                FROM unnest(accounts, codes, currencies) AS named (id, code, currency)
                JOIN ledger_chart AS line ON line.code = named.code AND NOT line.strict
                JOIN ledger_accounts AS a
                    ON a.id = named.id AND a.code = named.code AND a.currency = named.currency
            ) THEN
                RAISE EXCEPTION 'postings have the codes and the currency of their accounts'
                    USING ERRCODE = 'foreign_key_violation';
            END IF;
            RETURN NULL;
        END
    $$
"""


def upgrade() -> None:
    op.add_column("ledger_balances", sa.Column("code", sa.SmallInteger()))
    op.add_column("ledger_balances", sa.Column("currency", sa.String(3)))
    op.execute("ALTER TABLE ledger_balances SET (fillfactor = 50)")
    op.execute("ALTER TABLE ledger_balances DISABLE TRIGGER ledger_balances_guarded")
    op.execute(
        "UPDATE ledger_balances AS b SET code = a.code, currency = a.currency"
        " FROM ledger_accounts AS a WHERE a.id = b.account_id"
    )
    op.execute("ALTER TABLE ledger_balances ENABLE TRIGGER ledger_balances_guarded")
    op.alter_column("ledger_balances", "code", nullable=False)
    op.alter_column("ledger_balances", "currency", nullable=False)
    schema = _schema()
    op.execute(
        OPEN.format(
            schema=schema, columns="account_id, code, currency", values="id, code, currency"
        )
    )
    op.execute(APPLY.format(schema=schema))
    op.execute("DROP FUNCTION ledger_write")
    op.execute("DROP FUNCTION ledger_find_and_lock")
    op.execute(FIND)
    op.execute(LOCK.format(schema=schema))
    op.execute(WRITE)


def downgrade() -> None:
    schema = _schema()
    one_call, checked_once = (
        context.script.get_revision(revision).module for revision in ("0053", "0054")
    )
    for function in ("ledger_write", "ledger_lock", "ledger_find"):
        op.execute(f"DROP FUNCTION {function}")
    op.execute(one_call.FIND_AND_LOCK.format(schema=schema))
    op.execute(one_call.WRITE)
    op.execute(checked_once.APPLY.format(schema=schema))
    op.execute(OPEN.format(schema=schema, columns="account_id", values="id"))
    op.execute("ALTER TABLE ledger_balances RESET (fillfactor)")
    op.drop_column("ledger_balances", "currency")
    op.drop_column("ledger_balances", "code")


def _schema() -> str:
    named = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    return str(named)
