"""Accounting periods: a closed month takes no entry any more.

Revision ID: 0029
Revises: 0028

Who writes entries holds a shared lock until its end; who closes a month takes the same lock alone,
so that nobody is still at work on the month that is being closed. The day an entry is booked on is
found here, in the same statement: the day it occurred in the books' own zone, or the first open one.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

FUNCTIONS: Final = {
    "ledger_first_open_day() RETURNS date LANGUAGE sql STABLE": """
        SELECT coalesce((max(month) + interval '1 month')::date, '-infinity')
        FROM accounting_periods AS newest
        WHERE state = 'closed' AND NOT EXISTS (
            SELECT FROM accounting_periods AS later
            WHERE later.month = newest.month AND later.id > newest.id
        )
    """,
    # Taken before the first row is made, and held to the end of the transaction.
    "ledger_enter() RETURNS trigger LANGUAGE plpgsql": """
        BEGIN
            PERFORM pg_advisory_xact_lock_shared(hashtext('ledger'));
            RETURN NULL;
        END
    """,
    "ledger_enter_alone() RETURNS trigger LANGUAGE plpgsql": """
        BEGIN
            PERFORM pg_advisory_xact_lock(hashtext('ledger'));
            RETURN NULL;
        END
    """,
    "ledger_refuse_closed() RETURNS trigger LANGUAGE plpgsql": """
        BEGIN
            IF EXISTS (SELECT FROM fresh WHERE accounting_date < ledger_first_open_day()) THEN
                RAISE EXCEPTION 'the accounting period is closed'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NULL;
        END
    """,
}
CLAIM_AND_POST: Final = """
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

BEFORE: Final = """
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
"""As it was, for the way back."""


def upgrade() -> None:
    op.create_table(
        "accounting_periods",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'closed')", name=op.f("ck_accounting_periods_state_is_known")
        ),
        sa.CheckConstraint(
            "extract(day FROM month) = 1", name=op.f("ck_accounting_periods_month_is_its_first_day")
        ),
        sa.CheckConstraint(
            "state = 'closed' OR reason <> ''",
            name=op.f("ck_accounting_periods_opening_again_has_a_reason"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounting_periods")),
    )
    op.create_index(
        op.f("ix_accounting_periods_month_accounting_periods_id"),
        "accounting_periods",
        ["month", "id"],
    )
    for head, body in FUNCTIONS.items():
        op.execute(f"CREATE FUNCTION {head} AS $${body}$$")
    for name, when, level, function in (
        ("accounting_periods_not_emptied", "BEFORE TRUNCATE", "STATEMENT", "ledger_refuse"),
        ("accounting_periods_not_changed", "BEFORE UPDATE OR DELETE", "ROW", "ledger_refuse"),
        ("accounting_periods_alone", "BEFORE INSERT", "STATEMENT", "ledger_enter_alone"),
    ):
        op.execute(
            f"CREATE TRIGGER {name} {when} ON accounting_periods "
            f"FOR EACH {level} EXECUTE FUNCTION {function}()"
        )
    op.execute(
        "CREATE TRIGGER journal_entries_entered BEFORE INSERT ON journal_entries "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_enter()"
    )
    op.execute(
        "CREATE TRIGGER journal_entries_open_period AFTER INSERT ON journal_entries "
        "REFERENCING NEW TABLE AS fresh "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_closed()"
    )
    op.execute("DROP FUNCTION ledger_claim_and_post")
    op.execute(CLAIM_AND_POST)


def downgrade() -> None:
    op.execute("DROP FUNCTION ledger_claim_and_post")
    op.execute("DROP TRIGGER journal_entries_open_period ON journal_entries")
    op.execute("DROP TRIGGER journal_entries_entered ON journal_entries")
    op.drop_table("accounting_periods")
    for head in FUNCTIONS:
        op.execute(f"DROP FUNCTION {head.split()[0]}")
    op.execute(BEFORE)
