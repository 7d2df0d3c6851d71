"""A dispute ends: withdrawn, settled between the two, decided by staff, or overtaken."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.collaborations.rules import other_party
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotPermitted
from marketplace.payouts.models import Dispute
from marketplace.payouts.rules.disputes import (
    DISPUTE_LIFE,
    OPEN_DISPUTES,
    DisputeAbout,
    DisputeEvent,
    check_share,
    check_text,
)
from marketplace.payouts.service.completing import complete
from marketplace.payouts.service.disputing.carrying_out import carry_out, give_back, let_go
from marketplace.payouts.service.disputing.moves import (
    Said,
    lock_dispute,
    party_in,
    write_step,
)
from marketplace.store.locks import lock_row


def agree_in_dispute(
    session: Session, *, dispute_id: UUID, share_bps: int, actor: Actor, now: datetime
) -> Dispute:
    """Take the number that the other side has named: the dispute is settled, and booked.

    share_bps: the creator's part, as the actor was shown it. Raises NotFound, NotPermitted,
    InvalidInput, InvalidTransition (also the second time), Conflict when the other side has named
    none, or another one since.
    """
    dispute = lock_dispute(session, actor, dispute_id)
    party = party_in(actor, dispute)
    state = DISPUTE_LIFE.next(dispute.state, DisputeEvent.AGREE)
    check_share(share_bps)
    if dispute.wish_of(other_party(party)) != share_bps:
        raise Conflict("The other side has named another number since; look at it again")
    dispute.state, dispute.result_bps, dispute.closed_at = state, share_bps, now
    carry_out(session, dispute, share_bps=share_bps, actor=actor, now=now)
    write_step(
        session,
        dispute,
        DisputeEvent.AGREE,
        party=party,
        actor=actor,
        now=now,
        share_bps=share_bps,
    )
    return dispute


def withdraw_dispute(session: Session, *, dispute_id: UUID, actor: Actor, now: datetime) -> Dispute:
    """Take one's own dispute back: everything goes on as if there had been none.

    Raises NotFound, NotPermitted (the other side opened it), InvalidTransition.
    """
    dispute = lock_dispute(session, actor, dispute_id)
    party = party_in(actor, dispute)
    if party is not dispute.opened_by:
        raise NotPermitted("withdraw this dispute: the other side opened it, yours can agree")
    return _drop(session, dispute, DisputeEvent.WITHDRAW, actor=actor, now=now)


def decide_dispute(
    session: Session,
    *,
    dispute_id: UUID,
    share_bps: int | None,
    words: str,
    actor: Actor,
    now: datetime,
) -> Dispute:
    """Decide for both sides, as staff: how much is the creator's; both read why.

    share_bps: None lets unaccepted work go on as agreed. Raises NotFound, NotPermitted (not staff,
    or on one of the sides), InvalidInput, InvalidTransition (also the second time, and while the
    other side may still answer), Conflict.
    """
    dispute = lock_dispute(session, actor, dispute_id)
    check_decider(actor, dispute)
    said = Said(check_text(words, field="reason"))
    if share_bps is None:
        if dispute.about is not DisputeAbout.UNACCEPTED:
            raise InvalidInput({"share": "Say how much of it is the creator’s."})
        return _drop(session, dispute, DisputeEvent.DISMISS, actor=actor, now=now, said=said)
    state = DISPUTE_LIFE.next(dispute.state, DisputeEvent.DECIDE)
    check_share(share_bps)
    dispute.state, dispute.result_bps, dispute.closed_at = state, share_bps, now
    carry_out(session, dispute, share_bps=share_bps, actor=actor, now=now)
    write_step(
        session,
        dispute,
        DisputeEvent.DECIDE,
        party=None,
        actor=actor,
        now=now,
        said=said,
        share_bps=share_bps,
    )
    return dispute


def check_decider(actor: Actor, dispute: Dispute) -> None:
    """Raise NotPermitted unless this is a member of staff who is on neither side."""
    if not actor.is_staff:
        raise NotPermitted("decide for both sides; staff can")
    if actor.belongs_to(dispute.brand_id) or actor.creator_id == dispute.creator_id:
        raise NotPermitted("decide on a dispute of your own side; a colleague has to")


def overtake_dispute(session: Session, *, deliverable_id: UUID, now: datetime) -> None:
    """Close a dispute about work that earns its fee now: it was about its not being accepted.

    The work is locked.
    """
    waiting = session.scalar(
        select(Dispute.id).where(
            Dispute.deliverable_id == deliverable_id, Dispute.state.in_(OPEN_DISPUTES)
        )
    )
    if waiting is not None:
        dispute = lock_row(session, Dispute, waiting)
        _drop(session, dispute, DisputeEvent.OVERTAKE, actor=SYSTEM, now=now)


def _drop(
    session: Session,
    dispute: Dispute,
    event: DisputeEvent,
    *,
    actor: Actor,
    now: datetime,
    said: Said | None = None,
) -> Dispute:
    dispute.state, dispute.closed_at = DISPUTE_LIFE.next(dispute.state, event), now
    about = let_go(session, dispute, now=now)
    give_back(session, dispute, about, actor=actor, now=now)
    if dispute.about is DisputeAbout.BONUS:
        session.flush()  # what is disputed is counted
        complete(session, collaboration_id=dispute.collaboration_id, now=now)
    party = dispute.opened_by if event is DisputeEvent.WITHDRAW else None
    write_step(session, dispute, event, party=party, actor=actor, now=now, said=said)
    return dispute
