"""Pledges of campaigns, and which of them the public sees."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.interfaces import ORMOption

from marketplace.campaigns.models import Campaign
from marketplace.causes.models import Pledge, PledgeStep
from marketplace.causes.rules.pledges import OVER, PledgeState
from marketplace.kernel.errors import Conflict, NotFound
from marketplace.kernel.money import Money
from marketplace.store.rows import given_in


def pledge_of(session: Session, campaign_id: UUID) -> Pledge | None:
    """The pledge that a campaign carries, with its organisation; None without one."""
    return session.scalar(
        select(Pledge)
        .where(Pledge.campaign_id == campaign_id, Pledge.state != PledgeState.WITHDRAWN)
        .options(*_parts())
    )


def pledge_by_id(session: Session, pledge_id: UUID) -> Pledge:
    """A pledge with its organisation and campaign; raises NotFound."""
    found = session.scalar(select(Pledge).where(Pledge.id == pledge_id).options(*_parts()))
    if found is None:
        raise NotFound("pledge")
    return found


def pledge_steps(session: Session, pledge_id: UUID) -> Sequence[PledgeStep]:
    """Every move in the life of a pledge, oldest first."""
    return session.scalars(
        select(PledgeStep)
        .where(PledgeStep.pledge_id == pledge_id)
        .order_by(PledgeStep.happened_at, PledgeStep.id)
    ).all()


def due_of(session: Session, campaign: Campaign) -> Money:
    """What a brand still has to pay for its campaign's pledge, on top of the budget.

    Nothing without a pledge, and for one that has to be pledged again first: in another currency
    than the campaign's has become, or of a draft to an organisation that is not verified any more.
    """
    nothing = Money(0, campaign.currency)
    pledge = pledge_of(session, campaign.id)
    if pledge is None or pledge.state in OVER or pledge.currency != campaign.currency:
        return nothing
    return nothing if pledge.has_lost_its_organisation else pledge.money().missing


def check_promise(session: Session, campaign_id: UUID) -> None:
    """Raise Conflict for a campaign whose pledge has to be made again before it is binding."""
    pledge = pledge_of(session, campaign_id)
    if pledge is None:
        return
    if pledge.currency != pledge.campaign.currency:
        raise Conflict(
            f"What this campaign gives to a cause is in {pledge.currency}, and its money has become"
            f" {pledge.campaign.currency}. Say again what it gives, or take the pledge off first"
        )
    if pledge.has_lost_its_organisation:
        raise Conflict(
            f"{pledge.organisation.name}, to which this campaign gives, is not verified any more."
            " Choose another organisation or take the pledge off first"
        )


def shown_to(session: Session, campaign_ids: Collection[UUID]) -> dict[UUID, Pledge]:
    """Campaign id -> its pledge with its organisation, for those that creators see."""
    rows = session.scalars(_SHOWN_TO, {"campaign_ids": list(campaign_ids)})
    return {pledge.campaign_id: pledge for pledge in rows}


def pledges_shown(session: Session, *, organisation_id: UUID | None = None) -> Sequence[Pledge]:
    """Every pledge that the public sees, of one organisation or all; the newest campaign first."""
    statement = select(Pledge).join(Pledge.campaign).where(_shown()).options(*_parts())
    if organisation_id is not None:
        statement = statement.where(Pledge.organisation_id == organisation_id)
    return session.scalars(statement.order_by(Campaign.published_at.desc(), Pledge.id.desc())).all()


def to_pledge_from(session: Session, organisation_id: UUID) -> Sequence[Pledge]:
    """Every pledge to an organisation that ever held money, for staff."""
    return session.scalars(
        select(Pledge)
        .where(Pledge.organisation_id == organisation_id, Pledge.set_aside_minor > 0)
        .options(*_parts())
        .order_by(Pledge.id.desc())
    ).all()


def counting(session: Session) -> Sequence[UUID]:
    """Pledges that can still grow or become final, in the order of their ids."""
    return session.scalars(
        select(Pledge.id).where(Pledge.state == PledgeState.PROMISED).order_by(Pledge.id)
    ).all()


def _shown() -> ColumnElement[bool]:
    """A promise is shown once all of its money is there, and what was given for good."""
    return or_(
        and_(
            Pledge.state == PledgeState.PROMISED,
            Pledge.set_aside_minor - Pledge.returned_minor >= Pledge.amount_minor,
        ),
        and_(Pledge.state == PledgeState.SETTLED, Pledge.owed_minor > 0),
    )


def _parts() -> Sequence[ORMOption]:
    return (
        joinedload(Pledge.organisation),
        joinedload(Pledge.campaign).joinedload(Campaign.brand),
    )


_SHOWN_TO: Final = (
    select(Pledge)
    .where(given_in(Pledge.campaign_id, "campaign_ids"), _shown())
    .options(joinedload(Pledge.organisation))
)
