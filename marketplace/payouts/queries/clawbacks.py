"""What creators have to give back, and reversals of what was sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.campaigns.models import Campaign
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Money
from marketplace.payouts.models import (
    ClawbackCase,
    ClawbackStep,
    Earning,
    Payout,
    PayoutReversal,
)
from marketplace.payouts.rules import EarningState, PayoutState, ReversalState, net
from marketplace.payouts.rules.known import Kept
from marketplace.store.paging import Page, page_of
from marketplace.store.rows import among


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A clawback with the names of what it is about."""

    case: ClawbackCase
    campaign_name: str


def cases(session: Session, *, page: int) -> Page[CaseLine]:
    """Every clawback, the open ones first, then the newest."""
    found: Page[tuple[ClawbackCase, str]] = page_of(
        session,
        _cases().order_by(
            ClawbackCase.closed_at.is_not(None), ClawbackCase.opened_at.desc(), ClawbackCase.id
        ),
        number=page,
    )
    rows = [CaseLine(*row) for row in found.rows]
    return Page(rows=rows, number=found.number, total=found.total, size=found.size)


def cases_of_creator(session: Session, creator_id: UUID) -> list[CaseLine]:
    """What a creator has to give back, or had to, the oldest first."""
    statement = _cases().where(ClawbackCase.creator_id == creator_id)
    return [CaseLine(*row) for row in session.execute(statement.order_by(ClawbackCase.id))]


def cases_of_campaign(session: Session, campaign_id: UUID) -> list[CaseLine]:
    """What came back into a campaign from its creators, the newest first."""
    statement = _cases().where(ClawbackCase.campaign_id == campaign_id)
    return [CaseLine(*row) for row in session.execute(statement.order_by(ClawbackCase.id.desc()))]


def case_by_id(session: Session, case_id: UUID) -> CaseLine:
    """A clawback by its id; raises NotFound."""
    row = session.execute(_cases().where(ClawbackCase.id == case_id)).first()
    if row is None:
        raise NotFound("clawback")
    return CaseLine(*row)


def open_cases_of(
    session: Session, creator_ids: Collection[UUID], *, locked: bool = False
) -> Sequence[ClawbackCase]:
    """What these creators still owe, the oldest first."""
    statement = (
        select(ClawbackCase)
        .where(among(ClawbackCase.creator_id, creator_ids), ClawbackCase.closed_at.is_(None))
        .order_by(ClawbackCase.id)
    )
    if locked:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalars(statement).all()


@dataclass(frozen=True, slots=True)
class Netting:
    """A part of an earning that is kept back for a clawback."""

    earning: Earning
    case: ClawbackCase
    amount: Money


def nettings(
    session: Session, *, payable: Sequence[Earning], cases: Sequence[ClawbackCase]
) -> list[Netting]:
    """Return what is to be kept back: the oldest case first, from the oldest earning first.

    What a reversal under way will recover is not kept back as well.
    """
    under_way = has_reversals_under_way(session, [case.id for case in cases])
    earnings, owed = defaultdict(list), defaultdict(list)
    for earning in payable:
        earnings[earning.creator_id, earning.currency].append(earning)
    for case in cases:
        owed[case.creator_id, case.currency].append(case)
    found = []
    for whose in sorted(owed.keys() & earnings.keys()):
        mine, against = earnings[whose], owed[whose]
        rests = [case.rest - Money(under_way.get(case.id, 0), whose[1]) for case in against]
        found += [
            Netting(mine[part.earning], against[part.case], part.amount)
            for part in net([earning.left for earning in mine], rests)
        ]
    return found


def next_nettings(session: Session, creator_ids: Collection[UUID]) -> list[Netting]:
    """Return what the next run will keep back from what is payable to these creators."""
    cases = open_cases_of(session, creator_ids)
    if not cases:
        return []
    payable = session.scalars(
        select(Earning)
        .where(
            Earning.creator_id.in_({case.creator_id for case in cases}),
            Earning.state == EarningState.PAYABLE,
        )
        .order_by(Earning.id)
    ).all()
    return nettings(session, payable=payable, cases=cases)


