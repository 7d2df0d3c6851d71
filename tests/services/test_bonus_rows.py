"""What a bonus writes down: where it begins, each measurement, and how it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.collaborations.models import Offer
from marketplace.deliverables.models import Deliverable, PublishedPost
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger import service as books
from marketplace.ledger.rules import Code, events
from marketplace.metrics.models import MetricSnapshot
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.payouts.models import ViewBonus
from marketplace.payouts.rules import BonusState, EarningKind, EarningState
from tests.factories.campaigns import NOON, make_campaign
from tests.factories.collaborations import BONUS, TERMS, VIDEO
from tests.factories.ledger import usd
from tests.factories.money import make_accepted, make_earning, pay_in
from tests.services.agreeing import balance, posted
from tests.services.books import broken
from tests.services.counting import (
    END,
    VIDEOS,
    WEEK,
    WITH_BONUS,
    begin,
    book,
    measured,
    moved,
    read,
    rows_of,
)

CHANCE = END + timedelta(days=7)
SECOND = timedelta(seconds=1)


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    made = make_campaign(session, brand=acme, by=alice)
    pay_in(session, made, by=alice, budget=usd(200_000))
    return made


@pytest.fixture
def bonus(session: Session, campaign: Campaign, alice: Actor, bea: Actor) -> ViewBonus:
    return begin(session, campaign, alice, bea)


# Where it begins


def test_a_bonus_takes_everything_from_its_offer_and_its_post(
    session: Session, bonus: ViewBonus
) -> None:
    work = session.get_one(Deliverable, bonus.deliverable_id)
    offer = session.scalars(select(Offer)).one()
    post = session.scalars(select(PublishedPost)).one()

    assert (bonus.post_id, bonus.collaboration_id) == (post.id, work.collaboration_id)
    assert (bonus.campaign_id, bonus.creator_id) == (work.campaign_id, work.creator_id)
    assert (bonus.rate, bonus.cap) == (usd(500), usd(30_000))
    assert (bonus.creator_fee_bps, bonus.brand_fee_bps) == (500, 1_000)
    assert (bonus.withheld_bps, bonus.hold_days) == (offer.withheld_bps, offer.hold_days)
    assert (bonus.state, bonus.measurements, bonus.views) == (BonusState.COUNTING, 0, 0)
    assert bonus.booked.gross == bonus.booked.share == bonus.booked.on_top == usd(0)


def test_each_post_has_its_own_part_of_the_cap(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    two = replace(
        TERMS,
        deliverables=(VIDEO, replace(VIDEO, description="A tour")),
        bonus=replace(BONUS, cap=usd(30_001)),
    )
    made = make_accepted(session, campaign, by=alice, creator=bea, offered=two)

    make_earning(session, made, matured=False)

    offer = session.scalars(select(Offer)).one()
    caps = [each["bonus_cap_minor"] for each in offer.deliverables]
    begun = queries.bonus_of(session, deliverable_id=made.id)
    assert begun is not None
    assert (sorted(caps), begun.cap.minor) == ([15_000, 15_001], caps[made.position - 1])


def test_a_post_whose_publication_is_not_known_counts_from_when_it_was_pasted(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    made = make_accepted(session, campaign, by=alice, creator=bea, offered=WITH_BONUS)
    post = session.scalars(select(PublishedPost)).one()
    post.published_at, post.pasted_at = None, NOON - timedelta(days=1)
    session.flush()

    make_earning(session, made, matured=False)

    begun = queries.bonus_of(session, deliverable_id=made.id)
    assert begun is not None
    assert (begun.counted_from, begun.counted_until) == (
        NOON - timedelta(days=1),
        END - timedelta(days=1),
    )
    assert begun.next_booking_at == WEEK - timedelta(days=1)


# Each measurement


def test_every_measurement_says_what_was_booked_before_and_after(
    session: Session, bonus: ViewBonus
) -> None:
    for views, at in ((12_345, WEEK), (20_001, END)):
        read(session, bonus, views, at)
        book(session, at)

    first, second = measured(session, bonus)
    snapshots = session.scalars(select(MetricSnapshot).order_by(MetricSnapshot.taken_at)).all()
    assert [each.snapshot_id for each in (first, second)] == [each.id for each in snapshots[-2:]]
    assert [
        (
            each.number,
            each.views_read,
            each.views_counted,
            each.currency,
            (each.gross_before_minor, each.gross_after_minor),
            (each.share_before_minor, each.share_after_minor),
            (each.on_top_before_minor, each.on_top_after_minor),
            each.measured_at,
        )
        for each in (first, second)
    ] == [
        (1, 12_345, 12_345, "USD", (0, 6_172), (0, 309), (0, 617), WEEK),
        (2, 20_001, 20_001, "USD", (6_172, 10_000), (309, 500), (617, 1_000), END),
    ]
    entry = ledger.entry(session, second.entry_id)
    assert (entry.occurred_at, entry.actor) == (END, "system")
    assert entry.memo == "20001 views, 500 for 1000, rule views-1: 6172 before, 10000 now"
    session.refresh(bonus)
    assert (bonus.views, bonus.measurements) == (20_001, 2)
    assert (bonus.booked.gross, bonus.booked.share, bonus.booked.on_top) == (
        usd(10_000),
        usd(500),
        usd(1_000),
    )


def test_what_a_measurement_raised_is_earned_with_its_tax_and_its_hold_window(
    session: Session, bonus: ViewBonus
) -> None:
    bonus.withheld_bps, bonus.hold_days = 1_000, 3
    session.flush()
    read(session, bonus, 12_345, WEEK)
    book(session, WEEK)

    (earned,), (measurement,) = rows_of(session, bonus), measured(session, bonus)
    assert (earned.kind, earned.measurement_id) == (EarningKind.BONUS, measurement.id)
    assert (earned.deliverable_id, earned.campaign_id, earned.creator_id) == (
        bonus.deliverable_id,
        bonus.campaign_id,
        bonus.creator_id,
    )
    assert (earned.fee, earned.platform_share, earned.net) == (usd(6_172), usd(309), usd(5_863))
    assert (earned.withheld_minor, earned.netted_minor) == (586, 0)
    assert (earned.state, earned.earned_at) == (EarningState.PENDING, WEEK)
    assert earned.payable_at == WEEK + timedelta(days=3)


def test_a_bonus_that_is_all_ours_earns_its_creator_no_row(
    session: Session, bonus: ViewBonus
) -> None:
    bonus.creator_fee_bps = 10_000
    session.flush()
    read(session, bonus, 12_345, WEEK)
    book(session, WEEK)

    assert rows_of(session, bonus) == []
    assert moved(session, measured(session, bonus)[0]) == ["2030/4010 6172", "2100/4010 617"]


def test_a_reading_that_changes_nothing_is_kept_as_no_measurement(
    session: Session, bonus: ViewBonus
) -> None:
    read(session, bonus, 12_345, WEEK)
    book(session, WEEK)
    read(session, bonus, 12_345, END - timedelta(days=1))
    bonus.next_booking_at = END - timedelta(days=1)
    session.flush()

    assert book(session, END - timedelta(days=1)) == 1

    assert len(measured(session, bonus)) == 1
    assert (bonus.measurements, bonus.next_booking_at) == (1, END)


# Many at once


def test_no_more_is_booked_at_once_than_was_asked_the_oldest_first(
    session: Session, campaign: Campaign, bonus: ViewBonus, alice: Actor, carl: Actor
) -> None:
    later = begin(session, campaign, alice, carl, video=VIDEOS[1])
    for each in (later, bonus):
        read(session, each, 10_000, WEEK)
    bonus.hold_days = 8
    session.flush()  # its row is written anew, behind the other one

    assert [book(session, WEEK, limit=1) for _ in range(3)] == [1, 1, 0]

    (first,), (second,) = measured(session, bonus), measured(session, later)
    assert first.entry_id < second.entry_id


def test_bonuses_of_one_campaign_share_what_is_left_of_its_platform_fee(
    session: Session, campaign: Campaign, bonus: ViewBonus, alice: Actor, carl: Actor
) -> None:
    other = begin(session, campaign, alice, carl, video=VIDEOS[1])
    left = balance(session, Code.FEE_UNEARNED, campaign.id) - usd(700)
    returned = events.fee_returned(campaign_id=campaign.id, number="9", fee=left, tax=usd(0))
    books.write_entry(session, returned, occurred_at=NOON, actor=SYSTEM)
    for each in (bonus, other):
        read(session, each, 10_000, WEEK)

    assert book(session, WEEK) == 2

    assert [measured(session, each)[0].on_top_after_minor for each in (bonus, other)] == [500, 200]
    assert balance(session, Code.FEE_UNEARNED, campaign.id) == usd(0)
    for each in (bonus, other):
        read(session, each, 4_000, END)
    book(session, END)
    assert [measured(session, each)[1].on_top_after_minor for each in (bonus, other)] == [200, 200]
    assert balance(session, Code.FEE_UNEARNED, campaign.id) == usd(300)
    assert broken(session) == []


def test_bonuses_of_several_currencies_are_booked_together(
    session: Session, acme: Brand, bonus: ViewBonus, alice: Actor, carl: Actor
) -> None:
    yen = make_campaign(session, brand=acme, by=alice, budget=Money(100_000, "JPY"))
    pay_in(session, yen, by=alice, budget=Money(100_000, "JPY"), charge_id="ch_yen")
    offered = replace(TERMS, bonus=replace(BONUS, rate=Money(300, "JPY"), cap=Money(9_000, "JPY")))
    made = make_accepted(session, yen, by=alice, creator=carl, offered=offered, video_id=VIDEOS[1])
    make_earning(session, made, matured=False)
    other = queries.bonus_of(session, deliverable_id=made.id)
    assert other is not None
    for each in (bonus, other):
        read(session, each, 10_000, WEEK)

    assert book(session, WEEK) == 2

    assert [rows_of(session, each)[0].fee for each in (bonus, other)] == [
        usd(5_000),
        Money(3_000, "JPY"),
    ]
    assert broken(session) == []


# How it ends


@pytest.mark.parametrize(
    ("read_at", "views"), [(END, 11_000), (CHANCE, 11_000), (CHANCE + SECOND, 10_000)]
)
def test_a_reading_within_a_week_of_the_end_closes_a_bonus(
    session: Session, bonus: ViewBonus, read_at: datetime, views: int
) -> None:
    read(session, bonus, 10_000, END - timedelta(days=1))
    read(session, bonus, 11_000, read_at)

    book(session, CHANCE + SECOND)

    session.refresh(bonus)
    assert (bonus.state, bonus.views) == (BonusState.ENDED, views)
    assert (bonus.ended_at, bonus.next_booking_at) == (CHANCE + SECOND, None)


@pytest.mark.parametrize(("at", "ended"), [(CHANCE - SECOND, False), (CHANCE, True)])
def test_a_bonus_waits_for_its_last_reading_for_a_week_and_no_longer(
    session: Session, bonus: ViewBonus, at: datetime, *, ended: bool
) -> None:
    read(session, bonus, 10_000, END - timedelta(days=1))

    book(session, at)

    session.refresh(bonus)
    assert bonus.views == (10_000 if ended else 0)
    assert (bonus.state is BonusState.ENDED) is ended
    assert bonus.next_booking_at == (None if ended else at + timedelta(hours=1))
    assert bonus.ended_at == (at if ended else None)
    assert len(posted(session, "BonusEnded")) == int(ended)


def test_a_collaboration_waits_for_its_own_views_alone(
    session: Session, campaign: Campaign, bonus: ViewBonus, alice: Actor, carl: Actor
) -> None:
    other = begin(session, campaign, alice, carl, video=VIDEOS[1])
    read(session, bonus, 10_000, END)
    book(session, END)

    assert payouts.complete(session, collaboration_id=bonus.collaboration_id, now=END)
    assert not payouts.complete(session, collaboration_id=other.collaboration_id, now=END)


def test_a_bonus_that_was_never_read_ends_with_nothing(session: Session, bonus: ViewBonus) -> None:
    book(session, CHANCE)

    session.refresh(bonus)
    assert (bonus.state, bonus.measurements, rows_of(session, bonus)) == (
        BonusState.ENDED,
        0,
        [],
    )


def test_a_bonus_is_not_booked_before_its_day(session: Session, bonus: ViewBonus) -> None:
    read(session, bonus, 10_000, NOON + timedelta(days=1))

    assert book(session, WEEK - SECOND) == 0
    assert (book(session, WEEK), bonus.next_booking_at) == (1, END)
