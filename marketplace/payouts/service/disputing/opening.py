"""One side disputes what a deliverable earns; what is in its hold window stays there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.collaborations.rules import Party
from marketplace.deliverables import queries as deliverables
from marketplace.deliverables.models import Deliverable
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict
from marketplace.kernel.money import Money
from marketplace.payouts import queries
from marketplace.payouts.models import Dispute, Earning, EntryPrize, ViewBonus
from marketplace.payouts.rules import EarningState
from marketplace.payouts.rules.disputes import (
    DISPUTABLE,
    OPEN_DISPUTES,
    DisputeAbout,
    DisputeEvent,
    DisputeReason,
    DisputeState,
    check_wish,
    reasons_for,
    refusal,
)
from marketplace.payouts.service.completing import complete
from marketplace.payouts.service.disputing.moves import Said, lock_work, party_of, write_step
from marketplace.payouts.service.disputing.setting_aside import set_aside, went_back
from marketplace.store.locks import lock_rows
from marketplace.terms import queries as terms


def open_dispute(
    session: Session,
    *,
    deliverable_id: UUID,
    reason: DisputeReason,
    share_bps: int,
    said: Said,
    actor: Actor,
    now: datetime,
) -> Dispute:
    """Dispute the money of a deliverable; the other side has its days to answer.

    1. Lock the agreement, the work, its bonus and what it has earned.
    2. Refuse what this side cannot dispute now: another dispute is open, the window is over.
    3. Until it is over, hold what is in its hold window or had gone back to the campaign, and book
       no views.

    share_bps: the creator's part of what is disputed that this side would agree to.
    Raises NotFound, NotPermitted, InvalidInput, Conflict (also the second time).
    """
    seen = deliverables.deliverable_seen_by(session, actor, deliverable_id)
    party = party_of(actor, brand_id=seen.brand_id, creator_id=seen.creator_id)
    said = said.checked()
    check_wish(share_bps, party)
    collaboration, work = lock_work(session, seen)
    if _is_open(session, work.id):
        raise Conflict("There is an open dispute about this work already; answer there")
    clocks = terms.dispute_days_at(session, at=now)
    bonus = _lock_bonus(session, work.id)
    held = _lock_held(session, work.id, now=now)
    about = reasons_for(party, queries.ground_of(session, work), now=now).get(reason)
    if about is None:
        raise Conflict(refusal(party, days=clocks.to_open))
    if about is not DisputeAbout.HELD:
        held = []
    stake = _stake(session, work, about, bonus=bonus, held=held)
    is_back = went_back(about, collaboration, bonus)
    if is_back and about is DisputeAbout.BONUS:  # what it did not earn may be promised still
        complete(session, collaboration_id=collaboration.id, now=now)
    dispute = Dispute(
        deliverable_id=work.id,
        collaboration_id=collaboration.id,
        number=_number(session, collaboration.id),
        campaign_id=work.campaign_id,
        brand_id=work.brand_id,
        creator_id=work.creator_id,
        opened_by=party,
        reason=reason,
        about=about,
        stake_minor=stake.minor,
        currency=stake.currency,
        state=DisputeState.ASKED,
        brand_share_bps=share_bps if party is Party.BRAND else None,
        creator_share_bps=share_bps if party is Party.CREATOR else None,
        opened_at=now,
        due_at=now + timedelta(days=clocks.answer),
    )
    session.add(dispute)
    session.flush()  # what it holds points at its row
    _hold(dispute, work, held=held, bonus=bonus)
    if is_back:
        set_aside(session, dispute, collaboration, actor=actor, now=now)
    write_step(
        session,
        dispute,
        DisputeEvent.OPEN,
        party=party,
        actor=actor,
        now=now,
        said=said,
        share_bps=share_bps,
    )
    return dispute


def _hold(
    dispute: Dispute, work: Deliverable, *, held: Sequence[Earning], bonus: ViewBonus | None
) -> None:
    """Let what is in its hold window stay there, and book no views, until it is over."""
    work.disputed_at = dispute.opened_at
    for earning in held:
        earning.dispute_id, earning.is_disputed = dispute.id, True
    if bonus is not None:
        bonus.is_disputed = True


def _is_open(session: Session, deliverable_id: UUID) -> bool:
    found = session.scalar(
        select(Dispute.id).where(
            Dispute.deliverable_id == deliverable_id, Dispute.state.in_(OPEN_DISPUTES)
        )
    )
    return found is not None


def _lock_bonus(session: Session, deliverable_id: UUID) -> ViewBonus | None:
    ids = session.scalars(select(ViewBonus.id).where(ViewBonus.deliverable_id == deliverable_id))
    return next(iter(lock_rows(session, ViewBonus, ids)), None)


def _lock_held(session: Session, deliverable_id: UUID, *, now: datetime) -> list[Earning]:
    """What is in its hold window; whatever was released meanwhile is not."""
    ids = session.scalars(
        select(Earning.id).where(
            Earning.deliverable_id == deliverable_id, Earning.kind.in_(DISPUTABLE)
        )
    )
    return [
        earning
        for earning in lock_rows(session, Earning, ids)
        if earning.state is EarningState.PENDING and earning.payable_at > now
    ]


def _stake(
    session: Session,
    work: Deliverable,
    about: DisputeAbout,
    *,
    bonus: ViewBonus | None,
    held: list[Earning],
) -> Money:
    match about:
        case DisputeAbout.HELD:
            return sum((earning.fee for earning in held), Money(0, work.currency))
        case DisputeAbout.BONUS if bonus is not None:
            return bonus.left
        case DisputeAbout.PRIZE:
            prize = session.get_one(EntryPrize, work.id)
            return prize.most - prize.won
        case _:
            return work.fee


def _number(session: Session, collaboration_id: UUID) -> int:
    """The number of the next dispute of a locked collaboration."""
    last = session.scalar(
        select(func.max(Dispute.number)).where(Dispute.collaboration_id == collaboration_id)
    )
    return (last or 0) + 1
