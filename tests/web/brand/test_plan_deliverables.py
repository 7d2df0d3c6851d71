"""What each creator of a plan makes, as a brand sees and changes it and the creator is asked."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import WantedDeliverable
from marketplace.collaborations.models import Application
from marketplace.creators.models import Creator
from marketplace.kernel.actor import Actor
from tests.conftest import make_person, sign_in
from tests.factories.campaigns import content, make_campaign
from tests.factories.creators import make_planned_creator, make_rate
from tests.web.brand.planning import accepting, plan_of, text_of

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    """A campaign that asks for a video and two stories."""
    wanted = (
        WantedDeliverable("video", "A recipe in a minute", 1),
        WantedDeliverable("story", "The tin on your shelf", 2),
    )
    return make_campaign(session, brand=acme, by=alice, brief=content(deliverables=wanted))


@pytest.fixture
def cleo(session: Session) -> Creator:
    """Cleo asks 300 for a video and 20 for a story."""
    user_id = make_person(session, "cleo").id
    made = make_planned_creator(session, "Cleo", views=30_000, fee_minor=30_000, user_id=user_id)
    make_rate(session, creator_id=made.id, fee_minor=2_000, format="story")
    session.commit()
    return made


def ways_to_choose(page: str, cleo: Creator) -> list[tuple[str, str, bool]]:
    """The value, the words and whether it is chosen, of every way that Cleo could be asked."""
    found = re.search(rf'<select[^>]*id="make-{cleo.id}".*?</select>', page, re.DOTALL)
    assert found
    options = re.findall(r'<option value="([^"]*)"( selected)?>([^<]*)</option>', found[0])
    return [(value, words, bool(chosen)) for value, chosen, words in options]


def test_the_form_begins_with_what_the_brief_asks(
    client: FlaskClient, alice: Actor, campaign: Campaign, cleo: Creator
) -> None:
    sign_in(client, alice)

    page = client.get(plan_of(campaign)).text

    assert "The brief asks for 1 video and 2 stories" in text_of(page)
    for name, value in (("video_fewest", "1"), ("video_most", "1"), ("story_most", "2")):
        field = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
        assert field
        assert f'value="{value}"' in field[0]
    assert "1 video and 2 stories" in text_of(page)


def test_each_way_stands_at_its_price_and_one_can_be_chosen(
    client: FlaskClient, alice: Actor, campaign: Campaign, cleo: Creator
) -> None:
    sign_in(client, alice)
    free = client.get(plan_of(campaign)).text

    assert ways_to_choose(free, cleo) == [
        ("", "Best for the money", False),
        (f"{cleo.id}.1video", "1 video, $300.00", False),
        (f"{cleo.id}.1video-1story", "1 video and 1 story, $320.00", False),
        (f"{cleo.id}.1video-2story", "1 video and 2 stories, $340.00", False),
    ]
    fixed = client.get(
        plan_of(campaign, budget="700.00", video_most=1, story_most=2, make=f"{cleo.id}.1video")
    ).text
    assert "1 creator for $300.00" in text_of(fixed)
    assert (f"{cleo.id}.1video", "1 video, $300.00", True) in ways_to_choose(fixed, cleo)


def test_by_hand_the_listed_keep_what_they_make_until_it_is_changed(
    client: FlaskClient, alice: Actor, campaign: Campaign, cleo: Creator
) -> None:
    sign_in(client, alice)
    by_hand = {"budget": "700.00", "story_most": 2, "video_most": 1, "hand": "y"}

    page = client.get(plan_of(campaign, **by_hand, pick=f"{cleo.id}.1video-1story")).text
    changed = client.get(
        plan_of(campaign, **by_hand, pick=f"{cleo.id}.1video-1story", make=f"{cleo.id}.1video")
    ).text

    assert "1 creator for $320.00" in text_of(page)
    assert ("", "1 video and 1 story, $320.00", True) in ways_to_choose(page, cleo)
    assert "1 creator for $300.00" in text_of(changed)
    assert accepting(changed)["pick"] == [f"{cleo.id}.1video"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"story_fewest": 3, "story_most": 2}, "at least 3 stories from one creator and for at"),
        ({"video_most": 0}, "Nothing is to be made: allow at least one piece of something."),
        ({"video_fewest": 0, "story_most": 0}, "Nothing is to be made"),
        ({"video_most": 9}, "One creator makes at most 6 videos"),
        ({"live_fewest": 1, "live_most": 1}, "Nobody whom the brief allows offers 1 live stream"),
        ({"video_most": "some"}, "Enter a whole number"),
        ({"video_most": 1, "make": "1video-2story"}, "You ask somebody for 1 video and 2 stories"),
    ],
)
def test_what_nobody_can_make_is_said_and_nothing_is_lost(
    client: FlaskClient,
    alice: Actor,
    campaign: Campaign,
    cleo: Creator,
    asked: dict[str, object],
    words: str,
) -> None:
    sign_in(client, alice)
    if make := asked.get("make"):
        asked = asked | {"make": f"{cleo.id}.{make}"}

    page = client.get(plan_of(campaign, budget="700.00", **asked))

    assert page.status_code == 422
    assert words in text_of(page.text)
    for value in asked.values():
        assert f'value="{value}"' in page.text


def test_the_creator_is_asked_for_what_the_plan_says_and_the_offer_begins_with_it(
    client: FlaskClient, session: Session, alice: Actor, campaign: Campaign, cleo: Creator
) -> None:
    sign_in(client, alice)
    chosen = plan_of(
        campaign, budget="700.00", video_most=1, story_most=2, make=f"{cleo.id}.1video-1story"
    )

    answer = client.post(plan_of(campaign), data=accepting(client.get(chosen).text))

    assert answer.status_code == 303
    invitations = text_of(client.get(answer.location).text)
    assert "1 video and 1 story $320.00" in invitations
    sign_in(client, Actor(user_id=cleo.user_id, creator_id=cleo.id))
    brief = text_of(client.get(f"/creator/briefs/{campaign.id}").text)
    assert "From you they would like 1 video and 1 story . They suggest $320.00" in brief
    assert "Why this fit" in brief
    client.post(
        f"/creator/briefs/{campaign.id}", data={"pitch": "I cook outside.", "fee": "320.00"}
    )
    application = session.scalars(select(Application)).one()
    sign_in(client, alice)
    form = client.get(f"/brand/applications/{application.id}/offer").text
    said = re.findall(r'name="deliverables-\d+-description"[^>]*value="([^"]*)"', form)
    assert [each for each in said if each] == ["A recipe in a minute", "The tin on your shelf"]
