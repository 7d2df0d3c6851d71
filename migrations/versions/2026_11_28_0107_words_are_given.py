"""A name is never written without the words by which it is found.

An empty default hid who had written names in bulk and forgotten their words; these get them here.

Revision ID: 0107
Revises: 0106
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from marketplace.kernel.names import beginnings_in

revision = "0107"
down_revision: str | None = "0106"
branch_labels = None
depends_on = None

STEP: Final = 10_000
"""Rows in one statement: far below the time that one may take."""
NAMES: Final = {
    "brands": "name",
    "campaigns": "name",
    "creators": "display_name",
    "organisations": "name",
}
MARKED: Final = ("creators", "channels")
"""Whose changes are marked for the columns, which have no names."""


def upgrade() -> None:
    """Give words to who has none, in steps; from now on none are refused."""
    for table in MARKED:
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_marked_on_update")
    for table, name in NAMES.items():
        _fill(table, name, "name_words")
    _fill("channels", "handle", "handle_words")
    for table in MARKED:
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_marked_on_update")
    for table in NAMES:
        op.alter_column(table, "name_words", server_default=None)
    op.create_check_constraint(
        op.f("ck_channels_handle_has_its_words"),
        "channels",
        "(handle IS NULL) = (handle_words IS NULL)",
    )


def _fill(table: str, name: str, words: str) -> None:
    following = sa.text(
        f"SELECT id, {name} AS name FROM {table}"
        f" WHERE id > :after AND {name} IS NOT NULL AND coalesce({words}, '') = ''"
        " ORDER BY id LIMIT :most"
    )
    write = sa.text(
        f"UPDATE {table} SET {words} = given.words::tsvector"
        " FROM unnest(CAST(:ids AS uuid[]), CAST(:words AS text[])) AS given (id, words)"
        f" WHERE {table}.id = given.id"
    )
    connection, after = op.get_bind(), UUID(int=0)
    while rows := connection.execute(following, {"after": after, "most": STEP}).all():
        after = rows[-1].id
        found = [" ".join(beginnings_in(row.name)) for row in rows]
        connection.execute(write, {"ids": [row.id for row in rows], "words": found})


def downgrade() -> None:
    """Let names be written without words again."""
    op.drop_constraint(op.f("ck_channels_handle_has_its_words"), "channels")
    for table in NAMES:
        op.alter_column(table, "name_words", server_default="")
