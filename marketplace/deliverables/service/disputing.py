"""What a dispute about its money does to a deliverable."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableEvent
from marketplace.deliverables.service.moves import refuse_posts, take_step
from marketplace.kernel.actor import Actor


def award(session: Session, deliverable: Deliverable, *, actor: Actor, now: datetime) -> None:
    """Count a locked deliverable as accepted, as a dispute has ended: its fee is earned.

    Raises InvalidTransition, Conflict.
    """
    take_step(session, deliverable, DeliverableEvent.AWARD, actor=actor, now=now)
    deliverable.answer_by, deliverable.accepted_at = None, now
    refuse_posts(session, [deliverable], reason="A dispute about this work has ended.", now=now)


def call_off(session: Session, deliverable: Deliverable, *, actor: Actor, now: datetime) -> None:
    """Call a locked deliverable off, as a dispute has ended. Raises InvalidTransition, Conflict."""
    take_step(session, deliverable, DeliverableEvent.CANCEL, actor=actor, now=now)
    deliverable.answer_by = None
    refuse_posts(session, [deliverable], reason="A dispute about this work has ended.", now=now)
