"""What was earned, and what each amount waits for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.campaigns.models import Campaign
from marketplace.creators.models import Creator
from marketplace.deliverables.models import Deliverable
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Money
from marketplace.payouts.models import (
    Earning,
    PayoutAccount,
)
from marketplace.payouts.queries.clawbacks import nettings_of, next_nettings
from marketplace.payouts.queries.frozen import frozen_creators
from marketplace.payouts.queries.reasons import waiting_case
from marketplace.payouts.queries.sent import last_refusals
from marketplace.payouts.rules import (
    OVER,
    EarningKind,
    EarningState,
    Waiting,
    may_pay_again,
    waiting_for,
)
from marketplace.payouts.rules.chain import Kept
from marketplace.processor import queries as processor
from marketplace.processor.models import ProcessorCall
from marketplace.processor.rules import CallKind, CallState
from marketplace.store.paging import Page, page_of
from marketplace.terms.queries import terms_for


@dataclass(frozen=True, slots=True)
class EarningLine:
    """One earned fee with what it waits for: the same record for creator, brand and finance."""

    earning: Earning
    campaign_name: str
    creator_name: str
    waiting: Waiting
    account: PayoutAccount | None
    call: ProcessorCall | None
    paid_at: datetime | None
    smallest: Money
    """The least that is sent in the fee's currency."""
    together: Money
    """What the creator has payable in that currency all told."""
    owed: Money
    """What of that the next run keeps back."""
    kept: Sequence[Kept]
    """What of the fee was kept back, and what will be."""

    @property
    def transfer_id(self) -> str | None:
        """The processor's proof, once the money was sent."""
        return self.earning.payout.stripe_transfer_id if self.earning.payout else None


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
    return _lines(session, _earnings().where(Earning.creator_id == creator_id), page, now)


def earnings_arriving(
    session: Session, *, creator_id: UUID, now: datetime
) -> Sequence[EarningLine]:
    """What a creator has earned and not been paid yet, newest first: one page of it."""
    arriving = Earning.state.not_in(OVER)
    return _lines(
        session, _earnings().where(Earning.creator_id == creator_id, arriving), 1, now
    ).rows


def earnings_of_campaign(
    session: Session, *, campaign_id: UUID, page: int, now: datetime
) -> Page[EarningLine]:
    """The fees earned in a campaign, newest first."""
    return _lines(
        session,
        _earnings().where(Earning.campaign_id == campaign_id, Earning.kind != EarningKind.RETURNED),
        page,
        now,
    )


def earnings_under(
    session: Session, *, collaboration_id: UUID, now: datetime
) -> Sequence[EarningLine]:
    """What a collaboration has earned so far, newest first: one page of it."""
    under = Earning.deliverable.has(Deliverable.collaboration_id == collaboration_id)
    returned = Earning.kind == EarningKind.RETURNED
    return _lines(session, _earnings().where(under, ~returned), 1, now).rows


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
        statement = statement.where(waiting_case(session, now=now) == waiting.value)
    if creator_id is not None:
        statement = statement.where(Earning.creator_id == creator_id)
    if state is not None:
        statement = statement.where(Earning.state == state)
    return _lines(session, statement, page, now)


def earning_line(session: Session, *, deliverable_id: UUID, now: datetime) -> EarningLine | None:
    """The fee a deliverable has earned; None before it is accepted."""
    fee = _earnings().where(
        Earning.deliverable_id == deliverable_id, Earning.kind == EarningKind.FEE
    )
    lines = _lines(session, fee, 1, now).rows
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


def _earnings() -> Select[Earning]:
    return (
        select(Earning)
        .options(joinedload(Earning.payout), joinedload(Earning.deliverable))
        .order_by(Earning.earned_at.desc(), Earning.id.desc())
    )


def _lines(
    session: Session, statement: Select[Earning], page: int, now: datetime
) -> Page[EarningLine]:
    from_rows: Page[Earning] = page_of(session, statement, number=page)
    rows = from_rows.rows
    if not rows:
        return Page(rows=[], number=from_rows.number, total=from_rows.total, size=from_rows.size)
    creator_ids = {row.creator_id for row in rows}
    accounts = {
        account.creator_id: account
        for account in session.scalars(
            select(PayoutAccount)
            .where(PayoutAccount.creator_id.in_(creator_ids))
            .options(joinedload(PayoutAccount.creator))
            .order_by(PayoutAccount.closed_at.asc().nulls_last())
        )
    }
    creators = _names(
        session, select(Creator.id, Creator.display_name).where(Creator.id.in_(creator_ids))
    )
    campaigns = _names(
        session,
        select(Campaign.id, Campaign.name).where(
            Campaign.id.in_({row.campaign_id for row in rows})
        ),
    )
    payable: dict[tuple[UUID, str], int] = {
        (creator_id, currency): int(total)
        for creator_id, currency, total in session.execute(
            select(
                Earning.creator_id,
                Earning.currency,
                func.sum(Earning.left_minor),
            )
            .where(Earning.creator_id.in_(creator_ids), Earning.state == EarningState.PAYABLE)
            .group_by(Earning.creator_id, Earning.currency)
        )
    }
    frozen = frozen_creators(session, creator_ids)
    refused = last_refusals(session, creator_ids)
    calls = processor.calls_for(
        session,
        kind=CallKind.TRANSFER,
        subject_ids={row.payout_id for row in rows if row.payout_id is not None},
    )
    kept = nettings_of(session, {row.id for row in rows if row.netted_minor})
    owed: dict[tuple[UUID, str], int] = defaultdict(int)
    for part in next_nettings(session, creator_ids):
        owed[part.case.creator_id, part.amount.currency] += part.amount.minor
        kept.setdefault(part.earning.id, []).append(
            Kept(part.case.id, part.amount, part.case.reason, taken=False)
        )
    terms = terms_for(session, at=now)
    lines = []
    for row in rows:
        account = accounts.get(row.creator_id)
        call = calls.get(row.payout_id) if row.payout_id is not None else None
        smallest = terms.limits_of(row.currency).payout_least
        together = Money(payable.get((row.creator_id, row.currency), 0), row.currency)
        lines.append(
            EarningLine(
                earning=row,
                campaign_name=campaigns[row.campaign_id],
                creator_name=creators[row.creator_id],
                account=account,
                call=call,
                smallest=smallest,
                together=together,
                owed=Money(owed[row.creator_id, row.currency], row.currency),
                kept=kept.get(row.id, ()),
                paid_at=row.payout.ended_at
                if row.payout is not None and row.state is EarningState.PAID
                else None,
                waiting=waiting_for(
                    row.state,
                    has_account=account is not None and account.closed_at is None,
                    transfers_active=account is not None and account.transfers_active,
                    closed=account is not None and account.closed_at is not None,
                    paused=account is not None and account.paused_at is not None,
                    under_review=account is not None and account.under_review,
                    refused=not may_pay_again(refused_at=refused.get(row.creator_id), now=now),
                    enough=together >= smallest,
                    owed=any(not each.taken for each in kept.get(row.id, ())),
                    frozen=row.creator_id in frozen,
                    unclear=call is not None and call.state is CallState.UNKNOWN,
                    stuck=call is not None and call.state is CallState.MANUAL,
                ),
            )
        )
    return Page(rows=lines, number=from_rows.number, total=from_rows.total, size=from_rows.size)


def _names(session: Session, statement: Select[UUID, str]) -> dict[UUID, str]:
    return {row[0]: row[1] for row in session.execute(statement)}
