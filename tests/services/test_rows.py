"""Many rows in one statement."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.ids import new_id
from marketplace.store.outbox import OutboxMessage
from marketplace.store.rows import among, insert_rows, update_rows


def test_rows_are_written_and_what_the_session_holds_is_read_again(session: Session) -> None:
    one, two, _ = ids = [new_id() for _ in range(3)]
    insert_rows(
        session,
        OutboxMessage,
        [{"id": each, "name": "said", "body": {"n": n}} for n, each in enumerate(ids)],
    )
    held = session.get_one(OutboxMessage, one)
    assert (held.body, held.failure) == ({"n": 0}, None)

    update_rows(
        session, OutboxMessage, [{"id": one, "failure": "late"}, {"id": two, "failure": None}]
    )

    assert held.failure == "late"
    assert session.scalars(
        select(OutboxMessage.failure).where(among(OutboxMessage.id, ids)).order_by(OutboxMessage.id)
    ).all() == ["late", None, None]


def test_no_rows_are_no_statement(session: Session) -> None:
    insert_rows(session, OutboxMessage, [])
    update_rows(session, OutboxMessage, [])

    assert session.scalars(select(OutboxMessage)).all() == []
