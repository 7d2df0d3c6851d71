"""What the tests of endings ask again and again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import CollaborationState
from marketplace.deliverables import queries, service
from marketplace.deliverables.models import Deliverable, Ending
from marketplace.deliverables.rules import DeliverableState, EndingReason
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money
from marketplace.ledger.rules import Code
from marketplace.reconciliation import checks
from tests.factories.campaigns import NOON
from tests.factories.collaborations import BONUS, TERMS, VIDEO
from tests.factories.ledger import usd
from tests.services.agreeing import balance

S = DeliverableState

LATER = NOON + timedelta(days=1)

WEEK_LATER = NOON + timedelta(days=7)

LATE = datetime(2026, 11, 24, 12, tzinfo=NOON.tzinfo)
"""When the creator is a week late with the draft wherever they are."""

TWO = replace(TERMS, deliverables=(VIDEO, VIDEO), bonus=BONUS)


def owed(session: Session, agreed: Collaboration) -> list[Deliverable]:
    return list(queries.deliverables_of(session, collaboration_id=agreed.id))


def ask(
    session: Session,
    agreed: Collaboration,
    actor: Actor,
    *,
    release: int = 70_000,
    reason: EndingReason = EndingReason.PLANS_CHANGED,
    note: str = "We moved the launch.",
    now: datetime = LATER,
) -> Ending:
    ending = service.ask_to_end(
        session,
        collaboration_id=agreed.id,
        reason=reason,
        note=note,
        release=usd(release),
        actor=actor,
        now=now,
    )
    session.flush()
    return ending


def agree(
    session: Session, ending: Ending, actor: Actor, *, release: int = 70_000, now: datetime = LATER
) -> Ending:
    service.agree_to_end(session, ending_id=ending.id, release=usd(release), actor=actor, now=now)
    session.flush()
    return ending


def funds(session: Session, agreed: Collaboration) -> tuple[Money, Money]:
    return (
        balance(session, Code.COMMITTED, agreed.id),
        balance(session, Code.CAMPAIGN_FUNDS, agreed.campaign_id),
    )


def nothing_has_changed(session: Session, agreed: Collaboration) -> bool:
    states = {each.state for each in queries.deliverables_of(session, collaboration_id=agreed.id)}
    return (
        funds(session, agreed) == (usd(70_000), usd(30_000))
        and agreed.state is CollaborationState.ACTIVE
        and S.CANCELLED not in states
    )


def all_checks_pass(session: Session) -> bool:
    return [each.name for each in checks.run_all(session) if not each.passed] == []
