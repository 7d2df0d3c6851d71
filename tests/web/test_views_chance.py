"""How likely the expected views come, on the pages where somebody decides about a creator."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.creators import service as creators
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor
from marketplace.matching import service as matching
from marketplace.matching.rules.chances import Facts, Outcome, Step
from tests.conftest import NOON, sign_in
from tests.factories.campaigns import make_campaign
from tests.factories.collaborations import make_application
from tests.factories.creators import make_channel
from tests.factories.deliverables import make_deliverable
from tests.web.brand.planning import text_of

USUAL = (
    "gets the 20,000 views that this counts with in 50 % of cases, and at least 9,170 in 90 % ."
    " None was followed to the end yet, so each chance is what the expectation itself claims."
)


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor, bea: Actor) -> Campaign:
    assert bea.creator_id is not None
    make_channel(session, creator_id=bea.creator_id, handle="bea.cooks", median_views=20_000)
    return make_campaign(session, brand=acme, by=alice)


def test_without_a_record_both_sides_read_what_is_assumed(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    session.commit()
    for actor, whose, page in (
        (alice, "their", f"/brand/applications/{application.id}"),
        (alice, "their", f"/brand/creators/{bea.creator_id}?campaign={campaign.id}"),
        (bea, "your", f"/creator/briefs/{campaign.id}"),
    ):
        sign_in(client, actor)
        said = text_of(client.get(page).text)
        assert f"One of {whose} videos for a brand {USUAL}" in said
        assert "They change no fit." in said


def test_a_record_and_what_was_learned_are_named_with_their_numbers(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    assert bea.creator_id is not None
    creators.record_views(session, {bea.creator_id: (3, 1, 2)})
    half = [Outcome(Facts(), place % 2 == 0) for place in range(40)]
    matching.learn_chances(session, {Step.VIEWS: half}, now=NOON)
    session.commit()
    sign_in(client, alice)

    said = text_of(client.get(f"/brand/creators/{bea.creator_id}?campaign={campaign.id}").text)

    # Two of five are odds of two thirds, and half of their logarithm counts.
    assert "counts with in 45 % of cases" in said
    assert (
        "Of 3 followed to the end, 1 got what was expected when they were agreed, and 2 at least"
        " the lower end; the first chance is drawn towards what 40 videos of everybody here did,"
        " the second drawn towards what the expectation itself claims."
    ) in said


def test_a_live_video_stands_beside_what_was_expected_of_it(
    client: FlaskClient, session: Session, campaign: Campaign, acme: Brand, alice: Actor, bea: Actor
) -> None:
    owed = make_deliverable(session, brand=acme, by=alice, creator=bea, state=DeliverableState.LIVE)
    session.commit()
    for actor, side in ((alice, "brand"), (bea, "creator")):
        sign_in(client, actor)
        said = text_of(client.get(f"/{side}/deliverables/{owed.id}").text)
        assert (
            "When it was agreed, 20,000 views were expected; four of five times 9,170 to 67,272."
        ) in said
