"""How far from the best possible: told at once, and more closely when asked."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.kernel.actor import Actor
from marketplace.matching import service as matching
from marketplace.matching.models import PlanBound
from tests.conftest import NOON, sign_in
from tests.factories.campaigns import make_campaign
from tests.services.planned import make_crowd
from tests.web.brand.planning import plan_of, text_of

BUTTON = "Work out more closely how far this is from the best possible"


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    made = make_campaign(session, brand=acme, by=alice)
    make_crowd(session, 70)
    session.commit()
    return made


def asking(page: str) -> list[tuple[str, str]]:
    """What the button would send."""
    return re.findall(r'<input type="hidden" form="bound" name="([^"]*)" value="([^"]*)">', page)


def test_a_closer_bound_is_asked_for_followed_and_told_without_javascript(
    client: FlaskClient, session: Session, alice: Actor, campaign: Campaign
) -> None:
    sign_in(client, alice)
    asked = plan_of(campaign, budget="900.00", most=6)
    page = client.get(asked).text
    assert BUTTON in page
    assert asking(page) == [("plan", "1"), ("budget", "900.00"), ("most", "6")]

    answer = client.post(f"/brand/campaigns/{campaign.id}/plan/bound", data=dict(asking(page)))

    assert (answer.status_code, answer.location) == (303, f"{asked}#how-good")
    waiting = client.get(answer.location).text
    assert "A closer bound is asked for" in waiting
    assert BUTTON not in waiting
    bound = session.scalars(select(PlanBound)).one()
    address = f"/brand/campaigns/{campaign.id}/plan/bounds/{bound.id}"
    assert f'data-poll-url="{address}"' in waiting
    matching.begin_bound(session, bound_id=bound.id)
    matching.tell_progress(session, bound_id=bound.id, part=0.44)
    session.commit()
    assert "being worked out: 44 % done. Look again" in text_of(client.get(address).text)
    assert "data-done" not in client.get(address).text
    matching.finish_bound(session, bound_id=bound.id, at_most=9_999_999, now=NOON)
    session.commit()
    assert "data-done" in client.get(address).text
    done = client.get(asked).text
    assert "no plan under these rules reaches more than 9,999,999 people" in text_of(done)
    assert "data-poll-url" not in done


def test_another_brand_finds_no_bound(
    client: FlaskClient, session: Session, alice: Actor, mallory: Actor, campaign: Campaign
) -> None:
    sign_in(client, alice)
    client.post(f"/brand/campaigns/{campaign.id}/plan/bound", data={"plan": "1", "budget": "900"})
    bound = session.scalars(select(PlanBound)).one()
    sign_in(client, mallory)

    answer = client.get(f"/brand/campaigns/{campaign.id}/plan/bounds/{bound.id}")

    assert answer.status_code == 404


def test_rules_that_nobody_can_obey_ask_for_nothing(
    client: FlaskClient, session: Session, alice: Actor, campaign: Campaign
) -> None:
    sign_in(client, alice)

    answer = client.post(
        f"/brand/campaigns/{campaign.id}/plan/bound", data={"plan": "1", "budget": "much"}
    )

    assert answer.status_code == 422
    assert session.scalars(select(PlanBound)).all() == []
