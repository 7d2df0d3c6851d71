"""Where a creator's money is, and why it is not further yet."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from marketplace.campaigns.models import Campaign
from marketplace.creators.models import Creator
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Money
from marketplace.payouts.models import (
    BankPayout,
    BonusMeasurement,
    Earning,
    Freeze,
    Payout,
    PayoutAccount,
    PayoutStep,
    ViewBonus,
)
from marketplace.payouts.queries.clawbacks import (
    CaseLine as CaseLine,
)
from marketplace.payouts.queries.clawbacks import (
    case_by_id as case_by_id,
)
from marketplace.payouts.queries.clawbacks import (
    cases as cases,
)
from marketplace.payouts.queries.clawbacks import (
    cases_of_campaign as cases_of_campaign,
)
from marketplace.payouts.queries.clawbacks import (
    cases_of_creator as cases_of_creator,
)
from marketplace.payouts.queries.clawbacks import (
    has_reversals_under_way as has_reversals_under_way,
)
from marketplace.payouts.queries.clawbacks import (
    open_cases_of as open_cases_of,
)
from marketplace.payouts.queries.clawbacks import (
    reversal_by_id as reversal_by_id,
)
from marketplace.payouts.queries.clawbacks import (
    reversals_of as reversals_of,
)
from marketplace.payouts.queries.clawbacks import (
    reversible_payouts as reversible_payouts,
)
from marketplace.payouts.queries.clawbacks import (
    steps_of_case as steps_of_case,
)
from marketplace.payouts.queries.clawbacks import (
    taken_back_of as taken_back_of,
)
from marketplace.payouts.queries.reasons import waiting_case
from marketplace.payouts.rules import (
    EarningKind,
    EarningState,
    PayoutState,
    Waiting,
    may_pay_again,
    waiting_for,
)
from marketplace.processor import queries as processor
from marketplace.processor.models import ProcessorCall
from marketplace.processor.rules import CallKind, CallState
from marketplace.store.paging import Page, page_of
from marketplace.terms.queries import terms_for

PAYOUT_ORDERS: Final[Mapping[str, Sequence[InstrumentedAttribute[Any]]]] = {
    "started": (Payout.reserved_at,),
    "ended": (Payout.ended_at,),
    "amount": (Payout.currency, Payout.amount_minor),
}
"""What a list of payouts can be sorted by."""


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


def account_of(session: Session, creator_id: UUID) -> PayoutAccount | None:
    """The creator's payout account: the open one, else the last that was closed."""
    return session.scalar(
        select(PayoutAccount)
        .where(PayoutAccount.creator_id == creator_id)
        .order_by(PayoutAccount.closed_at.desc().nulls_first())
        .limit(1)
    )


def account_by_id(session: Session, payout_account_id: UUID) -> PayoutAccount:
    """A payout account by its id; raises NotFound."""
    found = session.get(PayoutAccount, payout_account_id)
    if found is None:
        raise NotFound("payout account")
    return found


def account_at(session: Session, stripe_account_id: str) -> PayoutAccount | None:
    """The payout account that the processor knows by this id."""
    return session.scalar(
        select(PayoutAccount).where(PayoutAccount.stripe_account_id == stripe_account_id)
    )


def accounts_at(
    session: Session, stripe_account_ids: Collection[str | None]
) -> Sequence[PayoutAccount]:
    """The payout accounts that the processor knows by these ids."""
    return session.scalars(
        select(PayoutAccount).where(PayoutAccount.stripe_account_id.in_(stripe_account_ids))
    ).all()


def accounts_not_ready(session: Session) -> Sequence[PayoutAccount]:
    """Accounts that exist at the processor and cannot take transfers yet."""
    return session.scalars(
        select(PayoutAccount).where(
            PayoutAccount.stripe_account_id.is_not(None),
            PayoutAccount.transfers_active.is_(False),
            PayoutAccount.closed_at.is_(None),
        )
    ).all()


