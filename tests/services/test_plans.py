"""A plan for a campaign: kept nowhere until it is accepted, and then it is invitations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.collaborations.models import Invitation
from marketplace.creators.models import Creator
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.matching import columns, queries
from marketplace.matching.models import PlanPick
from marketplace.matching.queries import PlanWish
from marketplace.matching.rules.planner.limits import Limits, PlanRefused, Rule
from marketplace.notifications.models import Notification
from marketplace.payouts import service as payouts
from tests.conftest import NOON
from tests.factories.creators import make_planned_creator, make_planned_market
from tests.services.planned import BUDGET, accept, names, plan, rows


@pytest.fixture
def market(session: Session) -> dict[str, Creator]:
    """Three who have joined, and Ivo, who was only imported."""
    made = make_planned_market(
        session,
        ("Cleo", 30_000, 30_000),
        ("Dora", 40_000, 40_000),
        ("Emil", 20_000, 35_000),
        ("Ivo", 9_000, 20_000),
        imported=["Ivo"],
    )
    session.flush()
    return made


def test_the_budget_goes_to_those_who_together_reach_most(
    session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    found = plan(session, campaign)

    assert names(found) == ["Dora", "Cleo"]
    assert found.cost_minor == 70_000
    assert sum(pick.adds for _, pick, _ in found.picks) == found.explained.people
    assert found.interval.low <= found.explained.people <= found.interval.high
    assert found.at_most is not None
    assert found.at_most >= found.explained.people
    assert [who.display_name for who, _, _ in found.nearly] == ["Ivo", "Emil"]


def written(session: Session) -> list[tuple[str, int]]:
    """How many rows of each table were written; transactions just before may count too."""
    session.flush()
    return [
        (name, count)
        for name, count in session.execute(
            text(
                "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
                " ORDER BY relname"
            )
        )
    ]


def test_looking_at_a_plan_leaves_no_trace_in_any_table(
    session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    before = written(session)

    plan(session, campaign)
    plan(session, campaign, exactly=dict.fromkeys(each.id for each in market.values()))

    assert written(session) == before
    make_planned_creator(session, "Gus", views=1_000, fee_minor=1_000)  # a trace would be seen
    assert dict(written(session))["creators"] == dict(before)["creators"] + 1


def test_whom_the_brand_keeps_or_leaves_out_is_obeyed(
    session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    kept = plan(session, campaign, must_have=frozenset({market["Emil"].id}))
    without = plan(session, campaign, must_not=frozenset({market["Dora"].id}))

    assert "Emil" in names(kept)
    assert names(without) == ["Cleo", "Emil"]
    assert [who.display_name for who in without.left_out] == ["Dora"]


def test_a_plan_by_hand_is_exactly_those_chosen_and_says_what_it_breaks(
    session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    everybody = dict.fromkeys(each.id for each in market.values())

    found = plan(session, campaign, exactly=everybody)

    assert sorted(names(found)) == ["Cleo", "Dora", "Emil", "Ivo"]
    assert [each.sentence for each in found.broken] == [
        "This costs USD 550.00 more than the budget."
    ]


def test_a_plan_by_hand_stands_beside_the_planners_own(
    session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    by_hand = plan(session, campaign, exactly=dict.fromkeys([market["Emil"].id]))
    without = plan(
        session,
        campaign,
        limits=Limits(budget_minor=1),
        exactly=dict.fromkeys([market["Emil"].id]),
    )

    assert by_hand.explained.people == 20_000
    assert by_hand.planner == plan(session, campaign).explained.people
    assert without.planner is None


def test_a_plan_by_hand_that_is_not_compared_is_the_same_otherwise(
    session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    wanted = queries.wanted_for(session, campaign.id)
    wish = PlanWish(limits=BUDGET, exactly=dict.fromkeys([market["Emil"].id]))

    alone = queries.plan_for(session, wanted, wish, compared=False, now=NOON)

    compared = queries.plan_for(session, wanted, wish, now=NOON)
    assert compared.planner is not None
    assert alone == replace(compared, planner=None)


def test_a_refusal_names_whom_it_is_about(
    session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    with pytest.raises(PlanRefused) as refused:
        plan(
            session,
            campaign,
            limits=Limits(budget_minor=70_000, most_each_minor=30_000),
            must_have=frozenset({market["Dora"].id}),
        )

    assert refused.value.problems["must_have"] == (
        "A creator who must be in the plan asks USD 400.00; for one creator you allow USD 300.00."
        " This is about Dora."
    )


def test_a_budget_below_the_cheapest_is_told_the_price(
    session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    with pytest.raises(PlanRefused) as refused:
        plan(session, campaign, limits=Limits(budget_minor=19_999))

    assert refused.value.problems == {
        "budget": "The cheapest creator who reaches this target asks USD 200.00; the budget is"
        " USD 199.99."
    }


def test_a_target_that_nobody_reaches_is_said(
    session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    wanted = replace(
        queries.wanted_for(session, campaign.id),
        age=frozenset({"55+"}),
        country=frozenset({"JP"}),
    )

    with pytest.raises(PlanRefused) as refused:
        queries.plan_for(session, wanted, PlanWish(limits=BUDGET), now=NOON)

    assert refused.value.contradictions[0].rules == (Rule.TARGET,)


def test_who_is_left_out_by_the_brief_cannot_be_kept(
    session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    dear = make_planned_creator(session, "Dear", views=10_000, fee_minor=9_000_000)

    with pytest.raises(InvalidInput) as refused:
        plan(session, campaign, must_have=frozenset({dear.id, market["Cleo"].id}))
    assert refused.value.problems == {
        "must_have": "Dear usually asks more than the most that you pay: the brief or the"
        " campaign’s rules leave such creators out."
    }


def test_who_is_chosen_by_hand_is_held_against_the_rules_of_the_campaign_too(
    session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    wanted = queries.wanted_for(session, campaign.id)
    wanted = replace(wanted, rules=replace(wanted.rules, lives_in=frozenset({"JP"})))
    market["Cleo"].country, market["Dora"].country = "US", "JP"
    session.flush()
    chosen = {market[name].id: None for name in ("Cleo", "Dora")}

    with pytest.raises(InvalidInput) as refused:
        queries.plan_for(session, wanted, PlanWish(limits=BUDGET, exactly=chosen), now=NOON)

    assert refused.value.problems == {
        "exactly": "Cleo lives in another country, or does not say where: the brief or the"
        " campaign’s rules leave such creators out."
    }


def test_who_is_nobody_of_the_market_cannot_be_kept(
    session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        plan(session, campaign, must_have=frozenset({new_id()}))

    assert refused.value.problems == {"must_have": "Somebody you chose is not in the market."}


def test_who_asks_the_highest_fee_of_the_brief_is_planned_and_a_cent_more_is_not(
    session: Session, campaign: Campaign
) -> None:
    make_planned_creator(session, "Most", views=30_000, fee_minor=50_000)
    make_planned_creator(session, "More", views=90_000, fee_minor=50_001)

    found = plan(session, campaign, limits=Limits(budget_minor=200_000))

    assert [(who.display_name, pick.price_minor) for who, pick, _ in found.picks] == [
        ("Most", 50_000)
    ]
    assert found.nearly == []


def test_who_is_left_out_by_the_brief_can_be_left_out_by_the_brand_too(
    session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    nobody = make_planned_creator(session, "Nobody", views=10_000, fee_minor=9_000_000)

    found = plan(session, campaign, must_not=frozenset({nobody.id}))

    assert names(found) == ["Dora", "Cleo"]
    assert [who.display_name for who in found.left_out] == ["Nobody"]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    columns.use_folder(str(tmp_path))
    yield tmp_path
    columns.use_folder("")


def test_the_plan_is_the_same_from_columns_and_when_they_are_deleted_meanwhile(
    session: Session, campaign: Campaign, market: dict[str, Creator], folder: Path
) -> None:
    columns.build(session, folder, now=NOON)
    from_columns = plan(session, campaign)
    for path in sorted(folder.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()

    from_rows = plan(session, campaign)

    assert names(from_columns) == names(from_rows) == ["Dora", "Cleo"]
    assert from_columns.explained == from_rows.explained


def test_accepting_invites_each_at_the_price_of_the_plan_and_keeps_it(
    session: Session, campaign: Campaign, alice: Actor, market: dict[str, Creator]
) -> None:
    done = accept(session, campaign, alice, market["Cleo"], market["Dora"])
    session.flush()

    assert (done.invited, done.asked_before, done.not_joined) == (2, 0, 0)
    invitations = session.scalars(select(Invitation).order_by(Invitation.fee_minor)).all()
    assert [(each.creator_id, each.fee_minor, each.message) for each in invitations] == [
        (market["Cleo"].id, 30_000, "We like your soup."),
        (market["Dora"].id, 40_000, "We like your soup."),
    ]
    told = session.scalars(select(Notification.text).order_by(Notification.text)).all()
    assert told == [
        f"They would like you to apply to “{campaign.name}” with 1 video, for USD {fee}."
        for fee in ("300.00", "400.00")
    ]
    picks = session.scalars(select(PlanPick).order_by(PlanPick.place)).all()
    assert [(each.creator_id, each.price_minor) for each in picks] == [
        (market["Dora"].id, 40_000),
        (market["Cleo"].id, 30_000),
    ]
    assert sum(each.adds for each in picks) == done.plan.people
    assert [each.id for each in queries.accepted_plans(session, campaign.id)] == [done.plan.id]


def test_accepting_a_second_time_invites_nobody_again(
    session: Session, campaign: Campaign, alice: Actor, market: dict[str, Creator]
) -> None:
    accept(session, campaign, alice, market["Cleo"], market["Dora"])
    before = rows(session)

    with pytest.raises(Conflict, match="Everybody in this plan was asked before"):
        accept(session, campaign, alice, market["Cleo"], market["Dora"])

    assert rows(session) == before


def test_who_has_not_joined_is_in_the_plan_and_not_invited(
    session: Session, campaign: Campaign, alice: Actor, market: dict[str, Creator]
) -> None:
    done = accept(session, campaign, alice, market["Cleo"], market["Ivo"], seen_cost_minor=50_000)

    assert (done.invited, done.not_joined) == (1, 1)


def test_who_has_left_since_the_columns_were_written_is_not_invited(
    session: Session,
    campaign: Campaign,
    alice: Actor,
    market: dict[str, Creator],
    folder: Path,
) -> None:
    columns.build(session, folder, now=NOON)
    cleo = market["Cleo"]
    payouts.close_account(session, actor=Actor(user_id=cleo.user_id, creator_id=cleo.id), now=NOON)

    done = accept(session, campaign, alice, market["Cleo"], market["Dora"])
    session.flush()

    assert (done.invited, done.not_joined) == (1, 1)
    asked = session.scalars(select(Invitation.creator_id)).all()
    assert asked == [market["Dora"].id]


@pytest.mark.parametrize(
    ("changes", "refusal", "words"),
    [
        ({"seen_cost_minor": 69_999}, Conflict, "the plan costs USD 700.00 now"),
        ({"seen_cost_minor": 70_001}, Conflict, "the plan costs USD 700.00 now"),
        ({"wish": PlanWish(limits=BUDGET)}, Conflict, "There is nobody in this plan"),
        ({"message": "x" * 2_000}, InvalidInput, "message"),
    ],
)
def test_a_plan_that_is_not_what_was_seen_changes_nothing(
    session: Session,
    campaign: Campaign,
    alice: Actor,
    market: dict[str, Creator],
    changes: dict[str, Any],
    refusal: type[Exception],
    words: str,
) -> None:
    before = rows(session)

    with pytest.raises(refusal, match=words):
        accept(session, campaign, alice, market["Cleo"], market["Dora"], **changes)

    assert rows(session) == before


def test_a_plan_that_breaks_its_own_rules_is_not_accepted(
    session: Session, campaign: Campaign, alice: Actor, market: dict[str, Creator]
) -> None:
    with pytest.raises(PlanRefused, match=r"USD 350\.00 more than the budget"):
        accept(
            session, campaign, alice, market["Cleo"], market["Dora"], market["Emil"],
            seen_cost_minor=105_000,
        )  # fmt: skip

    assert rows(session)[:3] == [0, 0, 0]


def test_nobody_but_the_brands_managers_accepts(
    session: Session,
    campaign: Campaign,
    market: dict[str, Creator],
    mallory: Actor,
    bea: Actor,
    stella: Actor,
) -> None:
    for actor, refusal in (
        (mallory, NotFound),
        (bea, (NotFound, NotPermitted)),
        (stella, NotPermitted),
    ):
        with pytest.raises(refusal):
            accept(session, campaign, actor, market["Cleo"], market["Dora"])

    assert rows(session)[:3] == [0, 0, 0]
