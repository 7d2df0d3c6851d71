"""Enter an organisation, correct it, verify it, or take its verification back: all by staff."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.causes.models import Organisation, OrganisationStep
from marketplace.causes.rules.organisations import (
    LIFE,
    CauseCategory,
    OrganisationEvent,
    OrganisationFacts,
    OrganisationState,
    note_problem,
    organisation_problems,
)
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidInput, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.store.locks import lock_row


def enter_organisation(
    session: Session, *, actor: Actor, facts: OrganisationFacts, now: datetime
) -> Organisation:
    """Write an organisation down; no campaign can pledge to it before it is verified.

    Raises NotPermitted, InvalidInput (also for one that is known by its number already).
    """
    _staff(actor, "enter an organisation")
    organisation = Organisation(
        id=new_id(), state=OrganisationState.ENTERED, entered_at=now, **_columns(facts)
    )
    try:
        with session.begin_nested():
            session.add(organisation)
    except IntegrityError as error:
        raise _known_already(error) from None
    _step(session, organisation, OrganisationEvent.ENTER, "", actor=actor, now=now)
    return organisation


def correct_organisation(
    session: Session,
    *,
    actor: Actor,
    organisation_id: UUID,
    facts: OrganisationFacts,
    now: datetime,
) -> Organisation:
    """Change what is written of an organisation that is not verified.

    Raises NotFound, NotPermitted, InvalidInput, InvalidTransition (it is verified).
    """
    _staff(actor, "correct an organisation")
    organisation = lock_row(session, Organisation, organisation_id)
    LIFE.next(organisation.state, OrganisationEvent.CORRECT)
    columns = _columns(facts)
    try:
        with session.begin_nested():
            for name, value in columns.items():
                setattr(organisation, name, value)
    except IntegrityError as error:
        raise _known_already(error) from None
    _step(session, organisation, OrganisationEvent.CORRECT, "", actor=actor, now=now)
    return organisation


def verify_organisation(
    session: Session, *, actor: Actor, organisation_id: UUID, note: str, now: datetime
) -> Organisation:
    """Say that an organisation is what its register says. note: what was looked at.

    Raises NotFound, NotPermitted, InvalidInput, InvalidTransition (so also the second time).
    """
    return _move(
        session,
        organisation_id,
        OrganisationEvent.VERIFY,
        note,
        empty="Say what you looked at, for whoever checks it later.",
        actor=actor,
        now=now,
    )


def withdraw_verification(
    session: Session, *, actor: Actor, organisation_id: UUID, note: str, now: datetime
) -> Organisation:
    """Stop new pledges to an organisation and payments to it; what it is owed stays its own.

    note: why. Raises NotFound, NotPermitted, InvalidInput, InvalidTransition.
    """
    return _move(
        session,
        organisation_id,
        OrganisationEvent.WITHDRAW,
        note,
        empty="Say what does not hold any more.",
        actor=actor,
        now=now,
    )


def _move(
    session: Session,
    organisation_id: UUID,
    event: OrganisationEvent,
    note: str,
    *,
    empty: str,
    actor: Actor,
    now: datetime,
) -> Organisation:
    _staff(actor, "verify organisations")
    organisation = lock_row(session, Organisation, organisation_id)
    state = LIFE.next(organisation.state, event)
    if problem := note_problem(note, empty=empty):
        raise InvalidInput({"note": problem})
    organisation.state = state
    _step(session, organisation, event, note.strip(), actor=actor, now=now)
    return organisation


def _columns(facts: OrganisationFacts) -> dict[str, str]:
    if problems := organisation_problems(facts):
        raise InvalidInput(problems)
    return {
        "name": facts.name.strip(),
        "country": facts.country,
        "registration_number": facts.registration_number.strip(),
        "register": facts.register.strip(),
        "website": facts.website.strip(),
        "category": CauseCategory(facts.category),
        "about": facts.about.strip(),
    }


def _known_already(error: IntegrityError) -> Exception:
    if "uq_organisations_country_registration_number" in str(error.orig):
        return InvalidInput(
            {"registration_number": "An organisation with this number is there already."}
        )
    return error


def _step(
    session: Session,
    organisation: Organisation,
    event: OrganisationEvent,
    note: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    session.add(
        OrganisationStep(
            id=new_id(),
            organisation_id=organisation.id,
            event=event,
            state=organisation.state,
            note=note,
            actor_id=actor.user_id,
            happened_at=now,
        )
    )


def _staff(actor: Actor, act: str) -> None:
    if not actor.is_staff or actor.user_id is None:
        raise NotPermitted(act)
