"""What came of creators' work is written down beside them, of however many at once."""

from __future__ import annotations

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from marketplace.creators import service as creators
from marketplace.creators.models import Creator, CreatorRecord

MANY = 11_000
"""More than PostgreSQL takes values for in one statement, at six a creator."""


def test_records_of_very_many_creators_are_written_once(session: Session) -> None:
    session.execute(
        text(
            "INSERT INTO creators (id, display_name, name_words, topics, bio, source, created_at)"
            " SELECT gen_random_uuid(), 'Rea', 'rea', '[]', '', 'imported', now()"
            " FROM generate_series(1, :many)"
        ),
        {"many": MANY},
    )
    ids = session.scalars(select(Creator.id)).all()
    followed = dict.fromkeys(ids, (3, 1, 2))

    assert creators.record_views(session, followed) == MANY
    assert creators.record_views(session, followed) == 0
    changed = followed | {ids[0]: (4, 1, 3)}
    assert creators.record_views(session, changed) == 1
    assert creators.record_answers(session, dict.fromkeys(ids, (1, 2))) == MANY

    found = session.get_one(CreatorRecord, ids[0], populate_existing=True)
    assert (found.videos_count, found.views_met_count, found.views_low_count) == (4, 1, 3)
    assert (found.offered_count, found.declined_count) == (1, 2)
    assert (found.kept_count, found.broken_count) == (0, 0)
