"""Why each creator is in a plan, and why others nearly were."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from marketplace.matching.rules.planner.candidates import Candidates
from marketplace.matching.rules.planner.greedy import Room, largest_first
from marketplace.matching.rules.planner.limits import Limits
from marketplace.matching.rules.planner.plan import Plan
from marketplace.matching.rules.planner.problem import Rows, WatchedTogether
from marketplace.matching.rules.planner.reach import Reached

RIVALS: Final = 24
"""For each pick, so many of the most promising others are tried in its place."""
NEARLY: Final = 5
OVERLAPS: Final = 0.5
"""Who shares this part of their viewers with the plan is left out for that."""


class WhyNot(StrEnum):
    """What kept a creator out of a plan who was nearly in it."""

    OVERLAP = "overlap"
    """Most of their viewers in the target are reached by the plan already."""
    PRICE = "price"
    """What is left of the budget does not pay them, and nobody's place is better used by them."""
    PLACES = "places"
    """The plan is full, or full of their size."""
    NOTHING = "nothing"
    """There is room and money for them: somebody made this plan by hand."""


@dataclass(frozen=True, slots=True)
class Swap:
    """Somebody else in the place of a pick. other, bundle: places in the problem.

    fewer: people whom the plan would then reach less; below 0 where it would reach more.
    """

    creator: int
    bundle: int
    fewer: int


@dataclass(frozen=True, slots=True)
class Pick:
    """What one creator does in a plan. Whole people; ``adds`` of all picks sum to the plan's reach.

    alone: reached by this creator alone. adds: on top of those listed before. only_here: reached by
    nobody else in the plan. shares_with: (creator, people) with whom most viewers are shared.
    observed: what was seen of the common audience with another of the plan, the largest share of
    this creator's own viewers first. beats: the best that could have been in the place; None of
    who must be in it.
    """

    creator: int
    bundle: int
    price_minor: int
    alone: int
    adds: int
    only_here: int
    shares_with: tuple[int, int] | None
    observed: WatchedTogether | None
    beats: Swap | None


@dataclass(frozen=True, slots=True)
class NearlyChosen:
    """Somebody who is not in a plan and nearly was.

    adds: people on top of the whole plan. already: of those reached alone, how many the plan
    reaches. instead_of: the creator whose place would cost the least, and fewer: by so many people.
    """

    creator: int
    bundle: int
    price_minor: int
    alone: int
    adds: int
    already: int
    instead_of: int
    fewer: int
    why_not: WhyNot


@dataclass(frozen=True, slots=True)
class Explained:
    """A plan in whole people: its picks by what they add, and who was nearly in it."""

    people: int
    picks: tuple[Pick, ...]
    nearly: tuple[NearlyChosen, ...]
    left_minor: int


def explain(plan: Plan, limits: Limits) -> Explained:
    """Return what each pick adds, shares and beats, the largest addition first."""
    among = plan.among
    whole, room = Reached(among, plan.picks), Room(among, limits, plan.picks)
    swaps: dict[int, tuple[float, int]] = {}
    picks = []
    alone = among.seen @ among.population
    for pick, adds in _in_order(plan):
        rest = np.array([each for each in plan.picks if each != pick], dtype=np.intp)
        fewer = whole.without(pick, rest)
        only_here = whole.people - fewer.people
        beats = None
        is_free = int(among.row[pick]) not in limits.must_have
        for rival, gain in _rivals(plan, room.without((pick,)), fewer) if is_free else ():
            lost = only_here - gain
            if beats is None or lost < beats[1]:
                beats = rival, lost
            if rival not in swaps or lost < swaps[rival][0]:
                swaps[rival] = lost, pick
        picks.append(
            Pick(
                creator=int(among.row[pick]),
                bundle=int(among.bundle[pick]),
                price_minor=int(among.price[pick]),
                alone=round(alone[pick]),
                adds=adds,
                only_here=round(only_here),
                shares_with=_shares_with(among, pick, rest),
                observed=_observed(among, pick, rest),
                beats=None
                if beats is None
                else Swap(int(among.row[beats[0]]), int(among.bundle[beats[0]]), round(beats[1])),
            )
        )
    nearly = sorted(swaps, key=lambda rival: (swaps[rival][0], rival))
    return Explained(
        people=round(plan.people),
        picks=tuple(picks),
        nearly=tuple(
            _nearly(among, limits, room, whole, rival, *swaps[rival])
            for rival in _one_each(among, nearly)[:NEARLY]
        ),
        left_minor=room.left,
    )


def _in_order(plan: Plan) -> list[tuple[int, int]]:
    """Return each pick with what it adds to those before, always the largest addition next."""
    reached, left = Reached(plan.among), list(plan.picks)
    found, told = [], 0
    while left:
        gains = reached.gains(np.array(left, dtype=np.intp))
        pick = left.pop(int(np.argmax(gains)))
        reached.add(pick)
        total = round(reached.people if left else plan.people)
        found.append((pick, total - told))
        told = total
    return found


def _rivals(plan: Plan, room: Room, fewer: Reached) -> list[tuple[int, float]]:
    """Return the most promising who fit into the place of a pick, with what they would add."""
    owner = plan.among.owner
    at_most = np.where(room.fitting(), fewer.gains_at_most(room.left), 0.0)
    at_most[np.isin(owner, owner[list(plan.picks)])] = 0.0
    looks = largest_first(at_most, RIVALS)
    gains = fewer.gains(np.array(looks, dtype=np.intp))
    return list(zip(looks, gains.tolist(), strict=True))


def _shares_with(among: Candidates, pick: int, rest: Rows) -> tuple[int, int] | None:
    if not rest.size:
        return None
    alone = among.seen[rest] @ among.population
    shared = alone - Reached(among, [pick]).gains(rest)
    most = int(np.argmax(shared))
    return int(among.row[rest[most]]), round(float(shared[most]))


def _observed(among: Candidates, pick: int, rest: Rows) -> WatchedTogether | None:
    creator, others = int(among.row[pick]), set(among.row[rest].tolist())
    own = [each for each in among.together if each.creator == creator and each.other in others]
    told = [each for each in among.together if each.other == creator and each.creator in others]
    return max(own or told, key=lambda each: each.share, default=None)


def _one_each(among: Candidates, places: list[int]) -> list[int]:
    """Return the first place of each creator."""
    return list({int(among.owner[place]): place for place in reversed(places)}.values())[::-1]


def _nearly(
    among: Candidates,
    limits: Limits,
    room: Room,
    whole: Reached,
    rival: int,
    fewer: float,
    pick: int,
) -> NearlyChosen:
    alone, adds = float(among.seen[rival] @ among.population), whole.gain(rival)
    size = int(among.size[rival])
    if sum(room.counts) >= limits.most or room.counts[size] >= limits.most_of(size):
        why_not = WhyNot.PLACES
    elif alone - adds > OVERLAPS * alone:
        why_not = WhyNot.OVERLAP
    else:
        why_not = WhyNot.NOTHING if room.fitting()[rival] else WhyNot.PRICE
    return NearlyChosen(
        creator=int(among.row[rival]),
        bundle=int(among.bundle[rival]),
        price_minor=int(among.price[rival]),
        alone=round(alone),
        adds=round(adds),
        already=round(alone) - round(adds),
        instead_of=int(among.row[pick]),
        fewer=round(fewer),
        why_not=why_not,
    )
