"""How many people a campaign reached: said by a brand, seen and set aside by staff."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.creators.models import Creator
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor
from marketplace.matching import service as matching
from marketplace.matching.models import ReachCount
from tests.conftest import NOON, make_person, sign_in
from tests.factories.campaigns import make_campaign
from tests.factories.collaborations import make_collaboration
from tests.factories.creators import make_planned_creator
from tests.factories.deliverables import walk
from tests.services.planned import keep
from tests.web.brand.planning import text_of

COUNT = {
    "people": "15000",
    "counted": "target",
    "source": "brand_lift",
    "sample": "400",
    "counted_on": "2026-11-10",
    "note": "Survey of week 45",
}


@pytest.fixture
def finished(session: Session, acme: Brand, alice: Actor) -> Campaign:
    """A closed campaign for which Cleo, with 30,000 views, has published a video."""
    user_id = make_person(session, "cleo").id
    cleo = make_planned_creator(session, "Cleo", views=30_000, fee_minor=30_000, user_id=user_id)
    make_planned_creator(session, "Dora", views=20_000, fee_minor=30_000)
    actor = Actor(user_id=user_id, creator_id=cleo.id)
    campaign = make_campaign(session, brand=acme, by=alice, name="Beans, counted")
    agreed = make_collaboration(session, campaign=campaign, creator=actor, by=alice)
    walk(session, agreed, by=alice, creator=actor, to=DeliverableState.ACCEPTED)
    campaigns.close(session, campaign_id=campaign.id, actor=alice, now=NOON)
    session.commit()
    return campaign


def kept(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(ReachCount)) or 0


def test_a_brand_says_what_was_counted_and_plans_learn_from_it(
    client: FlaskClient, session: Session, alice: Actor, finished: Campaign
) -> None:
    sign_in(client, alice)
    page = f"/brand/campaigns/{finished.id}/reach"
    before = text_of(client.get(page).text)

    answer = client.post(page, data=COUNT)

    assert "Creators who published 1" in before
    assert "people of the target 30,000 Expected now, anybody from 18 on, anywhere 30,000" in before
    assert answer.status_code == 303
    said = text_of(client.get(page).text)
    assert "15,000 30,000 50 %" in said
    matching.learn_correction(session, now=NOON)
    session.commit()
    plan = text_of(client.get(f"/brand/campaigns/{finished.id}/plan").text)
    assert (
        "From 1 finished campaign: plans reached 9 % less than predicted, which is in these" in plan
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"people": ""}, "Enter a number of people."),
        ({"people": "many"}, "Enter a whole number"),
        ({"people": "0"}, "A number of people is 1 or more."),
        ({"sample": "12"}, "Fewer than 30 people asked say nothing."),
        ({"counted_on": "2026-10-01"}, "The campaign had not begun on that day."),
        ({"counted_on": "9999-10-01"}, "That day is still to come."),
        ({"source": "gossip"}, "Choose one of these"),
    ],
)
def test_a_count_that_cannot_be_is_said_at_its_field_and_nothing_is_lost(
    client: FlaskClient,
    session: Session,
    alice: Actor,
    finished: Campaign,
    changes: dict[str, str],
    words: str,
) -> None:
    sign_in(client, alice)

    page = client.post(f"/brand/campaigns/{finished.id}/reach", data=COUNT | changes)

    assert page.status_code == 422
    assert words in text_of(page.text)
    assert "Survey of week 45" in page.text
    assert kept(session) == 0


@pytest.mark.usefixtures("noon")
def test_a_campaign_that_runs_says_when_to_count(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice)
    session.commit()
    sign_in(client, alice)

    page = client.get(f"/brand/campaigns/{campaign.id}/reach").text
    answer = client.post(f"/brand/campaigns/{campaign.id}/reach", data=COUNT)

    assert "From the day after, you can enter here how many people it reached." in text_of(page)
    assert "Keep the count" not in page
    assert answer.status_code == 409
    assert kept(session) == 0


def test_what_was_promised_stands_beside_what_is_expected_now_and_what_was_counted(
    client: FlaskClient, session: Session, alice: Actor, stella: Actor, finished: Campaign
) -> None:
    cleo, dora = session.scalars(select(Creator).order_by(Creator.display_name))
    plan = keep(session, finished, alice, cleo, dora)
    session.commit()
    sign_in(client, alice)
    page = f"/brand/campaigns/{finished.id}/reach"

    before = text_of(client.get(page).text)
    client.post(page, data=COUNT)
    after = text_of(client.get(page).text)

    low, high = f"{plan.people_low:,}", f"{plan.people_high:,}"
    assert f"Promised, people of the target {plan.people:,}, four of five times {low} to" in before
    assert "Counted Not yet" in before
    assert "Counted 15,000 Less Creators" in after
    assert "Planned creators who published 1 of 2" in before
    assert "Expected now, people of the target 30,000" in before
    assert f"2 {plan.people:,} {low} to {high} {plan.target_people:,} Nothing yet" in before
    assert f"15,000 30,000 50 % {plan.people:,} Less" in after
    sign_in(client, stella)
    for_staff = text_of(client.get("/staff/reach").text)
    assert f"15,000 30,000 50 % {plan.people:,} Less A brand-lift survey" in for_staff
    assert "Promises kept" not in for_staff


def test_two_plans_promise_as_many_as_the_larger_at_least_and_as_both_at_most(
    client: FlaskClient, session: Session, alice: Actor, finished: Campaign
) -> None:
    cleo, dora = session.scalars(select(Creator).order_by(Creator.display_name))
    plans = [keep(session, finished, alice, each) for each in (cleo, dora)]
    session.commit()
    sign_in(client, alice)

    page = text_of(client.get(f"/brand/campaigns/{finished.id}/reach").text)

    low, high = plans[0].people_low, sum(each.people_high for each in plans)
    assert f"30,000 to 50,000, four of five times {low:,} to {high:,}" in page
    assert "How many viewers two plans share is not known" in page
    assert "Planned creators who published 1 of 2" in page


def test_staff_see_how_many_promises_were_kept(
    client: FlaskClient, session: Session, alice: Actor, stella: Actor, finished: Campaign
) -> None:
    cleo = session.scalars(select(Creator).where(Creator.display_name == "Cleo")).one()
    keep(session, finished, alice, cleo)
    session.commit()
    sign_in(client, stella)

    client.post(f"/staff/reach/{finished.id}", data=COUNT | {"people": "30000"})

    assert "Promises kept: 1 of 1" in text_of(client.get("/staff/reach").text)


def test_staff_count_set_aside_and_see_each_version(
    client: FlaskClient, session: Session, stella: Actor, finished: Campaign
) -> None:
    sign_in(client, stella)
    assert "No campaign was counted yet" in text_of(client.get("/staff/reach").text)

    client.post(f"/staff/reach/{finished.id}", data=COUNT)
    matching.learn_correction(session, now=NOON)
    session.commit()
    counted = text_of(client.get("/staff/reach").text)
    count_id = session.scalars(select(ReachCount.id)).one()
    refused = client.post(f"/staff/reach/counts/{count_id}/set-aside", data={"why": " "})
    client.post(f"/staff/reach/counts/{count_id}/set-aside", data={"why": "It counts views."})

    assert "plans reached 9 % less than predicted" in counted
    assert (
        "Beans, counted 15,000 30,000 50 % – A brand-lift survey Survey of week 45 400" in counted
    )
    assert "1 1 100 % 90.57 %" in counted
    assert refused.status_code == 303
    after = text_of(client.get("/staff/reach").text)
    assert "Set aside It counts views." in after
    matching.learn_correction(session, now=NOON)
    session.commit()
    assert "Nothing was learned from finished campaigns yet" in text_of(
        client.get("/staff/reach").text
    )


def test_before_anybody_has_published_no_noughts_are_listed(
    client: FlaskClient, alice: Actor, acme: Brand, session: Session
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice)
    sign_in(client, alice)

    said = text_of(client.get(f"/brand/campaigns/{campaign.id}/reach").text)

    assert "Expected now Nothing: nobody has published What is expected now goes by" in said
    assert "Creators who published" not in said
    assert "how much they are watched today. Nothing was learned" not in said
