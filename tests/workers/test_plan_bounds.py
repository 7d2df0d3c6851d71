"""A close bound on what plans can reach: asked for on a page, worked out beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.config import Settings
from marketplace.creators.models import RateCard
from marketplace.creators.rules.subjects import USUALLY_AVOIDED
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound, NotPermitted
from marketplace.matching import queries
from marketplace.matching import service as matching
from marketplace.matching.messages import PlanBoundAsked
from marketplace.matching.models import PlanBound
from marketplace.matching.queries import FoundPlan, PlanWish, planned
from marketplace.matching.rules.planner.exact import best_possible
from marketplace.matching.rules.planner.limits import BoundState, Limits, PlanRefused
from marketplace.matching.rules.planner.ways import way_of
from marketplace.matching.rules.wanted import HardRules
from marketplace.store.outbox import OutboxMessage
from tests.conftest import NOON
from tests.factories.campaigns import make_campaign
from tests.factories.creators import make_co_audience, make_exclusivity
from tests.services.planned import make_crowd
from workers import planning
from workers.runtime import Run

WISH = PlanWish(limits=Limits(budget_minor=90_000, most=6))


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    made = make_campaign(session, brand=acme, by=alice)
    make_crowd(session, 70)
    session.commit()
    return made


def run(app: Flask, settings: Settings) -> Run:
    return Run(settings=settings, gateways=app.extensions["gateways"], now=NOON)


def ask(session: Session, campaign: Campaign, actor: Actor, **changes: object) -> PlanBound:
    values = {"wish": WISH, "now": NOON} | changes
    found = matching.ask_bound(
        session,
        campaign_id=campaign.id,
        actor=actor,
        **values,  # type: ignore[arg-type]
    )
    session.commit()
    return found


def plan(session: Session, campaign: Campaign) -> FoundPlan:
    wanted = queries.wanted_for(session, campaign.id)
    return queries.plan_for(session, wanted, WISH, now=NOON)


def shown(session: Session, campaign: Campaign) -> str:
    """The question whose bound a page would show."""
    found = plan(session, campaign).question
    assert found is not None
    return found


def posted(session: Session) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(OutboxMessage)
            .where(OutboxMessage.name == PlanBoundAsked.__name__)
        )
        or 0
    )


def test_the_job_finds_what_no_plan_exceeds_and_twice_changes_nothing(
    app: Flask, settings: Settings, session: Session, campaign: Campaign, alice: Actor
) -> None:
    asked = ask(session, campaign, alice)
    assert (asked.state, asked.done_bps, asked.at_most) == (BoundState.WAITING, 0, None)

    with app.app_context():
        for _ in range(2):
            planning.work_out_bound(PlanBoundAsked(bound_id=asked.id), run(app, settings))
    session.refresh(asked)
    found = plan(session, campaign)

    task = queries.bound_task(session, queries.wanted_for(session, campaign.id), WISH, now=NOON)
    best = best_possible(task.plan.among, task.limits, task.plan.picks)
    assert (asked.state, asked.done_bps) == (BoundState.DONE, 10_000)
    assert asked.at_most is not None
    assert found.at_most is not None
    assert best.people <= asked.at_most <= found.at_most
    assert asked.question == found.question
    assert found.bounded_by(asked.at_most).at_most == asked.at_most


def test_asked_again_within_the_hour_it_is_the_same_work(
    session: Session, campaign: Campaign, alice: Actor
) -> None:
    first, again = ask(session, campaign, alice), ask(session, campaign, alice)
    other = ask(session, campaign, alice, wish=PlanWish(limits=Limits(budget_minor=80_000)))

    assert first.id == again.id != other.id
    assert posted(session) == 2


def test_after_an_hour_it_is_worked_out_anew(
    app: Flask, settings: Settings, session: Session, campaign: Campaign, alice: Actor
) -> None:
    asked = ask(session, campaign, alice)
    with app.app_context():
        planning.work_out_bound(PlanBoundAsked(bound_id=asked.id), run(app, settings))
    later = NOON + timedelta(hours=1, seconds=1)

    assert queries.fresh_bound(session, campaign.id, asked.question, now=later) is None
    again = ask(session, campaign, alice, now=later)
    assert (again.id, again.state, again.at_most) == (asked.id, BoundState.WAITING, None)
    assert posted(session) == 2


def test_a_bound_is_not_kept_under_what_was_asked_before_the_brief_changed(
    app: Flask, settings: Settings, session: Session, campaign: Campaign, alice: Actor
) -> None:
    asked, question = ask(session, campaign, alice), shown(session, campaign)
    for least in (1_000, None):  # changed, and changed back once the work was set aside
        matching.keep_rules(
            session,
            campaign_id=campaign.id,
            rules=HardRules(followers_least=least, avoided=USUALLY_AVOIDED),
            actor=alice,
            now=NOON,
        )
        session.commit()
        if least:
            with app.app_context():
                planning.work_out_bound(PlanBoundAsked(bound_id=asked.id), run(app, settings))
            session.refresh(asked)

    assert shown(session, campaign) == question
    assert (asked.state, asked.at_most) == (BoundState.REFUSED, None)
    assert asked.refusal.startswith("The brief has changed since it was asked for.")
    assert queries.fresh_bound(session, campaign.id, question, now=NOON) is None
    again = ask(session, campaign, alice)
    assert (again.state, again.question) == (BoundState.WAITING, question)


def test_a_market_that_lost_its_creators_meanwhile_is_told_and_not_tried_again(
    app: Flask, settings: Settings, session: Session, campaign: Campaign, alice: Actor
) -> None:
    asked = ask(session, campaign, alice, wish=PlanWish(limits=Limits(budget_minor=1)))

    with app.app_context():
        planning.work_out_bound(PlanBoundAsked(bound_id=asked.id), run(app, settings))
    session.refresh(asked)

    assert (asked.state, asked.at_most) == (BoundState.REFUSED, None)
    assert asked.refusal.startswith("The cheapest creator who reaches this target asks")


def test_whoever_was_to_be_kept_and_cannot_be_in_a_plan_any_more_ends_the_work_too(
    app: Flask,
    settings: Settings,
    session: Session,
    campaign: Campaign,
    alice: Actor,
    mallory: Actor,
) -> None:
    kept = plan(session, campaign).picks[0][0]
    asked = ask(
        session, campaign, alice, wish=replace(WISH, must_have=frozenset({kept.creator_id}))
    )
    make_exclusivity(session, creator_id=kept.creator_id, brand_id=next(iter(mallory.brands)))
    session.commit()

    with app.app_context():
        planning.work_out_bound(PlanBoundAsked(bound_id=asked.id), run(app, settings))
    session.refresh(asked)

    assert (asked.state, asked.at_most) == (BoundState.REFUSED, None)
    assert kept.display_name in asked.refusal


def test_progress_only_grows_and_ends_with_the_work(
    session: Session, campaign: Campaign, alice: Actor
) -> None:
    asked = ask(session, campaign, alice)
    matching.begin_bound(session, bound_id=asked.id)

    seen = []
    for part in (0.5, 0.2, 0.7, 9.0):
        matching.tell_progress(session, bound_id=asked.id, part=part)
        session.refresh(asked)
        seen.append(asked.done_bps)
    matching.finish_bound(session, bound_id=asked.id, at_most=5, now=NOON)
    matching.finish_bound(session, bound_id=asked.id, at_most=7, now=NOON)
    session.refresh(asked)

    assert seen == [5_000, 5_000, 7_000, 10_000]
    assert asked.at_most == 5
    assert matching.begin_bound(session, bound_id=asked.id) is None


def test_what_was_asked_yesterday_is_forgotten_also_under_a_running_job(
    app: Flask, settings: Settings, session: Session, campaign: Campaign, alice: Actor
) -> None:
    asked = ask(session, campaign, alice, now=NOON - timedelta(days=1))
    gone = asked.id

    with app.app_context():
        planning.forget_bounds(run(app, settings))
        planning.work_out_bound(PlanBoundAsked(bound_id=gone), run(app, settings))

    assert session.scalar(select(func.count()).select_from(PlanBound)) == 0


def test_only_the_brands_people_ask_and_what_is_no_question_is_refused(
    session: Session, campaign: Campaign, alice: Actor, mallory: Actor, stella: Actor
) -> None:
    for actor, refusal in ((mallory, NotFound), (stella, NotPermitted)):
        with pytest.raises(refusal):
            ask(session, campaign, actor)
    with pytest.raises(PlanRefused):
        ask(session, campaign, alice, wish=replace(WISH, make={"story": (3, 2)}))

    assert session.scalar(select(func.count()).select_from(PlanBound)) == 0
    assert posted(session) == 0


def test_a_wish_is_the_same_after_it_was_kept(session: Session, campaign: Campaign) -> None:
    creator_id = session.scalars(select(RateCard.creator_id).limit(1)).one()
    wish = replace(
        WISH,
        must_have=frozenset({creator_id}),
        make={"video": (1, 2)},
        fixed={creator_id: way_of({"video": 2})},
    )

    assert queries.wish_in(wish.as_json()) == wish


def test_the_question_changes_with_whatever_changes_the_answer(
    session: Session, campaign: Campaign
) -> None:
    wanted = queries.wanted_for(session, campaign.id)
    now = queries.present_correction(session)
    asked = queries.question_of(WISH, wanted, now, None)

    others = {
        queries.question_of(replace(WISH, make={"video": (1, 2)}), wanted, now, None),
        queries.question_of(WISH, replace(wanted, age=frozenset({"25-34"})), now, None),
        queries.question_of(WISH, wanted, replace(now, bps=9_000), None),
        queries.question_of(WISH, wanted, now, NOON),
    }

    assert len(others - {asked}) == 4
    assert queries.question_of(WISH, wanted, now, None) == asked


def test_a_bound_from_before_overlaps_were_observed_is_not_shown_after(
    app: Flask, settings: Settings, session: Session, campaign: Campaign, alice: Actor
) -> None:
    before = ask(session, campaign, alice)
    with app.app_context():
        planning.work_out_bound(PlanBoundAsked(bound_id=before.id), run(app, settings))
    assert queries.fresh_bound(session, campaign.id, shown(session, campaign), now=NOON) == before
    one, other = session.scalars(select(RateCard.creator_id).order_by(RateCard.id).limit(2))

    make_co_audience(session, one, other, shared=10)
    first = shown(session, campaign)
    assert queries.fresh_bound(session, campaign.id, first, now=NOON) is None
    assert ask(session, campaign, alice).question == first

    make_co_audience(session, other, one, shared=20)
    assert shown(session, campaign) not in {first, before.question}


def test_in_a_large_market_a_bound_that_costs_nothing_is_told_at_once(
    session: Session, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    close = plan(session, campaign)

    monkeypatch.setattr(planned, "BOUND_UP_TO", 10)
    found = plan(session, campaign)

    assert found.explained.people <= close.explained.people
    assert close.at_most is not None
    assert found.at_most is not None
    assert found.at_most >= close.at_most
    assert found.question is not None
