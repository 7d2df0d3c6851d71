"""What the verbs of a dispute share: its locks, its steps, and who speaks for which side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.collaborations import queries as agreements
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import Party
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import check_link
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotPermitted
from marketplace.kernel.files import StoredFile
from marketplace.kernel.ids import new_id
from marketplace.payouts import queries
from marketplace.payouts.messages import DisputeMoved
from marketplace.payouts.models import Dispute, DisputeStep
from marketplace.payouts.rules.disputes import DisputeEvent, check_evidence, check_text
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says in a dispute. link, proof: what shows it, where there is something."""

    words: str
    link: str = ""
    proof: StoredFile | None = None

    def checked(self) -> Said:
        """Return the same, checked; raises InvalidInput for a text or a proof we cannot take."""
        if self.proof is not None:
            check_evidence(self.proof.content_type)
        link = check_link(self.link) if self.link.strip() else ""
        return Said(check_text(self.words), link, self.proof)


def party_in(actor: Actor, dispute: Dispute) -> Party:
    """Return the side that this actor speaks for; raises NotPermitted for neither."""
    return party_of(actor, brand_id=dispute.brand_id, creator_id=dispute.creator_id)


def party_of(actor: Actor, *, brand_id: UUID, creator_id: UUID) -> Party:
    """Return the side that this actor speaks for; raises NotPermitted for neither."""
    party = agreements.party_of(actor, brand_id=brand_id, creator_id=creator_id)
    if party is None:
        raise NotPermitted("speak in this dispute; its creator, and owners or managers can")
    return party


def lock_dispute(session: Session, actor: Actor, dispute_id: UUID) -> Dispute:
    """Lock a dispute and what it is about, for somebody who may see it; raises NotFound.

    The agreement first, then the work, then the dispute: as whoever opens one does.
    """
    seen = queries.dispute_seen_by(session, actor, dispute_id)
    lock_work(session, seen.deliverable)
    return lock_row(session, Dispute, dispute_id)


def lock_work(session: Session, deliverable: Deliverable) -> tuple[Collaboration, Deliverable]:
    """Lock the agreement and the work; whatever moves a dispute does this first."""
    collaboration = lock_row(session, Collaboration, deliverable.collaboration_id)
    return collaboration, lock_row(session, Deliverable, deliverable.id)


def write_step(
    session: Session,
    dispute: Dispute,
    event: DisputeEvent,
    *,
    party: Party | None,
    actor: Actor,
    now: datetime,
    said: Said | None = None,
    share_bps: int | None = None,
) -> DisputeStep:
    """Write down what happened, with the state it led to, and let both sides know."""
    proof = said.proof if said else None
    step = DisputeStep(
        id=new_id(),
        dispute_id=dispute.id,
        event=event,
        state=dispute.state,
        party=party,
        actor_id=actor.user_id,
        share_bps=share_bps,
        words=said.words if said else "",
        link=(said.link or None) if said else None,
        file_key=proof.key if proof else None,
        file_name=proof.name if proof else None,
        content_type=proof.content_type if proof else None,
        happened_at=now,
    )
    session.add(step)
    post(session, DisputeMoved(step_id=step.id))
    return step
