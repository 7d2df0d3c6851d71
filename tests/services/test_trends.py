"""Trends are worked out once a day, campaigns ride on them, and who misses one is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidInput, InvalidTransition, NotFound, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.trends import queries, service
from marketplace.trends.models import Trend, TrendKind, TrendSnapshot
from marketplace.trends.rules.growth import Phase
from marketplace.trends.rules.timing import Catch
from tests.conftest import NOON
from tests.factories.campaigns import make_campaign
from tests.factories.challenges import ENDS, OPENS, make_challenge
from tests.factories.collaborations import make_collaboration
from tests.factories.deliverables import walk
from tests.factories.trends import make_channels, make_posts
from tests.services.agreeing import posted

TODAY = NOON.date()
RISING = [0] * 14 + [1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8]
FADING = [9] * 14 + [8, 7, 7, 6, 5, 5, 4, 4, 3, 3, 3, 2, 2, 2]


@pytest.fixture
def channels(session: Session) -> list[UUID]:
    return make_channels(session)


def snapshot(session: Session, name: str) -> TrendSnapshot:
    return next(each for each in queries.living(session).rows if each.trend.name == name)


def names(session: Session, kind: TrendKind | None = None) -> list[str]:
    return [each.trend.name for each in queries.living(session, kind=kind).rows]


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(TrendSnapshot)) or 0


def test_hashtags_and_lengths_are_counted_once_a_day(
    session: Session, channels: list[UUID]
) -> None:
    make_posts(session, channels, hashtags=["Beans", "fyp", "beans"], counts=RISING)
    make_posts(session, channels, hashtags=["soup"], counts=FADING, seconds=200, key="b")

    assert service.take_snapshots(session, now=NOON) == 4
    assert service.take_snapshots(session, now=NOON + timedelta(hours=9)) == 0

    assert names(session, TrendKind.HASHTAG) == ["beans", "soup"]
    assert names(session, TrendKind.FORMAT) == ["short", "long"]
    beans = snapshot(session, "beans")
    assert (beans.counts, beans.posts, beans.channels) == (RISING, sum(RISING), 3)
    assert (beans.phase, snapshot(session, "soup").phase) == (Phase.RISING, Phase.FADING)
    assert beans.taken_on == queries.last_taken_on(session) == TODAY


def test_what_surely_grows_stands_before_what_may_grow_faster(
    session: Session, channels: list[UUID]
) -> None:
    make_posts(session, channels, hashtags=["sure"], counts=RISING)
    unsure = [1, 3, 0, 2, 4, 1, 0, 3, 1, 2, 0, 4, 1, 9]
    make_posts(session, channels, hashtags=["unsure"], counts=[0] * 14 + unsure, key="b")

    service.take_snapshots(session, now=NOON)

    sure, other = snapshot(session, "sure"), snapshot(session, "unsure")
    assert (sure.phase, other.phase) == (Phase.RISING, Phase.STEADY)
    assert other.growth_high_bps > sure.growth_high_bps
    assert names(session, TrendKind.HASHTAG) == ["sure", "unsure"]


def test_two_spellings_of_one_hashtag_are_one_trend(session: Session, channels: list[UUID]) -> None:
    make_posts(session, channels, hashtags=["Café", "cafe", "🍲"], counts=RISING)
    make_posts(session, channels, hashtags=["CAFE\u0301"], counts=RISING, key="b")
    make_posts(session, channels, hashtags=["кофе", "trail_running"], counts=FADING, key="c")
    make_posts(session, channels, hashtags=["TrailRunning"], counts=FADING, key="d")

    service.take_snapshots(session, now=NOON)

    assert sorted(names(session, TrendKind.HASHTAG)) == ["cafe", "trailrunning", "кофе"]
    assert snapshot(session, "cafe").counts == [2 * each for each in RISING]
    assert snapshot(session, "trailrunning").counts == [2 * each for each in FADING]
    assert {key: snapshot(session, key).trend.spelling for key in ("cafe", "кофе")} == {
        "cafe": "café",
        "кофе": "кофе",
    }


def test_a_trend_is_spelled_as_most_posts_spell_it_and_keeps_that_when_nobody_does(
    session: Session, channels: list[UUID], campaign: Campaign, alice: Actor
) -> None:
    make_posts(session, channels, hashtags=["strasse", "beans"], counts=RISING)
    make_posts(session, channels, hashtags=["Straße"], counts=RISING, key="b")
    service.take_snapshots(session, now=NOON)
    street = snapshot(session, "strasse")
    assert street.trend.spelling == "strasse"  # as many of each
    make_posts(session, channels, hashtags=["STRASSE", "STRAßE"], counts=RISING, key="c")
    make_posts(session, channels, hashtags=["straße"], counts=RISING, key="d")
    ride(session, alice, campaign, street.trend_id)

    service.take_snapshots(session, now=NOON + timedelta(days=1))

    assert street.trend.shown == "#straße"
    assert snapshot(session, "beans").trend.shown == "#beans"
    service.take_snapshots(session, now=NOON + timedelta(days=60))
    assert queries.snapshot_of(session, street.trend_id).posts == 0
    assert street.trend.shown == "#straße"


def test_a_sound_is_a_trend_of_its_own_name(session: Session, channels: list[UUID]) -> None:
    make_posts(session, channels, sound="Slow Sunday - The Lanes", counts=RISING)
    make_posts(session, channels, sound="slow sunday - the lanes", counts=FADING, key="b")
    make_posts(session, channels, sound="", counts=RISING, key="c")
    make_posts(session, channels[:2], sound="Only two", counts=RISING, key="d")

    service.take_snapshots(session, now=NOON)

    assert names(session, TrendKind.SOUND) == [
        "Slow Sunday - The Lanes",
        "slow sunday - the lanes",
    ]
    rising = snapshot(session, "Slow Sunday - The Lanes")
    assert (rising.counts, rising.channels, rising.phase) == (RISING, 3, Phase.RISING)


def test_a_sound_that_a_campaign_rides_on_is_looked_at_when_nobody_plays_it(
    session: Session, channels: list[UUID], campaign: Campaign, alice: Actor
) -> None:
    make_posts(session, channels, sound="Slow Sunday", hashtags=["beans"], counts=RISING)
    service.take_snapshots(session, now=NOON)
    sound = next(s for s in queries.all_living(session) if s.trend.kind is TrendKind.SOUND)
    ride(session, alice, campaign, sound.trend_id)

    service.take_snapshots(session, now=NOON + timedelta(days=40))

    stands = queries.snapshot_of(session, sound.trend_id)
    assert (stands.posts, stands.phase) == (0, Phase.OVER)
    assert queries.last_taken_on(session) == stands.taken_on


def test_what_few_post_is_no_trend(session: Session, channels: list[UUID]) -> None:
    make_posts(session, channels, hashtags=["rare"], counts=[0] * 21 + [1] * 7)
    make_posts(session, channels[:2], hashtags=["pair"], counts=[2] * 28, key="b")

    service.take_snapshots(session, now=NOON)

    assert names(session, TrendKind.HASHTAG) == []


def test_todays_posts_and_those_of_five_weeks_ago_do_not_count(
    session: Session, channels: list[UUID]
) -> None:
    make_posts(session, channels, hashtags=["beans"], counts=[1] * 28)
    later = NOON + timedelta(days=1)
    make_posts(session, channels, hashtags=["beans"], counts=[5], key="b", now=later)
    early = NOON - timedelta(days=28)
    make_posts(session, channels, hashtags=["beans"], counts=[5], key="c", now=early)

    service.take_snapshots(session, now=NOON)

    assert snapshot(session, "beans").counts == [1] * 28


def test_a_trend_keeps_its_history(session: Session, channels: list[UUID]) -> None:
    make_posts(session, channels, hashtags=["beans"], counts=[2] * 28)
    service.take_snapshots(session, now=NOON)
    first = snapshot(session, "beans")

    service.take_snapshots(session, now=NOON + timedelta(days=1))

    again = snapshot(session, "beans")
    assert again.trend_id == first.trend_id
    assert (first.taken_on, again.taken_on) == (TODAY, TODAY + timedelta(days=1))
    assert again.counts == [*[2] * 27, 0]


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice)


@pytest.fixture
def fading(session: Session, channels: list[UUID]) -> TrendSnapshot:
    make_posts(session, channels, hashtags=["soup"], counts=FADING)
    service.take_snapshots(session, now=NOON)
    return snapshot(session, "soup")


def ride(session: Session, actor: Actor, campaign: Campaign, trend_id: object) -> None:
    service.ride(
        session,
        actor=actor,
        campaign_id=campaign.id,
        trend_id=trend_id,  # type: ignore[arg-type]  # any id
        now=NOON,
    )
    session.flush()


def test_a_campaign_rides_on_one_trend_and_gets_off(
    session: Session, campaign: Campaign, fading: TrendSnapshot, alice: Actor
) -> None:
    for _ in range(2):
        ride(session, alice, campaign, fading.trend_id)

    assert queries.rides_of(session, [campaign.id]) == {campaign.id: fading}
    for _ in range(2):
        ride(session, alice, campaign, None)
    assert queries.ride_of(session, campaign.id) is None


def test_who_may_not_run_the_campaign_chooses_no_trend(
    session: Session,
    campaign: Campaign,
    fading: TrendSnapshot,
    fiona: Actor,
    mallory: Actor,
    stella: Actor,
) -> None:
    for actor, refusal in ((fiona, NotPermitted), (stella, NotPermitted), (mallory, NotFound)):
        with pytest.raises(refusal):
            ride(session, actor, campaign, fading.trend_id)

    assert queries.ride_of(session, campaign.id) is None


def test_a_trend_that_is_over_or_not_there_is_refused(
    session: Session, campaign: Campaign, channels: list[UUID], fading: TrendSnapshot, alice: Actor
) -> None:
    ride(session, alice, campaign, fading.trend_id)
    service.take_snapshots(session, now=NOON + timedelta(days=40))  # nobody has posted since

    with pytest.raises(InvalidInput):
        ride(session, alice, campaign, fading.trend_id)
    with pytest.raises(NotFound):
        ride(session, alice, campaign, new_id())

    found = queries.ride_of(session, campaign.id)
    assert found is not None
    assert queries.snapshot_of(session, fading.trend_id).phase is Phase.OVER


def test_a_closed_campaign_rides_on_nothing_new(
    session: Session, acme: Brand, fading: TrendSnapshot, alice: Actor
) -> None:
    closed = make_campaign(session, brand=acme, by=alice, state=CampaignState.CLOSED)

    with pytest.raises(InvalidTransition):
        ride(session, alice, closed, fading.trend_id)


def warn_who_misses(session: Session, *, now: datetime) -> int:
    session.flush()
    riding = queries.not_warned(session)
    return service.warn_who_misses(session, campaign_ids=riding, now=now)


def test_a_campaign_that_would_miss_its_trend_is_told_of_once(
    session: Session, campaign: Campaign, fading: TrendSnapshot, alice: Actor
) -> None:
    ride(session, alice, campaign, fading.trend_id)
    timing = service.timing_for(session, campaign=campaign, snapshot=fading, now=NOON)
    assert timing.soonest == campaign.starts_on + timedelta(days=7)
    late = NOON + timedelta(days=40)
    service.take_snapshots(session, now=late)

    assert warn_who_misses(session, now=late) == 1
    assert warn_who_misses(session, now=late) == 0

    assert posted(session, "TrendMissed") == [{"campaign_id": str(campaign.id)}]
    missed = service.timing_for(
        session,
        campaign=campaign,
        snapshot=queries.snapshot_of(session, fading.trend_id),
        now=late,
    )
    assert missed.catch is Catch.MISSED


def test_a_campaign_whose_first_post_is_live_is_not_told_that_it_would_miss_its_trend(
    session: Session, campaign: Campaign, fading: TrendSnapshot, alice: Actor, bea: Actor
) -> None:
    ride(session, alice, campaign, fading.trend_id)
    agreed = make_collaboration(session, campaign=campaign, creator=bea, by=alice)
    late = NOON + timedelta(days=40)
    service.take_snapshots(session, now=late)
    over = queries.snapshot_of(session, fading.trend_id)
    assert service.timing_for(session, campaign=campaign, snapshot=over, now=late).catch is (
        Catch.MISSED
    )

    walk(session, agreed, by=alice, creator=bea, to=DeliverableState.LIVE)

    timing = service.timing_for(session, campaign=campaign, snapshot=over, now=late)
    assert timing.live_since == NOON.date()
    assert timing.catch is Catch.IN_TIME
    assert warn_who_misses(session, now=late) == 0


def test_the_posts_of_a_challenge_come_on_any_of_its_days(
    session: Session, acme: Brand, alice: Actor, fading: TrendSnapshot
) -> None:
    challenge = make_challenge(session, brand=acme, by=alice)

    timing = service.timing_for(session, campaign=challenge.campaign, snapshot=fading, now=NOON)

    assert (timing.soonest, timing.latest) == (OPENS, ENDS)


def test_a_campaign_that_may_still_catch_its_trend_is_not_told_of(
    session: Session, campaign: Campaign, channels: list[UUID], alice: Actor
) -> None:
    make_posts(session, channels, hashtags=["stew"], counts=RISING)
    service.take_snapshots(session, now=NOON)
    rising = snapshot(session, "stew")
    ride(session, alice, campaign, rising.trend_id)

    timing = service.timing_for(session, campaign=campaign, snapshot=rising, now=NOON)
    assert timing.catch is Catch.TIGHT
    assert warn_who_misses(session, now=NOON) == 0
    assert posted(session, "TrendMissed") == []


def test_a_campaign_that_is_over_is_not_told(
    session: Session, acme: Brand, fading: TrendSnapshot, alice: Actor
) -> None:
    draft = make_campaign(session, brand=acme, by=alice, state=CampaignState.DRAFT)
    ride(session, alice, draft, fading.trend_id)
    late = NOON + timedelta(days=40)
    service.take_snapshots(session, now=late)

    assert warn_who_misses(session, now=late) == 0


def test_a_length_is_named_in_words() -> None:
    trend = Trend(kind=TrendKind.FORMAT, name="flash", spelling="flash")

    assert trend.shown == "Under 15 seconds"
