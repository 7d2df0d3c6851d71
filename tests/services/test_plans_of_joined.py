"""A plan of those alone who can be invited."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.creators.models import Creator
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidInput
from marketplace.matching.queries import PlanWish
from marketplace.matching.queries.plan_wish import wish_in
from marketplace.matching.rules.planner.limits import PlanRefused, Rule
from tests.conftest import make_person
from tests.factories.creators import make_planned_market
from tests.services.planned import BUDGET, accept, names, plan


@pytest.fixture
def market(session: Session) -> dict[str, Creator]:
    """Cleo has signed up; Ivo was imported."""
    return make_planned_market(
        session, ("Cleo", 30_000, 30_000), ("Ivo", 40_000, 20_000), imported=["Ivo"]
    )


def test_who_has_not_signed_up_is_in_no_plan_of_those_who_can_be_invited(
    session: Session, campaign: Campaign, alice: Actor, market: dict[str, Creator]
) -> None:
    assert sorted(names(plan(session, campaign))) == ["Cleo", "Ivo"]

    found = plan(session, campaign, joined=True)

    assert names(found) == ["Cleo"]
    assert found.nearly == []
    wish = PlanWish(limits=BUDGET, exactly={market["Cleo"].id: None}, joined=True)
    done = accept(session, campaign, alice, wish=wish, seen_cost_minor=30_000)
    assert (done.invited, done.not_joined) == (1, 0)
    assert done.plan.rules["joined"] is True
    assert wish_in(done.plan.rules).joined is True
    older = {name: value for name, value in done.plan.rules.items() if name != "joined"}
    assert wish_in(older).joined is False


def test_whoever_signs_up_is_in_the_next_plan(
    session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    market["Ivo"].user_id = make_person(session, "ivo").id
    session.flush()

    assert sorted(names(plan(session, campaign, joined=True))) == ["Cleo", "Ivo"]


def test_who_is_chosen_and_cannot_be_invited_is_named(
    session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    ivo = market["Ivo"].id
    for wish in ({"must_have": frozenset({ivo})}, {"exactly": {ivo: None}}):
        with pytest.raises(InvalidInput) as refused:
            plan(session, campaign, joined=True, **wish)
        [sentence] = refused.value.problems.values()
        assert sentence == "Ivo has not signed up here yet, so cannot be invited."


def test_where_nobody_can_be_invited_that_is_said_with_the_group(
    session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    market["Cleo"].user_id = None
    session.flush()

    with pytest.raises(PlanRefused) as refused:
        plan(session, campaign, joined=True)

    [told] = refused.value.contradictions
    assert told.rules == (Rule.JOINED, Rule.MAKE)
    assert told.sentence == (
        "Nobody who has signed up here, and whom the brief allows, offers 1 video at a price you"
        " allow."
    )
