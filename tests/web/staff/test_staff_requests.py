"""Requests as the two people see them: who asks, and who decides."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.kernel.actor import Actor
from marketplace.ledger import queries as ledger
from marketplace.ledger.rules import AccountRef, Code, EntryKind
from marketplace.treasury import queries
from tests.conftest import sign_in
from tests.factories.accounts import make_brand
from tests.factories.ledger import make_brand_funds, make_entry, make_unidentified, usd

FORM = {
    "direction": "more",
    "amount": "10.00",
    "currency": "USD",
    "against": "5060",
    "reason": "A voucher for the late start.",
}


@pytest.fixture
def wallet(session: Session, acme: Brand) -> AccountRef:
    make_brand_funds(session, brand_id=acme.id, amount=usd(5_000))
    return AccountRef(Code.BRAND_FUNDS, acme.id)


def address(wallet: AccountRef) -> str:
    return f"/staff/requests/adjust?account={wallet.code.value}&owner={wallet.owner}"


def held(session: Session, wallet: AccountRef) -> int:
    return ledger.balance_of(session, wallet, currency="USD").minor


def test_without_requests_the_page_says_what_they_are_for(staff: FlaskClient) -> None:
    assert (
        "asked for by one member of staff and approved by another"
        in staff.get("/staff/requests").text
    )


def test_an_owner_is_found_by_name_and_chosen(
    staff: FlaskClient, wallet: AccountRef, acme: Brand
) -> None:
    page = staff.get("/staff/requests/adjust?account=2010&q=acme").text
    assert f"owner={acme.id}" in page
    for asked in ("zebra", "cme", "!?"):
        found = staff.get(f"/staff/requests/adjust?account=2010&q={asked}").text
        assert f"Nothing is called “{asked}”" in found
    chosen = staff.get(address(wallet)).text
    assert "$50.00" in chosen
    assert "Acme Kitchen" in chosen


def test_ten_owners_are_shown_and_that_there_are_more_is_said(
    staff: FlaskClient, session: Session
) -> None:
    for number in range(10):
        make_brand(session, name=f"Larch {number:02}")
    session.commit()
    path = "/staff/requests/adjust?account=2010&q=larch"
    assert "There are more." not in staff.get(path).text

    make_brand(session, name="Larch 10")
    session.commit()

    page = staff.get(path).text
    assert "There are more. Type more of the name to find others." in page
    assert "Larch 09" in page
    assert "Larch 10" not in page


def test_one_asks_and_another_sees_exactly_what_will_be_booked_and_approves(
    staff: FlaskClient, client: FlaskClient, session: Session, theo: Actor, wallet: AccountRef
) -> None:
    asked = staff.post(address(wallet), data=FORM)
    assert asked.status_code == 303
    own = staff.get(asked.location).text
    assert "another member of staff has to decide" in own
    assert "Approve and book" not in own
    assert staff.post(f"{asked.location}/approve").status_code == 403
    assert held(session, wallet) == 5_000

    sign_in(client, theo)
    assert "Stella asks for a second person" in client.get("/staff/").text
    page = client.get(asked.location).text
    for shown in ("5060 Goodwill", "2010 Brand funds", "Acme Kitchen", "A voucher for the late"):
        assert shown in page
    assert page.count("$10.00") >= 2
    assert client.post(f"{asked.location}/approve").status_code == 303
    assert client.post(f"{asked.location}/approve").status_code == 409

    assert held(session, wallet) == 6_000
    assert "Executed" in client.get(asked.location).text


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"amount": "12,50"}, "with a point and no commas"),
        ({"amount": "0"}, "more than 0"),
        ({"amount": "10000000.00"}, "at most 1,000,000 USD"),
        ({"reason": " "}, "Say why"),
        ({"direction": ""}, "Choose more or less"),
        ({"direction": "less", "amount": "50.01"}, "There is only $50.00"),
        ({"currency": "XXX"}, "Choose one of these"),
    ],
)
def test_a_form_that_cannot_be_taken_says_why_and_asks_for_nothing(
    staff: FlaskClient,
    session: Session,
    wallet: AccountRef,
    changed: dict[str, str],
    problem: str,
) -> None:
    answer = staff.post(address(wallet), data=FORM | changed)

    assert answer.status_code == 422
    assert problem in answer.text
    assert queries.open_requests(session) == []


def test_declining_needs_a_reason(
    staff: FlaskClient, client: FlaskClient, session: Session, theo: Actor, wallet: AccountRef
) -> None:
    asked = staff.post(address(wallet), data=FORM).location
    sign_in(client, theo)

    assert client.post(f"{asked}/decline", data={"answer": ""}).status_code == 422
    assert client.post(f"{asked}/decline", data={"answer": "No receipt."}).status_code == 303

    assert "No receipt." in client.get(asked).text
    assert held(session, wallet) == 5_000


def test_money_that_has_gone_since_is_told_at_the_approval(
    staff: FlaskClient, client: FlaskClient, session: Session, theo: Actor, wallet: AccountRef
) -> None:
    asked = staff.post(address(wallet), data=FORM | {"direction": "less", "amount": "40.00"})
    make_entry(
        session,
        (wallet, AccountRef(Code.CAMPAIGN_FUNDS, wallet.owner), usd(4_500)),
        kind=EntryKind.ALLOCATE,
    )
    session.commit()
    sign_in(client, theo)

    answer = client.post(f"{asked.location}/approve")

    assert answer.status_code == 409
    assert "Nothing was booked: the account holds $5.00 now" in answer.text
    assert held(session, wallet) == 500


def test_a_movement_in_suspense_is_identified_from_its_page(
    staff: FlaskClient, session: Session, wallet: AccountRef
) -> None:
    make_unidentified(session, usd(1_200))
    session.commit()
    found = re.search(r"/staff/suspense/[0-9a-f-]{36}", staff.get("/staff/suspense").text)
    assert found
    page = f"{found.group()}?owner={wallet.owner}"
    assert "Acme Kitchen" in staff.get(page).text

    form = {"becomes": "2010", "reason": "A bank transfer of Acme."}
    assert staff.post(found.group(), data=form).status_code == 422
    assert staff.post(page, data=form).status_code == 303
    assert staff.post(page, data=form).status_code == 409

    assert held(session, wallet) == 6_200
    assert "Nothing is in suspense" in staff.get("/staff/suspense").text


def test_a_movement_is_said_to_be_a_creators_from_its_page(
    staff: FlaskClient, session: Session, bea: Actor
) -> None:
    make_unidentified(session, usd(1_200))
    session.commit()
    found = re.search(r"/staff/suspense/[0-9a-f-]{36}", staff.get("/staff/suspense").text)
    assert found
    asked = staff.get(f"{found.group()}?account=2050&q=bea").text
    assert f"owner={bea.creator_id}" in asked
    page = f"{found.group()}?account=2050&owner={bea.creator_id}"
    assert "a creator" in staff.get(page).text

    answer = staff.post(page, data={"becomes": "2050", "reason": "It came back from Bea."})

    assert answer.status_code == 422
    assert "This creator was never sent anything in USD." in answer.text
    assert held(session, AccountRef(Code.CREATOR_PAYABLE, bea.creator_id)) == 0
