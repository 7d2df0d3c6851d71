"""Who handles which webhook: one table for each sender, put together from the rooms' parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from marketplace.processor.ports import Endpoint
from workers.webhooks import accounts, channels, chargebacks, funding, transfers, treasury
from workers.webhooks.told import Handler, Handlers, Told, together

__all__ = ["HANDLERS", "Handler", "Told"]

HANDLERS: Final[Mapping[str, Handlers]] = {
    Endpoint.PLATFORM: together(
        funding.PLATFORM,
        chargebacks.PLATFORM,
        transfers.PLATFORM,
        treasury.PLATFORM,
        accounts.PLATFORM,
    ),
    Endpoint.CONNECT: together(accounts.CONNECT),
    channels.TIKTOK_SENDER: together(channels.TIKTOK),
}
"""Sender -> kind -> every handler of it; a kind that is missing needs nothing."""
