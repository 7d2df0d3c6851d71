"""TikTok says that a grant is gone: the channel is read at once, and what is true is kept."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.creators.messages import ChannelReadDue
from marketplace.creators.models import Channel, ChannelState
from marketplace.deliverables.models import Deliverable
from marketplace.notifications.models import Notification
from marketplace.store.inbox import InboxMessage, InboxState, WebhookKept, keep_once
from marketplace.store.outbox import OutboxMessage
from tests.gateways.tiktok_sandbox import SandboxTikTok
from tests.workers.posting import HANDLE
from workers.creators import refresh_channel
from workers.inbox import handle_webhook
from workers.runtime import Run

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def handled(session: Session, run: Run, account: str) -> InboxState:
    """Keep the notice, handle it twice, and read what it rings for."""
    inbox_id = keep_once(
        session,
        sender="tiktok",
        sender_id=account,
        kind="authorization.removed",
        account=account,
        object_id=account,
        body={"event": "authorization.removed"},
        now=run.now,
    )
    assert inbox_id is not None
    session.commit()
    for _ in range(2):
        handle_webhook(WebhookKept(inbox_id=inbox_id), run)
    session.expire_all()
    for message in session.scalars(select(OutboxMessage)).all():
        if message.name == ChannelReadDue.name():
            refresh_channel(ChannelReadDue.from_json(message.body), run)
    session.expire_all()
    return session.get_one(InboxMessage, inbox_id).state


def test_a_channel_whose_grant_is_gone_asks_to_be_connected_again(
    session: Session, run: Run, tiktok: SandboxTikTok, owed: Deliverable
) -> None:
    channel = session.scalars(select(Channel)).one()
    tiktok.control(f"accounts/{HANDLE}/revoke")
    channel.access_expires_at = run.now
    session.commit()

    assert handled(session, run, channel.external_id) is InboxState.HANDLED

    assert channel.state is ChannelState.NEEDS_RECONNECT
    assert channel.access_token is None
    kinds = session.scalars(select(Notification.kind)).all()
    assert kinds.count("channel_needs_reconnect") == 1


def test_a_channel_that_was_connected_again_since_stays_connected(
    session: Session, run: Run, owed: Deliverable
) -> None:
    channel = session.scalars(select(Channel)).one()

    assert handled(session, run, channel.external_id) is InboxState.HANDLED

    assert channel.state is ChannelState.CONNECTED


def test_a_notice_about_nobody_of_ours_changes_nothing(
    session: Session, run: Run, owed: Deliverable
) -> None:
    assert handled(session, run, "-000Somebody") is InboxState.HANDLED
    assert session.scalars(select(Channel)).one().state is ChannelState.CONNECTED
