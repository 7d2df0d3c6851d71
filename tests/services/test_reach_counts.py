"""How many people finished campaigns were found to reach, and what plans learn of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.creators.models import Creator
from marketplace.deliverables import queries as deliverables
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from marketplace.matching import queries
from marketplace.matching import service as matching
from marketplace.matching.models import ReachCorrection, ReachCount
from marketplace.matching.rules.planner.correction import NOT_CORRECTED, CountSource
from marketplace.metrics import queries as metric_queries
from marketplace.metrics import service as metrics
from tests.conftest import NOON, make_person
from tests.factories.campaigns import make_campaign
from tests.factories.collaborations import make_collaboration
from tests.factories.creators import make_planned_creator
from tests.factories.deliverables import make_readings, walk
from tests.services.planned import plan

AFTER = datetime(2027, 1, 2, 13, tzinfo=UTC)
"""The campaigns' last day is 31 December."""


@dataclass(frozen=True)
class Finished:
    campaign: Campaign
    creator: Creator


@pytest.fixture
def finish(session: Session, acme: Brand, alice: Actor) -> Callable[..., Finished]:
    """Make a campaign for which a creator with 30,000 views has published one video."""

    def make(name: str = "Cleo", *, views: int | None = 40_000) -> Finished:
        user_id = make_person(session, name.lower()).id
        creator = make_planned_creator(
            session, name, views=30_000, fee_minor=30_000, user_id=user_id
        )
        actor = Actor(user_id=user_id, creator_id=creator.id)
        campaign = make_campaign(session, brand=acme, by=alice, name=f"Beans of {name}")
        agreed = make_collaboration(session, campaign=campaign, creator=actor, by=alice)
        owed = walk(
            session,
            agreed,
            by=alice,
            creator=actor,
            to=DeliverableState.ACCEPTED,
            video_id=str(7345678901234567890 + len(name)),
        )
        post = deliverables.standing_post(session, deliverable_id=owed.id)
        if views is not None and post is not None:
            make_readings(session, post, views, start=NOON + timedelta(days=1))
        return Finished(campaign, creator)

    return make


def count(
    session: Session, campaign: Campaign, actor: Actor, people: int = 27_000, **changes: Any
) -> ReachCount:
    values: dict[str, Any] = {
        "people": people,
        "in_target": True,
        "source": CountSource.PLATFORM,
        "sample": None,
        "counted_on": date(2027, 1, 1),
        "note": " Ads manager, export of 1 January ",
    }
    found = metrics.count_reach(
        session, campaign_id=campaign.id, actor=actor, now=AFTER, **(values | changes)
    )
    session.flush()
    return found


def kept(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(ReachCount)) or 0


def test_a_count_is_kept_beside_what_is_predicted_for_those_who_published(
    session: Session, alice: Actor, finish: Callable[..., Finished]
) -> None:
    done = finish()

    found = count(session, done.campaign, alice)

    assert (found.people, found.predicted, found.creators) == (27_000, 30_000, 1)
    assert (found.source, found.sample) == (CountSource.PLATFORM, None)
    assert found.note == "Ads manager, export of 1 January"
    result = metric_queries.result_of(session, done.campaign.id)
    assert [way.words for way in result.made.values()] == ["1 video"]
    assert result.views == 40_000


def test_staff_count_for_a_brand_and_everybody_can_be_counted(
    session: Session, stella: Actor, finish: Callable[..., Finished]
) -> None:
    found = count(session, finish().campaign, stella, in_target=False, sample=1_200)

    assert found.entered_by == stella.user_id
    assert found.predicted == 30_000


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"people": 0}, "people"),
        ({"people": 40_001}, "people"),
        ({"sample": 29}, "sample"),
        ({"counted_on": date(2027, 1, 3)}, "counted_on"),
        ({"counted_on": date(2026, 11, 2)}, "counted_on"),
        ({"note": "x" * 501}, "note"),
    ],
)
def test_a_count_that_cannot_be_changes_nothing(
    session: Session,
    alice: Actor,
    finish: Callable[..., Finished],
    changes: dict[str, Any],
    field: str,
) -> None:
    done = finish()

    with pytest.raises(InvalidInput) as refused:
        count(session, done.campaign, alice, **changes)

    assert list(refused.value.problems) == [field]
    assert kept(session) == 0


def test_where_a_post_was_never_read_its_views_refuse_nothing(
    session: Session, alice: Actor, finish: Callable[..., Finished]
) -> None:
    assert count(session, finish(views=None).campaign, alice, people=90_000).people == 90_000


