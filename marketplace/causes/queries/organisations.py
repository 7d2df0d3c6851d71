"""Organisations and their history. Who they are is public; who checked them is for staff."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.causes.models import Organisation, OrganisationStep
from marketplace.causes.rules.organisations import OrganisationState
from marketplace.kernel.errors import Conflict, NotFound


def organisation_by_id(session: Session, organisation_id: UUID) -> Organisation:
    """The organisation; raises NotFound."""
    found = session.get(Organisation, organisation_id)
    if found is None:
        raise NotFound("organisation")
    return found


def check_payable(session: Session, organisation_id: UUID) -> None:
    """Raise NotFound, or Conflict for an organisation that is not verified."""
    organisation = organisation_by_id(session, organisation_id)
    if organisation.state is not OrganisationState.VERIFIED:
        raise Conflict(f"Verify {organisation.name} first; nothing is sent to it before")


def organisations(session: Session) -> Sequence[Organisation]:
    """All of them by name; there are few, as staff enter each."""
    return session.scalars(
        select(Organisation).order_by(func.lower(Organisation.name), Organisation.id)
    ).all()


def verified(session: Session) -> Sequence[Organisation]:
    """Those that a campaign can pledge to, by name."""
    return [each for each in organisations(session) if each.state is OrganisationState.VERIFIED]


def steps_of(session: Session, organisation_id: UUID) -> Sequence[OrganisationStep]:
    """Every move in the life of an organisation, the last first, with who did it."""
    return session.scalars(
        select(OrganisationStep)
        .where(OrganisationStep.organisation_id == organisation_id)
        .options(joinedload(OrganisationStep.actor))
        .order_by(OrganisationStep.happened_at.desc(), OrganisationStep.id.desc())
    ).all()
