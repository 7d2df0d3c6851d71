"""A brand's money: what is in, how to add, how to get back what was not spent."""

from __future__ import annotations

from typing import Final

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignKind
from marketplace.funding import service as funding
from marketplace.funding.models import Funding, Refund
from marketplace.funding.rules import FundingState, RefundState
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money
from marketplace.processor import queries as calls
from marketplace.processor.ports import Answer
from marketplace.processor.rules import CallKind, Outcome
from tests.conftest import NOON, sign_in
from tests.factories.campaigns import make_campaign
from tests.factories.ledger import usd
from tests.factories.money import answer, ask_for_money, make_accepted, make_earning, pay_in

CHECKOUT: Final = "https://checkout.example/c/pay/cs_1"


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice)


def money_page(campaign: Campaign) -> str:
    return f"/brand/campaigns/{campaign.id}/money"


def fundings(session: Session) -> list[Funding]:
    session.expire_all()
    return list(session.scalars(select(Funding).order_by(Funding.id)))


def open_checkout(session: Session, asked: Funding) -> None:
    call = calls.call_for(session, kind=CallKind.CHECKOUT, subject_id=asked.id)
    assert call is not None
    answer(session, call, Answer(Outcome.DONE, remote_id="cs_1"), now=NOON)
    funding.conclude_checkout(session, call=call, checkout_url=CHECKOUT)
    session.flush()


def test_a_brand_without_campaigns_is_told_where_money_begins(
    client: FlaskClient, alice: Actor
) -> None:
    sign_in(client, alice)
    assert "Money belongs to a campaign." in client.get("/brand/billing").text


def test_the_bill_says_what_is_in_and_what_is_left(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    pay_in(session, campaign, by=alice)
    make_earning(session, make_accepted(session, campaign, by=alice, creator=bea))
    sign_in(client, alice)
    page = client.get("/brand/billing").text
    cells = [" ".join(part.split("<")[0].split()) for part in page.split('class="money">')[1:]]
    all_told = [
        "$1,100.00", "$660.00", "$0.00", "$600.00", "$0.00", "$0.00", "$60.00", "$440.00", "$0.00",
    ]  # fmt: skip
    by_campaign = ["$1,000.00", "$0.00", "$400.00", "$600.00"]
    payment = ["$1,000.00", "$100.00", "$1,100.00"]
    assert cells == [*all_told, *by_campaign, *payment]


def test_only_the_brand_sees_its_money(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, mallory: Actor,
    bea: Actor, stella: Actor,
) -> None:  # fmt: skip
    asked = pay_in(session, campaign, by=alice)
    addresses = (money_page(campaign), f"/brand/fundings/{asked.id}")
    for address in addresses:
        assert client.get(address).location.startswith("/sign-in")
    sign_in(client, mallory)
    for address in addresses:
        assert client.get(address).status_code == 404
    assert client.post(money_page(campaign), data={"budget": "100"}).status_code == 404
    assert client.post(f"/brand/campaigns/{campaign.id}/refund").status_code == 404
    assert "Beans in a minute" not in client.get("/brand/billing").text
    for other in (bea, stella):
        sign_in(client, other)
        assert {client.get(address).status_code for address in addresses} == {403}
    assert len(fundings(session)) == 1


def test_adding_money_asks_for_the_budget_and_the_fee_on_top(
    client: FlaskClient, session: Session, campaign: Campaign, fiona: Actor
) -> None:
    sign_in(client, fiona)
    reply = client.post(money_page(campaign), data={"budget": "250.50"})
    (asked,) = fundings(session)
    assert (reply.status_code, reply.location) == (303, f"/brand/fundings/{asked.id}")
    assert (asked.budget, asked.platform_fee, asked.total) == (
        usd(25_050), usd(2_505), usd(27_555),
    )  # fmt: skip
    assert (asked.state, asked.requested_by) == (FundingState.REQUESTED, fiona.user_id)
    call = calls.call_for(session, kind=CallKind.CHECKOUT, subject_id=asked.id)
    assert call is not None
    assert call.params["success_url"] == f"http://localhost/brand/fundings/{asked.id}?back=paid"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter an amount."),
        ("0", "The amount must be more than 0."),
        ("0.001", "USD has 2 decimals at most."),
        ("12,50", "Write the amount with a point and no commas, like 12.50."),
        ("¥100", "Write digits only, without a currency sign, like 12.50."),
        ("1e9", "Write digits only, without a currency sign, like 12.50."),
        ("-100", "Write digits only, without a currency sign, like 12.50."),
        ("49.99", "Add at least $50.00 at once."),
        ("100000.01", "Add at most $100,000.00 at once."),
        ("99999999999999999999", "The amount is larger than we can handle."),
    ],
)
def test_an_amount_that_cannot_be_is_refused_and_kept(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, typed: str,
    sentence: str,
) -> None:  # fmt: skip
    sign_in(client, alice)
    reply = client.post(money_page(campaign), data={"budget": typed})
    assert reply.status_code == 422
    assert sentence in reply.text
    assert f'value="{typed}"' in reply.text
    assert fundings(session) == []


