"""A plan as it was found, with everybody it names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from marketplace.matching.rules.planner.correction import Correction
from marketplace.matching.rules.planner.curve import Point
from marketplace.matching.rules.planner.explain import Explained, NearlyChosen, Pick, Swap
from marketplace.matching.rules.planner.interval import Interval
from marketplace.matching.rules.planner.limits import Contradiction
from marketplace.matching.rules.planner.ways import Way


@dataclass(frozen=True, slots=True)
class PlannedCreator:
    """Who somebody in a plan is, as a page shows them."""

    creator_id: UUID
    display_name: str
    handle: str | None
    has_joined: bool
    followers: int | None


@dataclass(frozen=True, slots=True)
class Option:
    """One way to ask a creator, at its price."""

    bundle: int
    way: Way
    price_minor: int
    is_estimated: bool


@dataclass(frozen=True, slots=True)
class FoundPlan:
    """A plan in whole people with everybody it names. at_most: no plan reaches more; None unknown.

    question: by which a closer bound can be asked for; None where there is none to be had. planner:
    beside a plan by hand that is compared, how many people the planner's own for these rules
    reaches.
    who: place in the problem -> the creator. options: the same -> all that they could be asked for.
    looked_at of ``of``: fewer while columns are missing. target_people: everybody of the target.
    """

    explained: Explained
    interval: Interval
    curve: Sequence[Point]
    budget_minor: int
    cost_minor: int
    at_most: int | None
    broken: Sequence[Contradiction]
    who: Mapping[int, PlannedCreator]
    options: Mapping[int, Sequence[Option]]
    looked_at: int
    of: int
    target_people: int
    ways: Sequence[Way]
    correction: Correction
    question: str | None
    planner: int | None = None
    left_out: Sequence[PlannedCreator] = field(default_factory=list)

    @property
    def picks(self) -> Sequence[tuple[PlannedCreator, Pick, Option]]:
        """Who is in the plan, why, and what they make; the largest addition first."""
        return [
            (self.who[each.creator], each, self.option(each))
            for each in self.explained.picks
            if each.creator in self.who
        ]

    @property
    def nearly(self) -> Sequence[tuple[PlannedCreator, NearlyChosen, Option]]:
        """Who nearly was, why not, and with what."""
        return [
            (self.who[each.creator], each, self.option(each))
            for each in self.explained.nearly
            if each.creator in self.who
        ]

    def option(self, told: Pick | NearlyChosen | Swap) -> Option:
        """Return what somebody in an explanation is asked for."""
        return next(each for each in self.options[told.creator] if each.bundle == told.bundle)

    def bounded_by(self, at_most: int | None) -> FoundPlan:
        """Return the same with a closer bound, where it is one: the market may have moved since."""
        if at_most is None or self.at_most is None or at_most < self.explained.people:
            return self
        return replace(self, at_most=min(at_most, self.at_most))

    @property
    def more_bps(self) -> int | None:
        """How much more the best possible plan may reach, rounded up; None while unknown."""
        if self.at_most is None or not self.explained.people:
            return None
        return -(-max(0, self.at_most - self.explained.people) * 10_000 // self.explained.people)
