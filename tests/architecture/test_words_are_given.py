"""Migration 0107 gives words to names that were written without them."""

from __future__ import annotations

from sqlalchemy import Engine, text

from tests.architecture.migrating import Past, go, go_back, loosen, written

MANY = 10_001
"""More than the migration takes at once."""
TABLES = ("brands", "campaigns", "channels", "creators", "organisations")


def test_names_without_words_get_them_and_the_others_keep_theirs(empty: Engine) -> None:
    go(empty, to="0106")
    loosen(empty, TABLES)
    with written(empty) as connection:
        past = Past(connection)
        written_down = {
            past.add("brands", name="Café Noir", name_words=""): ("brands", "'cafenoir' 'noir'"),
            past.add("campaigns", name="...", name_words=""): ("campaigns", ""),
            past.add("organisations", name="Bon", name_words="kept"): ("organisations", "'kept'"),
            past.add("creators", display_name="田中", name_words=""): ("creators", "'中' '田中'"),
            past.add("channels", handle="a_b"): ("channels", "'ab' 'b'"),
            past.add("channels", handle="c", handle_words="kept"): ("channels", "'kept'"),
            past.add("channels"): ("channels", None),
        }
        connection.execute(
            text(
                "INSERT INTO channels (id, handle)"
                " SELECT gen_random_uuid(), 'Name' || n FROM generate_series(1, :many) AS n"
            ),
            {"many": MANY},
        )
        connection.execute(text("RESET session_replication_role"))
        connection.commit()

    go(empty, to="0107")

    with empty.connect() as connection:
        for row_id, (table, words) in written_down.items():
            column = "handle_words" if table == "channels" else "name_words"
            found = connection.scalar(
                text(f"SELECT {column}::text FROM {table} WHERE id = :id"), {"id": row_id}
            )
            assert found == words
        named = "SELECT count(*) FROM channels WHERE handle_words @@ CAST(lower(handle) AS tsquery)"
        assert connection.scalar(text(f"{named} AND handle LIKE 'Name%'")) == MANY
        # What is not in the columns need not be read again for them.
        assert connection.scalar(text("SELECT count(*) FROM creator_marks")) == 0

    go_back(empty, to="0106")
    with empty.begin() as connection:
        connection.execute(
            text("INSERT INTO channels (id, handle) VALUES (gen_random_uuid(), 'z')")
        )
        assert connection.scalar(text("SELECT count(*) FROM creator_marks")) == 1
