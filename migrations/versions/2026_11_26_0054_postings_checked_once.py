"""Postings are checked and applied once a statement.

Revision ID: 0054
Revises: 0053

A foreign key looks at each row by itself and locks the row it points at: four of them took a third
of the server's time, and made writers share locks on rows that nobody may ever change. Entries,
accounts and grammar can only be added to, so what holds when a posting is written holds for ever:
one look at all rows of the statement keeps the same promise.
"""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

APPLY: Final = """
    CREATE OR REPLACE FUNCTION ledger_apply_postings() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp
    SET plan_cache_mode = force_generic_plan AS $$
        #variable_conflict use_column
        DECLARE
            entries bigint[];
            kinds text[];
            accounts bigint[];
            codes smallint[];
            currencies text[];
            debited bigint[];
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
            SELECT array_agg(id), array_agg(code), array_agg(currency), array_agg(debits)
            INTO accounts, codes, currencies, debited
            FROM (
                SELECT id, code, currency, sum(debit)::bigint AS debits
                FROM (
                    SELECT debit_id AS id, debit_code AS code, currency, amount_minor AS debit
                    FROM fresh
                    UNION ALL
                    SELECT credit_id, credit_code, currency, -amount_minor FROM fresh
                ) AS sides
                GROUP BY id, code, currency ORDER BY id
            ) AS moved;
            IF cardinality(accounts) > (
                SELECT count(*) FILTER (WHERE a.code = named.code AND a.currency = named.currency)
                FROM unnest(accounts, codes, currencies) AS named (id, code, currency)
                JOIN ledger_accounts AS a ON a.id = named.id
            ) THEN
                RAISE EXCEPTION 'postings have the codes and the currency of their accounts'
                    USING ERRCODE = 'foreign_key_violation';
            END IF;
            PERFORM FROM ledger_balances WHERE account_id = ANY(accounts)
            ORDER BY account_id FOR UPDATE;
            UPDATE ledger_balances
            SET balance_minor = balance_minor
                    + CASE side WHEN 'D' THEN debits ELSE -debits END,
                version = version + 1
            FROM unnest(accounts, codes, debited) AS moved (id, code, debits)
            JOIN ledger_chart USING (code)
            WHERE account_id = moved.id;
            RETURN NULL;
        END
    $$
"""
BEFORE: Final = """
    CREATE OR REPLACE FUNCTION ledger_apply_postings() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
        BEGIN
            IF EXISTS (
                SELECT FROM fresh JOIN journal_entries ON journal_entries.id = fresh.entry_id
                WHERE journal_entries.recorded_in <> pg_current_xact_id()::text::bigint
            ) THEN
                RAISE EXCEPTION 'an entry takes no postings after its own transaction'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            PERFORM FROM ledger_balances
            WHERE account_id IN (SELECT debit_id FROM fresh UNION SELECT credit_id FROM fresh)
            ORDER BY account_id FOR UPDATE;
            UPDATE ledger_balances
            SET balance_minor = balance_minor
                    + CASE side WHEN 'D' THEN moved.debits ELSE -moved.debits END,
                version = version + 1
            FROM (
                SELECT account_id, code, sum(debit)::bigint AS debits
                FROM (
                    SELECT debit_id AS account_id, debit_code AS code, amount_minor AS debit
                    FROM fresh
                    UNION ALL
                    SELECT credit_id, credit_code, -amount_minor FROM fresh
                ) AS sides
                GROUP BY account_id, code
            ) AS moved
            JOIN ledger_chart ON ledger_chart.code = moved.code
            WHERE ledger_balances.account_id = moved.account_id;
            RETURN NULL;
        END
    $$
"""
"""As it was, for the way back."""
GUARD: Final = """
    CREATE TRIGGER ledger_balances_guarded BEFORE INSERT OR UPDATE ON ledger_balances
    FOR EACH {level} EXECUTE FUNCTION ledger_guard_balances()
"""
# name, columns, table and columns they point at
KEYS: Final = (
    (
        "fk_postings_debit_ledger_accounts",
        ["debit_id", "debit_code", "currency"],
        "ledger_accounts",
        ["id", "code", "currency"],
    ),
    (
        "fk_postings_credit_ledger_accounts",
        ["credit_id", "credit_code", "currency"],
        "ledger_accounts",
        ["id", "code", "currency"],
    ),
    (
        "fk_postings_grammar_posting_rules",
        ["kind", "debit_code", "credit_code"],
        "posting_rules",
        ["kind", "debit_code", "credit_code"],
    ),
    (
        "fk_postings_entry_journal_entries",
        ["entry_id", "kind"],
        "journal_entries",
        ["id", "kind"],
    ),
)
POINTED_AT: Final = (
    ("uq_ledger_accounts_id_code_currency", "ledger_accounts", ["id", "code", "currency"]),
    ("uq_journal_entries_id_kind", "journal_entries", ["id", "kind"]),
)


def upgrade() -> None:
    op.execute(APPLY.format(schema=_schema()))
    for name, *_ in KEYS:
        op.drop_constraint(op.f(name), "postings", type_="foreignkey")
    for name, table, _ in POINTED_AT:
        op.drop_constraint(op.f(name), table, type_="unique")
    _guard_each("STATEMENT")


def downgrade() -> None:
    _guard_each("ROW")
    for name, table, columns in POINTED_AT:
        op.create_unique_constraint(op.f(name), table, columns)
    for name, columns, table, pointed_at in KEYS:
        op.create_foreign_key(op.f(name), "postings", table, columns, pointed_at)
    op.execute(BEFORE.format(schema=_schema()))


def _guard_each(level: str) -> None:
    op.execute("DROP TRIGGER ledger_balances_guarded ON ledger_balances")
    op.execute(GUARD.format(level=level))


def _schema() -> str:
    named = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    return str(named)
