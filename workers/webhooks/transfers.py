"""Webhooks about money that went to creators, and came back."""

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


def take_over_reversals(told: Told, run: Run) -> None:
    """Take over what was taken back of a transfer and whose answer we never got."""
    for found in list(run.gateways.payments.treasury.reversals(told.object_id)):
        if found.call_id is not None:
            take_over(run, call_id=found.call_id, remote_id=found.reversal_id)


PLATFORM: Final[Mapping[str, Handler]] = {
    "transfer.created": take_over_transfer,
    "transfer.reversed": take_over_reversals,
}
