"""What the sandbox will do by itself once its time has come."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from marketplace.sandbox.stripe_world import World


class What(StrEnum):
    """What happens then; the key of a reminder is the id of the object it happens to."""

    CLEAR_DEBIT = "clear_debit"
    END_REFUND = "end_refund"
    LAPSE_DISPUTE = "lapse_dispute"


def remind(world: World, key: str, what: What, *, at: int) -> None:
    """Have something happen to an object at that second, or later than it was to."""
    world.store.put("due", key, {"id": key, "what": what.value, "at": at})


def forget(world: World, key: str) -> None:
    """It has happened already."""
    world.store.delete("due", key)


def now_due(world: World) -> Iterator[tuple[What, str]]:
    """Every reminder whose time has come, oldest first; each is given once."""
    for due in reversed(world.store.newest("due")):
        if due["at"] <= world.now:
            forget(world, due["id"])
            yield What(due["what"]), due["id"]
