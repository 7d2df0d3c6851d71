"""A brand gives to a cause with a draft, sees the money first, and where it is afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.campaigns.service import close
from marketplace.causes import queries
from marketplace.causes.models import Organisation
from marketplace.causes.rules.organisations import OrganisationState
from marketplace.causes.service import book_pledge, withdraw_verification
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money
from tests.conftest import NOON, sign_in
from tests.factories.causes import BY_VIEWS, make_giving, make_organisation, make_pledge
from tests.factories.money import pay_in
from tests.web.reading import plain

FIXED = {"kind": "fixed", "amount": "200.00"}
VIEWS = {"kind": "views", "amount": "200.00", "rate": "5.00"}


def page_of(campaign: Campaign) -> str:
    return f"/brand/campaigns/{campaign.id}/cause"


@pytest.fixture
def reefs(session: Session, stella: Actor) -> Organisation:
    return make_organisation(session, by=stella)


@pytest.fixture
def typed(reefs: Organisation) -> dict[str, str]:
    return FIXED | {"organisation": str(reefs.id)}


def test_the_money_is_shown_before_anything_is_agreed(
    client: FlaskClient, session: Session, draft: Campaign, alice: Actor, typed: dict[str, str]
) -> None:
    sign_in(client, alice)

    page = client.post(page_of(draft), data=typed | {"look": "1"})

    told = plain(page.text)
    assert page.status_code == 200
    assert "For the whole budget you pay $1,300.00" in told
    assert "Platform fee $100.00 Pledge to a cause $200.00" in told
    assert queries.pledge_of(session, draft.id) is None


def test_a_pledge_is_saved_and_waits_for_its_money(
    client: FlaskClient, session: Session, draft: Campaign, alice: Actor, typed: dict[str, str]
) -> None:
    sign_in(client, alice)

    reply = client.post(page_of(draft), data=typed, follow_redirects=True)

    told = plain(reply.text)
    assert "You give $200.00 to Reef Menders." in told
    assert "Waiting for you to pay $200.00" in told
    money = plain(client.get(f"/brand/campaigns/{draft.id}/money").text)
    assert "Pledge to a cause $200.00" in money
    assert "Pledged to Reef Menders" in money
    found = queries.pledge_of(session, draft.id)
    assert found is not None
    assert found.amount == Money(20_000, "USD")


def test_a_pledge_by_views_says_its_rate_and_ceiling(
    client: FlaskClient, draft: Campaign, alice: Actor, typed: dict[str, str]
) -> None:
    sign_in(client, alice)

    reply = client.post(page_of(draft), data=typed | VIEWS, follow_redirects=True)

    assert (
        "You give $5.00 for every 1,000 views of the posts to Reef Menders, up to $200.00."
        in plain(reply.text)
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"amount": ""}, "Enter an amount."),
        ({"amount": "0"}, "The amount must be more than 0."),
        ({"amount": "1,5"}, "Write the amount with a point and no commas"),
        ({"amount": "10000.01"}, "At most $10,000.00, 10 times the budget."),
        ({"kind": "views", "rate": ""}, "Enter an amount."),
        ({"kind": "views", "rate": "200.01"}, "1,000 views are worth more than the ceiling."),
        ({"kind": "gifts"}, "Choose one of these"),
        ({"organisation": "00000000-0000-4000-8000-00000000000f"}, "Choose one of these"),
        ({"organisation": "reefs"}, "Choose one of these"),
    ],
)
def test_what_cannot_be_pledged_is_refused_and_kept(
    client: FlaskClient,
    session: Session,
    draft: Campaign,
    alice: Actor,
    typed: dict[str, str],
    changes: dict[str, str],
    sentence: str,
) -> None:
    sign_in(client, alice)

    reply = client.post(page_of(draft), data=typed | changes)

    assert reply.status_code == 422
    assert sentence in reply.text
    assert f'value="{(typed | changes)["amount"]}"' in reply.text
    assert queries.pledge_of(session, draft.id) is None


def test_an_organisation_that_is_not_verified_is_not_offered(
    client: FlaskClient, session: Session, draft: Campaign, alice: Actor, stella: Actor
) -> None:
    entered = make_organisation(session, by=stella, state=OrganisationState.ENTERED)
    sign_in(client, alice)

    page = client.get(page_of(draft)).text

    assert "There is no verified organisation yet." in page
    assert (
        client.post(page_of(draft), data=FIXED | {"organisation": str(entered.id)}).status_code
        == 422
    )


def test_a_pledge_is_taken_off_and_its_money_is_in_the_wallet(
    client: FlaskClient, session: Session, draft: Campaign, alice: Actor, reefs: Organisation
) -> None:
    make_pledge(session, campaign=draft, organisation=reefs, by=alice, terms=BY_VIEWS)
    pay_in(session, draft, by=alice)
    sign_in(client, alice)
    assert "Waiting for you to publish the campaign" in plain(client.get(page_of(draft)).text)

    reply = client.post(f"{page_of(draft)}/take-off", follow_redirects=True)

    assert "Taken off." in reply.text
    assert "Back in the wallet" not in reply.text  # the page begins anew
    assert "$200.00 of yours lies in no campaign." in plain(
        client.get(f"/brand/campaigns/{draft.id}/money").text
    )


def test_a_published_campaign_without_a_cause_says_when_one_is_added(
    client: FlaskClient, published: Campaign, alice: Actor, reefs: Organisation
) -> None:
    sign_in(client, alice)

    page = client.get(page_of(published)).text

    assert "A pledge is made while a campaign is a draft" in page
    assert "Save the pledge" not in page
    reply = client.post(page_of(published), data=FIXED | {"organisation": str(reefs.id)})
    assert reply.status_code == 409


def test_a_changed_currency_asks_for_the_pledge_again(
    client: FlaskClient, session: Session, draft: Campaign, alice: Actor, reefs: Organisation
) -> None:
    make_pledge(session, campaign=draft, organisation=reefs, by=alice)
    draft.currency = "EUR"
    session.commit()
    sign_in(client, alice)

    assert "This campaign’s currency has become EUR." in client.get(page_of(draft)).text
    assert client.get(f"/brand/campaigns/{draft.id}/money").status_code == 200
    refused = client.post(f"/brand/campaigns/{draft.id}/publish")
    assert (refused.status_code, draft.state) == (409, CampaignState.DRAFT)
    assert "its money has become EUR. Say again what it gives" in plain(refused.text)


def test_a_draft_whose_organisation_is_not_verified_any_more_is_not_published(
    client: FlaskClient,
    session: Session,
    draft: Campaign,
    alice: Actor,
    stella: Actor,
    reefs: Organisation,
) -> None:
    make_pledge(session, campaign=draft, organisation=reefs, by=alice)
    withdraw_verification(
        session, actor=stella, organisation_id=reefs.id, note="Struck off.", now=NOON
    )
    session.commit()
    sign_in(client, alice)

    refused = client.post(f"/brand/campaigns/{draft.id}/publish")
    page = plain(client.get(page_of(draft)).text)

    assert (refused.status_code, draft.state) == (409, CampaignState.DRAFT)
    assert "Reef Menders, to which this campaign gives, is not verified any more" in refused.text
    assert "Until the pledge is taken off, this campaign cannot be published." in page
    assert "Waiting for you to pay" not in page
    assert queries.due_of(session, draft) == Money(0, "USD")
    client.post(f"{page_of(draft)}/take-off")
    assert queries.pledge_of(session, draft.id) is None


def test_a_pledge_that_views_never_reached_says_so_and_not_that_nothing_was_paid(
    client: FlaskClient,
    session: Session,
    acme: Brand,
    alice: Actor,
    reefs: Organisation,
) -> None:
    campaign = make_giving(session, brand=acme, organisation=reefs, by=alice)
    close(session, campaign_id=campaign.id, actor=alice, now=NOON)
    found = queries.pledge_of(session, campaign.id)
    assert found is not None
    book_pledge(session, pledge_id=found.id, now=NOON + timedelta(days=90))
    session.commit()
    sign_in(client, alice)

    page = plain(client.get(page_of(campaign)).text)

    assert "Nothing came of it: the views that count came to nothing." in page
    assert "$200.00 went back to your wallet." in page


def test_the_payments_of_a_brand_say_what_of_each_was_for_a_cause(
    client: FlaskClient, session: Session, draft: Campaign, alice: Actor, reefs: Organisation
) -> None:
    sign_in(client, alice)
    make_pledge(session, campaign=draft, organisation=reefs, by=alice)
    assert "To a cause" not in client.get("/brand/billing").text

    pay_in(session, draft, by=alice)

    told = plain(client.get("/brand/billing").text)
    assert "Budget Platform fee To a cause Charged" in told
    assert "$1,000.00 $100.00 $200.00 $1,300.00" in told
