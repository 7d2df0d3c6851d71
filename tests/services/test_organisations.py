"""Organisations are entered, corrected, verified and un-verified by staff, with their history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.causes import queries, service
from marketplace.causes.models import Organisation, OrganisationStep
from marketplace.causes.rules.organisations import OrganisationEvent, OrganisationState
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidInput, InvalidTransition, NotFound, NotPermitted
from marketplace.kernel.ids import new_id
from tests.conftest import NOON
from tests.factories.causes import REEFS, make_organisation

ENTERED, VERIFIED = OrganisationState.ENTERED, OrganisationState.VERIFIED


def history(session: Session, organisation: Organisation) -> list[tuple[str, str, str]]:
    session.flush()
    return [
        (step.event.value, step.state.value, step.note)
        for step in reversed(queries.steps_of(session, organisation.id))
    ]


def steps(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(OrganisationStep)) or 0


def test_an_organisation_is_entered_corrected_and_verified_with_its_history(
    session: Session, stella: Actor
) -> None:
    made = make_organisation(session, by=stella, state=ENTERED)

    service.correct_organisation(
        session,
        actor=stella,
        organisation_id=made.id,
        facts=replace(REEFS, name="Reef Menders UK"),
        now=NOON,
    )
    service.verify_organisation(
        session, actor=stella, organisation_id=made.id, note=" Read the register. ", now=NOON
    )

    assert (made.name, made.state) == ("Reef Menders UK", VERIFIED)
    assert history(session, made) == [
        ("enter", "entered", ""),
        ("correct", "entered", ""),
        ("verify", "verified", "Read the register."),
    ]
    assert queries.verified(session) == [made]


def test_a_verification_is_taken_back_with_its_reason(session: Session, stella: Actor) -> None:
    made = make_organisation(session, by=stella)

    service.withdraw_verification(
        session, actor=stella, organisation_id=made.id, note="Struck off the register.", now=NOON
    )

    assert made.state is ENTERED
    assert history(session, made)[-1] == ("withdraw", "entered", "Struck off the register.")
    assert queries.verified(session) == []


def test_a_number_is_entered_once_a_country(session: Session, stella: Actor) -> None:
    make_organisation(session, by=stella)
    make_organisation(session, by=stella, country="IE")
    before = steps(session)

    with pytest.raises(InvalidInput) as refusal:
        make_organisation(session, by=stella, name="Another name")

    assert refusal.value.problems == {
        "registration_number": "An organisation with this number is there already."
    }
    assert len(queries.organisations(session)) == 2
    assert steps(session) == before


def test_a_number_is_not_corrected_into_one_that_is_there(session: Session, stella: Actor) -> None:
    make_organisation(session, by=stella)
    other = make_organisation(session, by=stella, state=ENTERED, registration_number="5")

    with pytest.raises(InvalidInput):
        service.correct_organisation(
            session, actor=stella, organisation_id=other.id, facts=REEFS, now=NOON
        )

    session.refresh(other)
    assert other.registration_number == "5"


def test_what_was_checked_is_not_changed_under_its_verification(
    session: Session, stella: Actor
) -> None:
    made = make_organisation(session, by=stella)

    with pytest.raises(InvalidTransition):
        service.correct_organisation(
            session,
            actor=stella,
            organisation_id=made.id,
            facts=replace(REEFS, name="Somebody else"),
            now=NOON,
        )

    assert made.name == "Reef Menders"


@pytest.mark.parametrize(
    ("state", "verb"),
    [
        (VERIFIED, service.verify_organisation),
        (ENTERED, service.withdraw_verification),
    ],
)
def test_a_move_happens_once(
    session: Session, stella: Actor, state: OrganisationState, verb: Callable[..., Organisation]
) -> None:
    made = make_organisation(session, by=stella, state=state)
    before = steps(session)

    with pytest.raises(InvalidTransition):
        verb(session, actor=stella, organisation_id=made.id, note="Again.", now=NOON)

    assert made.state is state
    assert steps(session) == before


@pytest.mark.parametrize("note", ["", "  ", "x" * 501])
def test_a_verification_says_what_was_looked_at(session: Session, stella: Actor, note: str) -> None:
    made = make_organisation(session, by=stella, state=ENTERED)

    with pytest.raises(InvalidInput) as refusal:
        service.verify_organisation(
            session, actor=stella, organisation_id=made.id, note=note, now=NOON
        )

    assert list(refusal.value.problems) == ["note"]
    assert made.state is ENTERED


def test_only_staff_say_who_receives(session: Session, alice: Actor, stella: Actor) -> None:
    made = make_organisation(session, by=stella, state=ENTERED)

    with pytest.raises(NotPermitted):
        make_organisation(session, by=alice, registration_number="6")
    with pytest.raises(NotPermitted):
        service.verify_organisation(
            session, actor=alice, organisation_id=made.id, note="Mine.", now=NOON
        )
    with pytest.raises(NotFound):
        service.verify_organisation(
            session, actor=stella, organisation_id=new_id(), note="Who?", now=NOON
        )

    assert made.state is ENTERED
    assert [row.event for row in queries.steps_of(session, made.id)] == [OrganisationEvent.ENTER]
