"""Telling people what happened."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidInput, NotFound
from marketplace.notifications import queries, service
from marketplace.notifications.models import Notification
from marketplace.store.outbox import OutboxMessage
from tests.factories.accounts import NOON, make_user

HOUR = timedelta(hours=1)


def tell(session: Session, who: Actor, **changes: object) -> Notification | None:
    given = {
        "kind": "offer_made",
        "title": "An offer waits for you",
        "text": "Larch offers $650.00.",
        "path": "/creator/offers",
        "now": NOON,
    } | changes
    return service.tell(session, user_id=who.user_id, **given)


def test_telling_writes_it_on_the_page_and_asks_for_the_mail(session: Session, bea: Actor) -> None:
    written = tell(session, bea)
    session.flush()
    assert written is not None
    assert (written.kind, written.title, written.path, written.created_at) == (
        "offer_made", "An offer waits for you", "/creator/offers", NOON,
    )  # fmt: skip
    message = session.scalars(select(OutboxMessage)).one()
    assert (message.name, message.body) == (
        "NotificationWritten",
        {"notification_id": str(written.id)},
    )
    assert queries.unread_count(session, bea.user_id) == 1


def test_the_same_thing_is_told_once(session: Session, bea: Actor) -> None:
    first = tell(session, bea, once_key="offer:1")
    assert first is not None
    assert tell(session, bea, once_key="offer:1", title="Again", now=NOON + HOUR) is None
    assert tell(session, bea, once_key="offer:2") is not None
    session.flush()
    assert len(session.scalars(select(OutboxMessage)).all()) == 2
    assert queries.unread_count(session, bea.user_id) == 2


def test_things_without_a_key_are_told_each_time(session: Session, bea: Actor) -> None:
    assert tell(session, bea) is not None
    assert tell(session, bea) is not None
    assert queries.unread_count(session, bea.user_id) == 2


@pytest.mark.parametrize("path", ["https://evil.test", "//evil.test", "/\\evil.test", "offers", ""])
def test_a_notification_leads_nowhere_but_here(session: Session, bea: Actor, path: str) -> None:
    with pytest.raises(InvalidInput):
        tell(session, bea, path=path)
    assert queries.unread_count(session, bea.user_id) == 0


def test_reading_is_noted_once_and_only_by_the_one_who_was_told(
    session: Session, bea: Actor, carl: Actor
) -> None:
    written = tell(session, bea)
    assert written is not None
    for wrong in (written.id, uuid4()):
        with pytest.raises(NotFound):
            service.mark_read(session, actor=carl, notification_id=wrong, now=NOON)
    assert written.read_at is None
    for later in (HOUR, 2 * HOUR):
        service.mark_read(session, actor=bea, notification_id=written.id, now=NOON + later)
    assert written.read_at == NOON + HOUR


def test_all_is_read_at_once_but_only_ones_own(session: Session, bea: Actor, carl: Actor) -> None:
    tell(session, bea)
    tell(session, bea)
    tell(session, carl)
    assert service.mark_all_read(session, actor=bea, now=NOON) == 2
    assert service.mark_all_read(session, actor=bea, now=NOON) == 0
    assert queries.unread_count(session, bea.user_id) == 0
    assert queries.unread_count(session, carl.user_id) == 1


def test_the_newest_comes_first_and_pages_hold_twenty_five(session: Session, bea: Actor) -> None:
    for number in range(26):
        tell(session, bea, title=f"News {number}", now=NOON + number * HOUR)
    first = queries.notifications_of(session, bea.user_id, page=1)
    second = queries.notifications_of(session, bea.user_id, page=2)
    assert [notice.title for notice in first.rows][:2] == ["News 25", "News 24"]
    assert [notice.title for notice in second.rows] == ["News 0"]
    assert (first.total, first.last) == (26, 2)


def test_a_letter_is_for_what_is_new_and_for_confirmed_addresses(session: Session) -> None:
    nia = make_user(session, name="Nia", email="nia@example.test")
    unsure = make_user(session, email_confirmed_at=None)
    gone = make_user(session, closed_at=NOON)

    def letter(user_id: object) -> service.Letter | None:
        written = tell(session, Actor(user_id=user_id))
        assert written is not None
        return service.letter_for(session, notification_id=written.id)

    assert letter(nia.id) == service.Letter(
        to="nia@example.test",
        name="Nia",
        title="An offer waits for you",
        text="Larch offers $650.00.",
        path="/creator/offers",
    )
    assert letter(unsure.id) is None
    assert letter(gone.id) is None
    assert service.letter_for(session, notification_id=uuid4()) is None


def test_what_was_sent_or_read_is_not_sent(session: Session, bea: Actor) -> None:
    sent, read = tell(session, bea), tell(session, bea)
    assert sent is not None
    assert read is not None
    for later in (HOUR, 2 * HOUR):
        service.record_emailed(session, notification_id=sent.id, now=NOON + later)
    service.mark_read(session, actor=bea, notification_id=read.id, now=NOON)
    assert sent.emailed_at == NOON + HOUR
    assert service.letter_for(session, notification_id=sent.id) is None
    assert service.letter_for(session, notification_id=read.id) is None
