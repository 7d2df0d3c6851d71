"""Who stands where, and what each place is worth: for the leaderboard and for the awards alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from marketplace.challenges.rules.prizes import Promise, Split
from marketplace.kernel.currencies import step
from marketplace.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Counted:
    """One entry that counts, and its views that do. handed_in_at: when its post was pasted."""

    entry_id: UUID
    views: int
    handed_in_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands, from 1 on, and what it wins; nothing where it wins nothing."""

    entry_id: UUID
    place: int
    views: int
    prize: Money


def places(entries: Sequence[Counted], promise: Promise) -> list[Place]:
    """Return every entry's place and prize, the first place first.

    More views are the better place. Among equal views whoever handed in earlier stands
    higher, and entries of the same moment stand in the order of their ids; so two entries never
    share a place. Whoever has fewer views than the challenge asks for keeps the place and wins
    nothing. The prizes never add up to more than the pool.
    """
    order = sorted(entries, key=lambda each: (-each.views, each.handed_in_at, each.entry_id))
    won = _by_rank(order, promise) if promise.split is Split.RANK else _by_views(order, promise)
    return [
        Place(entry.entry_id, number, entry.views, prize)
        for number, (entry, prize) in enumerate(zip(order, won, strict=True), start=1)
    ]


def _by_rank(order: Sequence[Counted], promise: Promise) -> list[Money]:
    nothing = Money(0, promise.pool.currency)
    return [
        promise.prize_of(number) if entry.views >= promise.least_views else nothing
        for number, entry in enumerate(order, start=1)
    ]


def _by_views(order: Sequence[Counted], promise: Promise) -> list[Money]:
    """Divide the pool by views, to the unit; what a cap takes from one goes to the others."""
    pool, cap = promise.pool, promise.cap
    won = [Money(0, pool.currency)] * len(order)
    sharing = [i for i, entry in enumerate(order) if entry.views >= promise.least_views]
    left = pool
    while sharing and left.minor >= step(pool.currency):
        parts = left.split([order[i].views for i in sharing])
        over = {i for i, part in zip(sharing, parts, strict=True) if cap and part > cap}
        if not over or cap is None:
            for i, part in zip(sharing, parts, strict=True):
                won[i] = part
            break
        for i in over:
            won[i] = cap
            left -= cap
        sharing = [i for i in sharing if i not in over]
    return won
