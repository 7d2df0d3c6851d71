"""The hashtags of a channel are found by their keys, so that café finds cafe.

Of two spellings of one key that a channel was shown with, the one of more videos stays; its next
reading counts their videos together.

Revision ID: 0103
Revises: 0102
"""

from __future__ import annotations

import json
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from marketplace.kernel.words import key_of

revision = "0103"
down_revision: str | None = "0102"
branch_labels = None
depends_on = None

STEP: Final = 10_000
"""Channels in one statement: far below the time that one may take."""
_NEXT: Final = sa.text(
    "SELECT id, top_hashtags FROM channels"
    " WHERE id > :after AND top_hashtags <> '[]' ORDER BY id LIMIT :most"
)
_WRITE: Final = sa.text(
    "UPDATE channels SET top_hashtags = given.tags, top_keys = given.keys"
    " FROM unnest(CAST(:ids AS uuid[]), CAST(:tags AS jsonb[]), CAST(:keys AS jsonb[]))"
    "     AS given (id, tags, keys)"
    " WHERE channels.id = given.id"
)


def upgrade() -> None:
    """Give every channel the keys of its hashtags, in steps, then the index over them."""
    op.add_column("channels", sa.Column("top_keys", JSONB(), server_default="[]", nullable=False))
    connection, after = op.get_bind(), UUID(int=0)
    while rows := connection.execute(_NEXT, {"after": after, "most": STEP}).all():
        after = rows[-1].id
        found = [_keyed(row.top_hashtags) for row in rows]
        given = {
            "ids": [row.id for row in rows],
            "tags": [json.dumps(list(each.values())) for each in found],
            "keys": [json.dumps(list(each)) for each in found],
        }
        connection.execute(_WRITE, given)
    op.create_index(
        "ix_channels_top_keys",
        "channels",
        ["top_keys"],
        postgresql_using="gin",
        postgresql_ops={"top_keys": "jsonb_path_ops"},
        postgresql_where=sa.text("is_main"),
    )


def downgrade() -> None:
    """Find hashtags by their letters again."""
    op.drop_index("ix_channels_top_keys", table_name="channels")
    op.drop_column("channels", "top_keys")


def _keyed(hashtags: list[str]) -> dict[str, str]:
    """Return key -> the first of its spellings, in order."""
    found: dict[str, str] = {}
    for tag in hashtags:
        if key := key_of(tag):
            found.setdefault(key, tag)
    return found
