"""What a creator has to give back: opened, kept back from later earnings, forgiven."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.deliverables.models import Deliverable
from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.errors import Conflict
from marketplace.kernel.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import events
from marketplace.payouts import queries
from marketplace.payouts.messages import ClawbackOpened, ClawbackSettled
from marketplace.payouts.models import ClawbackCase, ClawbackStep, Earning
from marketplace.payouts.rules import CaseOrigin, EarningState, Recovery
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post


def open_case(
    session: Session,
    *,
    case_id: UUID,
    origin: CaseOrigin,
    deliverable_id: UUID,
    amount: Money,
    reason: str,
    now: datetime,
) -> ClawbackCase:
    """Write down what a creator has to give back; whoever decided it has booked it already.

    The second time it returns the first case.
    """
    known = session.get(ClawbackCase, case_id)
    if known is not None:
        return known
    deliverable = session.get_one(Deliverable, deliverable_id)
    case = ClawbackCase(
        id=case_id,
        origin=origin,
        creator_id=deliverable.creator_id,
        deliverable_id=deliverable.id,
        campaign_id=deliverable.campaign_id,
        amount_minor=amount.minor,
        settled_minor=0,
        currency=amount.currency,
        reason=reason,
        opened_at=now,
    )
    session.add(case)
    post(session, ClawbackOpened(case_id=case.id))
    return case


def net_clawbacks(session: Session, *, payable: Sequence[Earning], now: datetime) -> None:
    """Keep back what creators owe from what is payable to them.

    payable: locked. The second time there is nothing left to keep back.
    """
    whose = {earning.creator_id for earning in payable}
    cases = queries.open_cases_of(session, whose, locked=True)
    for part in queries.nettings(session, payable=payable, cases=cases) if cases else ():
        _keep_back(session, part.earning, part.case, part.amount, now)


def forgive(session: Session, *, case_id: UUID, amount: Money, now: datetime) -> None:
    """Give up a part of a clawback; whoever decided it has booked it already.

    Raises Conflict when less than that is left.
    """
    case = lock_row(session, ClawbackCase, case_id)
    check_rest(session, case, amount)
    settle(session, case, Recovery.FORGIVEN, amount, now=now)


def check_rest(session: Session, case: ClawbackCase, amount: Money) -> None:
    """Raise Conflict for more than is left of a case, less what reversals under way recover."""
    under_way = queries.has_reversals_under_way(session, [case.id]).get(case.id, 0)
    if amount > case.rest - Money(under_way, case.currency):
        raise Conflict("Less than that is left of this clawback")


def settle(
    session: Session,
    case: ClawbackCase,
    how: Recovery,
    amount: Money,
    *,
    now: datetime,
    earning_id: UUID | None = None,
    number: int | None = None,
) -> None:
    """Write down that a part of a locked case is settled; close it with the last part."""
    number = number or next_number(session, case.id)
    case.settled_minor += amount.minor
    session.add(
        ClawbackStep(
            case_id=case.id,
            number=number,
            how=how,
            amount_minor=amount.minor,
            currency=amount.currency,
            earning_id=earning_id,
            happened_at=now,
        )
    )
    if not case.rest:
        case.closed_at = now
        post(session, ClawbackSettled(case_id=case.id))


def next_number(session: Session, case_id: UUID) -> int:
    """Return the number of the next step of a locked case."""
    session.flush()  # steps of this very transaction count as well
    last = session.scalar(
        select(func.max(ClawbackStep.number)).where(ClawbackStep.case_id == case_id)
    )
    return (last or 0) + 1


def _keep_back(
    session: Session, earning: Earning, case: ClawbackCase, amount: Money, now: datetime
) -> None:
    number = next_number(session, case.id)
    event = events.clawback_netted(
        case_id=case.id, number=number, creator_id=case.creator_id, amount=amount
    )
    ledger.write_entry(session, event, occurred_at=now, actor=SYSTEM)
    earning.netted_minor += amount.minor
    if earning.netted_minor == earning.net_minor:  # else the tax on it is still to be kept back
        earning.state = EarningState.NETTED
    settle(session, case, Recovery.NETTED, amount, now=now, earning_id=earning.id, number=number)
