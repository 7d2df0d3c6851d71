"""What a plan must obey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import BPS_WHOLE
from marketplace.matching.rules.planner.problem import Size

PICKS_MOST: Final = 200
"""No plan has more creators: nobody could work with them."""


class BoundState(StrEnum):
    """Where the work on a close bound stands."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    REFUSED = "refused"
    """There is no plan under these rules any more."""


class Rule(StrEnum):
    """The rules of a plan, by the names of their fields."""

    BUDGET = "budget"
    MOST_EACH = "most_each"
    MOST_SHARE = "most_share"
    FEWEST = "fewest"
    MOST = "most"
    MIX = "mix"
    MUST_HAVE = "must_have"
    MUST_NOT = "must_not"
    TARGET = "target"
    MAKE = "make"
    GROUP = "group"
    JOINED = "joined"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a plan must obey.

    budget_minor: for all fees together. most_each_minor: for one creator; None for no such cap.
    most_share_bps: the largest part of the budget for one creator. fewest, most: how many creators.
    mix: size -> the fewest and the most of that size; a size that is not named is free.
    must_have, must_not: places of creators in the problem.
    """

    budget_minor: int
    most_each_minor: int | None = None
    most_share_bps: int = BPS_WHOLE
    fewest: int = 1
    most: int = PICKS_MOST
    mix: Mapping[Size, tuple[int, int]] = field(default_factory=dict)
    must_have: frozenset[int] = frozenset()
    must_not: frozenset[int] = frozenset()

    @property
    def share_minor(self) -> int:
        """The most that one creator may cost by their part of the budget."""
        return self.budget_minor * self.most_share_bps // BPS_WHOLE

    @property
    def cap_minor(self) -> int:
        """The most that one creator may cost."""
        if self.most_each_minor is None:
            return self.share_minor
        return min(self.share_minor, self.most_each_minor)

    def fewest_of(self, size: int) -> int:
        return self.mix[Size(size)][0] if size in self.mix else 0

    def most_of(self, size: int) -> int:
        return min(self.most, self.mix[Size(size)][1]) if size in self.mix else self.most


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Rules that no plan can obey together, and why in a whole plain sentence.

    creators: the places of those it is about.
    """

    rules: tuple[Rule, ...]
    sentence: str
    creators: tuple[int, ...] = ()


class PlanRefused(InvalidInput):
    """There is no plan under these rules.

    contradictions: each with the rules that meet in it; its sentence is at each of their fields.
    """

    def __init__(self, contradictions: Sequence[Contradiction]) -> None:
        problems: dict[str, str] = {}
        for each in contradictions:
            for rule in each.rules:
                problems.setdefault(rule.value, each.sentence)
        super().__init__(problems)
        self.contradictions = tuple(contradictions)


def cost_of_completing(
    limits: Limits, counts: Sequence[int], cheapest: Sequence[Sequence[int]]
) -> int | None:
    """Return the least that must still be spent to have as many as the limits ask for.

    counts: how many of each size are picked. cheapest: the prices of those of each size who are
    not, in rising order. None when there are not enough of them.
    """
    total = 0
    left: list[int] = []
    missing = limits.fewest - sum(counts)
    for size, prices in enumerate(cheapest):
        needed = max(0, limits.fewest_of(size) - counts[size])
        if len(prices) < needed:
            return None
        total += sum(prices[:needed])
        missing -= needed
        left += prices[needed : max(needed, limits.most_of(size) - counts[size])]
    if missing <= 0:
        return total
    if len(left) < missing:
        return None
    return total + sum(sorted(left)[:missing])
