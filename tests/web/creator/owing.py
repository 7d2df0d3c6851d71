"""What the tests of a creator's work ask again and again."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor
from tests.factories.deliverables import make_deliverable


def made(
    session: Session, brand: Brand, by: Actor, creator: Actor, state: DeliverableState
) -> Deliverable:
    owed = make_deliverable(session, brand=brand, by=by, creator=creator, state=state)
    session.commit()
    return owed
