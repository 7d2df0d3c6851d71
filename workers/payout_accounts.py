"""Creators' accounts at the processor: ask how they stand, and tell their creators."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.kernel.money import in_words
from marketplace.notifications import service as notifications
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.payouts.messages import (
    BankPayoutFailed,
    PayoutAccountChanged,
    PayoutAccountClosed,
    PayoutAccountPaused,
    PayoutAccountReady,
)
from marketplace.payouts.ports import AccountFacts
from marketplace.processor.ports import NoSuchObject, ProcessorUnavailable
from marketplace.store.session import reading, transaction
from workers.runtime import Run, TryLater
from workers.sweeping import each_alone


def refresh_account(message: PayoutAccountChanged, run: Run) -> None:
    """Ask the processor how a creator's account stands, and keep it."""
    with reading() as session:
        account_id = queries.account_by_id(session, message.payout_account_id).stripe_account_id
    if account_id is None:
        return
    facts = _ask_account(run, account_id)
    with transaction() as session:
        payouts.record_account(session, facts=facts, now=run.now)


def refresh_accounts_not_ready(run: Run) -> None:
    """Look at every account that cannot take money yet: its webhook may have been lost."""
    with reading() as session:
        ids = [a.stripe_account_id for a in queries.accounts_not_ready(session)]
    with each_alone() as each:
        for account_id in filter(None, ids):
            with each(account_id):
                facts = _ask_account(run, account_id)
                with transaction() as session:
                    payouts.record_account(session, facts=facts, now=run.now)


def ring_accounts(run: Run) -> None:
    """Ring for every account: one that was ready may have been paused without a word."""
    del run
    with transaction() as session:
        payouts.ring_accounts(session)


def _ask_account(run: Run, account_id: str) -> AccountFacts:
    try:
        return run.gateways.accounts.account(account_id)
    except NoSuchObject:
        raise  # which is of this account alone
    except ProcessorUnavailable as unavailable:
        raise TryLater from unavailable


def tell_ready(message: PayoutAccountReady, run: Run) -> None:
    """Tell the creator that they can be paid, for the first time or again."""
    with transaction() as session:
        account = queries.account_by_id(session, message.payout_account_id)
        _tell(
            session,
            run,
            creator_id=account.creator_id,
            kind="payout_account_ready",
            title="Your payout account is ready",
            text="What is payable goes out to it by itself.",
            once=message.change_id,
        )


def tell_paused(message: PayoutAccountPaused, run: Run) -> None:
    """Tell the creator that nothing can be sent to them, and what to do about it."""
    with transaction() as session:
        account = queries.account_by_id(session, message.payout_account_id)
        asked = account.asked
        if asked:
            reason = asked[0].sentence
        elif account.under_review:
            reason = "Stripe is checking your details; you have nothing to do."
        else:
            reason = "Stripe does not say why; look into your account there."
        _tell(
            session,
            run,
            creator_id=account.creator_id,
            kind="payout_account_paused",
            title="Payouts to you are paused",
            text=f"{reason} Your money is safe with us and goes out by itself after that.",
            once=message.change_id,
        )


def tell_closed(message: PayoutAccountClosed, run: Run) -> None:
    """Tell the creator that they need another payout account."""
    with transaction() as session:
        account = queries.account_by_id(session, message.payout_account_id)
        _tell(
            session,
            run,
            creator_id=account.creator_id,
            kind="payout_account_closed",
            title="Set up a new payout account",
            text=f"Your payout account cannot be used. {account.problem}"
            " Your money is safe with us until there is a new one.",
            once=account.id,
        )


def tell_bank_failed(message: BankPayoutFailed, run: Run) -> None:
    """Tell the creator that their bank sent money back, and where it is now."""
    with transaction() as session:
        failed = queries.bank_payout_by_id(session, message.bank_payout_id)
        _tell(
            session,
            run,
            creator_id=failed.payout_account.creator_id,
            kind="bank_payout_failed",
            title=f"Your bank sent back {in_words(failed.amount)}",
            text=f"{failed.reason} The money is in your account at Stripe."
            " Fix your bank account there; then Stripe sends it again.",
            once=failed.id,
        )


def _tell(
    session: Session,
    run: Run,
    *,
    creator_id: UUID,
    kind: str,
    title: str,
    text: str,
    once: UUID,
) -> None:
    user_id = queries.user_of(session, creator_id)
    if user_id is not None:
        notifications.tell(
            session,
            user_id=user_id,
            kind=kind,
            title=title,
            text=text,
            path="/creator/earnings",
            once_key=f"{kind}:{once}",
            now=run.now,
        )
