"""What was agreed about deliverables, and lists of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, case, select
from sqlalchemy.orm import Session, joinedload

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Brief, Campaign
from marketplace.collaborations.models import Collaboration, Offer
from marketplace.creators.models import Creator
from marketplace.deliverables.models import (
    Deliverable,
    PublishedPost,
)
from marketplace.deliverables.rules import (
    DeliverableState,
    PostState,
    checklist,
)
from marketplace.store.paging import Page, page_of

MOST_LINES: Final = 200
"""Nobody is reminded of more at once; what is most urgent comes first."""

Groups = Sequence[Collection[DeliverableState]]
"""States in the order in which a list of work shows them."""


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
    """What these brands have in these states, the most urgent first; no entry to a challenge."""
    rows = session.execute(_OF_BRANDS, {"whose": list(brand_ids), "states": list(states)})
    return [DeliverableLine(*row) for row in rows]


def lines_for_creator(
    session: Session, *, creator_id: UUID, states: Collection[DeliverableState]
) -> list[DeliverableLine]:
    """What a creator has in these states, the most urgent first; no entry to a challenge."""
    rows = session.execute(_OF_CREATORS, {"whose": [creator_id], "states": list(states)})
    return [DeliverableLine(*row) for row in rows]


def work_of_brand(
    session: Session, *, brand_id: UUID, groups: Groups, page: int
) -> Page[DeliverableLine]:
    """One page of all a brand has in some states, group by group; no entry to a challenge.

    The most urgent first, and of what is accepted the newest.
    """
    return _page(session, Deliverable.brand_id == brand_id, groups, page)


def work_of_creator(
    session: Session, *, creator_id: UUID, groups: Groups, page: int
) -> Page[DeliverableLine]:
    """The same of a creator."""
    return _page(session, Deliverable.creator_id == creator_id, groups, page)


def _page(
    session: Session, whose: ColumnElement[bool], groups: Groups, page: int
) -> Page[DeliverableLine]:
    group = case(*((Deliverable.state.in_(states), at) for at, states in enumerate(groups)))
    statement = _WORK.where(whose, group.is_not(None)).order_by(
        group, Deliverable.accepted_at.desc().nulls_last(), *_URGENT
    )
    return page_of(session, statement, number=page).each(lambda row: DeliverableLine(*row))


def checklist_of(session: Session, collaboration_id: UUID) -> list[str]:
    """What a creator ticks before handing in, from the version of the brief that was agreed."""
    brief = session.scalars(
        select(Brief)
        .join(Offer, Offer.brief_id == Brief.id)
        .join(Collaboration, Collaboration.offer_id == Offer.id)
        .where(Collaboration.id == collaboration_id)
    ).one()
    return checklist(brief.dos, brief.donts, disclosure=brief.disclosure)


_URGENT: Final[Sequence[Any]] = (
    Deliverable.answer_by.nulls_last(), Deliverable.draft_due_on, Deliverable.id,
)  # fmt: skip
_WORK: Final = (
    select(Deliverable, Campaign.name, Brand.name, Creator.display_name, PublishedPost.state)
    .join(Campaign, Campaign.id == Deliverable.campaign_id)
    .join(Brand, Brand.id == Deliverable.brand_id)
    .join(Creator, Creator.id == Deliverable.creator_id)
    .outerjoin(
        PublishedPost,
        (PublishedPost.deliverable_id == Deliverable.id)
        & (PublishedPost.state != PostState.REFUSED),
    )
    .where(Deliverable.fee_minor > 0)
)
_LINES: Final = (
    _WORK.where(Deliverable.state.in_(bindparam("states", expanding=True)))
    .order_by(*_URGENT)
    .limit(MOST_LINES)
)

_OF_BRANDS: Final = _LINES.where(Deliverable.brand_id.in_(bindparam("whose", expanding=True)))

_OF_CREATORS: Final = _LINES.where(Deliverable.creator_id.in_(bindparam("whose", expanding=True)))