def bank_payouts_of(session: Session, creator_id: UUID) -> Sequence[BankPayout]:
    """The newest payments from a creator's account at the processor to their bank."""
    return session.scalars(
        select(BankPayout)
        .join(BankPayout.payout_account)
        .where(PayoutAccount.creator_id == creator_id)
        .order_by(BankPayout.made_at.desc(), BankPayout.id.desc())
        .limit(5)
    ).all()


def bank_payout_by_id(session: Session, bank_payout_id: UUID) -> BankPayout:
    """A payment to a creator's bank by our own id of it; raises NotFound."""
    found = session.get(BankPayout, bank_payout_id, options=[joinedload(BankPayout.payout_account)])
    if found is None:
        raise NotFound("payment to a bank")
    return found


def earnings_of_creator(
    session: Session, *, creator_id: UUID, page: int, now: datetime
) -> Page[EarningLine]:
    """A creator's earned fees, newest first."""
    return _lines(session, _earnings().where(Earning.creator_id == creator_id), page, now)


def earnings_arriving(
    session: Session, *, creator_id: UUID, now: datetime
) -> Sequence[EarningLine]:
    """What a creator has earned and not been paid yet, newest first: one page of it."""
    arriving = Earning.state.not_in((EarningState.PAID, EarningState.TAKEN_BACK))
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


def bonus_of(session: Session, *, deliverable_id: UUID) -> ViewBonus | None:
    """The bonus of an accepted deliverable; None before that, and where none was agreed."""
    return session.scalar(select(ViewBonus).where(ViewBonus.deliverable_id == deliverable_id))


def bonus_by_id(session: Session, bonus_id: UUID) -> ViewBonus:
    """A bonus by its id; raises NotFound."""
    found = session.get(ViewBonus, bonus_id)
    if found is None:
        raise NotFound("bonus")
    return found


def measurement_by_id(session: Session, measurement_id: UUID) -> BonusMeasurement:
    """Why an entry moved a bonus; raises NotFound."""
    found = session.get(BonusMeasurement, measurement_id)
    if found is None:
        raise NotFound("measurement")
    return found


def measurements_of(session: Session, bonus_id: UUID) -> Sequence[BonusMeasurement]:
    """Every booking of a bonus, oldest first."""
    return session.scalars(
        select(BonusMeasurement)
        .where(BonusMeasurement.bonus_id == bonus_id)
        .order_by(BonusMeasurement.number)
    ).all()


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


