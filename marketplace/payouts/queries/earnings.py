"""What was earned, and what each amount waits for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.deliverables.models import Deliverable
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Money
from marketplace.payouts.models import Earning
from marketplace.payouts.queries.lines import EarningLine, lines_of
from marketplace.payouts.queries.reasons import waiting_case
from marketplace.payouts.rules import EarningKind, EarningState, Waiting
from marketplace.store.paging import Page, page_of


@dataclass(frozen=True, slots=True)
class EarningSums:
    """What a creator has, by where it stands; one row a currency."""

    currency: str
    pending: Money
    payable: Money
    paying: Money
    paid: Money


def earnings_of_creator(
    session: Session, *, creator_id: UUID, page: int, now: datetime
) -> Page[EarningLine]:
    """A creator's earned fees, newest first."""
    return _page(session, _earnings(Earning.creator_id == creator_id), page=page, now=now)


def earnings_of_campaign(
    session: Session, *, campaign_id: UUID, page: int, now: datetime
) -> Page[EarningLine]:
    """The fees earned in a campaign, newest first."""
    earned = _earnings(Earning.campaign_id == campaign_id, Earning.kind != EarningKind.RETURNED)
    return _page(session, earned, page=page, now=now)


def earnings_under(
    session: Session, *, collaboration_id: UUID, now: datetime
) -> Sequence[EarningLine]:
    """What a collaboration has earned so far, newest first: one page of it."""
    under = Earning.deliverable.has(Deliverable.collaboration_id == collaboration_id)
    earned = _earnings(under, Earning.kind != EarningKind.RETURNED)
    return _page(session, earned, page=1, now=now).rows


def all_earnings(
    session: Session,
    *,
    state: EarningState | None,
    page: int,
    now: datetime,
    creator_id: UUID | None = None,
    waiting: Waiting | None = None,
) -> Page[EarningLine]:
    """Every earned fee, for finance staff; of one state, creator or reason to wait, or all."""
    statement = _earnings()
    if waiting is not None:
        statement = statement.where(waiting_case(now=now) == waiting.value)
    if creator_id is not None:
        statement = statement.where(Earning.creator_id == creator_id)
    if state is not None:
        statement = statement.where(Earning.state == state)
    return _page(session, statement, page=page, now=now)


def earning_line(session: Session, *, deliverable_id: UUID, now: datetime) -> EarningLine | None:
    """The fee a deliverable has earned, or the prize an entry has won; None before."""
    fee = _earnings(
        Earning.deliverable_id == deliverable_id,
        Earning.kind.in_((EarningKind.FEE, EarningKind.PRIZE)),
    )
    lines = _page(session, fee, page=1, now=now).rows
    return lines[0] if lines else None


def earning_by_id(session: Session, earning_id: UUID) -> Earning:
    """An earned fee by its id; raises NotFound."""
    found = session.scalar(
        select(Earning)
        .where(Earning.id == earning_id)
        .options(joinedload(Earning.deliverable), joinedload(Earning.payout))
    )
    if found is None:
        raise NotFound("earning")
    return found


def sums_of(session: Session, creator_id: UUID) -> list[EarningSums]:
    """What a creator has earned, by currency and by where it stands."""
    rows = session.execute(
        select(Earning.currency, Earning.state, func.sum(Earning.left_minor))
        .where(Earning.creator_id == creator_id)
        .group_by(Earning.currency, Earning.state)
    ).all()
    found = {(currency, state): int(total) for currency, state, total in rows}

    def amount(currency: str, state: EarningState) -> Money:
        return Money(found.get((currency, state), 0), currency)

    return [
        EarningSums(
            currency=currency,
            pending=amount(currency, EarningState.PENDING),
            payable=amount(currency, EarningState.PAYABLE),
            paying=amount(currency, EarningState.PAYING),
            paid=amount(currency, EarningState.PAID),
        )
        for currency in sorted({currency for currency, _ in found})
    ]


def _earnings(*which: ColumnElement[bool]) -> Select[UUID]:
    return select(Earning.id).where(*which).order_by(Earning.earned_at.desc(), Earning.id.desc())


def _page(
    session: Session, statement: Select[UUID], *, page: int, now: datetime
) -> Page[EarningLine]:
    found: Page[UUID] = page_of(session, statement, number=page)
    rows = lines_of(session, found.rows, now=now)
    return Page(rows=rows, number=found.number, total=found.total, size=found.size)
