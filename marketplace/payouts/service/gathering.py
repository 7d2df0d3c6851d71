"""What is payable is put into payouts and reserved for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import events
from marketplace.payouts import queries
from marketplace.payouts.models import Earning, Payout, PayoutAccount
from marketplace.payouts.rules import (
    EarningState,
    PayoutEvent,
    PayoutState,
    may_pay_again,
)
from marketplace.payouts.service.steps import take_step
from marketplace.processor import service as processor
from marketplace.processor.rules import CallKind
from marketplace.terms.queries import terms_for


def gather(session: Session, *, creator_ids: Iterable[UUID], now: datetime) -> list[Payout]:
    """Put everything payable of these creators into payouts, and reserve the money.

    Each creator gets one payout a currency; in a few statements, however many creators there are.
    Left out is a creator whose account cannot take transfers, who is frozen, or who was refused
    just now, and a currency whose sum is below the smallest payout. The second time there is
    nothing left to gather.
    """
    accounts = _ready(session, creator_ids, now)
    payable = session.scalars(
        select(Earning)
        .where(Earning.creator_id.in_(accounts), Earning.state == EarningState.PAYABLE)
        .order_by(Earning.id)
        .with_for_update()  # what a rival has gathered meanwhile is payable no more
        .execution_options(populate_existing=True)
    ).all()
    terms = terms_for(session, at=now)
    payouts = []
    for (creator_id, currency), group in groupby(sorted(payable, key=_whose), key=_whose):
        mine = list(group)
        amount = sum((earning.receives for earning in mine), Money(0, currency))
        if amount >= terms.limits_of(currency).payout_least:
            payouts.append(_payout_of(accounts[creator_id], mine, amount, now))
    _reserve(session, payouts, accounts, now)
    return payouts


def _ready(
    session: Session, creator_ids: Iterable[UUID], now: datetime
) -> dict[UUID, PayoutAccount]:
    """Creator id -> account, locked, of all who can be paid now."""
    accounts = session.scalars(
        select(PayoutAccount)
        .where(
            PayoutAccount.creator_id.in_(set(creator_ids)),
            PayoutAccount.stripe_account_id.is_not(None),
        )
        .order_by(PayoutAccount.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    found = [account.creator_id for account in accounts]
    frozen = queries.frozen_creators(session, found)
    refused = queries.last_refusals(session, found)
    return {
        account.creator_id: account
        for account in accounts
        if account.transfers_active
        and account.creator_id not in frozen
        and may_pay_again(refused_at=refused.get(account.creator_id), now=now)
    }


def _whose(earning: Earning) -> tuple[UUID, str]:
    return earning.creator_id, earning.currency


def _payout_of(
    account: PayoutAccount, earnings: Sequence[Earning], amount: Money, now: datetime
) -> Payout:
    withheld = sum((earning.withheld for earning in earnings), Money(0, amount.currency))
    payout = Payout(
        id=new_id(),
        creator_id=account.creator_id,
        payout_account_id=account.id,
        amount_minor=amount.minor,
        withheld_minor=withheld.minor,
        currency=amount.currency,
        state=PayoutState.RESERVED,
        problem="",
        reserved_at=now,
    )
    for earning in earnings:
        earning.state = EarningState.PAYING
        earning.payout_id = payout.id
    return payout


def _reserve(
    session: Session,
    payouts: Sequence[Payout],
    accounts: dict[UUID, PayoutAccount],
    now: datetime,
) -> None:
    session.add_all(payouts)
    reserved = [
        events.payout_reserved(
            payout_id=payout.id,
            creator_id=payout.creator_id,
            amount=payout.amount,
            tax_withheld=payout.withheld,
        )
        for payout in payouts
    ]
    ledger.write_entries(session, reserved, occurred_at=now, actor=SYSTEM)
    plans = [
        processor.Plan(
            payout.id,
            {
                "payout_id": str(payout.id),
                "account_id": accounts[payout.creator_id].stripe_account_id,
                "amount_minor": payout.amount_minor,
                "currency": payout.currency,
            },
        )
        for payout in payouts
    ]
    processor.plan_all(session, kind=CallKind.TRANSFER, plans=plans, now=now)
    for payout in payouts:
        take_step(session, payout, PayoutEvent.RESERVE, payout.state, now)
