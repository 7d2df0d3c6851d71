"""Trends of hashtags are named by the key of their word, so that café and cafe are one.

Where a trend by the key is there already, who rides on the other spelling rides on that one, and
what was counted of the other spelling stays as it was counted.

Revision ID: 0098
Revises: 0097
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.kernel.words import key_of

revision = "0098"
down_revision: str | None = "0097"
branch_labels = None
depends_on = None

_TAGS = sa.text("SELECT id, name FROM trends WHERE kind = 'hashtag' ORDER BY first_seen_on, id")
_RENAME = sa.text("UPDATE trends SET name = :key WHERE id = :id")
_RIDE = sa.text("UPDATE trend_rides SET trend_id = :to WHERE trend_id = :id")


def upgrade() -> None:
    """Name each by its key; of several spellings the one that has it, else the first seen."""
    connection = op.get_bind()
    trends = connection.execute(_TAGS).all()
    ids = {name: trend_id for trend_id, name in trends}
    for trend_id, name in trends:
        key = key_of(name)
        if key in ("", name):
            continue
        if key in ids:
            connection.execute(_RIDE, {"id": trend_id, "to": ids[key]})
        else:
            connection.execute(_RENAME, {"id": trend_id, "key": key})
            ids[key] = trend_id


def downgrade() -> None:
    """Leave the names: how they were spelled is not known any more."""
