"""The statements that write the books, each for any number of rows at once.

Two of them are functions of the database, whose plans are kept; the migration has their bodies.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import text

FIND_AND_LOCK: Final = text("""
    SELECT place, id, balance_minor FROM ledger_find_and_lock(
        CAST(:codes AS smallint[]), CAST(:owners AS uuid[]), CAST(:currencies AS text[])
    )
""")
"""The accounts there are, each with its place from 1, and what is on those that have a floor.

Balances, which have no place, are locked in the order of account ids, once all accounts are there.
"""

OPEN: Final = text("""
    INSERT INTO ledger_accounts (code, owner_id, currency, strict, owned)
    SELECT wanted.code, wanted.owner_id, wanted.currency, c.strict, c.owned
    FROM unnest(
        CAST(:codes AS smallint[]), CAST(:owners AS uuid[]), CAST(:currencies AS text[])
    ) AS wanted (code, owner_id, currency)
    JOIN ledger_chart c USING (code)
    ORDER BY 1, 2, 3
    ON CONFLICT (code, owner_id, currency) DO NOTHING
""")
"""Open accounts in an order of their own, so that two who open the same never wait in a ring."""

CLAIM_AND_POST: Final = text("""
    SELECT idem_key, id FROM ledger_claim_and_post(
        CAST(:actor AS text), CAST(:reverses_id AS bigint), CAST(:zone AS text),
        CAST(:public_ids AS uuid[]), CAST(:kinds AS text[]), CAST(:keys AS text[]),
        CAST(:times AS timestamptz[]), CAST(:sources AS text[]), CAST(:memos AS text[]),
        CAST(:places AS integer[]), CAST(:lines AS smallint[]), CAST(:debits AS bigint[]),
        CAST(:credits AS bigint[]), CAST(:debit_codes AS smallint[]),
        CAST(:credit_codes AS smallint[]), CAST(:currencies AS text[]), CAST(:amounts AS bigint[])
    )
""")
"""Write the entries whose keys nobody has, with their postings; returns those."""
