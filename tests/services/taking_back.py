"""What the tests of clawbacks ask again and again."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.kernel.actor import Actor
from marketplace.payouts import service as payouts
from marketplace.payouts.models import ClawbackCase, Earning, Payout, PayoutReversal
from marketplace.processor import queries as calls
from marketplace.processor.ports import Answer
from marketplace.processor.rules import CallKind, Outcome
from tests.factories.campaigns import make_campaign
from tests.factories.ledger import usd
from tests.factories.money import (
    HOLD_OVER,
    answer,
    make_accepted,
    make_earning,
    pay_in,
)

LATER = HOLD_OVER + timedelta(days=1)


def next_work(session: Session, campaign: Campaign, alice: Actor, creator: Actor) -> Earning:
    """Another 380.00 that is payable, from another campaign of the same brand."""
    brand = session.get_one(Brand, campaign.brand_id)
    other = make_campaign(session, brand=brand, by=alice, name="Soups")
    pay_in(session, other, by=alice, charge_id="ch_soups")
    done = make_accepted(session, other, by=alice, creator=creator, video_id="7345678901234567891")
    return make_earning(session, done)


def gather(session: Session, bea: Actor) -> list[int]:
    """Gather twice; return what is sent."""
    made = []
    for _ in range(2):
        made += payouts.gather(session, creator_ids=[bea.creator_id], now=LATER)  # type: ignore[list-item]
        session.flush()
    return [each.amount_minor for each in made]


def reverse(
    session: Session,
    by: Actor,
    payout: Payout,
    minor: int,
    *,
    case: ClawbackCase | None = None,
    reply: Answer | None = None,
) -> PayoutReversal:
    """Ask for a reversal, have it answered, and conclude it twice."""
    made = payouts.ask_reversal(
        session,
        actor=by,
        payout_id=payout.id,
        amount=usd(minor),
        reason="Wrong account.",
        case_id=case.id if case else None,
        now=LATER,
    )
    session.flush()
    call = calls.call_for(session, kind=CallKind.REVERSAL, subject_id=made.id)
    assert call is not None
    if answer(session, call, reply or Answer(Outcome.DONE, remote_id=f"trr_{minor}"), now=LATER):
        for _ in range(2):
            payouts.conclude_reversal(session, call=call, now=LATER)
            session.flush()
    return made
