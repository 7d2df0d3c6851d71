"""Migration 0105 gives every name and handle what it is found by, however many there are."""

from __future__ import annotations

from sqlalchemy import Engine, text

from tests.architecture.migrating import Past, go, go_back, loosen, written

MANY = 10_001
"""More than the migration takes at once."""
TABLES = ("brands", "campaigns", "channels", "creators", "organisations")


def test_every_name_and_handle_gets_its_words(empty: Engine) -> None:
    go(empty, to="0104")
    loosen(empty, TABLES)
    with written(empty) as connection:
        past = Past(connection)
        written_down = {
            past.add("brands", name="Café Noir"): ("brands", "'cafenoir' 'noir'"),
            past.add("campaigns", name="..."): ("campaigns", ""),
            past.add("organisations", name="Bon"): ("organisations", "'bon'"),
            past.add("creators", display_name="田中"): ("creators", "'中' '田中'"),
            past.add("channels", handle="a_b"): ("channels", "'ab' 'b'"),
            past.add("channels"): ("channels", None),
        }
        connection.execute(
            text(
                "INSERT INTO creators (id, display_name)"
                " SELECT gen_random_uuid(), 'Name' || n FROM generate_series(1, :many) AS n"
            ),
            {"many": MANY},
        )
        connection.execute(text("RESET session_replication_role"))
        connection.commit()

    go(empty, to="0105")

    with empty.connect() as connection:
        for row_id, (table, words) in written_down.items():
            column = "handle_words" if table == "channels" else "name_words"
            found = connection.scalar(
                text(f"SELECT {column}::text FROM {table} WHERE id = :id"),
                {"id": row_id},
            )
            assert found == words
        named = (
            "SELECT count(*) FROM creators WHERE name_words @@ CAST(lower(display_name) AS tsquery)"
        )
        assert connection.scalar(text(f"{named} AND display_name LIKE 'Name%'")) == MANY
        # What is not in the columns need not be read again for them.
        assert connection.scalar(text("SELECT count(*) FROM creator_marks")) == 0

    with empty.begin() as connection:
        connection.execute(text("UPDATE creators SET country = 'SE' WHERE name_words @@ '田中'"))
        assert connection.scalar(text("SELECT count(*) FROM creator_marks")) == 1

    go_back(empty, to="0104")
    with empty.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM creators")) == MANY + 1
