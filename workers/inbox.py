"""Handle the webhooks that were kept: look at the object as it is now, then let a room decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from marketplace.payouts import queries as accounts
from marketplace.payouts.messages import AccountEventsDue
from marketplace.processor.ports import (
    Endpoint,
    NoSuchObject,
    ProcessorEvent,
    ProcessorUnavailable,
)
from marketplace.processor.service import keep_event
from marketplace.store import inbox
from marketplace.store.inbox import InboxMessage, InboxState, WebhookKept
from marketplace.store.outbox import post
from marketplace.store.session import reading, transaction
from workers.failpoints import reach
from workers.runtime import Run, TryLater
from workers.sweeping import each_alone
from workers.webhooks import HANDLERS
from workers.webhooks.told import told_by

PATIENCE: Final = timedelta(minutes=1)
RINGS_FOR: Final = timedelta(days=3)
"""How long a webhook that cannot be handled is tried again; the other sweeps find what it told."""


def handle_webhook(message: WebhookKept, run: Run) -> None:
    """Handle one webhook by its kind; an unknown kind is kept and needs nothing.

    One about an object that the processor does not know is put aside: no later try could see it.
    The second time nothing happens. Order and repeats do not matter: what is looked at is always
    the object as it is now.
    """
    reach("before the webhook is handled")
    with reading() as session:
        kept = session.get_one(InboxMessage, message.inbox_id)
        stranger = _stranger(session, kept)
    if kept.state is not InboxState.WAITING:
        return
    handlers = HANDLERS[kept.sender].get(kept.kind, ())
    if stranger:
        _conclude(kept, InboxState.ASIDE, run, why=stranger)
        return
    try:
        for handler in handlers:
            handler(told_by(kept), run)
    except NoSuchObject:
        why = (
            f"The processor does not know {kept.object_id} (any more): there is nothing to look at"
        )
        _conclude(kept, InboxState.ASIDE, run, why=why)
        return
    except ProcessorUnavailable as unavailable:
        _went_wrong(kept, f"The processor did not answer: {unavailable}")
        raise TryLater from unavailable
    except Exception as error:
        _went_wrong(kept, str(error) or type(error).__name__)
        raise
    _conclude(kept, InboxState.HANDLED if handlers else InboxState.UNUSED, run)


def fetch_undelivered(run: Run) -> None:
    """Keep every event that reached none of our endpoints; what was kept before stays as it is.

    Those of each creator's account are a job of their own. The processor lists events for 30 days.
    Safe to run at any time.
    """
    missed = _ask_undelivered(run, None)
    with transaction() as session:
        for account in accounts.open_accounts(session):
            post(session, AccountEventsDue(payout_account_id=account.id))
    _keep(missed, Endpoint.PLATFORM, run)


def fetch_undelivered_of(message: AccountEventsDue, run: Run) -> None:
    """Keep every event of one creator's account that reached none of our endpoints.

    Thin events are not listed this way and need not be: they say that an account has changed, and
    every account is looked at each day.
    """
    with reading() as session:
        account_id = accounts.account_by_id(session, message.payout_account_id).stripe_account_id
    if account_id is not None:
        _keep(_ask_undelivered(run, account_id), Endpoint.CONNECT, run)


def _ask_undelivered(run: Run, account_id: str | None) -> list[ProcessorEvent]:
    try:
        return list(run.gateways.payments.undelivered(account_id=account_id))
    except ProcessorUnavailable as unavailable:
        raise TryLater from unavailable


def _keep(missed: Sequence[ProcessorEvent], sender: Endpoint, run: Run) -> None:
    with each_alone() as each:
        for event in missed:
            with each(event.event_id), transaction() as session:
                keep_event(session, event, endpoint=sender, now=run.now)


def _stranger(session: Session, kept: InboxMessage) -> str | None:
    """Say why a webhook of the connected endpoint is not about a creator of ours."""
    if kept.sender != Endpoint.CONNECT or accounts.account_at(session, kept.account or ""):
        return None
    return f"No creator has the account {kept.account}" if kept.account else "It names no account"


def _conclude(kept: InboxMessage, state: InboxState, run: Run, *, why: str | None = None) -> None:
    with transaction() as session:
        inbox.conclude(session, kept.id, state=state, now=run.now, why=why)


def _went_wrong(kept: InboxMessage, why: str) -> None:
    with transaction() as session:
        inbox.went_wrong(session, kept.id, why=why)


def ring_waiting_webhooks(run: Run) -> None:
    """Ring again for webhooks that nobody has handled."""
    with transaction() as session:
        inbox.ring_waiting(
            session,
            received_before=run.now - PATIENCE,
            received_after=run.now - RINGS_FOR,
        )
