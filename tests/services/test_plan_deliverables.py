"""What each creator of a plan makes: chosen for the money, changed by hand, asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import WantedDeliverable
from marketplace.collaborations.models import Invitation
from marketplace.creators.models import Creator
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput
from marketplace.matching.models import PlanPick
from marketplace.matching.queries import FoundPlan, PlanWish
from marketplace.matching.rules.planner.limits import Limits, PlanRefused, Rule
from marketplace.matching.rules.planner.ways import way_of
from marketplace.notifications.models import Notification
from tests.conftest import make_person
from tests.factories.campaigns import content, make_campaign
from tests.factories.creators import make_planned_creator, make_rate
from tests.services.planned import accept, plan, rows

VIDEO = way_of({"video": 1})
BOTH = way_of({"video": 1, "story": 1})


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    """A campaign that asks for a video and a story."""
    wanted = (
        WantedDeliverable("video", "A recipe in a minute", 1),
        WantedDeliverable("story", "The tin on your shelf", 1),
    )
    return make_campaign(session, brand=acme, by=alice, brief=content(deliverables=wanted))


@pytest.fixture
def market(session: Session) -> dict[str, Creator]:
    """Cleo, whose story is cheap; Dora, whose story is dear; Emil, who offers none."""
    made = {}
    for name, views, fee, story in (
        ("Cleo", 30_000, 30_000, 2_000),
        ("Dora", 40_000, 40_000, 9_000),
        ("Emil", 20_000, 35_000, None),
    ):
        made[name] = make_planned_creator(
            session,
            name,
            views=views,
            fee_minor=fee,
            user_id=make_person(session, name.lower()).id,
        )
        if story:
            make_rate(session, creator_id=made[name].id, fee_minor=story, format="story")
    session.flush()
    return made


def made_by(found: FoundPlan) -> dict[str, str]:
    return {who.display_name: option.way.words for who, _, option in found.picks}


def test_each_creator_makes_what_reaches_most_for_the_money(
    session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    found = plan(session, campaign, limits=Limits(budget_minor=75_000))

    assert made_by(found) == {"Dora": "1 video", "Cleo": "1 video and 1 story"}
    assert found.cost_minor == 72_000
    assert sum(pick.adds for _, pick, _ in found.picks) == found.explained.people


def test_without_money_for_it_the_story_is_left_away(
    session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    found = plan(session, campaign, limits=Limits(budget_minor=71_000))

    assert made_by(found) == {"Dora": "1 video", "Cleo": "1 video"}


def test_a_way_that_the_brand_allows_is_taken_where_it_is_worth_it(
    session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    found = plan(
        session,
        campaign,
        limits=Limits(budget_minor=60_000, most=1),
        make={"video": (1, 2)},
        must_have=frozenset({market["Cleo"].id}),
    )

    assert made_by(found) == {"Cleo": "1 video"}  # two are above the brief's highest fee of 500
    assert [each.way.words for each in found.options[found.explained.picks[0].creator]] == [
        "1 video"
    ]


def test_nobody_is_asked_for_what_they_do_not_offer(
    session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    found = plan(session, campaign, limits=Limits(budget_minor=200_000), make={"story": (1, 1)})

    assert made_by(found) == {"Cleo": "1 story", "Dora": "1 story"}


def test_whose_rates_nobody_named_is_asked_at_an_estimate(
    session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    ivo = make_planned_creator(session, "Ivo", views=9_000, fee_minor=None)

    found = plan(session, campaign, exactly={ivo.id: VIDEO})

    ((_, _, option),) = found.picks
    assert option.is_estimated
    assert option.price_minor % 100 == 0


def test_what_was_fixed_by_hand_is_made_whatever_it_costs(
    session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    limits = Limits(budget_minor=85_000)

    found = plan(session, campaign, limits=limits, fixed={market["Dora"].id: BOTH})
    bare = plan(session, campaign, limits=limits, fixed={market["Cleo"].id: VIDEO})

    assert made_by(found) == {"Dora": "1 video and 1 story", "Cleo": "1 video and 1 story"}
    assert made_by(bare)["Cleo"] == "1 video"


def test_a_change_by_hand_shows_in_reach_and_cost(
    session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    one = plan(session, campaign, exactly={market["Cleo"].id: VIDEO})
    both = plan(session, campaign, exactly={market["Cleo"].id: BOTH})

    assert (one.cost_minor, both.cost_minor) == (30_000, 32_000)
    assert (one.explained.people, both.explained.people) == (30_000, 34_500)


def test_what_the_rules_do_not_allow_cannot_be_fixed_and_is_named(
    session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    with pytest.raises(PlanRefused, match="You ask somebody for 2 stories") as refused:
        plan(session, campaign, fixed={market["Cleo"].id: way_of({"story": 2})})

    assert refused.value.contradictions[0].rules == (Rule.MAKE,)


def test_who_does_not_offer_a_way_cannot_be_asked_for_it_by_hand(
    session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    for wish in ({"exactly": {market["Emil"].id: BOTH}}, {"fixed": {market["Emil"].id: BOTH}}):
        with pytest.raises(InvalidInput, match="does not offer what you ask"):
            plan(session, campaign, **wish)


def test_where_nobody_offers_what_is_asked_that_is_said(
    session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    with pytest.raises(PlanRefused) as refused:
        plan(session, campaign, make={"live": (1, 1)})

    assert refused.value.problems == {
        "make": "Nobody whom the brief allows offers 1 live stream at a price you allow."
    }


def test_accepting_asks_each_for_what_the_plan_counts_with(
    session: Session, campaign: Campaign, alice: Actor, market: dict[str, Creator]
) -> None:
    wish = PlanWish(
        limits=Limits(budget_minor=75_000),
        exactly={market["Cleo"].id: BOTH, market["Dora"].id: VIDEO},
    )

    accept(session, campaign, alice, wish=wish, seen_cost_minor=72_000)
    session.flush()

    asked = {
        each.creator_id: (each.deliverables, each.fee_minor)
        for each in session.scalars(select(Invitation))
    }
    assert asked == {
        market["Cleo"].id: (BOTH.rows, 32_000),
        market["Dora"].id: (VIDEO.rows, 40_000),
    }
    kept = {
        each.creator_id: (each.deliverables, each.price_minor)
        for each in session.scalars(select(PlanPick))
    }
    assert kept == asked
    told = session.scalars(select(Notification.text).order_by(Notification.text)).all()
    assert told == [
        f"They would like you to apply to “{campaign.name}” with {asked_for}."
        for asked_for in ("1 video and 1 story, for USD 320.00", "1 video, for USD 400.00")
    ]


def test_what_costs_something_else_than_was_seen_is_not_accepted(
    session: Session, campaign: Campaign, alice: Actor, market: dict[str, Creator]
) -> None:
    before = rows(session)
    wish = PlanWish(limits=Limits(budget_minor=75_000), exactly={market["Cleo"].id: BOTH})

    with pytest.raises(Conflict, match=r"the plan costs USD 320\.00 now"):
        accept(session, campaign, alice, wish=wish, seen_cost_minor=30_000)
    with pytest.raises(PlanRefused, match="more than the budget"):
        accept(
            session,
            campaign,
            alice,
            wish=replace(wish, limits=Limits(budget_minor=31_000)),
            seen_cost_minor=32_000,
        )

    assert rows(session) == before
