"""Accepting without a script: what was ticked is planned and seen before anybody is invited."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.collaborations.models import Invitation
from marketplace.creators.models import Creator
from marketplace.kernel.actor import Actor
from tests.conftest import sign_in
from tests.factories.accounts import make_user
from tests.factories.campaigns import make_campaign
from tests.factories.creators import make_planned_creator
from tests.web.brand.planning import accepting, plan_of, text_of

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice)


@pytest.fixture
def dora(session: Session) -> Creator:
    """She is in every plan that does not leave her out; Cleo is in the plan in any case."""
    made = make_planned_creator(session, "Dora", views=40_000, fee_minor=40_000)
    cleo = make_user(session, name="Cleo", email="cleo@example.test")
    make_planned_creator(session, "Cleo", views=30_000, fee_minor=30_000, user_id=cleo.id)
    session.commit()
    return made


def settled(campaign: Campaign, query: str) -> str:
    return f"/brand/campaigns/{campaign.id}/plan/accept?{query}"


def test_who_is_ticked_to_be_left_out_is_not_invited(
    client: FlaskClient, session: Session, alice: Actor, campaign: Campaign, dora: Creator
) -> None:
    sign_in(client, alice)

    ticked = client.get(settled(campaign, f"plan=1&budget=700.00&out={dora.id}"))
    everybody = client.get(settled(campaign, "plan=1&budget=700.00"))

    assert "2 creators for $700.00" in text_of(everybody.text)
    assert "1 creator for $300.00 reach" in text_of(ticked.text)
    assert "Dora" not in text_of(ticked.text)
    assert client.post(plan_of(campaign), data=accepting(ticked.text)).status_code == 303
    invited = session.scalars(select(Invitation)).all()
    assert [each.creator.display_name for each in invited] == ["Cleo"]


def test_nothing_can_be_changed_where_it_is_accepted(
    client: FlaskClient, alice: Actor, campaign: Campaign, dora: Creator
) -> None:
    sign_in(client, alice)

    page = client.get(settled(campaign, "plan=1&budget=700.00")).text
    main = page[page.index("<main") : page.index("</main")]

    shown = re.findall(r"<(?:input|select|textarea|button)(?![^>]*hidden)[^>]*>", main)
    assert [re.search(r'name="(\w+)"|$', each)[1] for each in shown] == ["message", None]  # type: ignore[index]  # it always matches
    assert f"/brand/campaigns/{campaign.id}/plan?plan=1&amp;budget=700.00" in main


def test_the_plan_leads_there_where_there_is_no_script(
    client: FlaskClient, alice: Actor, campaign: Campaign, dora: Creator
) -> None:
    sign_in(client, alice)

    page = client.get(plan_of(campaign)).text

    without = "".join(re.findall(r"<noscript>(.*?)</noscript>", page, re.DOTALL))
    assert f'form="planning" formaction="/brand/campaigns/{campaign.id}/plan/accept"' in without
    with_script = page[page.index('<div class="needs-script">') :]
    assert "Invite everybody in the plan" in with_script
    assert "Invite everybody in the plan" not in page.replace(with_script, "")


@pytest.mark.parametrize(
    "query", ["plan=1&budget=x", "plan=1&budget=700.00&hand=y", "plan=1&budget=1"]
)
def test_what_cannot_be_accepted_leads_back_to_the_plan(
    client: FlaskClient, alice: Actor, campaign: Campaign, dora: Creator, query: str
) -> None:
    sign_in(client, alice)

    answer = client.get(settled(campaign, query))

    assert answer.status_code == 303
    assert answer.location == f"/brand/campaigns/{campaign.id}/plan?{query}"


def test_who_may_not_accept_is_led_back(
    client: FlaskClient, vic: Actor, campaign: Campaign, dora: Creator
) -> None:
    sign_in(client, vic)

    assert client.get(settled(campaign, "plan=1&budget=700.00")).status_code == 303


def test_the_words_that_were_typed_come_back_with_a_refusal_and_go_on_to_the_next_try(
    client: FlaskClient, alice: Actor, campaign: Campaign, dora: Creator
) -> None:
    sign_in(client, alice)
    seen = client.get(settled(campaign, "plan=1&budget=700.00")).text

    refused = client.post(
        plan_of(campaign), data=accepting(seen) | {"cost": ["60000"], "message": "Hello <you>"}
    )

    assert refused.status_code == 409
    without = "".join(re.findall(r"<noscript>(.*?)</noscript>", refused.text, re.DOTALL))
    assert 'form="planning" name="message" value="Hello &lt;you&gt;"' in without
    again = client.get(settled(campaign, "plan=1&budget=700.00&message=Hello+%3Cyou%3E")).text
    assert ">Hello &lt;you&gt;</textarea>" in again
    assert "message" not in accepting(again)
