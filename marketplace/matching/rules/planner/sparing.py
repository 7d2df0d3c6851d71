"""A plan without what adds nobody: money is left rather than paid for less than one person."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from marketplace.matching.rules.planner.candidates import Candidates
from marketplace.matching.rules.planner.greedy import Room
from marketplace.matching.rules.planner.limits import ADDS_LEAST, Limits
from marketplace.matching.rules.planner.problem import Rows
from marketplace.matching.rules.planner.reach import Reached


def spared(among: Candidates, limits: Limits, plan: Sequence[int]) -> list[int]:
    """Return the plan without whoever adds less than one person, in rising order.

    Who must be in the plan, and as many as it must have, stay whatever they add. Who stays makes
    the cheapest bundle that reaches less than one person fewer. The fewer are in a plan the more
    each adds, so one look at each is enough, at those first who add least.
    """
    reached, room = Reached(among, plan), Room(among, limits, plan)
    adds = {pick: reached.people - _without(reached, room, pick).people for pick in plan}
    for pick in sorted(adds, key=lambda pick: (adds[pick], -pick)):
        fewer, more_room = _without(reached, room, pick), room.without((pick,))
        lost = reached.people - fewer.people
        if lost < ADDS_LEAST and not among.must[pick] and not more_room.needs_more:
            reached, room = fewer, more_room
        elif (cheaper := _cheaper(among, fewer, pick, lost)).size:
            smaller = int(cheaper[np.argmin(among.price[cheaper])])
            fewer.add(smaller)
            more_room.take(smaller)
            reached, room = fewer, more_room
    return sorted(room.picks)


def _without(reached: Reached, room: Room, pick: int) -> Reached:
    rest = np.array([each for each in room.picks if each != pick], dtype=np.intp)
    return reached.without(pick, rest)


def _cheaper(among: Candidates, fewer: Reached, pick: int, lost: float) -> Rows:
    """Return the cheaper bundles of a creator that add somebody and hardly fewer than this one.

    Where this one adds nobody either and stays for the rules, every cheaper one.
    """
    bundles = among.bundles_of(pick)
    bundles = bundles[among.price[bundles] < among.price[pick]]
    least = max(lost - ADDS_LEAST, ADDS_LEAST) if lost >= ADDS_LEAST else 0.0
    cheaper: Rows = bundles[fewer.gains(bundles) >= least]
    return cheaper
