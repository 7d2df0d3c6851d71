"""Names and handles are found by the beginnings of their words, through an index.

Revision ID: 0105
Revises: 0104
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from marketplace.kernel.names import beginnings_in

revision = "0105"
down_revision: str | None = "0104"
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
    """Give every name and handle its words, in steps, then the indexes over them."""
    for table in NAMES:
        op.add_column(table, sa.Column("name_words", TSVECTOR(), server_default="", nullable=False))
    op.add_column("channels", sa.Column("handle_words", TSVECTOR(), nullable=True))
    for table in MARKED:
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_marked_on_update")
    for table, name in NAMES.items():
        _fill(table, name, "name_words")
    _fill("channels", "handle", "handle_words")
    for table in MARKED:
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_marked_on_update")
    for table in NAMES:
        op.create_index(f"ix_{table}_name_words", table, ["name_words"], postgresql_using="gin")
    op.create_index(
        "ix_channels_handle_words",
        "channels",
        ["handle_words"],
        postgresql_using="gin",
        postgresql_where=sa.text("is_main"),
    )


def _fill(table: str, name: str, words: str) -> None:
    following = sa.text(
        f"SELECT id, {name} AS name FROM {table}"
        f" WHERE id > :after AND {name} IS NOT NULL ORDER BY id LIMIT :most"
    )
    write = sa.text(
        f"UPDATE {table} SET {words} = given.words::tsvector"
        f" FROM unnest(CAST(:ids AS uuid[]), CAST(:words AS text[])) AS given (id, words)"
        f" WHERE {table}.id = given.id"
    )
    connection, after = op.get_bind(), UUID(int=0)
    while rows := connection.execute(following, {"after": after, "most": STEP}).all():
        after = rows[-1].id
        found = [" ".join(beginnings_in(row.name)) for row in rows]
        connection.execute(write, {"ids": [row.id for row in rows], "words": found})


def downgrade() -> None:
    """Look names through letter by letter again."""
    for table in NAMES:
        op.drop_index(f"ix_{table}_name_words", table_name=table)
        op.drop_column(table, "name_words")
    op.drop_index("ix_channels_handle_words", table_name="channels")
    op.drop_column("channels", "handle_words")
