"""Staff stop the payouts of one creator, and let them go on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.creators import queries as creators
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotPermitted
from marketplace.payouts.messages import PayoutsFrozen, PayoutsUnfrozen, PayoutsWanted
from marketplace.payouts.models import Freeze
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post


def freeze(
    session: Session, *, actor: Actor, creator_id: UUID, reason: str, now: datetime
) -> Freeze:
    """Gather nothing more for a creator until somebody lifts it; what is on its way goes on.

    reason: for staff; the creator is told that payouts are stopped, and whom to ask.
    Raises NotFound, NotPermitted, InvalidInput (no reason), Conflict (frozen already).
    """
    if not (actor.is_staff or actor.is_system):
        raise NotPermitted("freeze payouts")
    if not reason.strip():
        raise InvalidInput({"reason": "Say why, for your colleagues."})
    creators.creator_by_id(session, creator_id)
    made: Freeze | None = session.scalar(
        insert(Freeze)
        .values(
            creator_id=creator_id,
            reason=reason.strip(),
            frozen_by=actor.user_id,
            frozen_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Freeze)
    )
    if made is None:
        raise Conflict("The payouts of this creator are frozen already")
    post(session, PayoutsFrozen(freeze_id=made.id))
    return made


def unfreeze(session: Session, *, actor: Actor, freeze_id: UUID, now: datetime) -> Freeze:
    """Let payouts go on; what is payable goes out with the next one.

    Raises NotFound, NotPermitted, Conflict (lifted already).
    """
    if not actor.is_staff:
        raise NotPermitted("unfreeze payouts")
    known = lock_row(session, Freeze, freeze_id)
    if known.lifted_at is not None:
        raise Conflict("This freeze was lifted already")
    known.lifted_at, known.lifted_by = now, actor.user_id
    post(session, PayoutsUnfrozen(freeze_id=known.id))
    post(session, PayoutsWanted(creator_id=known.creator_id))
    return known
