"""Who handles which webhook: one table for each endpoint, put together from the rooms' parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from marketplace.processor.ports import Endpoint
from workers.webhooks import accounts, funding, transfers, treasury
from workers.webhooks.told import Handler, Handlers, Told, together

__all__ = ["HANDLERS", "Handler", "Told"]

HANDLERS: Final[Mapping[Endpoint, Handlers]] = {
    Endpoint.PLATFORM: together(
        funding.PLATFORM, transfers.PLATFORM, treasury.PLATFORM, accounts.PLATFORM
    ),
    Endpoint.CONNECT: together(accounts.CONNECT),
}
"""Endpoint -> kind -> every handler of it; a kind that is missing needs nothing."""
