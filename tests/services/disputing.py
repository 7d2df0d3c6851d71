"""What the tests of disputes do again and again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.collaborations.rules import Terms
from marketplace.creators.models import Creator
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState, EndingReason
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Code, events
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Dispute, Earning
from marketplace.payouts.rules import EarningKind
from marketplace.payouts.rules.disputes import DisputeReason
from marketplace.payouts.service import Said
from marketplace.reconciliation import checks
from tests.factories.campaigns import NOON
from tests.factories.collaborations import TERMS, make_collaboration
from tests.factories.deliverables import walk
from tests.factories.money import make_accepted, make_earning
from tests.factories.terms import set_terms
from tests.services.agreeing import balance

LATER: Final = NOON + timedelta(days=2)
HOLD_ENDS: Final = NOON + timedelta(days=7)
WORDS: Final = "The post was gone on the second day."
PROOF: Final = "https://drive.example/screenshot-1"


def dispute(
    session: Session,
    work: Deliverable,
    actor: Actor,
    *,
    reason: DisputeReason = DisputeReason.POST_REMOVED,
    share: int = 0,
    words: str = WORDS,
    link: str = PROOF,
    now: datetime = LATER,
) -> Dispute:
    """Return a dispute about a work. share: in basis points."""
    made = payouts.open_dispute(
        session,
        deliverable_id=work.id,
        reason=reason,
        share_bps=share,
        said=Said(words, link),
        actor=actor,
        now=now,
    )
    session.flush()
    return made


def say(
    session: Session,
    opened: Dispute,
    actor: Actor,
    *,
    share: int | None = None,
    words: str = "It was hidden for an hour only.",
    now: datetime = LATER,
) -> None:
    payouts.say_in_dispute(
        session, dispute_id=opened.id, said=Said(words), share_bps=share, actor=actor, now=now
    )
    session.flush()


def agree(
    session: Session, opened: Dispute, actor: Actor, share: int, *, now: datetime = LATER
) -> None:
    payouts.agree_in_dispute(session, dispute_id=opened.id, share_bps=share, actor=actor, now=now)
    session.flush()


def decide(
    session: Session, opened: Dispute, actor: Actor, share: int | None, *, now: datetime = LATER
) -> None:
    payouts.decide_dispute(
        session,
        dispute_id=opened.id,
        share_bps=share,
        words="The screenshot shows it.",
        actor=actor,
        now=now,
    )
    session.flush()


def mature(session: Session, at: datetime) -> int:
    made = payouts.mature_due(session, now=at)
    session.flush()
    return made


def keep_tax(session: Session, creator: Actor, stella: Actor) -> None:
    """Of what this creator agrees to from now on, 10 % are kept back for tax."""
    session.get_one(Creator, creator.creator_id).country = "DE"
    set_terms(session, by=stella, at=NOON, now=NOON - timedelta(days=1), withholding={"DE": 1_000})


def fee_of(session: Session, work: Deliverable) -> Earning:
    return session.scalars(
        select(Earning).where(Earning.deliverable_id == work.id, Earning.kind == EarningKind.FEE)
    ).one()


def money(session: Session, work: Deliverable) -> dict[str, Money]:
    """Where a work's money is: free, promised, held for the creator, our fee left and earned."""
    return {
        "free": balance(session, Code.CAMPAIGN_FUNDS, work.campaign_id),
        "promised": balance(session, Code.COMMITTED, work.collaboration_id),
        "held": balance(session, Code.CREATOR_PENDING, work.creator_id),
        "fee left": balance(session, Code.FEE_UNEARNED, work.campaign_id),
    }


def said_in(session: Session, opened: Dispute) -> list[str]:
    session.flush()
    return [each.event.value for each in queries.steps_of_dispute(session, opened.id)]


def all_checks_pass(session: Session) -> bool:
    return [each.name for each in checks.run_all(session) if not each.passed] == []


def accepted_work(session: Session, campaign: Campaign, alice: Actor, bea: Actor) -> Deliverable:
    """A live post accepted at noon: 400.00, in its hold window for a week."""
    made = make_accepted(session, campaign, by=alice, creator=bea)
    make_earning(session, made, matured=False)
    payouts.complete(session, collaboration_id=made.collaboration_id, now=NOON)
    session.flush()
    return made


def bank_freezes(session: Session, campaign: Campaign, amount: Money) -> None:
    """A bank asks about a payment: so much of what the campaign has is out of reach."""
    waits = events.frozen(stripe_warning_id="issfr_1", campaign_id=campaign.id, amount=amount)
    ledger.write_entry(session, waits, occurred_at=NOON, actor=SYSTEM)


def call_off(
    session: Session,
    work: Deliverable,
    by: Actor,
    *,
    now: datetime,
    release: Money = TERMS.fee,
) -> None:
    """End the collaboration of a work of 400.00, whose creator is late, alone."""
    deliverables.ask_to_end(
        session,
        collaboration_id=work.collaboration_id,
        reason=EndingReason.PLANS_CHANGED,
        note="",
        release=release,
        actor=by,
        now=now,
    )
    session.flush()


def unaccepted(
    session: Session,
    campaign: Campaign,
    alice: Actor,
    bea: Actor,
    to: DeliverableState,
    offered: Terms = TERMS,
) -> Deliverable:
    """Work of 400.00 that came so far and no further."""
    agreed = make_collaboration(
        session, campaign=campaign, creator=bea, by=alice, offered=offered, funded=True
    )
    return walk(session, agreed, by=alice, creator=bea, to=to)
