"""The accounts at the processor that creators are paid to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.creators import queries as creators
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidInput, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.payouts import queries
from marketplace.payouts.messages import (
    BankPayoutFailed,
    PayoutAccountChanged,
    PayoutAccountClosed,
    PayoutAccountPaused,
    PayoutAccountReady,
    PayoutsWanted,
)
from marketplace.payouts.models import BankPayout, PayoutAccount
from marketplace.payouts.ports import AccountFacts, BankPayoutFacts
from marketplace.payouts.rules import PAYOUT_COUNTRIES
from marketplace.payouts.rules.accounts import BankState
from marketplace.processor import service as processor
from marketplace.processor.models import ProcessorCall
from marketplace.processor.rules import CallKind, CallState
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post


def open_account(
    session: Session, *, actor: Actor, country: str, email: str, now: datetime
) -> PayoutAccount:
    """Ask the processor for an account to pay this creator to; made by a job right after.

    While one is open it returns that one. Raises NotPermitted, InvalidInput.
    """
    if actor.creator_id is None:
        raise NotPermitted("open a payout account; only creators have one")
    if country.upper() not in PAYOUT_COUNTRIES:
        raise InvalidInput(
            {"country": "Choose the country your bank account is in; we cannot pay to others yet."}
        )
    made = session.scalar(
        insert(PayoutAccount)
        .values(creator_id=actor.creator_id, country=country.upper(), opened_at=now)
        .on_conflict_do_nothing(
            index_elements=["creator_id"], index_where=text("closed_at IS NULL")
        )
        .returning(PayoutAccount.id)
    )
    account = session.scalars(
        select(PayoutAccount).where(
            PayoutAccount.creator_id == actor.creator_id, PayoutAccount.closed_at.is_(None)
        )
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
    """Keep the id of the account the processor made, or that it refused to make one."""
    account = lock_row(session, PayoutAccount, call.subject_id)
    if account.stripe_account_id is not None or account.closed_at is not None:
        return
    if call.state is CallState.SUCCEEDED:
        account.stripe_account_id = call.remote_id
        account.checked_at = now
        post(session, PayoutAccountChanged(payout_account_id=account.id))
    elif call.state is CallState.REFUSED:
        _close(session, account, call.error_text or call.error_code or "", now)


def record_account(session: Session, *, facts: AccountFacts, now: datetime) -> None:
    """Keep how an account stood at ``now``; payouts to it pause and go on by themselves.

    An account we do not know changes nothing, and neither do facts older than what is kept.
    """
    account = session.scalar(
        select(PayoutAccount)
        .where(PayoutAccount.stripe_account_id == facts.account_id)
        .with_for_update()
    )
    if account is None or account.closed_at is not None:
        return
    if account.checked_at is not None and now < account.checked_at:
        return
    account.checked_at = now
    account.requirements = [each.to_json() for each in facts.requirements]
    account.under_review = facts.under_review
    if facts.gone:
        _close(session, account, "It was closed or disconnected from us at Stripe.", now)
    elif facts.transfers_active:
        _resume(session, account, now)
    else:
        _pause(session, account, now)


def _resume(session: Session, account: PayoutAccount, now: datetime) -> None:
    if account.ready_at is None or account.paused_at is not None:
        post(session, PayoutAccountReady(payout_account_id=account.id, change_id=new_id()))
    account.ready_at = account.ready_at or now
    account.paused_at = None
    account.transfers_active = True
    post(session, PayoutsWanted(creator_id=account.creator_id))


def _pause(session: Session, account: PayoutAccount, now: datetime) -> None:
    account.transfers_active = False
    if account.ready_at is not None and account.paused_at is None:
        account.paused_at = now
        post(session, PayoutAccountPaused(payout_account_id=account.id, change_id=new_id()))


def _close(session: Session, account: PayoutAccount, problem: str, now: datetime) -> None:
    account.transfers_active = False
    account.closed_at = now
    account.problem = problem
    post(session, PayoutAccountClosed(payout_account_id=account.id))


def record_bank_payout(session: Session, *, facts: BankPayoutFacts, now: datetime) -> None:
    """Keep how a payment to a creator's bank stood at ``now``. Nothing is booked: it is theirs.

    The creator is told once for each time that one fails. An account we do not know changes
    nothing, and neither do facts older than what is kept.
    """
    account = queries.account_at(session, facts.account_id)
    if account is None:
        return
    lock_row(session, PayoutAccount, account.id)
    known = session.scalar(select(BankPayout).where(BankPayout.stripe_payout_id == facts.payout_id))
    if known is not None and now < known.checked_at:
        return
    failed_before = known is not None and known.state is BankState.FAILED
    kept = known or BankPayout(
        id=new_id(),
        payout_account_id=account.id,
        stripe_payout_id=facts.payout_id,
        amount_minor=facts.amount.minor,
        currency=facts.amount.currency,
        made_at=facts.made_at,
    )
    kept.state = facts.state
    kept.failure_code = facts.failure_code if facts.state is BankState.FAILED else ""
    kept.arrives_on = facts.arrives_on
    kept.checked_at = now
    session.add(kept)
    if facts.state is BankState.FAILED and not failed_before:
        post(session, BankPayoutFailed(bank_payout_id=kept.id))


def ring_accounts(session: Session) -> int:
    """Ring for every account there is, so that a lost webhook is found; return how many."""
    found = queries.open_accounts(session)
    for account in found:
        post(session, PayoutAccountChanged(payout_account_id=account.id))
    return len(found)
