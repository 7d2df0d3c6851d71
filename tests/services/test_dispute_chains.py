"""Where disputed money is: one record for the creator, the brand and finance."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.payouts.queries import chains
from marketplace.payouts.queries.reasons import reasons
from marketplace.payouts.rules import Waiting
from marketplace.payouts.rules.chain import Chain, ChainStep, LinkState, Whose
from marketplace.payouts.rules.disputes import DisputeReason
from tests.factories.campaigns import make_campaign
from tests.factories.collaborations import make_collaboration
from tests.factories.deliverables import walk
from tests.factories.money import make_accepted, make_earning, pay_in
from tests.services.disputing import HOLD_ENDS, LATER, decide, dispute, say

DAY = timedelta(days=1)


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    campaign = make_campaign(session, brand=acme, by=alice)
    pay_in(session, campaign, by=alice)
    return campaign


@pytest.fixture
def work(session: Session, campaign: Campaign, alice: Actor, bea: Actor) -> Deliverable:
    made = make_accepted(session, campaign, by=alice, creator=bea)
    make_earning(session, made, matured=False)
    return made


def chain_of(session: Session, work: Deliverable, now: datetime = LATER) -> Chain:
    """The chain of an earned fee; the database's own count must say the same."""
    session.flush()
    line = queries.earning_line(session, deliverable_id=work.id, now=now)
    assert line is not None
    chain = chains.chains_of(session, [line], now=now)[line.earning.id]
    (counted,) = reasons(session, now=now) or [None]
    assert counted is None or (counted.waiting, line.waiting) == (chain.waiting, chain.waiting)
    return chain


def test_a_disputed_fee_waits_for_the_answer_then_for_staff_and_then_goes_on(
    session: Session, work: Deliverable, alice: Actor, bea: Actor, stella: Actor
) -> None:
    opened = dispute(session, work, alice)
    asked = chain_of(session, work)
    assert (asked.waiting, asked.whose) == (Waiting.DISPUTE_CREATOR, Whose.CREATOR)
    assert (asked.by, asked.expected_on, asked.dispute_id) == (LATER + 5 * DAY, None, opened.id)

    say(session, opened, bea)
    with_staff = chain_of(session, work)
    assert (with_staff.waiting, with_staff.whose) == (Waiting.DISPUTE_STAFF, Whose.STAFF)
    assert not with_staff.late
    assert chain_of(session, work, LATER + 6 * DAY).late

    decide(session, opened, stella, 10_000)
    over = chain_of(session, work)
    assert (over.waiting, over.by, over.dispute_id) == (Waiting.HOLD, HOLD_ENDS, None)


def test_a_fee_that_was_decided_away_ends_there(
    session: Session, work: Deliverable, alice: Actor, bea: Actor, stella: Actor
) -> None:
    opened = dispute(session, work, alice)
    say(session, opened, bea)
    decide(session, opened, stella, 0)

    chain = chain_of(session, work)

    assert (chain.waiting, chain.whose) == (Waiting.GIVEN_BACK, Whose.NOBODY)
    assert all(link.state is LinkState.DONE for link in chain.links)
    assert chain.links[-1].step is ChainStep.PAYABLE


def test_what_is_promised_and_disputed_waits_for_the_brand(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    agreed = make_collaboration(session, campaign=campaign, creator=bea, by=alice, funded=True)
    draft = walk(session, agreed, by=alice, creator=bea, to=DeliverableState.IN_REVIEW)
    dispute(session, draft, bea, reason=DisputeReason.OTHER, share=10_000)

    (promised,) = chains.promised_under(session, collaboration_id=agreed.id, now=LATER)
    alone = chains.chain_of_deliverable(session, draft, None, now=LATER)

    assert promised.chain == alone
    assert (alone.waiting, alone.whose) == (Waiting.DISPUTE_BRAND, Whose.BRAND)
    assert alone.by == LATER + 5 * DAY


def test_after_a_withdrawal_nothing_is_left_of_the_dispute(
    session: Session, work: Deliverable, alice: Actor
) -> None:
    before = chain_of(session, work)
    opened = dispute(session, work, alice)
    payouts.withdraw_dispute(session, dispute_id=opened.id, actor=alice, now=LATER)

    assert chain_of(session, work) == before
