"""A collaboration is over when everything in it is earned or called off, to the last view."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from marketplace.collaborations import service as collaborations
from marketplace.collaborations.models import Collaboration, Offer
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DONE, DeliverableState
from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.money import Money
from marketplace.payouts.models import Dispute, Earning, ViewBonus
from marketplace.payouts.rules import BonusState, EarningKind
from marketplace.payouts.rules.disputes import OPEN_DISPUTES
from marketplace.payouts.service.resting import rest_bonuses
from marketplace.store.locks import lock_row


def complete(session: Session, *, collaboration_id: UUID, now: datetime) -> bool:
    """Complete a collaboration that owes nothing more, and give its campaign what is left.

    False while work is owed, a fee is not booked, or views are counted or in dispute. One that was
    ended early stays ended and only gives back its rest. What is set aside for a dispute stays, and
    what was not earned of a bonus rests in the campaign. Once it is over nothing happens.
    """
    collaboration = lock_row(session, Collaboration, collaboration_id)
    if not _all_settled(session, collaboration_id):
        return False
    currency = session.scalars(
        select(Offer.currency).where(Offer.id == collaboration.offer_id)
    ).one()
    aside = Money(_set_aside_minor(session, collaboration_id), currency)
    back = collaborations.release_rest(session, collaboration, but=aside, actor=SYSTEM, now=now)
    rest_bonuses(session, collaboration, back=back, now=now)
    deliverables.overtake_endings(session, collaboration_id=collaboration_id, now=now)
    return collaborations.complete(session, collaboration_id=collaboration_id, now=now)


def _set_aside_minor(session: Session, collaboration_id: UUID) -> int:
    aside = session.scalar(
        select(func.sum(Dispute.set_aside_minor)).where(
            Dispute.collaboration_id == collaboration_id, Dispute.state.in_(OPEN_DISPUTES)
        )
    )
    return int(aside or 0)


def _all_settled(session: Session, collaboration_id: UUID) -> bool:
    mine = Deliverable.collaboration_id == collaboration_id
    owed, accepted, deliverables = session.execute(
        select(
            func.count().filter(Deliverable.state.not_in(DONE)),
            func.count().filter(Deliverable.state == DeliverableState.ACCEPTED),
            func.count(),
        ).where(mine)
    ).one()
    booked = session.scalar(
        select(func.count())
        .select_from(Earning)
        .join(Earning.deliverable)
        .where(mine, Earning.kind == EarningKind.FEE)
    )
    counting = session.scalar(
        select(func.count())
        .select_from(ViewBonus)
        .where(
            ViewBonus.collaboration_id == collaboration_id,
            or_(ViewBonus.state == BonusState.COUNTING, ViewBonus.is_disputed),
        )
    )
    return bool(deliverables) and not owed and booked == accepted and not counting
