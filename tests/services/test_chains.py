"""The chain of an amount from the same rows, for the creator, the brand and finance."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Earning, PayoutAccount
from marketplace.payouts.queries import chains
from marketplace.payouts.queries.reasons import reasons
from marketplace.payouts.rules import Waiting
from marketplace.payouts.rules.chain import ChainStep, LinkState
from marketplace.processor.ports import Answer
from marketplace.processor.rules import Outcome
from tests.conftest import NOON
from tests.factories.campaigns import make_campaign
from tests.factories.chargebacks import LOST, OPENED, tell
from tests.factories.collaborations import make_collaboration
from tests.factories.deliverables import walk
from tests.factories.money import (
    HOLD_OVER,
    make_accepted,
    make_earning,
    make_payout,
    make_payout_account,
    pay_in,
    send_payout,
)

SENT = Answer(Outcome.DONE, remote_id="tr_1")
NET = Money(38_000, "USD")


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    campaign = make_campaign(session, brand=acme, by=alice)
    pay_in(session, campaign, by=alice)
    return campaign


@pytest.fixture
def earning(session: Session, campaign: Campaign, alice: Actor, bea: Actor) -> Earning:
    return make_earning(session, make_accepted(session, campaign, by=alice, creator=bea))


def waits_for(session: Session, earning: Earning) -> Waiting:
    """What the chain says; the database's own count and the line must say the same."""
    session.flush()
    line = queries.earning_line(session, deliverable_id=earning.deliverable_id, now=HOLD_OVER)
    assert line is not None
    chain = chains.chains_of(session, [line], now=HOLD_OVER)[earning.id]
    assert line.waiting is chain.waiting
    if chain.waiting is not Waiting.NOTHING:
        (reason,) = reasons(session, now=HOLD_OVER)
        assert (reason.waiting, reason.count, reason.total) == (chain.waiting, 1, NET)
    picked = queries.all_earnings(session, state=None, waiting=chain.waiting, page=1, now=HOLD_OVER)
    assert [each.earning.id for each in picked.rows] == [earning.id]
    return chain.waiting


def test_the_whole_way_of_a_fee_is_the_same_for_one_and_for_many(
    session: Session, earning: Earning, bea: Actor, stella: Actor
) -> None:
    assert waits_for(session, earning) is Waiting.NO_ACCOUNT

    account = make_payout_account(session, bea, active=False)
    assert waits_for(session, earning) is Waiting.ACCOUNT_NOT_READY
    account.under_review = True
    assert waits_for(session, earning) is Waiting.ACCOUNT_CHECKED
    account.under_review = False
    account.paused_at = NOON
    assert waits_for(session, earning) is Waiting.ACCOUNT_PAUSED
    account.closed_at = NOON
    assert waits_for(session, earning) is Waiting.ACCOUNT_CLOSED
    account.closed_at = account.paused_at = None
    account.transfers_active = True
    assert waits_for(session, earning) is Waiting.NEXT_RUN

    assert bea.creator_id is not None
    frozen = payouts.freeze(
        session, actor=stella, creator_id=bea.creator_id, reason="A doubt", now=NOON
    )
    assert waits_for(session, earning) is Waiting.FROZEN
    payouts.unfreeze(session, actor=stella, freeze_id=frozen.id, now=NOON)

    payout = make_payout(session, bea)
    assert waits_for(session, earning) is Waiting.SENDING
    send_payout(session, payout, Answer(Outcome.UNKNOWN))
    assert waits_for(session, earning) is Waiting.UNCLEAR


def test_a_refused_payout_waits_out_its_pause(
    session: Session, earning: Earning, bea: Actor
) -> None:
    make_payout_account(session, bea)
    payout = make_payout(session, bea)
    send_payout(session, payout, Answer(Outcome.REFUSED, code="account_invalid"))
    session.execute(update(PayoutAccount).values(transfers_active=True))
    session.expire_all()

    assert waits_for(session, earning) is Waiting.REFUSED


def test_a_payout_that_was_sent_waits_for_nothing(
    session: Session, earning: Earning, bea: Actor
) -> None:
    make_payout_account(session, bea)
    send_payout(session, make_payout(session, bea), SENT)

    assert waits_for(session, earning) is Waiting.NOTHING
    assert reasons(session, now=HOLD_OVER) == []


