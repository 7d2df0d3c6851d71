"""The ledger: tables, the chart of accounts, the grammar of money and the guards.

Revision ID: 0002
Revises: 0001

The chart and the grammar are written out here and not imported: a migration that has run says for
ever what it did. A new account or a new kind of movement is a new migration.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# code, name, side on which it grows, strict, owned
CHART: Final = (
    (1010, "Processor balance", "D", False, False),
    (1020, "Platform payout under way", "D", False, False),
    (1030, "Bank, operating", "D", False, False),
    (1040, "Bank, client money", "D", False, False),
    (1050, "Top-up under way", "D", False, False),
    (1100, "Owed by brand", "D", True, True),
    (1110, "Owed by creator", "D", True, True),
    (1120, "Withdrawn by a chargeback", "D", True, True),
    (1190, "Processor reserve", "D", False, False),
    (1900, "Suspense", "D", False, False),
    (2010, "Brand funds", "C", True, True),
    (2020, "Campaign funds", "C", True, True),
    (2025, "Campaign funds, frozen", "C", True, True),
    (2030, "Committed", "C", True, True),
    (2040, "Creator, pending", "C", True, True),
    (2050, "Creator, payable", "C", True, True),
    (2060, "Payout in flight", "C", True, True),
    (2070, "Refund in flight", "C", True, True),
    (2080, "Tax withheld", "C", False, False),
    (2090, "Sales tax", "C", False, False),
    (2100, "Platform fee, unearned", "C", True, True),
    (3010, "Opening balances", "C", False, False),
    (3900, "Exchange clearing", "C", False, False),
    (4010, "Platform fee earned", "C", False, False),
    (5010, "Processor fees", "D", False, False),
    (5020, "Chargeback fees", "D", False, False),
    (5030, "Losses", "D", False, False),
    (5040, "Exchange result", "D", False, False),
    (5050, "Rounding", "D", False, False),
    (5060, "Goodwill", "D", False, False),
)

# kind -> (debit, credit) pairs
MOVES: Final = {
    "opening": [(1010, 3010), (1030, 3010), (1040, 3010)],
    "fund": [(1010, 2010), (5010, 1010)],
    "exchange": [(1010, 3900), (3900, 2010), (5010, 1010), (5040, 3900), (3900, 5040)],
    "allocate": [(2010, 2020)],
    "fee": [(2020, 2100), (2020, 2090)],
    "fee_return": [(2100, 2020)],
    "commit": [(2020, 2030)],
    "release_commitment": [(2030, 2020), (2100, 2020)],
    "earn": [(2030, 2040), (2030, 4010), (2100, 4010)],
    "bonus": [(2030, 2040), (2030, 4010), (2100, 4010)],
    "bonus_fix": [(2040, 2030), (2050, 2030), (1110, 2030), (4010, 2030), (4010, 2100)],
    "mature": [(2040, 2050)],
    "refund_hold": [(2100, 2020), (2020, 2070), (2010, 2070)],
    "refund_paid": [(2070, 1010)],
    "refund_failed": [(2070, 2010), (1010, 2010)],
    "payout_reserve": [(2050, 2060), (2050, 2080)],
    "payout_settle": [(2060, 1010)],
    "payout_release": [(2060, 2050)],
    "transfer_reversal": [(1010, 2050)],
    "clawback": [(1110, 2020)],
    "clawback_reversal": [(1010, 1110)],
    "clawback_net": [(2050, 1110)],
    "platform_payout_sent": [(1020, 1010)],
    "platform_payout_arrived": [(1030, 1020)],
    "platform_payout_failed": [(1010, 1020)],
    "topup_sent": [(1050, 1030)],
    "topup_arrived": [(1010, 1050)],
    "topup_reversed": [(1050, 1010)],
    "freeze": [(2020, 2025)],
    "unfreeze": [(2025, 2020)],
    "chargeback_withdrawn": [(1120, 1010), (5020, 1010), (2020, 2025)],
    "chargeback_lost": [(2025, 1120), (1100, 1120)],
    "chargeback_won": [(1010, 1120), (2025, 2020), (1010, 5020)],
    "write_off": [(5030, 1100)],
    "processor_movement": [(5010, 1010), (1010, 5010), (1190, 1010), (1010, 1190)],
    "suspense": [(1010, 1900), (1900, 1010), (5010, 1010)],
    "identify": [(1900, 2010), (1900, 2050), (5010, 1900), (5020, 1900), (5030, 1900)],
    "adjust": [
        pair
        for code in (1100, 1110, 2010, 2020, 2050)
        for against in (1900, 5030, 5050, 5060)
        for pair in ((code, against), (against, code))
    ],
}

# A reversal may swap the sides of any posting.
SWAPPED: Final = sorted({(credit, debit) for pairs in MOVES.values() for debit, credit in pairs})

KEPT: Final = (
    "ledger_chart", "posting_rules", "ledger_accounts", "journal_entries", "postings",
    "ledger_balances",
)  # fmt: skip
"""Tables that nobody may change, delete from or empty."""

FUNCTIONS: Final = {
    "ledger_refuse": """
        BEGIN
            RAISE EXCEPTION 'the ledger is never changed: % on %', TG_OP, TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation';
        END
    """,
    # A strict account has its balance from its first moment: what does not exist cannot be locked.
    "ledger_open_balances": """
        BEGIN
            INSERT INTO ledger_balances (account_id, balance_minor, version)
            SELECT id, 0, 0 FROM fresh WHERE strict ORDER BY id;
            RETURN NULL;
        END
    """,
    # Locks in the order of account ids before it changes any, then adds up once per account.
    "ledger_apply_postings": """
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
    """,
    # Depth 1 is somebody's own statement; deeper is a statement of the two functions above.
    "ledger_guard_balances": """
        BEGIN
            IF pg_trigger_depth() < 2 THEN
                RAISE EXCEPTION 'balances follow from postings: % refused', TG_OP
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END
    """,
}


def upgrade() -> None:
    _create_tables()
    for name, body in FUNCTIONS.items():
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
    for table in KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
        )
        events = "DELETE" if table == "ledger_balances" else "UPDATE OR DELETE"
        op.execute(
            f"CREATE TRIGGER {table}_not_changed BEFORE {events} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION ledger_refuse()"
        )
    op.execute(
        "CREATE TRIGGER ledger_balances_guarded BEFORE INSERT OR UPDATE ON ledger_balances "
        "FOR EACH ROW EXECUTE FUNCTION ledger_guard_balances()"
    )
    op.execute(
        "CREATE TRIGGER ledger_accounts_opened AFTER INSERT ON ledger_accounts "
        "REFERENCING NEW TABLE AS fresh "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_open_balances()"
    )
    op.execute(
        "CREATE TRIGGER postings_applied AFTER INSERT ON postings "
        "REFERENCING NEW TABLE AS fresh "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_apply_postings()"
    )
    _write_chart_and_grammar()


def downgrade() -> None:
    for table in (
        "ledger_balances", "postings", "journal_entries", "ledger_accounts", "posting_rules",
        "ledger_chart",
    ):  # fmt: skip
        op.drop_table(table)
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}()")


def _write_chart_and_grammar() -> None:
    columns = ("code", "name", "side", "strict", "owned")
    op.bulk_insert(
        sa.table("ledger_chart", *(sa.column(name) for name in columns)),
        [dict(zip(columns, line, strict=True)) for line in CHART],
    )
    rules = sa.table(
        "posting_rules", sa.column("kind"), sa.column("debit_code"), sa.column("credit_code")
    )
    every = [(kind, *pair) for kind, pairs in MOVES.items() for pair in pairs]
    every += [("reversal", *pair) for pair in SWAPPED]
    op.bulk_insert(
        rules,
        [
            {"kind": kind, "debit_code": debit, "credit_code": credit}
            for kind, debit, credit in every
        ],
    )


def _create_tables() -> None:
    op.create_table(
        "ledger_chart",
        sa.Column("code", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("side", sa.String(40), nullable=False),
        sa.Column("strict", sa.Boolean(), nullable=False),
        sa.Column("owned", sa.Boolean(), nullable=False),
        sa.CheckConstraint("side IN ('D', 'C')", name=op.f("ck_ledger_chart_side_is_known")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_ledger_chart")),
        sa.UniqueConstraint(
            "code", "strict", "owned", name=op.f("uq_ledger_chart_code_strict_owned")
        ),
    )
    op.create_table(
        "posting_rules",
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("debit_code", sa.SmallInteger(), nullable=False),
        sa.Column("credit_code", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["credit_code"],
            ["ledger_chart.code"],
            name=op.f("fk_posting_rules_credit_code_ledger_chart"),
        ),
        sa.ForeignKeyConstraint(
            ["debit_code"],
            ["ledger_chart.code"],
            name=op.f("fk_posting_rules_debit_code_ledger_chart"),
        ),
        sa.PrimaryKeyConstraint("kind", "debit_code", "credit_code", name=op.f("pk_posting_rules")),
    )
    op.create_table(
        "ledger_accounts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("code", sa.SmallInteger(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("strict", sa.Boolean(), nullable=False),
        sa.Column("owned", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "currency ~ '^[A-Z]{3}$'", name=op.f("ck_ledger_accounts_currency_is_a_code")
        ),
        sa.CheckConstraint(
            "owned = (owner_id <> '00000000-0000-0000-0000-000000000000')",
            name=op.f("ck_ledger_accounts_owned_says_whether_there_is_an_owner"),
        ),
        sa.ForeignKeyConstraint(
            ["code", "strict", "owned"],
            ["ledger_chart.code", "ledger_chart.strict", "ledger_chart.owned"],
            name=op.f("fk_ledger_accounts_code_strict_owned_ledger_chart"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_accounts")),
        sa.UniqueConstraint(
            "code", "owner_id", "currency", name=op.f("uq_ledger_accounts_code_owner_id_currency")
        ),
        sa.UniqueConstraint(
            "id", "code", "currency", name=op.f("uq_ledger_accounts_id_code_currency")
        ),
    )
    op.create_table(
        "journal_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("idem_key", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "recorded_in",
            sa.BigInteger(),
            server_default=sa.text("pg_current_xact_id()::text::bigint"),
            nullable=False,
        ),
        sa.Column("accounting_date", sa.Date(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("source_ref", sa.Text(), nullable=True),
        sa.Column("reverses_id", sa.BigInteger(), nullable=True),
        sa.Column("memo", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "(kind = 'reversal') = (reverses_id IS NOT NULL)",
            name=op.f("ck_journal_entries_a_reversal_names_its_entry"),
        ),
        sa.CheckConstraint("idem_key <> ''", name=op.f("ck_journal_entries_idem_key_is_given")),
        sa.ForeignKeyConstraint(
            ["reverses_id"],
            ["journal_entries.id"],
            name=op.f("fk_journal_entries_reverses_id_journal_entries"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entries")),
        sa.UniqueConstraint("id", "kind", name=op.f("uq_journal_entries_id_kind")),
        sa.UniqueConstraint("idem_key", name=op.f("uq_journal_entries_idem_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_journal_entries_public_id")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_journal_entries_reverses_id")),
    )
    op.create_index(op.f("ix_journal_entries_occurred_at"), "journal_entries", ["occurred_at"])
    op.create_index(op.f("ix_journal_entries_source_ref"), "journal_entries", ["source_ref"])
    op.create_table(
        "postings",
        sa.Column("entry_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("debit_id", sa.BigInteger(), nullable=False),
        sa.Column("credit_id", sa.BigInteger(), nullable=False),
        sa.Column("debit_code", sa.SmallInteger(), nullable=False),
        sa.Column("credit_code", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "amount_minor > 0 AND amount_minor <= 10000000000000",
            name=op.f("ck_postings_amount_is_in_range"),
        ),
        sa.CheckConstraint("line > 0", name=op.f("ck_postings_lines_count_from_one")),
        sa.ForeignKeyConstraint(
            ["credit_id", "credit_code", "currency"],
            ["ledger_accounts.id", "ledger_accounts.code", "ledger_accounts.currency"],
            name="fk_postings_credit_ledger_accounts",
        ),
        sa.ForeignKeyConstraint(
            ["debit_id", "debit_code", "currency"],
            ["ledger_accounts.id", "ledger_accounts.code", "ledger_accounts.currency"],
            name="fk_postings_debit_ledger_accounts",
        ),
        sa.ForeignKeyConstraint(
            ["entry_id", "kind"],
            ["journal_entries.id", "journal_entries.kind"],
            name="fk_postings_entry_journal_entries",
        ),
        sa.ForeignKeyConstraint(
            ["kind", "debit_code", "credit_code"],
            ["posting_rules.kind", "posting_rules.debit_code", "posting_rules.credit_code"],
            name="fk_postings_grammar_posting_rules",
        ),
        sa.PrimaryKeyConstraint("entry_id", "line", name=op.f("pk_postings")),
    )
    op.create_index(
        op.f("ix_postings_credit_id_postings_entry_id"), "postings", ["credit_id", "entry_id"]
    )
    op.create_index(
        op.f("ix_postings_debit_id_postings_entry_id"), "postings", ["debit_id", "entry_id"]
    )
    op.create_table(
        "ledger_balances",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("balance_minor", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "balance_minor >= 0", name=op.f("ck_ledger_balances_balance_is_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["ledger_accounts.id"],
            name=op.f("fk_ledger_balances_account_id_ledger_accounts"),
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_ledger_balances")),
    )
