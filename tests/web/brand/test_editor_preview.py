"""Who fits stands beside the steps of the brief and follows what is typed, saved or not."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.queries import draft_brief
from marketplace.campaigns.rules import CampaignState
from marketplace.kernel.actor import Actor
from marketplace.matching import service as matching
from marketplace.matching.rules.wanted import HardRules
from tests.conftest import NOON, sign_in
from tests.factories.campaigns import make_campaign
from tests.factories.market import make_hireable

PART = {"X-Part": "list"}
RIGHTS = {
    "fee_low": "100.00",
    "fee_high": "500.00",
    "usage_media": "paid",
    "usage_days": "30",
    "disclosure": "Paid partnership",
    "revision_rounds": "2",
}

NOBODYS = {"age_18_24": "", "age_25_34": ""}
OLDER = NOBODYS | {"age_45_54": "40"}


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    """A draft that wants 18 to 34 in the United States for USD 500 at most."""
    for number in range(7):
        make_hireable(session, f"Cook {number}", reach=5_000 + number)
    return make_campaign(session, brand=acme, by=alice, state=CampaignState.DRAFT)


@pytest.fixture
def alices(client: FlaskClient, alice: Actor) -> FlaskClient:
    sign_in(client, alice)
    return client


def step(campaign: Campaign, name: str) -> str:
    return f"/brand/campaigns/{campaign.id}/edit/{name}"


def look(client: FlaskClient, campaign: Campaign, name: str, typed: dict[str, Any]) -> Any:
    return client.post(step(campaign, name), data={**typed, "look": "1"}, headers=PART)


@pytest.mark.parametrize("name", ["brief", "audience", "rights"])
def test_each_step_shows_who_fits_the_saved_brief_and_can_ask_again_without_a_script(
    alices: FlaskClient, campaign: Campaign, name: str
) -> None:
    page = alices.get(step(campaign, name)).text

    assert "7 of 7 creators</strong> can be taken to reach people aged 18–34" in page
    assert "The first 5 of 7." in page
    assert 'form="step" name="look" value="1"' in page
    assert 'data-live="matches"' in page
    assert "Invite<span" not in page


def test_what_is_typed_is_ranked_and_not_saved(
    alices: FlaskClient, session: Session, campaign: Campaign
) -> None:
    answer = look(alices, campaign, "audience", OLDER)

    assert (answer.status_code, "<html" in answer.text) == (200, False)
    assert "can be taken to reach people aged 45–54" in answer.text
    brief = draft_brief(session, campaign.id)
    assert brief is not None
    assert brief.target_age == {"18-24": 4_000, "25-34": 6_000}


def test_a_lower_fee_leaves_out_who_asks_more_and_says_how_many(
    alices: FlaskClient, campaign: Campaign
) -> None:
    answer = look(alices, campaign, "rights", RIGHTS | {"fee_low": "50", "fee_high": "100"})

    assert "0 of 7 creators" in answer.text
    assert "7 usually ask more than the most that you pay" in answer.text


def test_without_a_script_the_button_shows_the_page_with_what_was_typed(
    alices: FlaskClient, campaign: Campaign
) -> None:
    answer = alices.post(step(campaign, "audience"), data=OLDER | {"look": "1"})

    assert answer.status_code == 200
    assert 'value="40"' in answer.text
    assert "can be taken to reach people aged 45–54" in answer.text


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("audience", {"age_18_24": "x"}, "Enter a number"),
        ("audience", {"age_18_24": "70", "age_25_34": "40"}, "add up to 110\xa0%"),
        ("audience", {"age_18_24": "-5"}, "more than 0\xa0% and at most 100\xa0%"),
        ("audience", {"age_18_24": "NaN"}, "more than 0\xa0% and at most 100\xa0%"),
        (
            "audience",
            NOBODYS | {"age_13_17": "40"},
            "Nobody is matched by how many children watch them",
        ),
        ("rights", RIGHTS | {"fee_low": "600", "fee_high": "500"}, "is below the lowest"),
        ("rights", RIGHTS | {"fee_high": "5,0"}, "with a point and no commas"),
    ],
)
def test_what_is_half_typed_is_said_and_keeps_the_last_list(
    alices: FlaskClient, campaign: Campaign, name: str, typed: dict[str, str], said: str
) -> None:
    part = look(alices, campaign, name, typed)
    assert part.status_code == 422
    assert said in part.text
    assert 'role="alert"' in part.text

    whole = alices.post(step(campaign, name), data={**typed, "look": "1"})
    assert whole.status_code == 422
    assert said in whole.text
    assert "7 of 7 creators" in whole.text


def test_rules_that_are_kept_hold_beside_the_editor_and_contradictions_are_named(
    alices: FlaskClient, session: Session, campaign: Campaign, alice: Actor
) -> None:
    matching.keep_rules(
        session,
        campaign_id=campaign.id,
        rules=HardRules(blocked_topics=frozenset({"beauty"}), followers_least=10**9),
        actor=alice,
        now=NOON,
    )

    answer = look(alices, campaign, "audience", {"age_18_24": "40"})
    assert "7 have fewer followers than you ask for" in answer.text

    answer = look(alices, campaign, "audience", {"target_interests": "beauty"})
    assert answer.status_code == 422
    assert "You ask for beauty and leave out whoever makes beauty" in answer.text


def test_who_may_not_edit_is_not_shown_it(
    client: FlaskClient, campaign: Campaign, vic: Actor, mallory: Actor
) -> None:
    for actor, refusal in ((vic, 403), (mallory, 404)):
        sign_in(client, actor)
        assert look(client, campaign, "audience", {}).status_code == refusal
