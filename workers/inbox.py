"""Handle the webhooks that were kept: look at the object as it is now, then let a room decide."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import select

from marketplace.processor.ports import Endpoint, ProcessorUnavailable
from marketplace.store import inbox
from marketplace.store.inbox import InboxMessage, WebhookKept
from marketplace.store.locks import lock_row
from marketplace.store.session import reading, transaction
from workers.runtime import Run, TryLater
from workers.webhooks import HANDLERS
from workers.webhooks.told import told_by

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
    told = told_by(kept.kind, kept.body)
    for handler in HANDLERS[Endpoint(kept.sender)].get(kept.kind, ()):
        try:
            handler(told, run)
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
