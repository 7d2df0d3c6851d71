"""A bonus corrected downward: what had been sent by then is a clawback, on whichever way it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.deliverables.models import Deliverable, PublishedPost
from marketplace.kernel.actor import Actor
from marketplace.ledger.rules import Code
from marketplace.metrics import service as metrics
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.payouts.models import ClawbackCase, Earning
from marketplace.payouts.rules import CaseOrigin, EarningKind, EarningState
from marketplace.processor.ports import Answer
from marketplace.processor.rules import Outcome
from marketplace.reconciliation import checks
from tests.factories.campaigns import NOON, make_campaign
from tests.factories.collaborations import BONUS, TERMS
from tests.factories.deliverables import reading_at
from tests.factories.ledger import usd
from tests.factories.money import (
    HOLD_OVER,
    make_accepted,
    make_case,
    make_earning,
    make_payout,
    make_payout_account,
    pay_in,
    send_payout,
)
from tests.services.agreeing import balance, posted
from tests.services.taking_back import gather

END = NOON + timedelta(days=14)
EARLY = NOON + timedelta(days=1)
SENT = Answer(Outcome.DONE, remote_id="tr_1")
REFUSED = Answer(Outcome.REFUSED, code="account_invalid")


@pytest.fixture
def work(session: Session, acme: Brand, alice: Actor, bea: Actor) -> Deliverable:
    """Accepted work of 400.00 and, by 10,000 views, 50.00 of bonus: 47.50 for Bea, all payable."""
    campaign = make_campaign(session, brand=acme, by=alice)
    pay_in(session, campaign, by=alice)
    made = make_accepted(
        session, campaign, by=alice, creator=bea, offered=replace(TERMS, bonus=BONUS)
    )
    make_earning(session, made, matured=False)
    make_payout_account(session, bea)
    book(session, made, views=10_000, at=EARLY)
    payouts.mature_due(session, now=HOLD_OVER)
    session.flush()
    return made


def book(session: Session, work: Deliverable, *, views: int, at: datetime) -> None:
    """Book by this reading, twice."""
    post = session.scalars(select(PublishedPost)).one()
    metrics.record_snapshot(session, post_id=post.id, reading=reading_at(at, views=views))
    bonus = queries.bonus_of(session, deliverable_id=work.id)
    assert bonus is not None
    bonus.next_booking_at = at
    session.flush()
    for _ in range(2):
        payouts.book_bonuses(session, now=at)
        session.flush()
    session.expire_all()


def cases(session: Session) -> list[tuple[CaseOrigin, int, int]]:
    """Origin, what it is about, and what is settled of it, in the order in which they came."""
    rows = session.scalars(select(ClawbackCase).order_by(ClawbackCase.opened_at, ClawbackCase.id))
    return [(case.origin, case.amount_minor, case.settled_minor) for case in rows]


def bonuses(session: Session) -> list[tuple[EarningState, int]]:
    rows = session.scalars(
        select(Earning).where(Earning.kind == EarningKind.BONUS).order_by(Earning.id)
    )
    return [(each.state, each.net_minor) for each in rows]


def owed(session: Session, work: Deliverable) -> int:
    return balance(session, Code.OWED_BY_CREATOR, work.creator_id).minor


def failed(session: Session) -> list[str]:
    return [each.name for each in checks.run_all(session) if not each.passed]


def test_a_bonus_that_is_on_its_way_is_owed_back(
    session: Session, work: Deliverable, bea: Actor
) -> None:
    payout = make_payout(session, bea)
    book(session, work, views=4_000, at=END)

    # 20.00 are right; of the other 30.00 Bea was to have 28.50.
    assert bonuses(session) == [(EarningState.PAYING, 4_750)]
    assert cases(session) == [(CaseOrigin.BONUS, 2_850, 0)]
    assert owed(session, work) == 2_850
    assert len(posted(session, "ClawbackOpened")) == 1
    assert failed(session) == []

    send_payout(session, payout, SENT)

    assert cases(session) == [(CaseOrigin.BONUS, 2_850, 0)]
    assert failed(session) == []


def test_one_that_was_refused_after_that_is_sent_less_what_is_owed(
    session: Session, work: Deliverable, bea: Actor
) -> None:
    payout = make_payout(session, bea)
    book(session, work, views=4_000, at=END)
    send_payout(session, payout, REFUSED)
    account = queries.account_of(session, work.creator_id)
    assert account is not None
    account.transfers_active = True

    assert gather(session, bea) == [38_000 + 4_750 - 2_850]
    assert cases(session) == [(CaseOrigin.BONUS, 2_850, 2_850)]
    assert owed(session, work) == 0
    assert failed(session) == []


def test_a_bonus_that_was_sent_is_owed_back(
    session: Session, work: Deliverable, bea: Actor
) -> None:
    send_payout(session, make_payout(session, bea), SENT)
    book(session, work, views=0, at=END)

    assert bonuses(session) == [(EarningState.PAID, 4_750)]
    assert cases(session) == [(CaseOrigin.BONUS, 4_750, 0)]
    assert owed(session, work) == 4_750
    assert failed(session) == []


def test_only_what_the_unsent_part_does_not_carry_is_owed_back(
    session: Session, work: Deliverable, bea: Actor
) -> None:
    send_payout(session, make_payout(session, bea), SENT)
    book(session, work, views=12_000, at=END - timedelta(days=1))
    assert bonuses(session)[1] == (EarningState.PENDING, 950)

    book(session, work, views=4_000, at=END)

    assert bonuses(session) == [(EarningState.PAID, 4_750), (EarningState.TAKEN_BACK, 0)]
    assert cases(session) == [(CaseOrigin.BONUS, 2_850, 0)]
    assert owed(session, work) == 2_850
    assert failed(session) == []


def test_each_correction_of_what_was_sent_is_a_clawback_of_its_own(
    session: Session, work: Deliverable, bea: Actor
) -> None:
    send_payout(session, make_payout(session, bea), SENT)
    book(session, work, views=8_000, at=END - timedelta(days=1))
    book(session, work, views=6_000, at=END)

    assert cases(session) == [(CaseOrigin.BONUS, 950, 0), (CaseOrigin.BONUS, 950, 0)]
    assert owed(session, work) == 1_900
    assert failed(session) == []


def test_views_that_come_again_are_earned_anew_and_pay_the_clawback(
    session: Session, work: Deliverable, bea: Actor
) -> None:
    send_payout(session, make_payout(session, bea), SENT)
    book(session, work, views=4_000, at=END - timedelta(days=1))
    book(session, work, views=10_000, at=END)
    late = END + timedelta(days=8)
    payouts.mature_due(session, now=late)
    session.flush()
    for _ in range(2):
        assert payouts.gather(session, creator_ids=[work.creator_id], now=late) == []
        session.flush()

    assert bonuses(session) == [(EarningState.PAID, 4_750), (EarningState.NETTED, 2_850)]
    assert cases(session) == [(CaseOrigin.BONUS, 2_850, 2_850)]
    assert owed(session, work) == 0
    assert failed(session) == []


def test_a_bonus_that_an_older_clawback_kept_back_is_owed_back_all_the_same(
    session: Session, work: Deliverable, bea: Actor
) -> None:
    make_case(session, deliverable_id=work.id, amount=usd(40_000))
    payouts.gather(session, creator_ids=[work.creator_id], now=HOLD_OVER)
    session.flush()
    book(session, work, views=0, at=END)

    # 380.00 of the fee and 20.00 of the bonus were kept back, and the other 27.50 are on their way.
    assert cases(session) == [
        (CaseOrigin.DECIDED, 40_000, 40_000),
        (CaseOrigin.BONUS, 4_750, 0),
    ]
    assert bonuses(session) == [(EarningState.PAYING, 4_750)]
    assert owed(session, work) == 4_750
    assert failed(session) == []
