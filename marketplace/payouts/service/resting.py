"""What goes back to the campaign rests there for as long as its creator may dispute that."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.collaborations import service as collaborations
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import RestReason
from marketplace.deliverables.models import Deliverable
from marketplace.kernel.money import Money
from marketplace.payouts import queries
from marketplace.payouts.models import Dispute, EntryPrize, ViewBonus
from marketplace.payouts.rules.disputes import OPEN_DISPUTES, RULED, DisputeAbout, DisputeState
from marketplace.terms import queries as terms


def rest_bonuses(
    session: Session, collaboration: Collaboration, *, back: Money, now: datetime
) -> None:
    """Let what bonuses of a locked collaboration did not earn rest, of what went back just now."""
    ended = session.execute(
        select(
            ViewBonus.deliverable_id,
            ViewBonus.cap_minor - ViewBonus.gross_minor - ViewBonus.taken_minor,
            ViewBonus.ended_at,
        )
        .where(
            ViewBonus.collaboration_id == collaboration.id,
            ViewBonus.ended_at.is_not(None),
            ~select(Dispute.id)
            .where(
                Dispute.deliverable_id == ViewBonus.deliverable_id,
                Dispute.about == DisputeAbout.BONUS,
                Dispute.state.in_(RULED),
            )
            .exists(),
        )
        .order_by(ViewBonus.ended_at.desc(), ViewBonus.id)
    ).all()
    for deliverable_id, left, ended_at in ended:
        if ended_at is None or (until := terms.disputable_until(session, ended_at)) <= now:
            break
        amount = min(back, Money(left, back.currency))
        back -= amount
        collaborations.rest(
            session,
            campaign_id=collaboration.campaign_id,
            subject_id=deliverable_id,
            why=RestReason.BONUS,
            amount=amount,
            at_most=amount,
            until=until,
        )


def rest_prizes(session: Session, campaign_id: UUID, *, back: Money, now: datetime) -> None:
    """Let prizes that went back rest: at most what entries can still ask for, and while they can.

    What an entry asks for in an open dispute is set aside; what was ruled on is not asked again.
    """
    asked = (
        select(Dispute.id)
        .where(
            Dispute.deliverable_id == EntryPrize.deliverable_id,
            Dispute.about == DisputeAbout.PRIZE,
            Dispute.state.in_((*OPEN_DISPUTES, *RULED)),
        )
        .exists()
    )
    more, until = session.execute(
        select(
            func.sum(EntryPrize.most_minor - EntryPrize.won_minor),
            func.max(EntryPrize.disputable_until),
        )
        .join(Deliverable, Deliverable.id == EntryPrize.deliverable_id)
        .where(Deliverable.campaign_id == campaign_id, EntryPrize.disputable_until > now, ~asked)
    ).one()
    if until is not None:
        collaborations.rest(
            session,
            campaign_id=campaign_id,
            subject_id=campaign_id,
            why=RestReason.PRIZES,
            amount=back,
            at_most=Money(int(more), back.currency),
            until=until,
        )


def take_from_rest(session: Session, dispute: Dispute) -> None:
    """Let what a new dispute is about rest no more: it is set aside."""
    collaborations.rest_no_more(session, subject_id=subject_of(dispute), amount=dispute.stake)


def rest_again(session: Session, dispute: Dispute, *, back: Money, now: datetime) -> None:
    """Let what a locked dispute gives back rest, where that may be disputed again.

    A prize by another entry as well; anything else by its creator, once the dispute is withdrawn.
    """
    if dispute.about in (DisputeAbout.PRIZE, DisputeAbout.HELD):
        if dispute.deliverable.is_entry:
            rest_prizes(session, dispute.campaign_id, back=back, now=now)
        return
    ground = queries.ground_of(session, session.get_one(Deliverable, dispute.deliverable_id))
    is_bonus = dispute.about is DisputeAbout.BONUS
    until = ground.bonus_until if is_bonus else ground.called_off_until
    if dispute.state is DisputeState.WITHDRAWN and until is not None and now < until:
        collaborations.rest(
            session,
            campaign_id=dispute.campaign_id,
            subject_id=subject_of(dispute),
            why=RestReason.BONUS if is_bonus else RestReason.CALLED_OFF,
            amount=back,
            at_most=dispute.stake,
            until=until,
        )


def subject_of(dispute: Dispute) -> UUID:
    """Return what the money rests for that had gone back and is disputed."""
    is_prize = dispute.about is DisputeAbout.PRIZE
    return dispute.campaign_id if is_prize else dispute.deliverable_id
