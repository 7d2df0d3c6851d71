"""What a plan's page says of the plan beside others: the best, those nearly in it, one's own."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.creators import service as creators
from marketplace.creators.models import Creator
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.matching import service as planning
from marketplace.matching.columns import source
from marketplace.matching.models import ReachCorrection
from marketplace.matching.queries import PlanWish
from marketplace.matching.rules.chances import Facts, Outcome, Step
from marketplace.matching.rules.planner.limits import Limits
from tests.conftest import NOON, sign_in
from tests.factories.campaigns import make_campaign
from tests.factories.creators import make_co_audience, make_planned_creator, make_planned_market
from tests.services.planned import make_crowd, plan
from tests.web.brand.planning import accepting, plan_of, text_of

pytestmark = pytest.mark.usefixtures("noon")

CLOSER = "Work out more closely how far this is from the best possible"


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice)


@pytest.fixture
def market(session: Session) -> dict[str, Creator]:
    """Cleo and Dora have joined; Ivo was imported, and no fee of his is known."""
    made = make_planned_market(
        session,
        ("Cleo", 30_000, 30_000),
        ("Dora", 40_000, 40_000),
        ("Ivo", 9_000, None),
        imported=["Ivo"],
    )
    session.commit()
    return made


@pytest.fixture
def alices(client: FlaskClient, alice: Actor) -> FlaskClient:
    sign_in(client, alice)
    return client


def test_how_far_the_best_possible_is_at_most_is_told_as_a_part_of_the_plan(
    alices: FlaskClient, session: Session, campaign: Campaign
) -> None:
    make_crowd(session, 70)
    session.commit()

    said = text_of(alices.get(plan_of(campaign, budget="900.00", most=6)).text)

    assert "6 creators for $891.08 reach about 320,256 different people" in said
    assert "Four of five times between 201,682 and 547,269. $8.92 of the budget is left." in said
    found = plan(session, campaign, limits=Limits(budget_minor=90_000, most=6))
    assert found.at_most is not None
    exactly = 100 * (found.at_most - found.explained.people) / found.explained.people
    told = re.search(r"No other plan under these rules reaches more than ([\d.]+) % more\.", said)
    assert told
    assert exactly <= float(told[1]) < exactly + 0.01
    assert CLOSER in said


def test_who_adds_less_than_one_person_is_told_in_words(
    alices: FlaskClient, session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    zoe = make_planned_market(session, ("Zoe", 1, 5_000))["Zoe"]
    make_co_audience(session, zoe.id, market["Dora"].id, shared=2_300)
    session.commit()

    said = text_of(alices.get(plan_of(campaign, budget="900.00")).text)

    assert "4 creators for $863.00 reach about 71,986 different people" in said
    assert "Adds hardly anybody with 1 video for $50.00" in said
    assert "Reaches 1 alone; others in the plan reach all of them too." in said
    assert "Without them the plan would reach about as many, for $50.00 less." in said
    assert "+0" not in said


def test_a_closer_bound_stands_in_the_place_of_the_one_at_once(
    alices: FlaskClient, session: Session, alice: Actor, campaign: Campaign
) -> None:
    make_crowd(session, 70)
    wish = PlanWish(limits=Limits(budget_minor=90_000, most=6), make={"video": (1, 1)})
    asked = planning.ask_bound(
        session, campaign_id=campaign.id, wish=wish, actor=alice, now=utc_now()
    )
    planning.begin_bound(session, bound_id=asked.id)
    planning.finish_bound(session, bound_id=asked.id, at_most=320_282, now=utc_now())
    session.commit()

    page = alices.get(plan_of(campaign, budget="900.00", most=6, video_fewest=1, video_most=1))

    assert "320,256 different people" in text_of(page.text)
    assert "No other plan under these rules reaches more than 0.01 % more." in text_of(page.text)


@pytest.mark.parametrize("most", [1, 2])
def test_where_no_plan_reaches_more_nothing_is_left_to_be_worked_out(
    alices: FlaskClient, campaign: Campaign, market: dict[str, Creator], most: int
) -> None:
    said = text_of(alices.get(plan_of(campaign, budget="700.00", most=most)).text)

    assert "No other plan under these rules reaches more." in said
    assert CLOSER not in said


def test_a_plan_by_hand_stands_beside_the_planners_and_names_the_better_in_a_place(
    alices: FlaskClient, campaign: Campaign, market: dict[str, Creator]
) -> None:
    by_hand = plan_of(campaign, budget="400.00", hand="y", pick=market["Cleo"].id)

    said = text_of(alices.get(by_hand).text)

    assert "1 creator for $300.00 reaches about 30,000 different people" in said
    assert "$100.00 of the budget is left. The planner’s own plan for these rules" in said
    assert "reaches 40,000, 10,000 more." in said
    assert "No other plan" not in said
    assert "With Dora in this place the plan would reach 10,000 more." in said
    assert "In the place of Cleo the plan would reach 10,000 more. Take Dora" in said
    assert "In the place of Cleo the plan would reach 21,000 fewer. Take Ivo" in said


def test_other_budgets_are_told_to_the_cent(
    alices: FlaskClient, campaign: Campaign, market: dict[str, Creator]
) -> None:
    said = text_of(alices.get(plan_of(campaign, budget="850.50")).text)

    assert "722.92 USD: People" in said
    assert "850.5 USD: People" in said


def test_whom_a_plan_by_hand_has_room_and_money_for_is_told_so(
    alices: FlaskClient, campaign: Campaign, market: dict[str, Creator]
) -> None:
    by_hand = plan_of(campaign, budget="5000.00", hand="y", pick=market["Cleo"].id)

    said = text_of(alices.get(by_hand).text)

    assert "$4,700.00 of the budget is left." in said
    assert "There is room and money for them: they would add 35,468 people." in said
    assert "and $4,700.00 is left" not in said


def test_who_would_reach_as_many_is_told_so(
    alices: FlaskClient, session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    make_planned_creator(session, "Twin", views=40_000, fee_minor=40_000)
    session.commit()

    said = text_of(alices.get(plan_of(campaign, budget="400.00", most=1)).text)

    assert "With Twin in this place the plan would reach as many." in said or (
        "With Dora in this place the plan would reach as many." in said
    )


def test_why_somebody_was_not_chosen_is_told(
    alices: FlaskClient, campaign: Campaign, market: dict[str, Creator]
) -> None:
    full = text_of(alices.get(plan_of(campaign, budget="700.00", most=1)).text)
    dear = text_of(alices.get(plan_of(campaign, budget="650.00")).text)

    assert "1 video for $300.00 The plan is full. In the place of Dora" in full
    assert "1 video for about $300.00 The plan is full. In the place of Dora" in full
    assert "The plan is full" not in dear
    assert "Would add 25,468 people, and $250.00 is left. In the place of Dora" in dear


def test_who_is_reached_already_was_left_out_for_that(
    alices: FlaskClient, session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    make_co_audience(session, market["Ivo"].id, market["Dora"].id, shared=2_070)
    session.commit()

    said = text_of(alices.get(plan_of(campaign, budget="400.00")).text)

    assert re.search("7,9.. of the 9,000 people they reach are in the plan already", said)


def test_a_price_that_nobody_named_and_who_has_not_joined_are_told(
    alices: FlaskClient, campaign: Campaign, market: dict[str, Creator]
) -> None:
    page = alices.get(plan_of(campaign, budget="1200.00")).text

    assert "3 creators for $1,000.00" in text_of(page)
    assert "people with 1 video for about $300.00" in text_of(page)
    assert "people with 1 video for $300.00" in text_of(page)
    assert text_of(page).count("Not on Fairview yet, so cannot be invited.") == 1
    answer = alices.post(plan_of(campaign), data=accepting(page))
    said = text_of(alices.get(answer.location).text)
    assert "2 invited, each with the price the plan counts with." in said
    assert "1 could not be invited: not on Fairview." in said


def test_what_the_form_rules_out_is_in_no_plan(
    alices: FlaskClient, campaign: Campaign, market: dict[str, Creator]
) -> None:
    def planned(**asked: object) -> str:
        return text_of(alices.get(plan_of(campaign, budget="1000.00", **asked)).text)

    assert "3 creators for $1,000.00" in planned()
    assert "2 creators for $600.00" in planned(most_each="399.99")
    assert "2 creators for $600.00" in planned(most_share=39)
    assert "2 creators for $700.00" in planned(most=2)
    assert "1 creator for $300.00" in planned(most_each="300", most=1)
    assert "2 creators for $700.00" in planned(micro_most=2)
    assert "1 creator for $400.00" in planned(have=market["Dora"].id, micro_fewest=1, micro_most=1)
    assert "2 creators for $600.00" in planned(have=market["Dora"].id, out=market["Dora"].id)
    assert "You ask for at least 4 creators; only 3 reach this target" in planned(fewest=4)
    assert "Nobody who wants to be found by “Women”" in planned(group="women")


def test_a_plan_says_whom_alone_it_looks_at(
    alices: FlaskClient, session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    dora = Actor(user_id=market["Dora"].user_id, creator_id=market["Dora"].id)
    creators.declare_groups(session, actor=dora, groups=["women"], now=NOON)
    session.commit()

    def planned(**asked: object) -> str:
        return text_of(alices.get(plan_of(campaign, budget="1000.00", **asked)).text)

    assert "were looked at" not in planned()
    asked = "Only creators who have asked to be found by “Women”"
    assert f"{asked} were looked at." in planned(group="women")
    assert f"{asked} and are on Fairview were looked at." in planned(group="women", joined="y")
    assert "Only creators who are on Fairview were looked at." in planned(joined="y")


def test_each_budget_stands_with_the_people_it_reaches_and_each_creator_with_theirs(
    alices: FlaskClient, campaign: Campaign, market: dict[str, Creator]
) -> None:
    page = alices.get(plan_of(campaign, budget="700.00")).text

    said = text_of(page)
    assert "350 30,000 490 40,000 595 40,000 700 65,468" in said
    assert "+40,000 people with 1 video for $400.00" in said
    assert "+25,468 people with 1 video for $300.00" in said
    assert "This plan" in said


def test_who_is_asked_already_is_told_how_far_that_is(
    alices: FlaskClient, campaign: Campaign, market: dict[str, Creator]
) -> None:
    page = alices.get(plan_of(campaign, budget="300.00")).text
    alices.post(plan_of(campaign), data=accepting(page))

    again = text_of(alices.get(plan_of(campaign, budget="700.00")).text)

    assert again.count("Invited, no answer yet") == 1
    answer = alices.post(
        plan_of(campaign), data=accepting(alices.get(plan_of(campaign, budget="700.00")).text)
    )
    said = text_of(alices.get(answer.location).text)
    assert "1 invited, each with the price the plan counts with. 1 had been asked before." in said


def test_what_was_learned_from_finished_campaigns_is_said(
    alices: FlaskClient, session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    before = text_of(alices.get(plan_of(campaign, budget="300.00")).text)
    session.add(
        ReachCorrection(
            version=1, learned_at=NOON, counts=True, correction_bps=8_000, doubt=0.2, campaigns=3,
            held_back=0, before_bps=10_000, error_bps=0, error_before_bps=0, learned_from=[],
        )
    )  # fmt: skip
    session.commit()

    after = text_of(alices.get(plan_of(campaign, budget="300.00")).text)

    assert "reaches about 30,000 different people" in before
    assert "Nothing was learned from finished campaigns yet, so nothing is corrected." in before
    assert "reaches about 24,000 different people" in after
    assert "From 3 finished campaigns: plans reached 20 % less than predicted" in after


@pytest.mark.parametrize("page", ["plan", "matches"])
def test_while_the_market_is_laid_out_anew_it_is_said_who_was_looked_at(
    alices: FlaskClient,
    campaign: Campaign,
    market: dict[str, Creator],
    monkeypatch: pytest.MonkeyPatch,
    page: str,
) -> None:
    address = f"/brand/campaigns/{campaign.id}/{page}"
    whole = text_of(alices.get(address).text)
    monkeypatch.setattr(source, "WITHOUT_COLUMNS_MOST", 2)

    part = text_of(alices.get(address).text)

    sentence = (
        "The market is being laid out anew: meanwhile only the 2 whose videos are viewed most"
        " were looked at."
    )
    assert sentence not in whole
    assert sentence in part


def test_what_comes_of_invitations_is_said_before_they_are_sent(
    alices: FlaskClient, session: Session, campaign: Campaign
) -> None:
    make_crowd(session, 3)
    session.commit()
    address = plan_of(campaign, budget="500.00")

    assert (
        "Of 100 who are invited at their usual fee about 50 answer and 15 apply, as we assume until"
        " more is known here; the reach above is that of everybody in the plan."
    ) in text_of(alices.get(address).text)

    none, all_ = ([Outcome(Facts(), happened)] * 20 for happened in (False, True))
    planning.learn_chances(session, {Step.REPLY: none, Step.APPLY: all_[:10]}, now=NOON)
    session.commit()

    # 20 assumed at one in two and 20 of which none came; 20 at three in ten and 10 that came
    assert (
        "about 25 answer and 13 apply, by what came of 20 invitations here; the reach"
        in text_of(alices.get(address).text)
    )


def test_who_cannot_be_invited_is_counted_and_can_be_planned_without(
    alices: FlaskClient, campaign: Campaign, market: dict[str, Creator]
) -> None:
    page = alices.get(plan_of(campaign, budget="1000.00")).text
    assert (
        "1 of them is not on Fairview yet, so cannot be invited; the reach counts with them."
        " Plan without such"
    ) in text_of(page)
    [link] = re.findall(r'href="([^"]*joined=y)">Plan without such', page)

    without = alices.get(link.replace("&amp;", "&")).text

    assert "2 creators for $700.00" in text_of(without)
    assert "cannot be invited" not in text_of(without)
    assert re.search(r'<input checked[^>]*name="joined"', without)
    first = alices.get(plan_of(campaign)).text
    [link] = re.findall(r'href="([^"]*joined=y)">Plan without such', first)
    assert "2 creators for" in text_of(alices.get(link.replace("&amp;", "&")).text)
