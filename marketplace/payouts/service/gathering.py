"""What is payable is put into payouts and reserved for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, make_transient_to_detached

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
from marketplace.payouts.service.clawing_back import net_clawbacks
from marketplace.payouts.service.steps import take_steps
from marketplace.processor import service as processor
from marketplace.processor.rules import CallKind
from marketplace.store.rows import among, insert_rows, update_rows
from marketplace.terms.queries import terms_for


def gather(
    session: Session,
    *,
    creator_ids: Iterable[UUID],
    now: datetime,
    however_little: Collection[str] = (),
) -> list[Payout]:
    """Put everything payable of these creators into payouts, and reserve the money.

    What a creator has to give back is kept back first. Each gets one payout a currency; in a few
    statements, however many creators there are. Left out is a creator whose account cannot take
    transfers, who is frozen, or who was refused just now, and a currency whose sum is below the
    smallest payout, unless its code is among ``however_little``. The second time there is nothing
    left to gather.
    """
    accounts = _ready(session, creator_ids, now)
    if not accounts:
        return []
    payable = session.scalars(
        select(Earning)
        .where(among(Earning.creator_id, accounts), Earning.state == EarningState.PAYABLE)
        .order_by(Earning.id)
        .with_for_update()  # what a rival has gathered meanwhile is payable no more
        .execution_options(populate_existing=True)
    ).all()
    if not payable:
        return []
    terms = terms_for(session, at=now)
    net_clawbacks(session, payable=payable, now=now)
    payable = [earning for earning in payable if earning.state is EarningState.PAYABLE]
    made: list[dict[str, Any]] = []
    taken: list[tuple[Earning, UUID]] = []
    for (creator_id, currency), group in groupby(sorted(payable, key=_whose), key=_whose):
        mine = list(group)
        amount = Money(sum(each.left_minor for each in mine), currency)
        if currency in however_little or amount >= terms.limits_of(currency).payout_least:
            made.append(_payout_of(accounts[creator_id], mine, amount, now))
            taken += [(earning, made[-1]["id"]) for earning in mine]
    insert_rows(session, Payout, made)
    payouts = [Payout(**row) for row in made]
    for payout in payouts:
        make_transient_to_detached(payout)  # its row is there already
    session.add_all(payouts)
    _take(session, taken)
    _reserve(session, payouts, accounts, now)
    return payouts


def _ready(
    session: Session, creator_ids: Iterable[UUID], now: datetime
) -> dict[UUID, PayoutAccount]:
    """Creator id -> account, locked, of all who can be paid now."""
    locked = session.scalars(
        select(PayoutAccount)
        .where(
            among(PayoutAccount.creator_id, set(creator_ids)),
            PayoutAccount.stripe_account_id.is_not(None),
        )
        .order_by(PayoutAccount.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    accounts = [account for account in locked if account.transfers_active]
    if not accounts:
        return {}
    found = [account.creator_id for account in accounts]
    frozen = queries.frozen_creators(session, found)
    refused = queries.last_refusals(session, found)
    return {
        account.creator_id: account
        for account in accounts
        if account.creator_id not in frozen
        and may_pay_again(refused_at=refused.get(account.creator_id), now=now)
    }


def _whose(earning: Earning) -> tuple[UUID, str]:
    return earning.creator_id, earning.currency


def _payout_of(
    account: PayoutAccount, earnings: Sequence[Earning], amount: Money, now: datetime
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "creator_id": account.creator_id,
        "payout_account_id": account.id,
        "amount_minor": amount.minor,
        "withheld_minor": sum(earning.withheld_minor for earning in earnings),
        "currency": amount.currency,
        "state": PayoutState.RESERVED,
        "problem": "",
        "reserved_at": now,
    }


def _take(session: Session, taken: Sequence[tuple[Earning, UUID]]) -> None:
    """Say in one statement which payout each of these earnings is in."""
    update_rows(
        session,
        Earning,
        [
            {"id": earning.id, "state": EarningState.PAYING, "payout_id": payout_id}
            for earning, payout_id in taken
        ],
    )


def _reserve(
    session: Session,
    payouts: Sequence[Payout],
    accounts: dict[UUID, PayoutAccount],
    now: datetime,
) -> None:
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
    take_steps(session, payouts, PayoutEvent.RESERVE, now)
