"""Indexes of the journal that cost next to nothing to write.

Revision ID: 0042
Revises: 0041

Entries lie in the order in which they were recorded, so a summary of blocks finds a day or a tail as
well as a tree does. Few entries reverse another or name an object of the processor: the others are
left out of these two. The first open day is asked for once a statement, not once a row.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

REFUSE_CLOSED = """
    CREATE OR REPLACE FUNCTION ledger_refuse_closed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM fresh WHERE accounting_date < {first_open_day}) THEN
                RAISE EXCEPTION 'the accounting period is closed'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NULL;
        END
    $$
"""


def upgrade() -> None:
    op.execute(REFUSE_CLOSED.format(first_open_day="(SELECT ledger_first_open_day())"))
    for column in ("recorded_at", "recorded_in"):
        op.drop_index(op.f(f"ix_journal_entries_{column}"), "journal_entries")
        op.create_index(
            op.f(f"ix_journal_entries_{column}"),
            "journal_entries",
            [column],
            postgresql_using="brin",
        )
    op.drop_index(op.f("ix_journal_entries_source_ref"), "journal_entries")
    op.create_index(
        op.f("ix_journal_entries_source_ref"),
        "journal_entries",
        ["source_ref"],
        postgresql_where=sa.text("source_ref IS NOT NULL"),
    )
    op.drop_constraint(op.f("uq_journal_entries_reverses_id"), "journal_entries", type_="unique")
    op.create_index(
        op.f("uq_journal_entries_reverses_id"),
        "journal_entries",
        ["reverses_id"],
        unique=True,
        postgresql_where=sa.text("reverses_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(op.f("uq_journal_entries_reverses_id"), "journal_entries")
    op.create_unique_constraint(
        op.f("uq_journal_entries_reverses_id"), "journal_entries", ["reverses_id"]
    )
    op.drop_index(op.f("ix_journal_entries_source_ref"), "journal_entries")
    op.create_index(op.f("ix_journal_entries_source_ref"), "journal_entries", ["source_ref"])
    for column in ("recorded_at", "recorded_in"):
        op.drop_index(op.f(f"ix_journal_entries_{column}"), "journal_entries")
        op.create_index(op.f(f"ix_journal_entries_{column}"), "journal_entries", [column])
    op.execute(REFUSE_CLOSED.format(first_open_day="ledger_first_open_day()"))