@pytest.mark.parametrize(
    ("state", "waiting"),
    [
        (DeliverableState.AWAITING_SUBMISSION, Waiting.DRAFT),
        (DeliverableState.IN_REVIEW, Waiting.REVIEW),
        (DeliverableState.APPROVED, Waiting.PUBLISHING),
        (DeliverableState.LIVE, Waiting.ACCEPTANCE),
    ],
)
def test_what_is_promised_is_followed_from_the_agreement_on(
    session: Session,
    campaign: Campaign,
    alice: Actor,
    bea: Actor,
    carl: Actor,
    state: DeliverableState,
    waiting: Waiting,
) -> None:
    agreed = make_collaboration(session, campaign=campaign, creator=bea, by=alice, funded=True)
    walk(session, agreed, by=alice, creator=bea, to=state)
    assert bea.creator_id is not None
    assert carl.creator_id is not None

    (mine,) = chains.promised_to(session, creator_id=bea.creator_id, now=NOON)
    (theirs,) = chains.promised_in(session, campaign_id=campaign.id, now=NOON)

    assert mine == theirs
    assert (mine.chain.waiting, mine.receives, mine.campaign_name) == (
        waiting,
        NET,
        "Beans in a minute",
    )
    assert mine.chain.links[0].step is ChainStep.AGREED
    assert mine.chain.links[0].state is LinkState.DONE
    assert mine.chain.expected_on is not None
    assert chains.promised_to(session, creator_id=carl.creator_id, now=NOON) == []


def test_what_is_earned_is_promised_no_more(session: Session, earning: Earning) -> None:
    assert chains.promised_to(session, creator_id=earning.creator_id, now=NOON) == []


def test_an_amount_below_the_smallest_payout_says_how_much_is_missing(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, earning: Earning
) -> None:
    make_payout_account(session, bea)
    line = queries.earning_line(session, deliverable_id=earning.deliverable_id, now=HOLD_OVER)
    assert line is not None
    assert line.smallest > Money(0, "USD")
    session.execute(update(Earning).values(fee_minor=600, platform_share_minor=30, net_minor=570))
    session.expire_all()

    line = queries.earning_line(session, deliverable_id=earning.deliverable_id, now=HOLD_OVER)
    assert line is not None
    chain = chains.chains_of(session, [line], now=HOLD_OVER)[earning.id]

    assert chain.waiting is Waiting.BELOW_MINIMUM
    assert chain.missing == line.smallest - Money(570, "USD")
    (reason,) = reasons(session, now=HOLD_OVER)
    assert reason.waiting is Waiting.BELOW_MINIMUM


def test_the_hold_window_ends_on_the_day_that_was_agreed(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    accepted = make_accepted(session, campaign, by=alice, creator=bea)
    earning = make_earning(session, accepted, matured=False)
    line = queries.earning_line(session, deliverable_id=accepted.id, now=NOON)
    assert line is not None

    chain = chains.chains_of(session, [line], now=NOON)[earning.id]

    assert (chain.waiting, chain.by) == (Waiting.HOLD, earning.payable_at)
    assert chain.expected_on == (earning.payable_at + timedelta(minutes=15)).date()


def test_a_campaign_frozen_by_a_chargeback_changes_no_amount_of_its_creators(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, carl: Actor, earning: Earning
) -> None:
    agreed = make_collaboration(session, campaign=campaign, creator=carl, by=alice, funded=True)
    walk(session, agreed, by=alice, creator=carl, to=DeliverableState.IN_REVIEW)
    make_payout_account(session, bea)
    assert waits_for(session, earning) is Waiting.NEXT_RUN
    (promised,) = chains.promised_in(session, campaign_id=campaign.id, now=NOON)

    found = tell(session, OPENED)

    assert found.frozen > Money(0, "USD")
    assert waits_for(session, earning) is Waiting.NEXT_RUN
    assert chains.promised_in(session, campaign_id=campaign.id, now=NOON) == [promised]
    payout = make_payout(session, bea)
    assert payout.amount == NET
    assert waits_for(session, earning) is Waiting.SENDING
    tell(session, LOST)
    assert waits_for(session, earning) is Waiting.SENDING
    assert chains.promised_in(session, campaign_id=campaign.id, now=NOON) == [promised]
    send_payout(session, payout, SENT)
    assert waits_for(session, earning) is Waiting.NOTHING
