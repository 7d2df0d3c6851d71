"""What is known of deliverables, by who asks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, or_, select, true
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.interfaces import ORMOption

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Brief, Campaign
from marketplace.collaborations import queries as collaborations
from marketplace.collaborations.models import Collaboration, Offer
from marketplace.collaborations.rules import Party
from marketplace.creators.models import Channel, ChannelState, Creator, Platform
from marketplace.deliverables.models import (
    Deliverable,
    DeliverableStep,
    Ending,
    PublishedPost,
    Review,
    Submission,
)
from marketplace.deliverables.rules import (
    DeliverableState,
    EndingState,
    PostState,
    Work,
    alone_from,
    called_off,
    checklist,
)
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Money

MOST_LINES: Final = 200
"""A list of work is never longer; what is most urgent comes first."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A submission with what the brand said of it."""

    submission: Submission
    review: Review | None


@dataclass(frozen=True, slots=True)
class DeliverableLine:
    """A deliverable with the names that a list shows."""

    deliverable: Deliverable
    campaign_name: str
    brand_name: str
    creator_name: str
    post_state: PostState | None
    """Of the post that is being checked or live; None while there is none."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything agreed about one deliverable.

    points: what the creator ticks, from the version of the brief that was agreed.
    """

    deliverable: Deliverable
    campaign_name: str
    brand_name: str
    creator_name: str
    offer: Offer
    brief: Brief
    points: Sequence[str]


@dataclass(frozen=True, slots=True)
class EndingLine:
    """What becomes of one deliverable when its collaboration ends now."""

    deliverable: Deliverable
    work: Work


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


def endings_with_staff(session: Session) -> Sequence[Ending]:
    """What staff are asked to decide, with both sides, the oldest first."""
    return session.scalars(
        select(Ending)
        .where(Ending.state == EndingState.WITH_STAFF)
        .options(*_ending_parts())
        .order_by(Ending.asked_at, Ending.id)
    ).all()


def _ending_parts() -> Sequence[ORMOption]:
    whole = joinedload(Ending.collaboration)
    return (
        whole.joinedload(Collaboration.campaign).joinedload(Campaign.brand),
        whole.joinedload(Collaboration.creator),
    )


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The rows this actor may know of: their brands', their own as a creator, or all for staff."""
    if actor.is_staff or actor.is_system:
        return true()
    return or_(
        Deliverable.brand_id.in_(list(actor.brands)), Deliverable.creator_id == actor.creator_id
    )


def deliverable_seen_by(session: Session, actor: Actor, deliverable_id: UUID) -> Deliverable:
    """The deliverable, if this actor may know of it; otherwise NotFound."""
    found = session.scalar(
        select(Deliverable).where(Deliverable.id == deliverable_id, visible_to(actor))
    )
    if found is None:
        raise NotFound("deliverable")
    return found


def deliverables_of(session: Session, *, collaboration_id: UUID) -> Sequence[Deliverable]:
    """What a collaboration owes, in the order agreed."""
    return session.scalars(
        select(Deliverable)
        .where(Deliverable.collaboration_id == collaboration_id)
        .order_by(Deliverable.position)
    ).all()


def sheet_of(session: Session, deliverable: Deliverable) -> Sheet:
    """All that was agreed about a deliverable, with the names of its two sides."""
    collaboration = session.scalars(
        select(Collaboration)
        .where(Collaboration.id == deliverable.collaboration_id)
        .options(
            joinedload(Collaboration.campaign).joinedload(Campaign.brand),
            joinedload(Collaboration.creator),
            joinedload(Collaboration.offer).joinedload(Offer.brief),
        )
    ).one()
    brief = collaboration.offer.brief
    return Sheet(
        deliverable=deliverable,
        campaign_name=collaboration.campaign.name,
        brand_name=collaboration.campaign.brand.name,
        creator_name=collaboration.creator.display_name,
        offer=collaboration.offer,
        brief=brief,
        points=checklist(brief.dos, brief.donts, disclosure=brief.disclosure),
    )


def lines_for_brands(
    session: Session, *, brand_ids: Collection[UUID], states: Collection[DeliverableState]
) -> list[DeliverableLine]:
    """What these brands have in these states, the most urgent first."""
    rows = session.execute(_OF_BRANDS, {"whose": list(brand_ids), "states": list(states)})
    return [DeliverableLine(*row) for row in rows]


def lines_for_creator(
    session: Session, *, creator_id: UUID, states: Collection[DeliverableState]
) -> list[DeliverableLine]:
    """What a creator has in these states, the most urgent first."""
    rows = session.execute(_OF_CREATORS, {"whose": [creator_id], "states": list(states)})
    return [DeliverableLine(*row) for row in rows]


def checklist_of(session: Session, collaboration_id: UUID) -> list[str]:
    """What a creator ticks before handing in, from the version of the brief that was agreed."""
    brief = session.scalars(
        select(Brief)
        .join(Offer, Offer.brief_id == Brief.id)
        .join(Collaboration, Collaboration.offer_id == Offer.id)
        .where(Collaboration.id == collaboration_id)
    ).one()
    return checklist(brief.dos, brief.donts, disclosure=brief.disclosure)


