"""Handle the webhooks that were kept: look at the object as it is now, then let a room decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from marketplace.funding.messages import CheckoutDue, RefundDue
from marketplace.payouts import queries as accounts
from marketplace.payouts import service as payouts
from marketplace.processor import service as processor
from marketplace.processor.ports import ProcessorUnavailable
from marketplace.processor.rules import CallState
from marketplace.store import inbox
from marketplace.store.inbox import InboxMessage, WebhookKept
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post
from marketplace.store.session import reading, transaction
from workers.runtime import Run, TryLater

PATIENCE: Final = timedelta(minutes=1)
RINGS_FOR: Final = timedelta(days=3)
"""How long a webhook that cannot be handled is tried again; the other sweeps find what it told."""


def handle_webhook(message: WebhookKept, run: Run) -> None:
    """Handle one webhook by its kind; an unknown kind is kept and needs nothing.

    The second time nothing happens. Order and repeats do not matter: what is looked at is always
    the object as it is now.
    """
    with reading() as session:
        kept = session.scalars(
            select(InboxMessage).where(InboxMessage.id == message.inbox_id)
        ).one()
    if kept.handled_at is not None:
        return
    handler = HANDLERS.get(kept.kind)
    if handler is not None:
        try:
            handler(kept.body, run)
        except ProcessorUnavailable as unavailable:
            raise TryLater from unavailable
    with transaction() as session:
        lock_row(session, InboxMessage, kept.id).handled_at = run.now


def ring_waiting_webhooks(run: Run) -> None:
    """Ring again for webhooks that nobody has handled."""
    with transaction() as session:
        inbox.ring_waiting(
            session,
            received_before=run.now - PATIENCE,
            received_after=run.now - RINGS_FOR,
        )


def _checkout(body: Mapping[str, Any], run: Run) -> None:
    del run
    funding_id = _our_id(body, "funding_id")
    if funding_id is not None:
        with transaction() as session:
            post(session, CheckoutDue(funding_id=funding_id))


def _refund(body: Mapping[str, Any], run: Run) -> None:
    del run
    refund_id = _our_id(body, "refund_id")
    if refund_id is not None:
        with transaction() as session:
            post(session, RefundDue(refund_id=refund_id))


def _account(body: Mapping[str, Any], run: Run) -> None:
    """Look at a creator's account; one that we do not know, and our own, need nothing."""
    with reading() as session:
        known = accounts.account_at(session, body.get("account", ""))
        account_id = known.stripe_account_id if known is not None else None
    if account_id is None:
        return
    facts = run.gateways.payments.account(account_id)
    with transaction() as session:
        payouts.record_account(session, facts=facts, now=run.now)


def _our_id(body: Mapping[str, Any], name: str) -> UUID | None:
    """Return the id that we sent along; None on what somebody else made in the same account."""
    try:
        return UUID((body["data"]["object"].get("metadata") or {}).get(name, ""))
    except ValueError:
        return None


def _transfer(body: Mapping[str, Any], run: Run) -> None:
    """Take over a transfer whose answer we never got."""
    transfer_id = body["data"]["object"]["id"]
    call_id = run.gateways.payments.transfer_call(transfer_id)
    if call_id is None:
        return
    with transaction() as session:
        call = processor.adopt(session, call_id=call_id, remote_id=transfer_id, now=run.now)
        if call is not None and call.state is CallState.SUCCEEDED:
            payouts.conclude_transfer(session, call=call, now=run.now)


HANDLERS: Final[Mapping[str, Callable[[Mapping[str, Any], Run], None]]] = {
    "checkout.session.completed": _checkout,
    "checkout.session.async_payment_succeeded": _checkout,
    "checkout.session.async_payment_failed": _checkout,
    "checkout.session.expired": _checkout,
    "refund.created": _refund,
    "refund.updated": _refund,
    "refund.failed": _refund,
    "account.updated": _account,
    "capability.updated": _account,
    "transfer.created": _transfer,
}
