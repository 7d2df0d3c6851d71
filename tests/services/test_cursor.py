"""What the driver's cursor says of the columns of an answer."""

from __future__ import annotations

from sqlalchemy import create_engine

from marketplace.store.cursor import Cursor


def test_columns_are_told_by_name_and_type_and_only_where_there_are_some(
    database_url: str,
) -> None:
    engine = create_engine(database_url, connect_args={"cursor_factory": Cursor})
    with engine.connect() as connection:
        asked = connection.exec_driver_sql("SELECT 1 AS one, 'b'::text AS \"zwölf\"")
        assert isinstance(asked.cursor, Cursor)
        said = [(column[0], column[1], column[2:]) for column in asked.cursor.description]
        row = asked.one()
        nothing = connection.exec_driver_sql("SET LOCAL application_name TO 'a test'")

        assert said == [("one", 23, (None,) * 5), ("zwölf", 25, (None,) * 5)]
        assert row == (1, "b")
        assert not nothing.returns_rows
    engine.dispose()
