"""Migration 0103 gives every channel the keys of its hashtags, however many there are."""

from __future__ import annotations

from sqlalchemy import Engine, text

from tests.architecture.migrating import Past, go, go_back, loosen, written

MANY = 10_001
"""More than the migration takes at once."""


def test_every_channel_gets_the_keys_of_its_hashtags(empty: Engine) -> None:
    go(empty, to="0102")
    loosen(empty, ("channels",))
    with written(empty) as connection:
        past = Past(connection)
        spelled = past.add("channels", top_hashtags=["café", "soup", "cafe", "b_c", "_"])
        none = past.add("channels", top_hashtags=[])
        connection.execute(
            text(
                "INSERT INTO channels (id, top_hashtags)"
                " SELECT gen_random_uuid(), jsonb_build_array('Tag' || n)"
                " FROM generate_series(1, :many) AS n"
            ),
            {"many": MANY},
        )
        connection.commit()

    go(empty, to="0103")

    with empty.connect() as connection:
        rows = {
            row.id: (row.top_hashtags, row.top_keys)
            for row in connection.execute(text("SELECT id, top_hashtags, top_keys FROM channels"))
        }
    assert rows.pop(spelled) == (["café", "soup", "b_c"], ["cafe", "soup", "bc"])
    assert rows.pop(none) == ([], [])
    assert len(rows) == MANY
    assert all(keys == [tags[0].lower()] for tags, keys in rows.values())

    go_back(empty, to="0102")
    with empty.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM channels")) == MANY + 2