def test_managers_and_viewers_see_the_money_and_cannot_move_it(
    client: FlaskClient, session: Session, campaign: Campaign, ben: Actor, vic: Actor
) -> None:
    for who in (ben, vic):
        sign_in(client, who)
        page = client.get(money_page(campaign))
        assert page.status_code == 200
        assert "An owner or finance member of your team can add money." in page.text
        assert "Go to payment" not in page.text
        assert client.post(money_page(campaign), data={"budget": "100"}).status_code == 403
    assert fundings(session) == []


def test_the_page_of_a_funding_waits_leads_on_and_comes_back(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor
) -> None:
    asked = ask_for_money(session, campaign, by=alice)
    address = f"/brand/fundings/{asked.id}"
    sign_in(client, alice)

    waiting = client.get(address).text
    assert "We are opening the payment page." in waiting
    assert f'<meta http-equiv="refresh" content="2;url={address}">' in waiting

    open_checkout(session, asked)
    led_on = client.get(address)
    assert (led_on.status_code, led_on.location) == (303, CHECKOUT)

    confirming = client.get(f"{address}?back=paid").text
    assert "We are waiting for the payment service to confirm." in confirming
    assert 'http-equiv="refresh"' in confirming

    cancelled = client.get(f"{address}?back=cancelled").text
    assert "You came back without paying. Nothing was charged." in cancelled
    assert 'http-equiv="refresh"' not in cancelled
    assert "$1,100.00" in cancelled


def test_a_paid_funding_leads_to_the_campaigns_money(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor
) -> None:
    asked = pay_in(session, campaign, by=alice)
    sign_in(client, alice)
    reply = client.get(f"/brand/fundings/{asked.id}?back=paid", follow_redirects=True)
    assert reply.request.path == money_page(campaign)
    assert "“Beans in a minute” is funded. Creators can accept your offers now." in reply.text
    # two tiles, the example with the name of its table and its budget, twice what can go back
    assert reply.text.count("$1,000.00") == 7


def test_the_money_of_a_challenge_speaks_of_prizes(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor
) -> None:
    campaign.kind = CampaignKind.CHALLENGE
    session.flush()
    sign_in(client, alice)
    page = client.get(money_page(campaign)).text
    assert "It can be published once the money for its prizes is here." in page
    assert "Prizes are earned when they are awarded." in page
    assert "prizes that were won" in page

    asked = pay_in(session, campaign, by=alice)
    reply = client.get(f"/brand/fundings/{asked.id}?back=paid", follow_redirects=True)

    assert "is funded. Its prizes are set aside from that when you publish it." in reply.text
    assert "offers" not in reply.text


def test_a_payment_that_went_wrong_says_why(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor
) -> None:
    asked = pay_in(session, campaign, by=alice, charged=usd(999))
    sign_in(client, alice)
    reason = "The amount charged is not the amount asked for."
    assert reason in client.get(f"/brand/fundings/{asked.id}").text
    page = client.get(money_page(campaign)).text
    assert reason in page
    assert "Failed" in page


def test_unspent_money_of_a_closed_campaign_goes_back_once(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, fiona: Actor,
    bea: Actor,
) -> None:  # fmt: skip
    pay_in(session, campaign, by=alice)
    make_earning(session, make_accepted(session, campaign, by=alice, creator=bea))
    campaigns.close(session, campaign_id=campaign.id, actor=alice, now=NOON)
    session.flush()
    sign_in(client, fiona)
    page = client.get(money_page(campaign)).text
    # 600.00 nobody was promised, and of the fee of 100.00 what was not earned with 400.00.
    assert "$660.00" in page
    assert "Send it back" in page
    assert "Go to payment" not in page

    address = f"/brand/campaigns/{campaign.id}/refund"
    reply = client.post(address, follow_redirects=True)
    assert "The refund is under way to where you paid from." in reply.text
    assert "-$660.00" in reply.text
    assert "Nothing is left to send back." in reply.text
    refund = session.scalars(select(Refund)).one()
    assert (refund.amount, refund.state, refund.asked_by) == (
        usd(66_000), RefundState.ASKED, fiona.user_id,
    )  # fmt: skip

    assert client.post(address).status_code == 409
    assert session.scalar(select(func.count()).select_from(Refund)) == 1


def test_an_open_campaign_gives_nothing_back(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor
) -> None:
    pay_in(session, campaign, by=alice)
    sign_in(client, alice)
    reply = client.post(f"/brand/campaigns/{campaign.id}/refund")
    assert reply.status_code == 409
    assert "Close the campaign first" in reply.text
    assert session.scalars(select(Refund)).all() == []


def test_amounts_keep_the_currency_of_the_campaign(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor
) -> None:
    yen = make_campaign(session, brand=acme, by=alice, budget=Money(90_000, "JPY"))
    sign_in(client, alice)
    refused = client.post(money_page(yen), data={"budget": "100.5"})
    assert "JPY has no decimals." in refused.text
    client.post(money_page(yen), data={"budget": "5000"})
    (asked,) = fundings(session)
    assert asked.total == Money(5_500, "JPY")
