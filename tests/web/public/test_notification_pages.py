"""The page of a person's notifications."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.notifications import queries
from marketplace.notifications.models import Notification
from marketplace.notifications.service import tell
from tests.conftest import sign_in
from tests.factories.accounts import NOON


def told(session: Session, who: Actor, number: int = 0) -> Notification:
    written = tell(
        session,
        user_id=who.user_id,
        kind="offer_made",
        title=f"Offer <{number}>",
        text="Larch offers $650.00.",
        path=f"/creator/offers/{number}",
        now=NOON + timedelta(minutes=number),
    )
    assert written is not None
    session.flush()
    return written


def test_everybody_signed_in_has_the_page_and_others_are_sent_to_sign_in(
    client: FlaskClient, alice: Actor, bea: Actor, stella: Actor
) -> None:
    for answer in (client.get("/notifications"), client.post("/notifications/read")):
        assert answer.status_code == 302
        assert answer.location.startswith("/sign-in?next=")
    for who in (alice, bea, stella):
        sign_in(client, who)
        answer = client.get("/notifications")
        assert answer.status_code == 200
        assert "Nothing has happened yet" in answer.text


def test_the_page_shows_what_is_ones_own_newest_first_with_the_unread_counted(
    client: FlaskClient, session: Session, bea: Actor, carl: Actor
) -> None:
    for number in range(26):
        told(session, bea, number)
    sign_in(client, carl)
    assert "Offer" not in client.get("/notifications").text
    sign_in(client, bea)
    page = client.get("/notifications").text
    assert "Offer &lt;25&gt;" in page
    assert "Offer &lt;0&gt;" not in page
    assert page.index("Offer &lt;25&gt;") < page.index("Offer &lt;24&gt;")
    assert "Notifications: 26 unread" in page
    assert "Offer &lt;0&gt;" in client.get("/notifications?page=2").text
    assert client.get("/notifications?page=99").status_code == 200
    assert client.get("/notifications?page=x").status_code == 200


def test_opening_one_goes_where_it_leads_and_counts_as_reading(
    client: FlaskClient, session: Session, bea: Actor
) -> None:
    notice = told(session, bea, 7)
    sign_in(client, bea)
    answer = client.get(f"/notifications/{notice.id}")
    assert (answer.status_code, answer.location) == (302, "/creator/offers/7")
    assert queries.unread_count(session, bea.user_id) == 0


def test_nobody_opens_what_another_was_told(
    client: FlaskClient, session: Session, bea: Actor, carl: Actor
) -> None:
    notice = told(session, bea)
    sign_in(client, carl)
    assert client.get(f"/notifications/{notice.id}").status_code == 404
    assert queries.unread_count(session, bea.user_id) == 1


def test_all_is_read_with_one_button(
    client: FlaskClient, session: Session, bea: Actor, carl: Actor
) -> None:
    told(session, bea, 1)
    told(session, bea, 2)
    told(session, carl, 3)
    sign_in(client, bea)
    answer = client.post("/notifications/read", follow_redirects=True)
    assert "You have read everything." in answer.text
    assert queries.unread_count(session, bea.user_id) == 0
    assert queries.unread_count(session, carl.user_id) == 1


@pytest.mark.parametrize("page", ["/notifications", "/nothing-here"])
def test_a_page_for_everybody_shows_the_menu_of_the_persons_own_work(
    client: FlaskClient, alice: Actor, bea: Actor, stella: Actor, page: str
) -> None:
    signed_out = client.get(page, follow_redirects=True).text
    assert 'aria-label="Main"' not in signed_out

    for who, own in (
        (alice, "/brand/campaigns"),
        (bea, "/creator/briefs"),
        (stella, "/staff/ledger"),
    ):
        sign_in(client, who)
        shown = client.get(page).text
        assert shown.count('aria-label="Main"') == 1
        assert f'<li><a href="{own}">' in shown
        assert 'aria-current="page">Home' not in shown
