"""Views that were too high: what a correction takes back, from where, and what it leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.ledger import queries as ledger
from marketplace.ledger import service as books
from marketplace.ledger.rules import events
from marketplace.payouts import service as payouts
from marketplace.payouts.models import ClawbackCase, ViewBonus
from marketplace.payouts.rules import CaseOrigin, EarningState
from tests.factories.campaigns import NOON, make_campaign
from tests.factories.ledger import usd
from tests.factories.money import pay_in
from tests.services.agreeing import posted
from tests.services.counting import (
    END,
    VIDEOS,
    WEEK,
    begin,
    book,
    measured,
    moved,
    read,
    rows_of,
)


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    made = make_campaign(session, brand=acme, by=alice)
    pay_in(session, made, by=alice, budget=usd(200_000))
    return made


@pytest.fixture
def bonus(session: Session, campaign: Campaign, alice: Actor, bea: Actor) -> ViewBonus:
    return begin(session, campaign, alice, bea)


def test_a_correction_says_why_and_is_announced(session: Session, bonus: ViewBonus) -> None:
    for views, at in ((10_000, WEEK), (4_000, END)):
        read(session, bonus, views, at)
        book(session, at)

    _, fix = measured(session, bonus)
    entry = ledger.entry(session, fix.entry_id)
    assert entry.idem_key == f"bonusfix:{bonus.deliverable_id}:{fix.id}"
    assert entry.memo == "4000 views, 500 for 1000, rule views-1: 5000 before, 2000 now"
    assert moved(session, fix) == ["2040/2030 2850", "4010/2030 150", "4010/2100 300"]
    assert posted(session, "BonusCorrected") == [{"measurement_id": str(fix.id), "owed_minor": 0}]
    assert session.scalars(select(ClawbackCase)).all() == []


@pytest.mark.parametrize(
    ("views", "row", "state"),
    [
        (4_000, (2_000, 100, 1_900, 190), EarningState.PENDING),
        (0, (0, 0, 0, 0), EarningState.TAKEN_BACK),
    ],
)
def test_the_tax_on_what_is_left_is_worked_out_anew(
    session: Session,
    bonus: ViewBonus,
    views: int,
    row: tuple[int, int, int, int],
    state: EarningState,
) -> None:
    bonus.withheld_bps = 1_000
    session.flush()
    for counted, at in ((10_000, WEEK), (views, END)):
        read(session, bonus, counted, at)
        book(session, at)

    (left,) = rows_of(session, bonus)
    session.refresh(left)
    assert (left.fee_minor, left.platform_share_minor, left.net_minor, left.withheld_minor) == row
    assert left.state is state


def test_a_correction_takes_from_no_other_bonus(
    session: Session, campaign: Campaign, bonus: ViewBonus, alice: Actor, carl: Actor
) -> None:
    other = begin(session, campaign, alice, carl, video=VIDEOS[1])
    for each in (bonus, other):
        read(session, each, 10_000, WEEK)
    book(session, WEEK)
    read(session, bonus, 4_000, END)
    read(session, other, 5_000, END)

    book(session, END)

    assert [row.net_minor for row in rows_of(session, bonus)] == [1_900]
    assert [row.net_minor for row in rows_of(session, other)] == [2_375]


def test_what_is_pending_is_taken_before_what_is_payable_and_the_newest_first(
    session: Session, bonus: ViewBonus
) -> None:
    for day, views in ((1, 2_000), (2, 4_000), (8, 6_000), (9, 8_000)):
        at = NOON + timedelta(days=day)
        bonus.next_booking_at = at
        session.flush()
        read(session, bonus, views, at)
        book(session, at)
        session.refresh(bonus)
    payouts.mature_due(session, now=NOON + timedelta(days=9))
    session.flush()
    states = [row.state for row in rows_of(session, bonus)]
    assert states == [*[EarningState.PAYABLE] * 2, *[EarningState.PENDING] * 2]

    read(session, bonus, 3_000, END)
    book(session, END)

    assert [(row.net_minor, row.state) for row in rows_of(session, bonus)] == [
        (950, EarningState.PAYABLE),
        (475, EarningState.PAYABLE),
        (0, EarningState.TAKEN_BACK),
        (0, EarningState.TAKEN_BACK),
    ]


def test_what_is_on_its_way_is_not_taken_but_owed(session: Session, bonus: ViewBonus) -> None:
    read(session, bonus, 10_000, WEEK)
    book(session, WEEK)
    (earned,) = rows_of(session, bonus)
    earned.state = EarningState.PAYING
    session.flush()
    read(session, bonus, 4_000, END)

    book(session, END)

    _, fix = measured(session, bonus)
    (case,) = session.scalars(select(ClawbackCase)).all()
    assert (earned.net_minor, earned.state) == (4_750, EarningState.PAYING)
    assert (case.id, case.origin, case.amount) == (fix.id, CaseOrigin.BONUS, usd(2_850))
    assert (case.deliverable_id, case.opened_at) == (bonus.deliverable_id, END)
    assert case.reason == "The views that a bonus was paid for were corrected"
    assert posted(session, "BonusCorrected") == [
        {"measurement_id": str(fix.id), "owed_minor": 2_850}
    ]


@pytest.mark.parametrize(
    ("views", "net", "state", "owed"),
    [
        (8_000, 3_800, EarningState.PAYABLE, 0),
        (4_000, 1_900, EarningState.NETTED, 0),
        (2_000, 1_900, EarningState.NETTED, 950),
    ],
)
def test_what_was_kept_back_of_a_bonus_is_not_taken_a_second_time(
    session: Session, bonus: ViewBonus, views: int, net: int, state: EarningState, owed: int
) -> None:
    read(session, bonus, 10_000, WEEK)
    book(session, WEEK)
    (earned,) = rows_of(session, bonus)
    earned.state, earned.netted_minor = EarningState.PAYABLE, 1_900
    session.flush()
    books.write_entry(
        session,
        events.matured(earning_id=earned.id, creator_id=bonus.creator_id, amount=earned.net),
        occurred_at=WEEK,
        actor=SYSTEM,
    )
    read(session, bonus, views, END)

    book(session, END)

    assert (earned.net_minor, earned.netted_minor, earned.state) == (net, 1_900, state)
    assert sum(case.amount_minor for case in session.scalars(select(ClawbackCase))) == owed
