"""Whom to take for a budget, as a brand sees it, changes it and accepts it."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.collaborations.models import Invitation
from marketplace.creators.models import Creator
from marketplace.kernel.actor import Actor
from marketplace.matching.models import AcceptedPlan
from tests.conftest import NOON, sign_in
from tests.factories.campaigns import make_campaign
from tests.factories.challenges import make_challenge
from tests.factories.creators import make_planned_market
from tests.web.brand.planning import accepting, plan_of, text_of

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice)


@pytest.fixture
def market(session: Session) -> dict[str, Creator]:
    made = make_planned_market(
        session,
        ("Cleo", 30_000, 30_000),
        ("Dora", 40_000, 40_000),
        ("Emil", 20_000, 35_000),
    )
    session.commit()
    return made


def test_the_page_begins_with_a_plan_for_the_campaigns_budget(
    client: FlaskClient, alice: Actor, campaign: Campaign, market: dict[str, Creator]
) -> None:
    sign_in(client, alice)

    page = client.get(plan_of(campaign))

    assert page.status_code == 200
    said = text_of(page.text)
    assert "2 creators for $700.00 reach about 65,468 different people" in said
    assert "different people of your target: people aged 18–34 in the United States." in said
    assert "$300.00 of the budget is left." in said
    assert "No other plan under these rules reaches more." in said
    assert "What each budget would reach" in said


def test_each_pick_says_what_it_adds_and_who_it_beats(
    client: FlaskClient, alice: Actor, campaign: Campaign, market: dict[str, Creator]
) -> None:
    sign_in(client, alice)

    said = text_of(client.get(plan_of(campaign, budget="700.00")).text)

    assert "2 creators for $700.00" in said
    assert "40,000 alone; 35,468 of them are reached by nobody else in the plan" in said
    assert "Shares most with Cleo: 4,532 people" in said
    assert "With Emil in this place the plan would reach 18,484 fewer" in said
    assert "Would add 16,964 people, and nothing is left" in said


@pytest.mark.parametrize(
    ("creators", "folded"), [(6, None), (8, "3 more, who add 5,098 people for $300.00")]
)
def test_a_long_plan_names_the_first_five_and_says_what_the_rest_adds(
    client: FlaskClient,
    session: Session,
    alice: Actor,
    campaign: Campaign,
    creators: int,
    folded: str | None,
) -> None:
    make_planned_market(session, *((f"Nia {at}", 2_000, 10_000) for at in range(creators)))
    session.commit()
    sign_in(client, alice)

    page = client.get(plan_of(campaign)).text

    adds = [int(each.replace(",", "")) for each in re.findall(r"\+([\d,]+) people", text_of(page))]
    assert len(adds) == creators
    assert folded is None or f"add {sum(adds[5:]):,} people" in folded
    found = re.search(r'id="rest-of-plan"><summary>(.*?)</summary>', page)
    assert (text_of(found[1]) if found else None) == folded


def test_keeping_and_leaving_out_live_in_the_address(
    client: FlaskClient, alice: Actor, campaign: Campaign, market: dict[str, Creator]
) -> None:
    sign_in(client, alice)

    kept = client.get(plan_of(campaign, budget="700.00", have=market["Emil"].id)).text
    out = client.get(plan_of(campaign, budget="700.00", out=market["Dora"].id)).text

    assert f'id="keep-{market["Emil"].id}" name="have" value="{market["Emil"].id}" checked' in kept
    assert "Leave out Dora" in text_of(out)
    assert f'id="out-{market["Dora"].id}" name="out" value="{market["Dora"].id}" checked' in out
    assert f"{market['Dora'].id}.1video" not in accepting(out)["pick"]


def test_a_creator_is_added_by_their_handle(
    client: FlaskClient, alice: Actor, campaign: Campaign, market: dict[str, Creator]
) -> None:
    sign_in(client, alice)

    added = client.get(plan_of(campaign, budget="700.00", add="@EMIL"))
    unknown = client.get(plan_of(campaign, budget="700.00", add="nobody.here"))

    assert f"{market['Emil'].id}.1video" in accepting(added.text)["pick"]
    assert unknown.status_code == 422
    assert "There is no creator with this handle here" in text_of(unknown.text)


def test_who_is_added_and_left_out_at_once_is_told(
    client: FlaskClient, alice: Actor, campaign: Campaign, market: dict[str, Creator]
) -> None:
    sign_in(client, alice)

    page = client.get(plan_of(campaign, budget="700.00", add="emil", out=market["Emil"].id))

    assert page.status_code == 422
    assert "You leave this creator out: untick that, or empty this field." in text_of(page.text)
    assert 'value="emil"' in page.text
    assert f'name="out" value="{market["Emil"].id}"' in page.text


def test_a_plan_by_hand_is_exactly_those_listed(
    client: FlaskClient, alice: Actor, campaign: Campaign, market: dict[str, Creator]
) -> None:
    sign_in(client, alice)

    page = client.get(plan_of(campaign, budget="300.00", hand="y", pick=market["Emil"].id)).text

    assert "1 creator for $350.00" in text_of(page)
    assert "This costs $50.00 more than the budget" in text_of(page)


@pytest.mark.parametrize("pick", [{}, {"pick": "nobody.1video"}])
def test_a_plan_by_hand_of_nobody_reaches_nobody_and_cannot_be_accepted(
    client: FlaskClient,
    session: Session,
    alice: Actor,
    campaign: Campaign,
    market: dict[str, Creator],
    pick: dict[str, str],
) -> None:
    sign_in(client, alice)

    page = client.get(plan_of(campaign, budget="700.00", hand="y", **pick))

    assert page.status_code == 200
    assert "Nobody is in this plan" in text_of(page.text)
    answer = client.post(plan_of(campaign), data=accepting(page.text))
    assert answer.status_code == 409
    assert "There is nobody in this plan" in answer.text
    assert session.scalar(select(func.count()).select_from(AcceptedPlan)) == 0


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (
            {"budget": "299.99"},
            "The cheapest creator who reaches this target asks $300.00; the budget is $299.99.",
        ),
        ({"budget": "700.00", "fewest": 5, "most": 2}, "at least 5 creators and for at most 2"),
        ({"budget": "700.00", "most_share": 500}, "more than 0 % and at most 100 %"),
        ({"budget": "700.00", "mega_fewest": 1}, "You ask for at least 1 mega creator; 0 reach"),
        ({"budget": "much"}, "Write digits only"),
        ({"budget": "NaN"}, "Write digits only"),
        ({"budget": "-5.00"}, "Write digits only"),
        ({"budget": "700.00", "most": "many"}, "Enter a whole number"),
    ],
)
def test_what_no_plan_can_obey_is_said_and_nothing_typed_is_lost(
    client: FlaskClient,
    alice: Actor,
    campaign: Campaign,
    market: dict[str, Creator],
    asked: dict[str, object],
    words: str,
) -> None:
    sign_in(client, alice)

    page = client.get(plan_of(campaign, **asked))

    assert page.status_code == 422
    assert "There is no such plan" in page.text
    assert words in text_of(page.text)
    for value in asked.values():
        assert f'value="{value}"' in page.text


def test_the_list_alone_comes_for_the_script_that_follows_the_form(
    client: FlaskClient, alice: Actor, campaign: Campaign, market: dict[str, Creator]
) -> None:
    sign_in(client, alice)

    part = client.get(plan_of(campaign, budget="700.00"), headers={"X-Part": "list"})

    assert "<html" not in part.text
    assert "2 creators for $700.00" in text_of(part.text)
    assert "X-Part" in part.headers["Vary"]


def test_accepting_sends_the_invitations_and_the_creator_finds_the_price(
    client: FlaskClient,
    session: Session,
    alice: Actor,
    campaign: Campaign,
    market: dict[str, Creator],
) -> None:
    sign_in(client, alice)
    page = client.get(plan_of(campaign, budget="700.00")).text

    answer = client.post(plan_of(campaign), data=accepting(page) | {"message": "Hello"})

    assert answer.status_code == 303
    assert answer.location == f"/brand/campaigns/{campaign.id}/invitations"
    assert session.scalar(select(func.count()).select_from(Invitation)) == 2
    assert "expected to reach 65,468 people" in text_of(client.get(plan_of(campaign)).text)
    sign_in(client, Actor(user_id=market["Cleo"].user_id, creator_id=market["Cleo"].id))
    brief = client.get(f"/creator/briefs/{campaign.id}").text
    assert "They suggest $300.00 for everything" in text_of(brief)
    assert 'value="300.00"' in brief
    assert "Why this fit" in brief


def test_a_plan_whose_prices_changed_meanwhile_is_not_accepted(
    client: FlaskClient,
    session: Session,
    alice: Actor,
    campaign: Campaign,
    market: dict[str, Creator],
) -> None:
    sign_in(client, alice)
    page = client.get(plan_of(campaign, budget="700.00")).text
    asked = accepting(page) | {"cost": ["60000"], "message": "Hello <you>"}

    answer = client.post(plan_of(campaign), data=asked)

    assert answer.status_code == 409
    assert "the plan costs $700.00 now" in text_of(answer.text)
    assert 'maxlength="1000">Hello &lt;you&gt;</textarea>' in answer.text
    assert accepting(answer.text) == accepting(page)
    assert client.post(plan_of(campaign), data=accepting(answer.text)).status_code == 303
    assert session.scalar(select(func.count()).select_from(AcceptedPlan)) == 1


def test_too_long_a_message_is_told_above_the_plan_and_kept(
    client: FlaskClient,
    session: Session,
    alice: Actor,
    campaign: Campaign,
    market: dict[str, Creator],
) -> None:
    sign_in(client, alice)
    page = client.get(plan_of(campaign, budget="700.00")).text

    answer = client.post(plan_of(campaign), data=accepting(page) | {"message": "o" * 1_001})

    assert answer.status_code == 422
    assert "Keep this to 1,000 characters." in text_of(answer.text)
    assert "o" * 1_001 in answer.text
    assert "Invite everybody in the plan" in answer.text
    assert session.scalar(select(func.count()).select_from(AcceptedPlan)) == 0


def test_of_a_closed_campaign_a_plan_can_be_looked_at_alone(
    client: FlaskClient,
    session: Session,
    alice: Actor,
    campaign: Campaign,
    market: dict[str, Creator],
) -> None:
    sign_in(client, alice)
    open_page = client.get(plan_of(campaign, budget="700.00")).text
    campaigns.close(session, campaign_id=campaign.id, actor=alice, now=NOON)
    session.commit()

    page = client.get(plan_of(campaign, budget="700.00"))
    answer = client.post(plan_of(campaign), data=accepting(open_page))

    assert page.status_code == 200
    assert "Invite everybody in the plan" in open_page
    assert "Invite everybody in the plan" not in page.text
    assert "Nothing is kept until you accept." in open_page
    assert "It can be accepted while the campaign is open" in page.text
    assert answer.status_code == 409
    assert session.scalar(select(func.count()).select_from(AcceptedPlan)) == 0


def test_of_a_challenge_a_plan_can_be_looked_at_alone(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, market: dict[str, Creator]
) -> None:
    sign_in(client, alice)
    campaign = make_challenge(session, brand=acme, by=alice).campaign
    session.commit()

    page = client.get(plan_of(campaign, budget="700.00"))
    settled = client.get(f"/brand/campaigns/{campaign.id}/plan/accept?plan=1&budget=700.00")

    assert page.status_code == 200
    assert "2 creators for $700.00" in text_of(page.text)
    assert "A challenge is open to all and nobody is invited to it" in page.text
    assert "#accept-plan" not in page.text
    assert "Invite everybody in the plan" not in page.text
    assert settled.location.startswith(f"/brand/campaigns/{campaign.id}/plan?")


def test_no_more_than_two_hundred_are_named(
    client: FlaskClient, alice: Actor, campaign: Campaign, market: dict[str, Creator]
) -> None:
    sign_in(client, alice)
    named = "&".join(f"out={UUID(int=number)}" for number in range(1, 201))

    most = client.get(f"{plan_of(campaign, budget='700.00')}&{named}")
    more = client.get(f"{plan_of(campaign, budget='700.00')}&{named}&out={UUID(int=999)}")

    assert most.status_code == 200
    assert more.status_code == 422
    assert "Name 200 creators at most." in text_of(more.text)


def test_a_viewer_looks_and_does_not_accept(
    client: FlaskClient, vic: Actor, campaign: Campaign, market: dict[str, Creator]
) -> None:
    sign_in(client, vic)

    page = client.get(plan_of(campaign))

    assert page.status_code == 200
    assert "Invite everybody in the plan" not in page.text


def test_result_and_bound_come_before_the_curve_and_who_is_in_before_who_was_nearly_chosen(
    client: FlaskClient, alice: Actor, campaign: Campaign, market: dict[str, Creator]
) -> None:
    sign_in(client, alice)

    page = client.get(plan_of(campaign, budget="700.00")).text

    parts = (
        "different people</strong>", "No other plan under these rules",
        "What each budget would reach", 'id="who-is-in"', 'id="nearly"', 'id="accept-plan"',
    )  # fmt: skip
    places = [page.index(part) for part in parts]
    assert places == sorted(places)
    for part in ("who-is-in", "nearly", "accept-plan"):
        assert f'href="#{part}"' in page
    folded = page[page.index("<details", places[3]) : page.index("</details>", places[3])]
    assert "Shares most with" in folded
    assert 'name="have"' not in folded
