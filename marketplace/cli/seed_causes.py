"""Organisations of the demo, and what its campaigns give to them. All of it is invented."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.causes import service as causes
from marketplace.causes.rules.organisations import OrganisationFacts
from marketplace.causes.rules.pledges import PledgeKind, PledgeTerms
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money

FIXED: Final = PledgeTerms(PledgeKind.FIXED, Money(12_000, "USD"))
BY_VIEWS: Final = PledgeTerms(PledgeKind.VIEWS, Money(25_000, "USD"), Money(50, "USD"))

_VERIFIED: Final = (
    OrganisationFacts(
        name="Second Table",
        country="US",
        registration_number="00-5550142",
        register="https://register.example/us/00-5550142",
        website="https://secondtable.example",
        category="hunger",
        about="Brings what kitchens have left over to people who have too little.",
    ),
    OrganisationFacts(
        name="Hedgerow Trust",
        country="GB",
        registration_number="5550143",
        register="https://register.example/gb/5550143",
        website="https://hedgerowtrust.example",
        category="animals",
        about="Plants hedges along fields so that birds and hedgehogs find their way.",
    ),
)
_ENTERED: Final = OrganisationFacts(
    name="Open Pages",
    country="DE",
    registration_number="VR 5550144",
    register="https://register.example/de/5550144",
    website="https://openpages.example",
    category="education",
    about="Lends books where there is no library.",
)


def enter(session: Session, staff: Actor, *, now: datetime) -> tuple[UUID, ...]:
    """Enter three organisations; the last waits to be verified. Returns those that can be given to.

    staff: who enters them.
    """
    entered = [
        causes.enter_organisation(session, actor=staff, facts=facts, now=now)
        for facts in (*_VERIFIED, _ENTERED)
    ]
    for each in entered[:-1]:
        session.flush()  # verifying looks it up
        causes.verify_organisation(
            session,
            actor=staff,
            organisation_id=each.id,
            note="Name and number are the same in the register.",
            now=now,
        )
    return tuple(each.id for each in entered[:-1])
