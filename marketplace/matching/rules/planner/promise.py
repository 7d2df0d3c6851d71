"""What plans promised when they were accepted, held against what was counted in the end. Pure.

A promise stands as it was made: what is learned later, or how the market moves, changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Kept(StrEnum):
    """Where a count stands beside what was promised in four of five cases."""

    LESS = "less"
    WITHIN = "within"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class Promise:
    """Different people of the target whom these creators were expected to reach.

    people, people_most: the likely number; one and the same of a single plan. low, high: hold the
    truth in about four of five plans.
    """

    people: int
    people_most: int
    low: int
    high: int
    creators: frozenset[UUID]

    def kept_by(self, people: int) -> Kept:
        """Return where a count of people of the target stands."""
        if people < self.low:
            return Kept.LESS
        return Kept.MORE if people > self.high else Kept.WITHIN


@dataclass(frozen=True, slots=True)
class Held:
    """Of so many promises that were counted, so many were kept: the count was within them."""

    within: int
    of: int


def together(promises: Sequence[Promise]) -> Promise | None:
    """Return what the plans of one campaign promised together; None where there are none.

    How many viewers two plans share was nobody's question when they were made: together they reach
    as many as the larger at least, and both added up at most.
    """
    if not promises:
        return None
    return Promise(
        people=max(each.people for each in promises),
        people_most=sum(each.people_most for each in promises),
        low=max(each.low for each in promises),
        high=sum(each.high for each in promises),
        creators=frozenset().union(*(each.creators for each in promises)),
    )


def held(counted: Iterable[tuple[Promise, int]]) -> Held:
    """Return how many promises were kept; each with the people of the target who were counted."""
    found = [promise.kept_by(people) for promise, people in counted]
    return Held(within=found.count(Kept.WITHIN), of=len(found))
