"""Money that had gone back to the campaign is promised again while it is disputed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.collaborations import queries as agreements
from marketplace.collaborations import service as collaborations
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import CollaborationState, FreeMoney, left_in_words
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence
from marketplace.ledger.rules import Free, events
from marketplace.payouts.models import Dispute, ViewBonus
from marketplace.payouts.rules import BonusState
from marketplace.payouts.rules.disputes import DisputeAbout
from marketplace.payouts.service.resting import rest_again, subject_of, take_from_rest


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

    The agreement is locked. What rests for it is there, unless a chargeback has taken it; what
    rests for somebody else is left alone.
    """
    left = _lock_free(session, dispute, now=now)
    rest = agreements.resting_for(session, subject_of(dispute), now=now)
    own = rest.amount if rest else Money(0, dispute.currency)
    free = left.free_for(own)
    dispute.set_aside = min(dispute.stake, free)
    take_from_rest(session, dispute)
    if dispute.set_aside:
        collaborations.promise_again(
            session,
            collaboration,
            number=dispute.number,
            amount=dispute.set_aside,
            free=free,
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

    Raises Conflict when it is more than is set aside and the campaign has not the rest free.
    """
    aside, nothing = dispute.set_aside, Money(0, dispute.currency)
    dispute.set_aside = nothing
    if amount > aside:
        free = _check_free(session, dispute, amount - aside, now=now)
        collaborations.promise_again(
            session,
            collaboration,
            number=dispute.number,
            amount=amount - aside,
            free=free,
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
        rest_again(session, dispute, back=aside - amount, now=now)


def _check_free(session: Session, dispute: Dispute, amount: Money, *, now: datetime) -> Free:
    left = _lock_free(session, dispute, now=now)
    if amount > left.free:
        raise Conflict(
            Sentence(
                "The campaign has only {left}, and this takes {amount} more: agree on less, or let"
                " the brand add funds first",
                left=left_in_words(left),
                amount=amount,
            )
        )
    return left.free


def _lock_free(session: Session, dispute: Dispute, *, now: datetime) -> FreeMoney:
    return collaborations.lock_free_money(
        session,
        dispute.campaign_id,
        currency=dispute.currency,
        also=[events.committed_to(dispute.collaboration_id)],
        now=now,
    )
