"""What ending a collaboration would do, and who wishes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, cast
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.interfaces import ORMOption

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.collaborations import queries as collaborations
from marketplace.collaborations.models import Collaboration, Offer
from marketplace.collaborations.rules import CollaborationState, Party, other_party
from marketplace.creators.models import Creator
from marketplace.deliverables.models import (
    Deliverable,
    DeliverableStep,
    Ending,
)
from marketplace.deliverables.queries.scope import deliverables_of
from marketplace.deliverables.rules import (
    EndingState,
    Work,
    alone_from,
    called_off,
)
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Money
from marketplace.store.paging import Page, page_of


def outcomes(session: Session) -> dict[UUID, tuple[int, int]]:
    """Creator -> how many collaborations they kept, and how many they broke.

    Kept: completed, for a fee. Broken: ended by one side alone, as creators may before the work is
    done and brands when it is late. What both agreed to end, or staff ended, is neither.
    """
    whose = Collaboration.creator_id
    completed = session.execute(
        select(whose, func.count())
        .where(Collaboration.state == CollaborationState.COMPLETED, collaborations.has_fee())
        .group_by(whose)
    )
    ended = session.execute(
        select(whose, func.count())
        .join(Ending, Ending.collaboration_id == Collaboration.id)
        .where(Ending.state == EndingState.ALONE)
        .group_by(whose)
    )
    found: dict[UUID, tuple[int, int]] = {each: (count, 0) for each, count in completed}
    for each, count in ended:
        found[each] = (found.get(each, (0, 0))[0], count)
    return found


@dataclass(frozen=True, slots=True)
class EndingLine:
    """What becomes of one deliverable when its collaboration ends now."""

    deliverable: Deliverable
    work: Work


@dataclass(frozen=True, slots=True)
class EndingWish:
    """A wish to end a collaboration that waits for an answer. other: who wishes it."""

    collaboration_id: UUID
    answer_by: datetime
    campaign_name: str
    other: str


@dataclass(frozen=True, slots=True)
class EndingOutlook:
    """What would happen if a collaboration ended now, and who may end it alone.

    release: what goes back to the campaign. alone: side -> from which day it needs nobody else.
    """

    lines: Sequence[EndingLine]
    release: Money
    alone: Mapping[Party, date | None]

    def may_alone(self, party: Party, *, today: date) -> bool:
        """True when this side can end it by itself now."""
        day = self.alone[party]
        return day is not None and day <= today


def ending_outlook(session: Session, collaboration: Collaboration, *, today: date) -> EndingOutlook:
    """What would happen if a collaboration ended now; locked rows are read as they are."""
    owed = deliverables_of(session, collaboration_id=collaboration.id)
    offer = session.get_one(Offer, collaboration.offer_id)
    moved: dict[UUID, datetime] = {
        row.deliverable_id: row.last
        for row in session.execute(
            select(
                DeliverableStep.deliverable_id, func.max(DeliverableStep.happened_at).label("last")
            )
            .where(DeliverableStep.deliverable_id.in_([each.id for each in owed]))
            .group_by(DeliverableStep.deliverable_id)
        )
    }
    lines = [
        EndingLine(
            deliverable=each,
            work=Work(
                state=each.state,
                fee=each.fee + _bonus_cap(offer, each),
                draft_due_on=each.draft_due_on,
                publish_by_on=each.publish_by_on,
                moved_on=moved.get(each.id, collaboration.agreed_at).date(),
            ),
        )
        for each in owed
    ]
    works = [line.work for line in lines]
    return EndingOutlook(
        lines=lines,
        release=called_off(works, currency=offer.currency),
        alone={party: alone_from(party, works, today=today) for party in Party},
    )


def _bonus_cap(offer: Offer, deliverable: Deliverable) -> Money:
    agreed = offer.deliverables[deliverable.position - 1]
    return Money(agreed.get("bonus_cap_minor", 0), offer.currency)


def last_ending(session: Session, collaboration_id: UUID) -> Ending | None:
    """The newest wish to end a collaboration, whatever came of it."""
    return session.scalar(
        select(Ending)
        .where(Ending.collaboration_id == collaboration_id)
        .order_by(Ending.asked_at.desc(), Ending.id.desc())
        .limit(1)
    )


def ending_seen_by(session: Session, actor: Actor, ending_id: UUID) -> Ending:
    """A wish to end a collaboration, for its two sides and staff; otherwise NotFound."""
    found = session.scalar(select(Ending).where(Ending.id == ending_id).options(*_ending_parts()))
    if found is None:
        raise NotFound("wish to end it")
    collaborations.collaboration_seen_by(session, actor, found.collaboration_id)
    return found


def endings_to_answer(
    session: Session, *, party: Party, brand_id: UUID | None = None, creator_id: UUID | None = None
) -> Sequence[EndingWish]:
    """Wishes of the other side that this one has not answered, the oldest first.

    party: whose turn it is; of the brand or the creator of this id.
    """
    mine = (
        Collaboration.brand_id == brand_id
        if party is Party.BRAND
        else Collaboration.creator_id == creator_id
    )
    rows = session.execute(
        select(
            Ending.collaboration_id,
            Ending.answer_by,
            Campaign.name,
            Brand.name if party is Party.CREATOR else Creator.display_name,
        )
        .join(Collaboration, Collaboration.id == Ending.collaboration_id)
        .join(Campaign, Campaign.id == Collaboration.campaign_id)
        .join(Brand, Brand.id == Collaboration.brand_id)
        .join(Creator, Creator.id == Collaboration.creator_id)
        .where(Ending.state == EndingState.ASKED, Ending.asked_by == other_party(party), mine)
        .order_by(Ending.asked_at, Ending.id)
    )
    return [EndingWish(*row) for row in rows]


def endings_with_staff(session: Session) -> Sequence[Ending]:
    """What staff are asked to decide, with both sides, the oldest first."""
    return session.scalars(_WITH_STAFF).all()


def endings_decided(session: Session, *, page: int = 1) -> Page[Ending]:
    """What staff have decided, with both sides, the last decided first."""
    statement = (
        select(Ending)
        .where(Ending.state.in_((EndingState.ENDED_BY_STAFF, EndingState.KEPT_BY_STAFF)))
        .options(*_ending_parts())
        .order_by(Ending.answered_at.desc(), Ending.id.desc())
    )
    return cast("Page[Ending]", page_of(session, statement, number=page))


def _ending_parts() -> Sequence[ORMOption]:
    whole = joinedload(Ending.collaboration)
    return (
        whole.joinedload(Collaboration.campaign).joinedload(Campaign.brand),
        whole.joinedload(Collaboration.creator),
        joinedload(Ending.answered_by),
    )


_WITH_STAFF: Final = (
    select(Ending)
    .where(Ending.state == EndingState.WITH_STAFF)
    .options(*_ending_parts())
    .order_by(Ending.asked_at, Ending.id)
)
ANY_ENDING_WITH_STAFF: Final = _WITH_STAFF.exists()
