"""What an accepted plan promised stays as it was, and a count is held against it."""

from __future__ import annotations

from datetime import date, timedelta
from math import hypot, log

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.creators.models import Creator
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor
from marketplace.matching import queries
from marketplace.matching import service as matching
from marketplace.matching.models import AcceptedPlan, ReachCount
from marketplace.matching.rules.planner.correction import CountSource
from marketplace.matching.rules.planner.promise import Kept, Promise
from marketplace.metrics import service as metrics
from tests.conftest import NOON, make_person
from tests.factories.campaigns import make_campaign
from tests.factories.collaborations import make_collaboration
from tests.factories.creators import make_planned_creator
from tests.factories.deliverables import walk
from tests.services.planned import keep

LATER = NOON + timedelta(days=30)


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice)


@pytest.fixture
def cleo(session: Session) -> Creator:
    user_id = make_person(session, "cleo").id
    return make_planned_creator(session, "Cleo", views=30_000, fee_minor=30_000, user_id=user_id)


def count(
    session: Session, campaign: Campaign, by: Actor, people: int, *, in_target: bool = True
) -> ReachCount:
    found = metrics.count_reach(
        session,
        campaign_id=campaign.id,
        people=people,
        in_target=in_target,
        source=CountSource.PLATFORM,
        sample=None,
        counted_on=date(2026, 11, 20),
        note="",
        actor=by,
        now=LATER,
    )
    session.flush()
    return found


def finish(session: Session, campaign: Campaign, cleo: Creator, alice: Actor) -> None:
    actor = Actor(user_id=cleo.user_id, creator_id=cleo.id)
    agreed = make_collaboration(session, campaign=campaign, creator=actor, by=alice)
    walk(session, agreed, by=alice, creator=actor, to=DeliverableState.ACCEPTED)
    campaigns.close(session, campaign_id=campaign.id, actor=alice, now=NOON)


def learn_from(session: Session, campaign: Campaign, cleo: Creator, alice: Actor) -> None:
    """The campaign ends having reached half of what was promised, and plans learn from it."""
    finish(session, campaign, cleo, alice)
    count(session, campaign, alice, 15_000)
    matching.learn_correction(session, now=LATER)
    session.flush()


def test_a_promise_stays_as_it_was_when_plans_learn_later(
    session: Session, campaign: Campaign, cleo: Creator, alice: Actor, acme: Brand
) -> None:
    first = keep(session, campaign, alice, cleo)
    other = make_campaign(session, brand=acme, by=alice, name="Later")
    learn_from(session, campaign, cleo, alice)

    second = keep(session, other, alice, cleo)

    found = queries.plan_promises(session, [campaign.id, other.id])
    (then,), (now,) = found[campaign.id], found[other.id]
    assert (then.plan, now.plan) == (first, second)
    assert (first.correction_version, second.correction_version) == (None, 1)
    assert (then.correction_bps, now.correction_bps) == (10_000, 8_409)
    assert then.promise == Promise(
        30_000, 30_000, first.people_low, first.people_high, frozenset([cleo.id])
    )
    assert now.promise.people == 25_227
    assert first.target_people == second.target_people == 67_030_000


def test_what_finished_campaigns_leave_in_doubt_widens_what_a_plan_promises(
    session: Session, campaign: Campaign, cleo: Creator, alice: Actor, acme: Brand
) -> None:
    first = keep(session, campaign, alice, cleo)
    other = make_campaign(session, brand=acme, by=alice, name="Later")
    learn_from(session, campaign, cleo, alice)
    doubt = queries.present_correction(session).doubt
    assert doubt > 0.1

    second = keep(session, other, alice, cleo)

    for before, after in (
        (first.people / first.people_low, second.people / second.people_low),
        (first.people_high / first.people, second.people_high / second.people),
    ):
        assert log(after) == pytest.approx(hypot(log(before), 1.2816 * doubt), rel=1e-3)


def test_a_count_of_the_target_is_held_against_the_plans_before_it(
    session: Session, campaign: Campaign, cleo: Creator, alice: Actor
) -> None:
    kept = keep(session, campaign, alice, cleo)
    finish(session, campaign, cleo, alice)
    found = count(session, campaign, alice, kept.people_low - 1)
    promises = queries.plan_promises(session, [campaign.id])[campaign.id]

    promise = queries.promise_for(found, promises)

    assert promise == promises[0].promise
    assert promise is not None
    assert promise.kept_by(found.people) is Kept.LESS
    assert promise.kept_by(kept.people_low) is Kept.WITHIN


def test_a_count_of_everybody_or_before_any_plan_is_held_against_none(
    session: Session, campaign: Campaign, cleo: Creator, alice: Actor
) -> None:
    kept = keep(session, campaign, alice, cleo)
    finish(session, campaign, cleo, alice)
    everybody = count(session, campaign, alice, 20_000, in_target=False)
    target = count(session, campaign, alice, 20_000)
    promises = queries.plan_promises(session, [campaign.id])[campaign.id]

    assert queries.promise_for(everybody, promises) is None
    kept.accepted_at = LATER
    assert queries.promise_for(target, promises) == promises[0].promise
    kept.accepted_at = LATER + timedelta(seconds=1)
    assert queries.promise_for(target, promises) is None
    assert queries.plan_promises(session, []) == {}


@pytest.mark.parametrize("wrong", [{"target_people": 0}, {"correction_version": 7}])
def test_no_plan_promises_a_target_without_people_or_a_learning_that_was_not(
    session: Session, campaign: Campaign, cleo: Creator, alice: Actor, wrong: dict[str, int]
) -> None:
    kept = keep(session, campaign, alice, cleo)

    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(update(AcceptedPlan).where(AcceptedPlan.id == kept.id).values(**wrong))

    session.refresh(kept)
    assert (kept.target_people, kept.correction_version) != (0, 7)
    assert kept.correction_version is None
