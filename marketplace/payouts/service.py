"""From an accepted deliverable to money at the creator."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.collaborations.models import Collaboration, Offer
from marketplace.creators import queries as creators
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import queries as balances
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import events
from marketplace.payouts import queries
from marketplace.payouts.messages import (
    FeeEarned,
    PayoutAccountChanged,
    PayoutFailed,
    PayoutSettled,
    PayoutsWanted,
)
from marketplace.payouts.models import Earning, Payout, PayoutAccount, PayoutStep
from marketplace.payouts.ports import AccountFacts
from marketplace.payouts.rules import (
    LIFE,
    EarningState,
    PayoutEvent,
    PayoutState,
    may_pay_again,
    shares_of,
    smallest_payout,
)
from marketplace.processor import service as processor
from marketplace.processor.models import ProcessorCall
from marketplace.processor.rules import CallKind, CallState
from marketplace.store.locks import lock_row, lock_rows
from marketplace.store.outbox import post


def earn(session: Session, *, deliverable_id: UUID) -> Earning:
    """Book the fee of an accepted deliverable: it is the creator's, after the hold window.

    The second time it returns what was booked the first time. Raises Conflict when the deliverable
    is not accepted.
    """
    deliverable = lock_row(session, Deliverable, deliverable_id)
    earned = session.scalar(select(Earning).where(Earning.deliverable_id == deliverable_id))
    if earned is not None:
        return earned
    if deliverable.state is not DeliverableState.ACCEPTED or deliverable.accepted_at is None:
        raise Conflict("Only an accepted deliverable earns its fee")
    offer = session.scalars(
        select(Offer)
        .join(Collaboration, Collaboration.offer_id == Offer.id)
        .where(Collaboration.id == deliverable.collaboration_id)
    ).one()
    fee_taken = events.fee_unearned(deliverable.campaign_id)
    shares = shares_of(
        deliverable.fee,
        creator_fee_bps=offer.creator_fee_bps,
        brand_fee_bps=offer.brand_fee_bps,
        brand_fee_left=balances.balance_of(session, fee_taken, currency=deliverable.currency),
    )
    earning = Earning(
        id=new_id(),
        deliverable_id=deliverable.id,
        campaign_id=deliverable.campaign_id,
        creator_id=deliverable.creator_id,
        fee_minor=shares.fee.minor,
        platform_share_minor=shares.platform.minor,
        net_minor=shares.net.minor,
        currency=deliverable.currency,
        state=EarningState.PENDING,
        earned_at=deliverable.accepted_at,
        payable_at=deliverable.accepted_at + timedelta(days=offer.hold_days),
    )
    session.add(earning)
    event = events.earned(
        deliverable_id=deliverable.id,
        revision=1,
        collaboration_id=deliverable.collaboration_id,
        campaign_id=deliverable.campaign_id,
        creator_id=deliverable.creator_id,
        net=shares.net,
        platform_share=shares.platform,
        fee_on_top=shares.on_top,
        memo=f"Fee for “{deliverable.description}”",
    )
    ledger.write_entry(session, event, occurred_at=deliverable.accepted_at, actor=SYSTEM)
    post(session, FeeEarned(earning_id=earning.id))
    return earning


def mature_due(session: Session, *, now: datetime, limit: int = 500) -> int:
    """Make every fee payable whose hold window is over; return how many. Safe to run twice."""
    due = session.scalars(
        select(Earning)
        .where(Earning.state == EarningState.PENDING, Earning.payable_at <= now)
        .order_by(Earning.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for earning in due:
        event = events.matured(
            earning_id=earning.id, creator_id=earning.creator_id, amount=earning.net
        )
        ledger.write_entry(session, event, occurred_at=earning.payable_at, actor=SYSTEM)
        earning.state = EarningState.PAYABLE
    for creator_id in sorted({earning.creator_id for earning in due}):
        post(session, PayoutsWanted(creator_id=creator_id))
    return len(due)


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
    _step(session, payout, PayoutEvent.RESERVE, PayoutState.RESERVED, now)
    return payout


def conclude_transfer(session: Session, *, call: ProcessorCall, now: datetime) -> None:
    """Book what became of a payout: sent, or refused for good and payable again.

    A payout that has ended stays as it is.
    """
    payout = lock_row(session, Payout, call.subject_id)
    if payout.state is not PayoutState.RESERVED:
        return
    earnings = session.scalars(
        select(Earning).where(Earning.payout_id == payout.id).order_by(Earning.id).with_for_update()
    ).all()
    payout.ended_at = now
    if call.state is CallState.SUCCEEDED and call.remote_id is not None:
        payout.stripe_transfer_id = call.remote_id
        settled = events.payout_settled(
            payout_id=payout.id, stripe_transfer_id=call.remote_id, amount=payout.amount
        )
        ledger.write_entry(session, settled, occurred_at=now, actor=SYSTEM)
        payout.state = LIFE.next(payout.state, PayoutEvent.SETTLE)
        for earning in earnings:
            earning.state = EarningState.PAID
        _step(session, payout, PayoutEvent.SETTLE, payout.state, now)
        post(session, PayoutSettled(payout_id=payout.id))
        return
    released = events.payout_released(
        payout_id=payout.id, creator_id=payout.creator_id, amount=payout.amount
    )
    ledger.write_entry(session, released, occurred_at=now, actor=SYSTEM)
    payout.state = LIFE.next(payout.state, PayoutEvent.RETURN)
    payout.problem = call.error_text or call.error_code or ""
    for earning in earnings:
        earning.state = EarningState.PAYABLE
        earning.payout_id = None
    account = lock_row(session, PayoutAccount, payout.payout_account_id)
    # Nothing more is sent there until the processor has been asked again.
    account.transfers_active = False
    post(session, PayoutAccountChanged(payout_account_id=account.id))
    _step(session, payout, PayoutEvent.RETURN, payout.state, now, note=payout.problem)
    post(session, PayoutFailed(payout_id=payout.id))


def open_account(
    session: Session, *, actor: Actor, country: str, email: str, now: datetime
) -> PayoutAccount:
    """Ask the processor for an account to pay this creator to; made by a job right after.

    The second time it returns the first one. Raises NotPermitted, InvalidInput.
    """
    if actor.creator_id is None:
        raise NotPermitted("open a payout account; only creators have one")
    if len(country) != 2 or not country.isascii() or not country.isalpha():
        raise InvalidInput({"country": "Choose the country your bank account is in."})
    made = session.scalar(
        insert(PayoutAccount)
        .values(
            id=new_id(),
            creator_id=actor.creator_id,
            country=country.upper(),
            transfers_active=False,
            requirements=[],
            opened_at=now,
        )
        .on_conflict_do_nothing(index_elements=["creator_id"])
        .returning(PayoutAccount.id)
    )
    account = session.scalars(
        select(PayoutAccount).where(PayoutAccount.creator_id == actor.creator_id)
    ).one()
    if made is not None:
        creator = creators.creator_by_id(session, actor.creator_id)
        processor.plan(
            session,
            kind=CallKind.ACCOUNT,
            subject_id=account.id,
            params={
                "payout_account_id": str(account.id),
                "country": account.country,
                "email": email,
                "display_name": creator.display_name,
            },
            now=now,
        )
    return account


def conclude_account(session: Session, *, call: ProcessorCall, now: datetime) -> None:
    """Keep the id of the account the processor made."""
    account = lock_row(session, PayoutAccount, call.subject_id)
    if call.state is CallState.SUCCEEDED and account.stripe_account_id is None:
        account.stripe_account_id = call.remote_id
        account.checked_at = now


def record_account(session: Session, *, facts: AccountFacts, now: datetime) -> None:
    """Keep how an account stands now; when it can take money, whatever waits for it is rung.

    An account we do not know changes nothing.
    """
    account = session.scalar(
        select(PayoutAccount)
        .where(PayoutAccount.stripe_account_id == facts.account_id)
        .with_for_update()
    )
    if account is None:
        return
    account.transfers_active = facts.transfers_active
    account.requirements = list(facts.requirements)
    account.checked_at = now
    if facts.transfers_active:
        post(session, PayoutsWanted(creator_id=account.creator_id))


def ring_payable(session: Session) -> int:
    """Ring for every creator who has something payable; return how many."""
    creators_waiting = session.scalars(
        select(Earning.creator_id).where(Earning.state == EarningState.PAYABLE).distinct()
    ).all()
    for creator_id in creators_waiting:
        post(session, PayoutsWanted(creator_id=creator_id))
    return len(creators_waiting)


def _step(
    session: Session,
    payout: Payout,
    event: PayoutEvent,
    state: PayoutState,
    now: datetime,
    *,
    note: str = "",
) -> None:
    session.add(
        PayoutStep(
            id=new_id(), payout_id=payout.id, event=event, state=state, happened_at=now, note=note
        )
    )
