"""Write down what moved a pledge."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.causes.models import Pledge, PledgeStep
from marketplace.causes.rules.pledges import LIFE, PledgeEvent
from marketplace.kernel.actor import Actor
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import events


def take_step(
    session: Session,
    pledge: Pledge,
    event: PledgeEvent,
    amount: Money,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Move a pledge along its life; raises InvalidTransition where no arrow is drawn."""
    pledge.state = LIFE.next(pledge.state, event)
    write_step(session, pledge, event, amount, actor=actor, now=now)


def write_step(
    session: Session,
    pledge: Pledge,
    event: PledgeEvent,
    amount: Money,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep what happened; the state is the one that the pledge is in by now."""
    session.add(
        PledgeStep(
            id=new_id(),
            pledge_id=pledge.id,
            event=event,
            state=pledge.state,
            amount_minor=amount.minor,
            currency=amount.currency,
            actor_id=actor.user_id,
            happened_at=now,
        )
    )


def give_back(
    session: Session, pledge: Pledge, amount: Money, *, actor: Actor, now: datetime
) -> None:
    """Put money of a pledge back into the brand's wallet. Nothing happens for nothing."""
    if amount.minor <= 0:
        return
    entry = events.pledge_returned(
        pledge_id=pledge.id,
        before=Money(pledge.returned_minor, pledge.currency),
        campaign_id=pledge.campaign_id,
        brand_id=pledge.campaign.brand_id,
        amount=amount,
    )
    ledger.write_entry(session, entry, occurred_at=now, actor=actor)
    pledge.returned_minor += amount.minor
    take_step(session, pledge, PledgeEvent.RETURN, amount, actor=actor, now=now)
