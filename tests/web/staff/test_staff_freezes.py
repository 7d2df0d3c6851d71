"""Staff stop a creator's payouts on their pages."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.payouts import queries
from tests.web.staff.conftest import Road


def test_without_a_freeze_the_page_says_where_one_is_made(staff: FlaskClient) -> None:
    assert "Nobody is frozen" in staff.get("/staff/freezes").text


def test_a_freeze_is_made_shown_and_lifted(
    staff: FlaskClient, session: Session, road: Road, bea: Actor
) -> None:
    assert bea.creator_id is not None
    door = f"/staff/freezes/new/{bea.creator_id}"
    assert door in staff.get(f"/staff/payouts/{road.payout.id}").text

    made = staff.post(door, data={"reason": "Two people share an account."})

    assert (made.status_code, made.location) == (303, "/staff/freezes")
    page = staff.get("/staff/freezes").text
    for word in ("Bea", "Stella", "Two people share an account.", "Let payouts go on"):
        assert word in page, word
    assert "Two people share an account." in staff.get(f"/staff/payouts/{road.payout.id}").text
    assert "is frozen already" in staff.get(door).text
    assert staff.post(door, data={"reason": "Again."}).status_code == 409
    frozen = queries.freeze_of(session, bea.creator_id)
    assert frozen is not None
    assert staff.post(f"/staff/freezes/{frozen.id}/lift").status_code == 303
    assert "Let payouts go on" not in staff.get("/staff/freezes").text
    assert staff.post(f"/staff/freezes/{frozen.id}/lift").status_code == 409


def test_a_freeze_without_a_reason_is_not_made(
    staff: FlaskClient, session: Session, bea: Actor
) -> None:
    assert bea.creator_id is not None
    answer = staff.post(f"/staff/freezes/new/{bea.creator_id}", data={"reason": ""})

    assert answer.status_code == 422
    assert "Say why, for your colleagues." in answer.text
    assert queries.freeze_of(session, bea.creator_id) is None