def nettings_of(session: Session, earning_ids: Collection[UUID]) -> dict[UUID, list[Kept]]:
    """Earning id -> what was kept back of it, and for which clawback."""
    found: dict[UUID, list[Kept]] = {}
    for earning_id, step, case in session.execute(
        select(Earning.id, ClawbackStep, ClawbackCase)
        .join(ClawbackStep, ClawbackStep.earning_id == Earning.id)
        .join(ClawbackCase, ClawbackCase.id == ClawbackStep.case_id)
        .where(Earning.id.in_(earning_ids))
        .order_by(ClawbackStep.id)
    ):
        kept = Kept(case.id, step.amount, case.reason, taken=True)
        found.setdefault(earning_id, []).append(kept)
    return found


def steps_of_case(session: Session, case_id: UUID) -> Sequence[ClawbackStep]:
    """How a clawback was settled so far, oldest first."""
    return session.scalars(
        select(ClawbackStep).where(ClawbackStep.case_id == case_id).order_by(ClawbackStep.number)
    ).all()


def has_reversals_under_way(session: Session, case_ids: Collection[UUID]) -> dict[UUID, int]:
    """Case id -> what reversals that have not ended yet will recover of it, minor units."""
    rows = session.execute(
        select(PayoutReversal.case_id, func.sum(PayoutReversal.amount_minor))
        .where(
            PayoutReversal.case_id.in_(case_ids), PayoutReversal.state == ReversalState.REQUESTED
        )
        .group_by(PayoutReversal.case_id)
    )
    return {case_id: int(total) for case_id, total in rows if case_id is not None}


def taken_back_of(session: Session, deliverable_id: UUID, currency: str) -> tuple[Money, Money]:
    """What was sent for a deliverable, and what of that its creator has been told to give back."""
    sent = session.scalar(
        select(func.sum(Earning.left_minor)).where(
            Earning.deliverable_id == deliverable_id, Earning.state == EarningState.PAID
        )
    )
    back = session.scalar(
        select(func.sum(ClawbackCase.amount_minor)).where(
            ClawbackCase.deliverable_id == deliverable_id
        )
    )
    return Money(int(sent or 0), currency), Money(int(back or 0), currency)


def reversals_of(session: Session, payout_id: UUID) -> Sequence[PayoutReversal]:
    """Every reversal of a payout, oldest first."""
    return session.scalars(
        select(PayoutReversal)
        .where(PayoutReversal.payout_id == payout_id)
        .options(joinedload(PayoutReversal.asker))
        .order_by(PayoutReversal.asked_at, PayoutReversal.id)
    ).all()


def reversal_by_id(session: Session, reversal_id: UUID) -> PayoutReversal:
    """A reversal with its payout; raises NotFound."""
    found = session.scalar(
        select(PayoutReversal)
        .where(PayoutReversal.id == reversal_id)
        .options(joinedload(PayoutReversal.payout).joinedload(Payout.creator))
    )
    if found is None:
        raise NotFound("reversal")
    return found


def reversible_payouts(session: Session, *, creator_id: UUID, currency: str) -> Sequence[Payout]:
    """Payouts of a creator that something can be taken back of, newest first."""
    return session.scalars(
        select(Payout)
        .where(
            Payout.creator_id == creator_id,
            Payout.currency == currency,
            Payout.state.in_((PayoutState.SETTLED, PayoutState.PARTLY_REVERSED)),
        )
        .order_by(Payout.reserved_at.desc())
    ).all()


def _cases() -> Select[ClawbackCase, str]:
    return (
        select(ClawbackCase, Campaign.name)
        .join(Campaign, Campaign.id == ClawbackCase.campaign_id)
        .options(joinedload(ClawbackCase.creator), joinedload(ClawbackCase.deliverable))
    )
