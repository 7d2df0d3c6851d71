"""What a brand sees of money that clears late, goes back, or lies in its wallet."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.deliverables.rules import DeliverableState
from marketplace.funding import service as funding
from marketplace.funding.models import Allocation, Refund
from marketplace.funding.ports import RefundFacts, RefundStatus
from marketplace.funding.rules import FundingState
from marketplace.kernel.actor import Actor
from tests.conftest import NOON, sign_in
from tests.factories.campaigns import make_campaign
from tests.factories.ledger import usd
from tests.factories.money import ask_for_money, pay_in
from tests.services.disputing import call_off, unaccepted
from tests.web.brand.planning import text_of

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice)


@pytest.fixture
def wallet(session: Session, campaign: Campaign, alice: Actor) -> Refund:
    """220.00 in the wallet: a refund to a card that has expired."""
    pay_in(session, campaign, by=alice)
    (asked,) = funding.take_back(
        session,
        actor=alice,
        campaign_id=campaign.id,
        budget=usd(20_000),
        asked_as=uuid4(),
        now=NOON,
    )
    session.flush()
    failed = RefundFacts("re_1", RefundStatus.FAILED, left=None, problem="expired_or_canceled_card")
    funding.record_refund(session, refund_id=asked.id, facts=failed, now=NOON)
    session.flush()
    return asked


def page(campaign: Campaign, part: str = "money") -> str:
    return f"/brand/campaigns/{campaign.id}/{part}"


def once(amount: str, **more: str) -> dict[str, str]:
    return {"amount": amount, "once": str(uuid4()), **more}


def test_what_was_called_off_stays_while_it_may_be_disputed_and_says_so(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    pay_in(session, campaign, by=alice)
    work = unaccepted(session, campaign, alice, bea, DeliverableState.CHANGES_REQUESTED)
    call_off(session, work, alice, now=NOON + timedelta(days=40))
    session.commit()
    sign_in(client, alice)

    shown = text_of(client.get(page(campaign)).text)

    assert "$400.00 of work that you called off rests in the campaign until Sat 19 Dec" in shown
    assert "Resting $400.00 creators may still dispute it" in shown
    assert "Left to promise $600.00" in shown
    assert "$600.00 can go back." in shown
    refused = client.post(page(campaign, "take-back"), data=once("600.01"))
    assert (
        "Only $600.00 can go back now. $400.00 rests in the campaign until Sat 19 Dec 2026,"
        " 12:00\xa0UTC, as creators may dispute work that was called off until then."
    ) in refused.text
    client.set_cookie("zone", "Asia/Tokyo")
    german = client.post(
        page(campaign, "take-back"), data=once("600.01"), headers={"Accept-Language": "de"}
    )
    assert (
        "Only 600,00\xa0$ can go back now. 400,00\xa0$ rests in the campaign until" in german.text
    )
    assert "until Sat 19 Dec 2026, 21:00\xa0JST, as creators" in german.text
    assert session.scalars(select(Refund)).all() == []


def test_a_debit_that_clears_says_until_when_the_bank_usually_takes(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor
) -> None:
    asked = ask_for_money(session, campaign, by=alice)
    asked.state = FundingState.CHECKOUT_OPEN
    funding.record_debit_ordered(
        session, funding_id=asked.id, method="us_bank_account", ordered_at=NOON
    )
    session.flush()
    sign_in(client, alice)

    # NOON is a Monday; a debit takes four banking days.
    for address in (page(campaign), "/brand/billing", f"/brand/fundings/{asked.id}?back=paid"):
        shown = client.get(address).text
        assert "usually by" in shown
        assert "Fri 6 Nov 2026" in shown
    assert "$0.00" in client.get(page(campaign)).text


def test_a_part_is_sent_back_once_however_often_the_form_is_sent(
    client: FlaskClient, session: Session, campaign: Campaign, fiona: Actor
) -> None:
    pay_in(session, campaign, by=fiona)
    sign_in(client, fiona)
    form = once("250.00")

    for _ in range(2):
        reply = client.post(page(campaign, "take-back"), data=form)
        assert (reply.status_code, reply.location) == (303, page(campaign))

    assert session.scalars(select(Refund)).one().amount == usd(27_500)
    assert "-$275.00" in client.get(page(campaign)).text


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("1000.01", "Only $1,000.00 is unspent."),
        ("", "Enter an amount."),
        ("0", "The amount must be more than 0."),
        ("-5", "Write digits only, without a currency sign, like 12.50."),
        ("1.001", "USD has 2 decimals at most."),
    ],
)
def test_an_amount_that_cannot_go_back_is_refused_with_its_reason(
    client: FlaskClient,
    session: Session,
    campaign: Campaign,
    alice: Actor,
    amount: str,
    sentence: str,
) -> None:
    pay_in(session, campaign, by=alice)
    sign_in(client, alice)

    reply = client.post(page(campaign, "take-back"), data=once(amount))

    assert reply.status_code == 422
    assert sentence in reply.text
    assert session.scalars(select(Refund)).all() == []


def test_a_form_without_its_own_id_moves_nothing(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor
) -> None:
    pay_in(session, campaign, by=alice)
    sign_in(client, alice)

    for data in ({"amount": "5"}, {"amount": "5", "once": "1"}):
        assert client.post(page(campaign, "take-back"), data=data).status_code == 422

    assert session.scalars(select(Refund)).all() == []


def test_what_lies_in_the_wallet_is_offered_for_the_campaign_and_used(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, wallet: Refund
) -> None:
    sign_in(client, alice)
    shown = client.get(page(campaign)).text
    assert "The card has expired or was cancelled." in shown
    assert "Use it for this campaign" in shown
    assert "$220.00" in shown

    assert client.post(page(campaign, "use-wallet"), data=once("200.01")).status_code == 422
    reply = client.post(page(campaign, "use-wallet"), data=once("200"), follow_redirects=True)

    assert "The money is in the campaign." in reply.text
    assert "Use it for this campaign" not in reply.text
    assert session.scalars(select(Allocation)).one().budget == usd(20_000)


def test_the_wallet_is_sent_back_from_the_bill(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, wallet: Refund
) -> None:
    sign_in(client, alice)
    assert "$220.00" in client.get("/brand/billing").text

    refused = client.post("/brand/billing/refund", data=once("220.01", currency="USD"))
    assert refused.status_code == 422
    assert "Only $220.00 is in your wallet." in refused.text
    reply = client.post(
        "/brand/billing/refund", data=once("220", currency="USD"), follow_redirects=True
    )

    assert "What cannot go back the way you paid is sent by bank." in reply.text
    assert "Goes by bank transfer" in reply.text


@pytest.mark.parametrize("currency", ["", "EUR", "XXX", "dollars"])
def test_a_wallet_of_another_currency_has_nothing_in_it(
    client: FlaskClient, session: Session, alice: Actor, wallet: Refund, currency: str
) -> None:
    sign_in(client, alice)

    reply = client.post("/brand/billing/refund", data=once("1", currency=currency))

    assert reply.status_code == 422
    assert len(session.scalars(select(Refund)).all()) == 1
