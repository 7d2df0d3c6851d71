"""The statements that write the books, each for any number of rows at once.

Both call functions of the database, whose plans are kept; the migrations have their bodies.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import text

FIND_AND_LOCK: Final = text("""
    SELECT FROM ledger_lock(ledger_find(
        CAST(:codes AS smallint[]), CAST(:owners AS uuid[]), CAST(:account_currencies AS text[])
    ))
""")
"""Open the accounts that do not exist yet, and lock what is on those that have a floor."""

WRITE: Final = text("""
    SELECT ids, held FROM ledger_write(
        CAST(:actor AS text), CAST(:reverses_id AS bigint), CAST(:zone AS text),
        CAST(:codes AS smallint[]), CAST(:owners AS uuid[]), CAST(:account_currencies AS text[]),
        CAST(:watched AS integer[]), CAST(:enough AS bigint[]),
        CAST(:public_ids AS uuid[]), CAST(:kinds AS text[]), CAST(:keys AS text[]),
        CAST(:times AS timestamptz[]), CAST(:sources AS text[]), CAST(:memos AS text[]),
        CAST(:places AS integer[]), CAST(:lines AS smallint[]), CAST(:debits AS integer[]),
        CAST(:credits AS integer[]), CAST(:line_kinds AS text[]), CAST(:currencies AS text[]),
        CAST(:amounts AS bigint[])
    )
""")
"""Write all of these entries and return their ids. Or none: ``held`` is what each account holds,
locked, where one would fall below its floor, and nothing where a key is taken."""
