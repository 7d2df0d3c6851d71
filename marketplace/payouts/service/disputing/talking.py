"""What both sides say in a dispute, and what happens when one does not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from marketplace.collaborations.rules import Party
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.payouts.messages import DisputeRunsOut
from marketplace.payouts.models import Dispute
from marketplace.payouts.rules.disputes import (
    DISPUTE_LIFE,
    OPEN_DISPUTES,
    REMIND_BEFORE,
    DisputeEvent,
    DisputeState,
    check_share,
    whose_turn,
)
from marketplace.payouts.service.disputing.moves import (
    Said,
    lock_dispute,
    party_in,
    write_step,
)
from marketplace.store.outbox import post
from marketplace.store.rows import those_of
from marketplace.terms import queries as terms


def say_in_dispute(
    session: Session,
    *,
    dispute_id: UUID,
    said: Said,
    share_bps: int | None,
    actor: Actor,
    now: datetime,
) -> Dispute:
    """Say or show something; the other side's first word is its answer, and brings in staff.

    share_bps: the creator's part that the actor's side would agree to now; None leaves it as it is.
    Raises NotFound, NotPermitted, InvalidInput, InvalidTransition (it is over).
    """
    dispute = lock_dispute(session, actor, dispute_id)
    party = party_in(actor, dispute)
    answers = whose_turn(dispute.state, opened_by=dispute.opened_by) is party
    event = DisputeEvent.ANSWER if answers else DisputeEvent.SAY
    state = DISPUTE_LIFE.next(dispute.state, event)
    said = said.checked()
    if share_bps is not None:
        check_share(share_bps)
        if party is Party.BRAND:
            dispute.brand_share_bps = share_bps
        else:
            dispute.creator_share_bps = share_bps
    if state is not dispute.state:
        bring_in_staff(session, dispute, state, now=now)
    write_step(
        session,
        dispute,
        event,
        party=party,
        actor=actor,
        now=now,
        said=said,
        share_bps=share_bps,
    )
    return dispute


def bring_in_staff(
    session: Session, dispute: Dispute, state: DisputeState, *, now: datetime
) -> None:
    """Hand a locked dispute to staff, with the time that the terms give them."""
    days = terms.dispute_days_at(session, at=now).decide
    dispute.state = state
    dispute.due_at, dispute.reminded_at = now + timedelta(days=days), None


def move_disputes_on(
    session: Session, *, now: datetime, limit: int = 100, ids: Collection[UUID] | None = None
) -> int:
    """Bring in staff where the other side was silent, and remind whoever's time is nearly over.

    Returns how many were moved or reminded of; the second time none. ids: only these.
    """
    due = session.scalars(
        those_of(_to_move(now), Dispute.id, ids)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    for dispute in due:
        if dispute.state is DisputeState.ASKED and dispute.due_at <= now:
            state = DISPUTE_LIFE.next(dispute.state, DisputeEvent.RUN_OUT)
            bring_in_staff(session, dispute, state, now=now)
            write_step(session, dispute, DisputeEvent.RUN_OUT, party=None, actor=SYSTEM, now=now)
        else:
            dispute.reminded_at = now
            post(
                session,
                DisputeRunsOut(dispute_id=dispute.id, due_at=dispute.due_at.isoformat()),
            )
    return len(due)


def disputes_to_move(session: Session, *, now: datetime) -> Sequence[UUID]:
    """The disputes whose time is over or nearly over, by their ids."""
    return session.scalars(_to_move(now).with_only_columns(Dispute.id)).all()


def _to_move(now: datetime) -> Select[Dispute]:
    return (
        select(Dispute)
        .where(
            Dispute.state.in_(OPEN_DISPUTES),
            or_(
                (Dispute.state == DisputeState.ASKED) & (Dispute.due_at <= now),
                Dispute.reminded_at.is_(None) & (Dispute.due_at <= now + REMIND_BEFORE),
            ),
        )
        .order_by(Dispute.due_at, Dispute.id)
    )
