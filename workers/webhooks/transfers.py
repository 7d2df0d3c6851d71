"""Webhooks about money that went to creators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from marketplace.payouts import service as payouts
from marketplace.processor import service as processor
from marketplace.processor.rules import CallState
from marketplace.store.session import transaction
from workers.runtime import Run
from workers.webhooks.told import Handler, Told


def take_over_transfer(told: Told, run: Run) -> None:
    """Take over a transfer whose answer we never got."""
    call_id = run.gateways.payments.transfer(told.object_id).call_id
    if call_id is None:
        return
    with transaction() as session:
        call = processor.adopt(session, call_id=call_id, remote_id=told.object_id, now=run.now)
        if call is not None and call.state is CallState.SUCCEEDED:
            payouts.conclude_transfer(session, call=call, now=run.now)


PLATFORM: Final[Mapping[str, Handler]] = {
    "transfer.created": take_over_transfer,
}
