"""Money that had gone back to the campaign is promised again while it is disputed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.collaborations import service as collaborations
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import CollaborationState
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money
from marketplace.ledger import queries as balances
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import events
from marketplace.payouts.models import Dispute, ViewBonus
from marketplace.payouts.rules import BonusState
from marketplace.payouts.rules.disputes import DisputeAbout


def went_back(about: DisputeAbout, collaboration: Collaboration, bonus: ViewBonus | None) -> bool:
    """Tell whether what is disputed is the campaign's again: it may spend it, or send it back."""
    if about is DisputeAbout.BONUS:
        is_over = bonus is not None and bonus.state is BonusState.ENDED
        return is_over and collaboration.state is not CollaborationState.ACTIVE
    return about in (DisputeAbout.CALLED_OFF, DisputeAbout.PRIZE)


def set_aside(
    session: Session,
    dispute: Dispute,
    collaboration: Collaboration,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep what a new dispute is about out of the campaign's reach, as far as it has it still.

    The agreement is locked. Nobody can promise it to another creator, or have it sent back.
    """
    funds = events.campaign_funds(dispute.campaign_id)
    refs = (funds, events.committed_to(collaboration.id))
    ledger.lock_accounts(session, refs=refs, currency=dispute.currency)
    free = balances.balance_of(session, funds, currency=dispute.currency)
    dispute.set_aside = min(dispute.stake, free)
    if dispute.set_aside:
        collaborations.promise_again(
            session,
            collaboration,
            number=dispute.number,
            amount=dispute.set_aside,
            actor=actor,
            now=now,
        )


def use_what_is_aside(
    session: Session,
    dispute: Dispute,
    collaboration: Collaboration,
    *,
    amount: Money,
    actor: Actor,
    now: datetime,
) -> None:
    """Leave exactly so much promised for the end of a locked dispute; the rest goes back.

    Raises Conflict when it is more than is set aside and the campaign has not the rest.
    """
    aside, nothing = dispute.set_aside, Money(0, dispute.currency)
    dispute.set_aside = nothing
    if amount > aside:
        collaborations.promise_again(
            session,
            collaboration,
            number=dispute.number,
            amount=amount - aside,
            actor=actor,
            now=now,
            is_more=True,
        )
    else:
        collaborations.release(
            session,
            collaboration,
            which=collaborations.after_dispute(dispute.number),
            amount=aside - amount,
            actor=actor,
            now=now,
        )