def last_refusals(session: Session, creator_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """Creator id -> when the processor last refused a payout to them for good."""
    rows = session.execute(
        select(Payout.creator_id, func.max(Payout.ended_at))
        .where(Payout.creator_id.in_(creator_ids), Payout.state == PayoutState.RETURNED)
        .group_by(Payout.creator_id)
    )
    return {row[0]: row[1] for row in rows if row[1] is not None}


def creators_to_pay(session: Session, *, after: UUID | None, limit: int) -> list[UUID]:
    """Creators who have something payable, by their ids, from after one of them on."""
    statement = select(Earning.creator_id).where(Earning.state == EarningState.PAYABLE)
    if after is not None:
        statement = statement.where(Earning.creator_id > after)
    return list(
        session.scalars(statement.distinct().order_by(Earning.creator_id).limit(limit)).all()
    )


def frozen_creators(session: Session, creator_ids: Collection[UUID]) -> set[UUID]:
    """Those of these creators whose payouts are frozen."""
    return set(
        session.scalars(
            select(Freeze.creator_id).where(
                Freeze.creator_id.in_(creator_ids), Freeze.lifted_at.is_(None)
            )
        )
    )


def freezes(session: Session, *, page: int) -> Page[Freeze]:
    """Every freeze, the open ones first, then the newest."""
    statement = (
        select(Freeze)
        .options(joinedload(Freeze.creator), joinedload(Freeze.freezer), joinedload(Freeze.lifter))
        .order_by(Freeze.lifted_at.is_not(None), Freeze.frozen_at.desc(), Freeze.id)
    )
    return page_of(session, statement, number=page)


def freeze_by_id(session: Session, freeze_id: UUID) -> Freeze:
    """A freeze by its id; raises NotFound."""
    found = session.get(Freeze, freeze_id)
    if found is None:
        raise NotFound("freeze")
    return found


def freeze_of(session: Session, creator_id: UUID) -> Freeze | None:
    """The open freeze of a creator, if there is one."""
    return session.scalar(
        select(Freeze)
        .where(Freeze.creator_id == creator_id, Freeze.lifted_at.is_(None))
        .options(joinedload(Freeze.freezer))
    )


def payout_seen_by(session: Session, actor: Actor, payout_id: UUID) -> Payout:
    """The payout, for its creator and for staff; otherwise NotFound."""
    statement = select(Payout).where(Payout.id == payout_id).options(joinedload(Payout.creator))
    if not actor.is_staff and not actor.is_system:
        statement = statement.where(Payout.creator_id == actor.creator_id)
    found = session.scalar(statement)
    if found is None:
        raise NotFound("payout")
    return found


def payouts(
    session: Session, *, state: PayoutState | None, sort: str, descending: bool, page: int
) -> Page[Payout]:
    """Every payout with its creator, for finance staff; one state or all.

    sort: one of ``PAYOUT_ORDERS``; amounts are compared within their currency.
    """
    order = (*PAYOUT_ORDERS[sort], Payout.id)
    statement = (
        select(Payout)
        .options(joinedload(Payout.creator))
        .order_by(*(each.desc() if descending else each.asc() for each in order))
    )
    if state is not None:
        statement = statement.where(Payout.state == state)
    return page_of(session, statement, number=page)


def payouts_of_creator(session: Session, *, creator_id: UUID) -> Sequence[Payout]:
    """A creator's payouts, newest first."""
    return session.scalars(
        select(Payout).where(Payout.creator_id == creator_id).order_by(Payout.reserved_at.desc())
    ).all()


def steps_of(session: Session, payout_id: UUID) -> Sequence[PayoutStep]:
    """What happened to a payout, oldest first."""
    return session.scalars(
        select(PayoutStep)
        .where(PayoutStep.payout_id == payout_id)
        .order_by(PayoutStep.happened_at, PayoutStep.id)
    ).all()


def earnings_in(session: Session, payout_id: UUID) -> Sequence[Earning]:
    """The fees a payout carries."""
    return session.scalars(
        select(Earning)
        .where(Earning.payout_id == payout_id)
        .options(joinedload(Earning.deliverable))
        .order_by(Earning.id)
    ).all()


def median_wait(session: Session) -> timedelta | None:
    """Half of all paid fees took at most this long from acceptance to payout; None before one."""
    waits = (
        select((Payout.ended_at - Earning.earned_at).label("wait"))
        .join(Earning.payout)
        .where(Earning.state == EarningState.PAID)
        .subquery()
    )
    median: timedelta | None = session.scalar(
        select(func.percentile_cont(0.5).within_group(waits.c.wait))
    )
    return median


def user_of(session: Session, creator_id: UUID) -> UUID | None:
    """The person behind a creator; None for one who has not signed up."""
    return session.scalar(select(Creator.user_id).where(Creator.id == creator_id))


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
                    frozen=row.creator_id in frozen,
                    unclear=call is not None and call.state is CallState.UNKNOWN,
                    stuck=call is not None and call.state is CallState.MANUAL,
                ),
            )
        )
    return Page(rows=lines, number=from_rows.number, total=from_rows.total, size=from_rows.size)


def _names(session: Session, statement: Select[UUID, str]) -> dict[UUID, str]:
    return {row[0]: row[1] for row in session.execute(statement)}