def submission_by_id(session: Session, submission_id: UUID) -> tuple[Submission, Deliverable]:
    """A submission and its deliverable; raises NotFound."""
    found = session.execute(
        select(Submission, Deliverable)
        .join(Deliverable, Deliverable.id == Submission.deliverable_id)
        .where(Submission.id == submission_id)
    ).one_or_none()
    if found is None:
        raise NotFound("submission")
    return found[0], found[1]


def review_of(session: Session, submission_id: UUID) -> Review:
    """What the brand said of a submission; raises NotFound before it has."""
    found = session.scalar(select(Review).where(Review.submission_id == submission_id))
    if found is None:
        raise NotFound("review")
    return found


def submission_count(session: Session, deliverable_id: UUID) -> int:
    """How many versions were handed in."""
    counted = select(func.count()).where(Submission.deliverable_id == deliverable_id)
    return session.scalar(counted) or 0


def last_submission(session: Session, deliverable_id: UUID) -> Submission:
    """The version handed in last; raises NotFound when there is none."""
    found = session.scalar(
        select(Submission)
        .where(Submission.deliverable_id == deliverable_id)
        .order_by(Submission.number.desc())
        .limit(1)
    )
    if found is None:
        raise NotFound("submission")
    return found


def submission_seen_by(session: Session, actor: Actor, submission_id: UUID) -> Submission:
    """The submission, if this actor may know of its deliverable; otherwise NotFound."""
    found = session.scalar(
        select(Submission)
        .join(Deliverable, Deliverable.id == Submission.deliverable_id)
        .where(Submission.id == submission_id, visible_to(actor))
    )
    if found is None:
        raise NotFound("submission")
    return found


def handed_in(session: Session, *, deliverable_id: UUID) -> list[Handed]:
    """Every version handed in with its review, newest first."""
    rows = session.execute(
        select(Submission, Review)
        .outerjoin(Review, Review.submission_id == Submission.id)
        .where(Submission.deliverable_id == deliverable_id)
        .order_by(Submission.number.desc())
    )
    return [Handed(*row) for row in rows]


def steps_of(session: Session, *, deliverable_id: UUID) -> Sequence[DeliverableStep]:
    """What happened to a deliverable, oldest first."""
    return session.scalars(
        select(DeliverableStep)
        .where(DeliverableStep.deliverable_id == deliverable_id)
        .order_by(DeliverableStep.happened_at, DeliverableStep.id)
    ).all()


def connected_channel(session: Session, *, creator_id: UUID, platform: Platform) -> Channel | None:
    """The channel of a creator that we may read on a platform."""
    return session.scalar(
        select(Channel).where(
            Channel.creator_id == creator_id,
            Channel.platform == platform,
            Channel.state == ChannelState.CONNECTED,
        )
    )


def standing_post(session: Session, *, deliverable_id: UUID) -> PublishedPost | None:
    """The post of a deliverable that is being checked, live, or gone; not the refused ones."""
    return session.scalar(
        select(PublishedPost)
        .where(
            PublishedPost.deliverable_id == deliverable_id,
            PublishedPost.state != PostState.REFUSED,
        )
        .options(joinedload(PublishedPost.channel))
        .execution_options(populate_existing=True)
    )


def post_states_of(session: Session, deliverable_ids: Collection[UUID]) -> dict[UUID, PostState]:
    """Deliverable id -> the state of its post; one without a post is left out."""
    rows = session.execute(
        select(PublishedPost.deliverable_id, PublishedPost.state).where(
            PublishedPost.deliverable_id.in_(deliverable_ids),
            PublishedPost.state != PostState.REFUSED,
        )
    )
    return {row.deliverable_id: row.state for row in rows}


def last_refused_post(session: Session, *, deliverable_id: UUID) -> PublishedPost | None:
    """The newest address that did not count, with its reason."""
    return session.scalar(
        select(PublishedPost)
        .where(
            PublishedPost.deliverable_id == deliverable_id,
            PublishedPost.state == PostState.REFUSED,
        )
        .order_by(PublishedPost.pasted_at.desc(), PublishedPost.id.desc())
        .limit(1)
    )


def post_by_id(session: Session, post_id: UUID) -> PublishedPost:
    """A post with its channel and deliverable; raises NotFound."""
    found = session.scalar(
        select(PublishedPost)
        .where(PublishedPost.id == post_id)
        .options(
            joinedload(PublishedPost.channel),
            joinedload(PublishedPost.deliverable).joinedload(Deliverable.collaboration),
        )
    )
    if found is None:
        raise NotFound("post")
    return found


_LINES: Final = (
    select(Deliverable, Campaign.name, Brand.name, Creator.display_name, PublishedPost.state)
    .join(Campaign, Campaign.id == Deliverable.campaign_id)
    .join(Brand, Brand.id == Deliverable.brand_id)
    .join(Creator, Creator.id == Deliverable.creator_id)
    .outerjoin(
        PublishedPost,
        (PublishedPost.deliverable_id == Deliverable.id)
        & (PublishedPost.state != PostState.REFUSED),
    )
    .where(Deliverable.state.in_(bindparam("states", expanding=True)))
    .order_by(Deliverable.answer_by.nulls_last(), Deliverable.draft_due_on, Deliverable.id)
    .limit(MOST_LINES)
)
_OF_BRANDS: Final = _LINES.where(Deliverable.brand_id.in_(bindparam("whose", expanding=True)))
_OF_CREATORS: Final = _LINES.where(Deliverable.creator_id.in_(bindparam("whose", expanding=True)))
