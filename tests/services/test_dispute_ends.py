"""What the end of a dispute books, to the cent, in every case it can be about."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import CollaborationState
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.models import Deliverable, PublishedPost
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict
from marketplace.ledger.rules import Code
from marketplace.metrics import service as metrics
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Earning, ViewBonus
from marketplace.payouts.rules import BonusState, EarningKind, EarningState
from marketplace.payouts.rules.disputes import DisputeAbout, DisputeReason, DisputeState
from tests.factories.campaigns import NOON
from tests.factories.collaborations import BONUS, TERMS
from tests.factories.deliverables import VIDEO_ID, reading_at
from tests.factories.ledger import usd
from tests.factories.money import make_accepted, make_earning, make_paid_campaign
from tests.services import books
from tests.services.agreeing import balance
from tests.services.disputing import (
    HOLD_ENDS,
    LATER,
    accepted_work,
    agree,
    all_checks_pass,
    decide,
    dispute,
    fee_of,
    mature,
    money,
    said_in,
    say,
    unaccepted,
)

S = DeliverableState
DAY = timedelta(days=1)
LATE = NOON + timedelta(days=20)
REVIEW_OVER = NOON + timedelta(days=6)
OTHER_VIDEO = str(int(VIDEO_ID) + 1)


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    """A campaign with 1,000.00 and the 100.00 of the platform fee."""
    return make_paid_campaign(session, brand=acme, by=alice)


@pytest.fixture
def work(session: Session, campaign: Campaign, alice: Actor, bea: Actor) -> Deliverable:
    return accepted_work(session, campaign, alice, bea)


# What is in its hold window


def test_all_of_it_for_the_creator_books_nothing_and_lets_the_fee_go(
    session: Session, work: Deliverable, alice: Actor, bea: Actor, stella: Actor
) -> None:
    before = money(session, work)
    opened = dispute(session, work, alice)
    say(session, opened, bea)

    decide(session, opened, stella, 10_000, now=LATE)

    fee = fee_of(session, work)
    assert (fee.net_minor, fee.is_disputed, fee.payable_at) == (38_000, False, LATE)
    assert money(session, work) == before
    assert mature(session, LATE) == 1
    assert all_checks_pass(session)


def test_a_part_for_the_creator_gives_the_rest_and_its_fee_back_to_the_campaign(
    session: Session, work: Deliverable, alice: Actor, bea: Actor
) -> None:
    assert money(session, work) == {
        "free": usd(60_000), "promised": usd(0), "held": usd(38_000), "fee left": usd(6_000)
    }  # fmt: skip
    opened = dispute(session, work, alice, share=2_500)

    agree(session, opened, bea, 2_500)

    fee = fee_of(session, work)
    assert (fee.fee_minor, fee.platform_share_minor, fee.net_minor) == (10_000, 500, 9_500)
    assert (fee.state, fee.dispute_id) == (EarningState.PENDING, opened.id)
    assert money(session, work) == {
        "free": usd(90_000), "promised": usd(0), "held": usd(9_500), "fee left": usd(9_000)
    }  # fmt: skip
    assert books.balance(session, Code.FEE_EARNED) == usd(1_500)
    assert (opened.state, opened.result_bps) == (DisputeState.SETTLED, 2_500)
    assert said_in(session, opened) == ["open", "agree"]
    assert all_checks_pass(session)


def test_nothing_for_the_creator_gives_everything_back(
    session: Session, work: Deliverable, alice: Actor, bea: Actor, stella: Actor
) -> None:
    opened = dispute(session, work, alice)
    say(session, opened, bea)

    decide(session, opened, stella, 0)

    fee = fee_of(session, work)
    assert (fee.state, fee.net_minor, fee.fee_minor) == (EarningState.TAKEN_BACK, 0, 0)
    assert money(session, work) == {
        "free": usd(100_000), "promised": usd(0), "held": usd(0), "fee left": usd(10_000)
    }  # fmt: skip
    assert mature(session, LATE) == 0
    assert all_checks_pass(session)


def test_what_can_still_be_earned_of_a_fee_is_paid_like_any_other(
    session: Session, work: Deliverable, alice: Actor, bea: Actor
) -> None:
    opened = dispute(session, work, alice, share=3_333)
    agree(session, opened, bea, 3_333)

    assert mature(session, HOLD_ENDS) == 1

    assert balance(session, Code.CREATOR_PAYABLE, work.creator_id) == usd(13_332 - 667)
    assert all_checks_pass(session)


# The bonus beside it


def with_bonus(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, *, views: int
) -> tuple[Deliverable, ViewBonus]:
    """An accepted post whose bonus was booked once, a day before its fee would be released."""
    made = make_accepted(
        session, campaign, by=alice, creator=bea, offered=replace(TERMS, bonus=BONUS)
    )
    make_earning(session, made, matured=False)
    post = session.scalars(
        select(PublishedPost).where(PublishedPost.deliverable_id == made.id)
    ).one()
    metrics.record_snapshot(session, post_id=post.id, reading=reading_at(LATER, views=views))
    bonus = queries.bonus_of(session, deliverable_id=made.id)
    assert bonus is not None
    bonus.next_booking_at = LATER
    session.flush()
    payouts.book_bonuses(session, now=LATER)
    session.flush()
    session.refresh(bonus)
    return made, bonus


def test_half_of_fee_and_bonus_goes_back_and_the_bonus_ends(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    work, bonus = with_bonus(session, campaign, alice, bea, views=12_345)
    assert bonus.gross_minor == 6_172
    opened = dispute(session, work, alice, share=5_000, reason=DisputeReason.VIEWS_LOOK_BOUGHT)
    assert opened.stake == usd(46_172)

    agree(session, opened, bea, 5_000)
    payouts.complete(session, collaboration_id=work.collaboration_id, now=LATER)
    session.flush()

    assert (bonus.state, bonus.gross_minor, bonus.is_disputed) == (BonusState.ENDED, 3_086, False)
    rows = session.scalars(select(Earning).order_by(Earning.id)).all()
    assert [(row.fee_minor, row.net_minor) for row in rows] == [(20_000, 19_000), (3_086, 2_931)]
    assert money(session, work)["promised"] == usd(0)
    assert money(session, work)["held"] == usd(19_000 + 2_931)
    assert all_checks_pass(session)


def test_no_views_are_booked_while_a_dispute_is_open(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    work, bonus = with_bonus(session, campaign, alice, bea, views=12_345)
    opened = dispute(session, work, alice)

    assert payouts.book_bonuses(session, now=HOLD_ENDS + 2 * DAY) == 0
    payouts.withdraw_dispute(session, dispute_id=opened.id, actor=alice, now=HOLD_ENDS + 2 * DAY)
    session.flush()

    assert payouts.book_bonuses(session, now=HOLD_ENDS + 2 * DAY) == 1
    assert bonus.state is BonusState.COUNTING


def test_a_creator_gets_a_part_of_what_a_bonus_had_left_to_its_cap(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    work, bonus = with_bonus(session, campaign, alice, bea, views=12_000)
    opened = dispute(session, work, bea, share=10_000, reason=DisputeReason.BONUS_COUNT)
    assert (opened.about, opened.stake) == (DisputeAbout.BONUS, usd(24_000))
    assert not fee_of(session, work).is_disputed
    say(session, opened, alice, share=2_500)

    agree(session, opened, bea, 2_500)

    awarded = session.scalars(select(Earning).where(Earning.kind == EarningKind.AWARDED)).one()
    assert (awarded.fee_minor, awarded.net_minor, awarded.payable_at) == (6_000, 5_700, LATER)
    assert (bonus.state, bonus.gross_minor) == (BonusState.ENDED, 12_000)
    assert all_checks_pass(session)


# Work that was not accepted


def test_work_that_nobody_reviewed_earns_what_both_agree_on_and_is_over(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    work = unaccepted(session, campaign, alice, bea, S.IN_REVIEW)
    opened = dispute(
        session, work, bea, reason=DisputeReason.NOT_REVIEWED, share=10_000, now=REVIEW_OVER
    )
    assert (opened.about, opened.stake) == (DisputeAbout.UNACCEPTED, usd(40_000))
    say(session, opened, alice, share=5_000, now=REVIEW_OVER)

    agree(session, opened, bea, 5_000, now=REVIEW_OVER)

    fee = fee_of(session, work)
    assert (work.state, work.accepted_at) == (S.ACCEPTED, REVIEW_OVER)
    assert (fee.fee_minor, fee.net_minor, fee.payable_at) == (20_000, 19_000, REVIEW_OVER)
    assert money(session, work) == {
        "free": usd(80_000), "promised": usd(0), "held": usd(19_000), "fee left": usd(8_000)
    }  # fmt: skip
    agreed = session.get_one(Collaboration, work.collaboration_id)
    assert agreed.state is CollaborationState.COMPLETED
    assert all_checks_pass(session)


def test_work_that_is_decided_against_is_called_off_with_its_bonus(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, stella: Actor
) -> None:
    work = unaccepted(
        session, campaign, alice, bea, S.IN_REVIEW, offered=replace(TERMS, bonus=BONUS)
    )
    opened = dispute(
        session, work, bea, reason=DisputeReason.NOT_REVIEWED, share=10_000, now=REVIEW_OVER
    )
    say(session, opened, alice, now=REVIEW_OVER)

    decide(session, opened, stella, 0, now=REVIEW_OVER)

    assert (work.state, money(session, work)["free"]) == (S.CANCELLED, usd(100_000))
    agreed = session.get_one(Collaboration, work.collaboration_id)
    assert agreed.state is CollaborationState.CANCELLED
    assert all_checks_pass(session)


def test_staff_may_let_unaccepted_work_go_on_as_agreed(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, stella: Actor
) -> None:
    work = unaccepted(session, campaign, alice, bea, S.IN_REVIEW)
    before = money(session, work)
    opened = dispute(
        session, work, bea, reason=DisputeReason.NOT_REVIEWED, share=10_000, now=REVIEW_OVER
    )
    say(session, opened, alice, now=REVIEW_OVER)

    decide(session, opened, stella, None, now=REVIEW_OVER)

    assert (opened.state, opened.result_bps) == (DisputeState.DISMISSED, None)
    assert (work.state, work.disputed_at, money(session, work)) == (S.IN_REVIEW, None, before)


def test_rounds_that_are_used_up_are_a_ground_and_a_draft_in_time_is_none(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    work = unaccepted(
        session,
        campaign,
        alice,
        bea,
        S.CHANGES_REQUESTED,
        offered=replace(TERMS, revision_rounds=1),
    )
    with pytest.raises(Conflict):
        dispute(session, work, bea, reason=DisputeReason.NOT_REVIEWED, share=10_000)

    opened = dispute(session, work, bea, reason=DisputeReason.ROUNDS_USED_UP, share=10_000)

    assert opened.state is DisputeState.ASKED


def test_accepting_the_work_overtakes_the_dispute_and_earns_the_whole_fee(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    work = unaccepted(session, campaign, alice, bea, S.LIVE)
    opened = dispute(session, work, bea, reason=DisputeReason.OTHER, share=5_000)

    deliverables.accept(session, actor=alice, deliverable_id=work.id, now=LATER)
    payouts.earn(session, deliverable_id=work.id)
    session.flush()

    assert (opened.state, work.disputed_at) == (DisputeState.OVERTAKEN, None)
    assert (fee_of(session, work).fee_minor, fee_of(session, work).is_disputed) == (40_000, False)
