"""What is payable is put into payouts and reserved for them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import events
from marketplace.payouts import queries
from marketplace.payouts.messages import PayoutsWanted
from marketplace.payouts.models import Earning, Payout, PayoutAccount
from marketplace.payouts.rules import (
    EarningState,
    PayoutEvent,
    PayoutState,
    may_pay_again,
    smallest_payout,
)
from marketplace.payouts.service.steps import take_step
from marketplace.processor import service as processor
from marketplace.processor.rules import CallKind
from marketplace.store.locks import lock_rows
from marketplace.store.outbox import post


def gather(session: Session, *, creator_id: UUID, now: datetime) -> list[Payout]:
    """Put everything payable of one creator into payouts, one a currency, and reserve the money.

    Returns none while the creator's account cannot take transfers, or while a currency's sum is
    below the smallest payout, and for a while after a refusal. The second time there is nothing
    left to gather.
    """
    account = session.scalar(
        select(PayoutAccount).where(PayoutAccount.creator_id == creator_id).with_for_update()
    )
    if account is None or account.stripe_account_id is None or not account.transfers_active:
        return []
    if not may_pay_again(refused_at=queries.last_refusal_at(session, creator_id), now=now):
        return []
    ids = session.scalars(
        select(Earning.id).where(
            Earning.creator_id == creator_id, Earning.state == EarningState.PAYABLE
        )
    )
    # Locked and read again: a rival may have gathered some of them since.
    payable = [e for e in lock_rows(session, Earning, ids) if e.state is EarningState.PAYABLE]
    payouts = []
    for currency in sorted({earning.currency for earning in payable}):
        mine = [earning for earning in payable if earning.currency == currency]
        amount = sum((earning.net for earning in mine), Money(0, currency))
        if amount >= smallest_payout(currency):
            payouts.append(_reserve(session, account, mine, amount, now))
    return payouts


def _reserve(
    session: Session,
    account: PayoutAccount,
    earnings: list[Earning],
    amount: Money,
    now: datetime,
) -> Payout:
    payout = Payout(
        id=new_id(),
        creator_id=account.creator_id,
        payout_account_id=account.id,
        amount_minor=amount.minor,
        currency=amount.currency,
        state=PayoutState.RESERVED,
        reserved_at=now,
    )
    session.add(payout)
    for earning in earnings:
        earning.state = EarningState.PAYING
        earning.payout_id = payout.id
    event = events.payout_reserved(
        payout_id=payout.id,
        creator_id=payout.creator_id,
        amount=amount,
        tax_withheld=Money(0, amount.currency),
    )
    ledger.write_entry(session, event, occurred_at=now, actor=SYSTEM)
    processor.plan(
        session,
        kind=CallKind.TRANSFER,
        subject_id=payout.id,
        params={
            "payout_id": str(payout.id),
            "account_id": account.stripe_account_id,
            "amount_minor": amount.minor,
            "currency": amount.currency,
        },
        now=now,
    )
    take_step(session, payout, PayoutEvent.RESERVE, PayoutState.RESERVED, now)
    return payout


def ring_payable(session: Session) -> int:
    """Ring for every creator who has something payable; return how many."""
    creators_waiting = session.scalars(
        select(Earning.creator_id).where(Earning.state == EarningState.PAYABLE).distinct()
    ).all()
    for creator_id in creators_waiting:
        post(session, PayoutsWanted(creator_id=creator_id))
    return len(creators_waiting)
