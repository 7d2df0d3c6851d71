"""What an amount's chain says of a clawback, before and after it is kept back."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.kernel.actor import Actor
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Earning
from marketplace.payouts.queries import EarningLine, chains
from marketplace.payouts.queries.reasons import reasons
from marketplace.payouts.rules import EarningKind, EarningState, Waiting
from marketplace.payouts.rules.chain import Chain, next_run
from tests.factories.campaigns import make_campaign
from tests.factories.money import (
    HOLD_OVER,
    make_accepted,
    make_case,
    make_earning,
    make_payout_account,
    pay_in,
)

WHY = "The post was deleted after a day"


def usd(minor: int) -> Money:
    return Money(minor, "USD")


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor, bea: Actor) -> Campaign:
    campaign = make_campaign(session, brand=acme, by=alice)
    pay_in(session, campaign, by=alice)
    make_payout_account(session, bea)
    return campaign


@pytest.fixture
def earning(session: Session, campaign: Campaign, alice: Actor, bea: Actor) -> Earning:
    """380.00 that are payable."""
    return make_earning(session, make_accepted(session, campaign, by=alice, creator=bea))


def read(session: Session, earning: Earning) -> tuple[EarningLine, Chain]:
    """The line and the chain; picking among many by the same reason finds it as well."""
    session.flush()
    line = queries.earning_line(session, deliverable_id=earning.deliverable_id, now=HOLD_OVER)
    assert line is not None
    chain = chains.chains_of(session, [line], now=HOLD_OVER)[earning.id]
    assert line.waiting is chain.waiting
    picked = queries.all_earnings(session, state=None, waiting=chain.waiting, page=1, now=HOLD_OVER)
    assert earning.id in [each.earning.id for each in picked.rows]
    return line, chain


def test_a_part_that_the_next_run_keeps_back_is_told_before(
    session: Session, earning: Earning
) -> None:
    case = make_case(session, deliverable_id=earning.deliverable_id, amount=usd(8_000))

    line, chain = read(session, earning)

    assert chain.waiting is Waiting.CLAWBACK
    assert [(k.case_id, k.amount, k.reason, k.taken) for k in chain.kept] == [
        (case.id, usd(8_000), WHY, False)
    ]
    assert (chain.left, line.owed, chain.missing) == (usd(30_000), usd(8_000), None)
    assert (chain.by, chain.expected_on) == (next_run(HOLD_OVER), HOLD_OVER.date())
    (reason,) = reasons(session, now=HOLD_OVER)
    assert (reason.waiting, reason.count, reason.total) == (Waiting.CLAWBACK, 1, usd(38_000))


def test_what_was_kept_back_of_a_payout_stays_told(session: Session, earning: Earning) -> None:
    case = make_case(session, deliverable_id=earning.deliverable_id, amount=usd(8_000))
    (payout,) = payouts.gather(session, creator_ids=[earning.creator_id], now=HOLD_OVER)

    line, chain = read(session, earning)

    assert payout.amount == usd(30_000)
    assert chain.waiting is Waiting.SENDING
    assert [(k.case_id, k.amount, k.taken) for k in chain.kept] == [(case.id, usd(8_000), True)]
    assert (chain.left, line.owed) == (usd(30_000), usd(0))


def test_an_amount_that_is_owed_whole_is_kept_back_whole(
    session: Session, earning: Earning
) -> None:
    make_case(session, deliverable_id=earning.deliverable_id, amount=usd(38_000))
    _, before = read(session, earning)
    assert (before.waiting, before.left, before.expected_on) == (Waiting.CLAWBACK, usd(0), None)

    assert payouts.gather(session, creator_ids=[earning.creator_id], now=HOLD_OVER) == []
    _, after = read(session, earning)

    assert earning.state is EarningState.NETTED
    assert after.waiting is Waiting.NETTED
    assert [(k.amount, k.taken) for k in after.kept] == [(usd(38_000), True)]
    assert reasons(session, now=HOLD_OVER) == []


def test_what_is_too_little_afterwards_says_how_much_is_missing(
    session: Session, earning: Earning
) -> None:
    make_case(session, deliverable_id=earning.deliverable_id, amount=usd(37_900))

    line, chain = read(session, earning)

    assert (chain.waiting, chain.left) == (Waiting.CLAWBACK, usd(100))
    assert chain.missing == line.smallest - usd(100)
    assert chain.expected_on is None


def test_only_the_amount_it_is_taken_from_says_so(session: Session, earning: Earning) -> None:
    later = Earning(
        id=new_id(),
        kind=EarningKind.RETURNED,
        deliverable_id=earning.deliverable_id,
        campaign_id=earning.campaign_id,
        creator_id=earning.creator_id,
        fee_minor=38_000,
        platform_share_minor=0,
        net_minor=38_000,
        currency="USD",
        state=EarningState.PAYABLE,
        earned_at=HOLD_OVER,
        payable_at=HOLD_OVER,
    )
    session.add(later)
    make_case(session, deliverable_id=earning.deliverable_id, amount=usd(38_000))

    page = queries.earnings_of_creator(
        session, creator_id=earning.creator_id, page=1, now=HOLD_OVER
    )

    assert [(line.earning.id, line.waiting, line.owed) for line in page.rows] == [
        (later.id, Waiting.NEXT_RUN, usd(38_000)),
        (earning.id, Waiting.CLAWBACK, usd(38_000)),
    ]
    found = reasons(session, now=HOLD_OVER)
    counted = {(each.waiting, each.count, each.total.minor) for each in found}
    assert counted == {(Waiting.CLAWBACK, 1, 38_000), (Waiting.NEXT_RUN, 1, 38_000)}
