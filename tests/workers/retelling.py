"""Telling webhooks again, and what the books look like before and after."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from marketplace.ledger.models import JournalEntry
from tests.workers.road import Road


def books(road: Road) -> list[str]:
    """Every entry there is, by its key."""
    road.session.expire_all()
    return list(road.session.scalars(select(JournalEntry.idem_key).order_by(JournalEntry.id)))


def tell(road: Road, events: Iterable[dict[str, Any]]) -> None:
    for event in events:
        road.world.hook(event)
    road.world.drain()


def afresh(events: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same news under new ids: what we keep once cannot hide them."""
    return [{**event, "id": f"evt_{uuid4().hex}"} for event in events]