def test_a_campaign_that_runs_or_that_nobody_delivered_for_is_not_counted(
    session: Session, acme: Brand, alice: Actor, finish: Callable[..., Finished]
) -> None:
    done = finish()
    empty = make_campaign(session, brand=acme, by=alice, name="Nobody came")

    with pytest.raises(Conflict, match="has not ended yet"):
        metrics.count_reach(
            session,
            campaign_id=done.campaign.id,
            people=1,
            in_target=True,
            source=CountSource.PANEL,
            sample=None,
            counted_on=date(2026, 11, 3),
            note="",
            actor=alice,
            now=NOON + timedelta(days=20),
        )
    with pytest.raises(Conflict, match="Nobody who is known here delivered"):
        count(session, empty, alice)

    assert kept(session) == 0


def test_only_the_brands_managers_and_staff_count(
    session: Session,
    vic: Actor,
    mallory: Actor,
    bea: Actor,
    alice: Actor,
    stella: Actor,
    finish: Callable[..., Finished],
) -> None:
    campaign = finish().campaign

    for actor, refusal in ((vic, NotPermitted), (mallory, NotFound), (bea, NotFound)):
        with pytest.raises(refusal):
            count(session, campaign, actor)
    found = count(session, campaign, alice)
    with pytest.raises(NotPermitted):
        metrics.set_count_aside(session, count_id=found.id, why="No", actor=alice, now=AFTER)
    with pytest.raises(InvalidInput):
        metrics.set_count_aside(session, count_id=found.id, why=" ", actor=stella, now=AFTER)

    assert kept(session) == 1
    assert found.set_aside_at is None


def test_plans_reach_less_once_a_campaign_did_and_say_from_how_many(
    session: Session, alice: Actor, campaign: Campaign, finish: Callable[..., Finished]
) -> None:
    done = finish()
    before = plan(session, campaign)
    count(session, done.campaign, alice, people=15_000)

    learned = matching.learn_correction(session, now=AFTER)
    session.flush()
    after = plan(session, campaign)

    assert learned is not None
    assert (learned.version, learned.counts, learned.campaigns) == (1, True, 1)
    assert (learned.before_bps, learned.correction_bps) == (10_000, round(10_000 * 0.5**0.25))
    assert before.correction == NOT_CORRECTED
    assert (before.explained.people, after.explained.people) == (30_000, 25_227)
    assert after.correction.campaigns == 1
    assert after.interval.low < 25_227 < after.interval.high
    assert sum(pick.adds for _, pick, _ in after.picks) == 25_227
    assert after.curve[-1].people == 25_227


def test_the_same_counts_again_make_no_version(
    session: Session, alice: Actor, finish: Callable[..., Finished]
) -> None:
    count(session, finish().campaign, alice)
    matching.learn_correction(session, now=AFTER)
    session.flush()

    assert matching.learn_correction(session, now=AFTER) is None
    assert session.scalar(select(func.count()).select_from(ReachCorrection)) == 1


def test_a_later_count_takes_the_place_of_an_earlier_one(
    session: Session, alice: Actor, finish: Callable[..., Finished]
) -> None:
    done = finish()
    count(session, done.campaign, alice, people=15_000)
    later = count(session, done.campaign, alice, people=28_000)

    [(learned, brand_id)] = queries.counts_to_learn_from(session)
    assert (learned.id, brand_id) == (later.id, done.campaign.brand_id)
    assert [each.people for each in queries.counts_of(session, done.campaign.id)] == [
        28_000,
        15_000,
    ]


def test_what_staff_set_aside_is_unlearned_and_the_second_time_changes_nothing(
    session: Session, alice: Actor, stella: Actor, finish: Callable[..., Finished]
) -> None:
    found = count(session, finish().campaign, alice, people=15_000)
    matching.learn_correction(session, now=AFTER)
    session.flush()

    for why in ("It counts views.", "Another reason"):
        metrics.set_count_aside(session, count_id=found.id, why=why, actor=stella, now=AFTER)
    learned = matching.learn_correction(session, now=AFTER)
    session.flush()

    assert (found.set_aside_by, found.set_aside_why) == (stella.user_id, "It counts views.")
    assert learned is not None
    assert (learned.version, learned.counts, learned.correction_bps) == (2, True, 10_000)
    assert queries.present_correction(session) == NOT_CORRECTED
