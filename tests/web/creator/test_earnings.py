"""A creator's money: where it is, why it is not further, and where it goes."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.creators.models import Creator
from marketplace.kernel.actor import Actor
from marketplace.payouts.models import PayoutAccount
from marketplace.processor import queries as calls
from marketplace.processor.ports import Answer
from marketplace.processor.rules import CallKind, Outcome
from marketplace.store.outbox import OutboxMessage
from tests.conftest import sign_in
from tests.factories.money import (
    make_accepted,
    make_earning,
    make_paid_campaign,
    make_payout,
    make_payout_account,
    send_payout,
)

SENT = Answer(Outcome.DONE, remote_id="tr_1")


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_paid_campaign(session, brand=acme, by=alice)


def words(client: FlaskClient) -> str:
    return unescape(client.get("/creator/earnings").text)


def tiles(page: str) -> list[str]:
    """What is on the four tiles: in the hold window, payable, on its way, paid."""
    shown = page.split('class="tile-value">')[1:]
    return [part.split('class="money">')[1].split("<")[0] for part in shown]


def accounts(session: Session) -> list[PayoutAccount]:
    session.expire_all()
    return list(session.scalars(select(PayoutAccount)))


def test_a_creator_without_earnings_is_told_how_one_comes_about(
    client: FlaskClient, bea: Actor
) -> None:
    sign_in(client, bea)
    page = words(client)
    assert "Nothing earned yet" in page
    assert "Set up payouts" in page


def test_the_home_says_what_arrives_until_it_has_arrived(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    owed = make_accepted(session, campaign, by=alice, creator=bea)
    sign_in(client, bea)
    assert "Money arriving" not in client.get("/creator/").text

    make_earning(session, owed)
    make_payout_account(session, bea)
    home = unescape(client.get("/creator/").text)
    assert "Money arriving" in home
    assert "It goes out with the next payout, by" in home
    assert "$380.00" in home.partition("Money arriving")[2].split("</table>")[0]

    send_payout(session, make_payout(session, bea), SENT)
    assert "Money arriving" not in client.get("/creator/").text


def test_who_has_earned_something_is_asked_for_a_payout_account_on_their_home(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    asked = "$380.00 is earned and cannot be sent to you without it."
    owed = make_accepted(session, campaign, by=alice, creator=bea)
    sign_in(client, bea)
    assert "Set up your payout account" not in client.get("/creator/").text

    make_earning(session, owed, matured=False)
    home = unescape(client.get("/creator/").text)
    assert asked in home
    assert 'href="/creator/earnings#account"' in home

    account = make_payout_account(session, bea, active=False, requirements=("bank account",))
    assert asked in unescape(client.get("/creator/").text)
    account.transfers_active = True
    session.flush()
    assert asked not in unescape(client.get("/creator/").text)


def test_the_way_of_a_fee_is_told_step_by_step(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    owed = make_accepted(session, campaign, by=alice, creator=bea)
    sign_in(client, bea)
    earning = make_earning(session, owed, matured=False)
    over, earning.payable_at = earning.payable_at, datetime(2126, 11, 11, tzinfo=UTC)
    session.flush()
    page = words(client)
    assert tiles(page) == ["$380.00", "$0.00", "$0.00", "$0.00"]
    assert "In the hold window until Mon 11 Nov 2126; then it can be paid out." in page
    earning.payable_at = over
    session.flush()
    assert "The hold window is over; it can be paid out at any moment." in words(client)

    make_earning(session, owed)
    page = words(client)
    assert tiles(page) == ["$0.00", "$380.00", "$0.00", "$0.00"]
    assert "It waits until you have set up a payout account." in page
    assert 'href="/creator/earnings#account"' in page

    account = make_payout_account(session, bea, active=False, requirements=("bank account",))
    page = words(client)
    assert "still needs details for your payout account" in page
    assert "Stripe asks for: bank account." in page
    assert 'href="/creator/payout-account/continue"' in page

    account.transfers_active = True
    session.flush()
    page = words(client)
    assert "It goes out with the next payout, by" in page
    assert "Your account can be paid." in page

    payout = make_payout(session, bea)
    page = words(client)
    assert tiles(page) == ["$0.00", "$0.00", "$380.00", "$0.00"]
    assert "On its way to your payout account." in page

    send_payout(session, payout, SENT)
    page = words(client)
    assert tiles(page) == ["$0.00", "$0.00", "$0.00", "$380.00"]
    assert "Paid on Tue 10 Nov 2026: it is in your payout account." in page
    assert f'href="/creator/payouts/{payout.id}"' in page


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (Answer(Outcome.UNKNOWN), "nothing is sent twice"),
        (Answer(Outcome.MISUSED), "A person at Fairview is looking at it; the money is safe."),
    ],
)
def test_a_payout_without_a_clear_answer_is_no_mystery(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, bea: Actor,
    reply: Answer, sentence: str,
) -> None:  # fmt: skip
    make_earning(session, make_accepted(session, campaign, by=alice, creator=bea))
    make_payout_account(session, bea)
    send_payout(session, make_payout(session, bea), reply)
    sign_in(client, bea)
    assert sentence in words(client)


def test_a_number_can_be_asked_why(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    make_earning(session, make_accepted(session, campaign, by=alice, creator=bea))
    sign_in(client, bea)
    page = words(client)
    assert "$400.00" in page
    assert "-$20.00" in page


def test_a_refused_payout_is_payable_again_and_says_why(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    make_earning(session, make_accepted(session, campaign, by=alice, creator=bea))
    make_payout_account(session, bea)
    payout = make_payout(session, bea)
    refusal = Answer(Outcome.REFUSED, code="account_closed", text="The account is closed")
    send_payout(session, payout, refusal)
    sign_in(client, bea)
    assert tiles(words(client)) == ["$0.00", "$380.00", "$0.00", "$0.00"]
    page = unescape(client.get(f"/creator/payouts/{payout.id}").text)
    assert "It did not go through: The account is closed. The money is payable again." in page
    assert "Its fees have gone back and wait for the next payout." in page


def test_a_payout_is_shown_to_its_creator_alone(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, bea: Actor,
    carl: Actor,
) -> None:  # fmt: skip
    make_earning(session, make_accepted(session, campaign, by=alice, creator=bea))
    make_payout_account(session, bea)
    payout = make_payout(session, bea)
    send_payout(session, payout, SENT)
    address = f"/creator/payouts/{payout.id}"
    assert client.get(address).location.startswith("/sign-in")
    for who, code in ((bea, 200), (carl, 404), (alice, 403)):
        sign_in(client, who)
        assert client.get(address).status_code == code
    sign_in(client, bea)
    page = client.get(address).text
    for shown in ("Payout of $380.00", "A recipe in a minute", "Settled", "tr_1"):
        assert shown in page, shown


def test_a_payout_account_is_asked_for_once(
    client: FlaskClient, session: Session, bea: Actor
) -> None:
    sign_in(client, bea)
    for _ in range(2):
        reply = client.post("/creator/payout-account", data={"country": "DE"})
        assert (reply.status_code, reply.location) == (303, "/creator/payout-account/continue")
    (account,) = accounts(session)
    assert (account.creator_id, account.country, account.stripe_account_id) == (
        bea.creator_id, "DE", None,
    )  # fmt: skip
    call = calls.call_for(session, kind=CallKind.ACCOUNT, subject_id=account.id)
    assert call is not None
    assert (call.params["country"], call.params["email"]) == ("DE", "bea@example.test")
    waiting = client.get("/creator/payout-account/continue").text
    assert "We are opening your account at the payment service." in waiting
    assert 'http-equiv="refresh"' in waiting


def test_the_country_of_the_bank_begins_as_that_of_the_creator(
    client: FlaskClient, session: Session, bea: Actor
) -> None:
    creator = session.get_one(Creator, bea.creator_id)
    creator.country = "PT"
    session.flush()
    sign_in(client, bea)
    page = client.get("/creator/earnings").text
    assert re.findall(r"<option selected[^>]*>([^<]+)<", page) == ["Portugal"]


@pytest.mark.parametrize("country", ["", "XX", "de", "Germany"])
def test_a_country_that_is_not_offered_is_refused(
    client: FlaskClient, session: Session, bea: Actor, country: str
) -> None:
    sign_in(client, bea)
    reply = client.post("/creator/payout-account", data={"country": country})
    assert reply.status_code == 422
    assert "Choose the country your bank account is in." in reply.text
    assert accounts(session) == []


def test_without_an_account_there_is_nothing_to_continue(client: FlaskClient, bea: Actor) -> None:
    sign_in(client, bea)
    reply = client.get("/creator/payout-account/continue")
    assert (reply.status_code, reply.location) == (303, "/creator/earnings")


def test_a_payment_service_that_does_not_answer_is_said_so(
    client: FlaskClient, session: Session, bea: Actor
) -> None:
    make_payout_account(session, bea, active=False)
    sign_in(client, bea)
    reply = client.get("/creator/payout-account/continue")  # nobody listens at that address
    assert reply.status_code == 409
    assert "The payment service does not answer now" in reply.text


def test_coming_back_from_the_form_has_the_account_looked_at(
    client: FlaskClient, session: Session, bea: Actor
) -> None:
    account = make_payout_account(session, bea, active=False)
    sign_in(client, bea)
    before = len(session.scalars(select(OutboxMessage.id)).all())
    reply = client.get("/creator/payout-account/back", follow_redirects=True)
    assert "We are checking your payout account now." in reply.text
    posted = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()[before:]
    assert [(each.name, each.body) for each in posted] == [
        ("PayoutAccountChanged", {"payout_account_id": str(account.id)})
    ]
