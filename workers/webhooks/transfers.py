"""Webhooks about money that went to creators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workers.processor import take_over
from workers.runtime import Run
from workers.webhooks.told import Handler, Told


def take_over_transfer(told: Told, run: Run) -> None:
    """Take over a transfer whose answer we never got."""
    call_id = run.gateways.payments.transfer(told.object_id).call_id
    if call_id is not None:
        take_over(run, call_id=call_id, remote_id=told.object_id)


PLATFORM: Final[Mapping[str, Handler]] = {
    "transfer.created": take_over_transfer,
}
