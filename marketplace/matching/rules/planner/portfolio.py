"""Many greedy plans, mended by exchanges; the best one counts.

One greedy plan can lose an eighth of what is possible: a dear creator who would fill the budget
well is never the best for the price. So several are made, with different weights on the price and
from different first picks, and the best few are mended by taking one to three picks out and
filling up again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.rules.planner.candidates import Candidates
from marketplace.matching.rules.planner.greedy import Room, fill, greedy
from marketplace.matching.rules.planner.limits import Limits
from marketplace.matching.rules.planner.reach import Reached, reach_of

POWERS: Final = (1.0, 0.85, 0.7, 0.5, 0.3, 0.0)
PLACE_WORTH: Final = (0.1, 0.3, 1.0, 3.0)
"""What a place in a plan costs besides its price, in parts of the budget for one place."""
FIRSTS: Final = 6
"""A place is filled in as many more ways, each beginning with one of those who would add most."""
FIRSTS_UP_TO: Final = 24
"""In plans up to this long; in longer ones one place matters less."""
SEEDS: Final = 30
"""How many of the largest single reaches each begin a plan."""
STEPS: Final = 900
"""About how many picks all the seeded plans may have together: fewer seeds for long plans."""
MENDED: Final = 3
TOGETHER: Final = ((2, 12), (3, 8))
"""So many picks are taken out at a time as well, in plans up to so long."""
DEARER: Final = 12
"""So many creators for whom others would have to leave are tried, those who add most."""
TRIALS: Final = 200
"""About as many fillings are tried to mend one plan."""
BETTER: Final = 1 + 1e-9


def portfolio(
    among: Candidates, limits: Limits, *, tell: Callable[[float], None] | None = None
) -> list[int]:
    """Return the best plan found, its places in ``among`` in rising order.

    The limits are free of contradictions. tell: called with the part of the work that is done.
    """
    plans = members(among, limits)
    best = sorted(plans, key=lambda plan: -plan[0])[:MENDED]
    mended = []
    for number, (_, plan) in enumerate(best):
        if tell is not None:
            tell((number + 1) / (MENDED + 1))
        mended.append(improve(among, limits, plan))
    return sorted(max(mended, key=lambda plan: reach_of(among, plan)))


def members(among: Candidates, limits: Limits) -> list[tuple[float, tuple[int, ...]]]:
    """Return the different greedy plans with their reach, before they are mended."""
    start = must_haves(among)
    found: dict[tuple[int, ...], float] = {}

    def keep(plan: Iterable[int]) -> None:
        picks = tuple(sorted(plan))
        if picks not in found:
            found[picks] = reach_of(among, picks)

    for power in POWERS:
        keep(greedy(among, limits, start=start, power=power))
    place = limits.budget_minor / limits.most
    for worth in PLACE_WORTH:
        keep(greedy(among, limits, start=start, offset=worth * place))
    longest = max(len(plan) for plan in found)
    for seed in _seeds(among, limits, start, count=max(4, min(SEEDS, STEPS // max(1, longest)))):
        keep(greedy(among, limits, start=[*start, seed], power=1.0))
    return [(reach, plan) for plan, reach in found.items()]


def improve(
    among: Candidates, limits: Limits, plan: Sequence[int], *, trials: int = TRIALS
) -> list[int]:
    """Return the plan after the exchanges that help: picks taken out, their place filled again.

    Ends after a round that changes nothing, or after so many trials.
    """
    best, reached = list(plan), Reached(among, plan)
    changed = True
    while changed:
        changed = False
        for out in (*_leaving(among, best), *_for_dearer(among, limits, best, reached)):
            if not set(out) <= set(best):
                continue  # exchanged in this round
            rest = [pick for pick in best if pick not in out]
            fewer = _taken_out(reached, best, out)
            room = Room(among, limits, rest)
            gains = fewer.gains_at_most()
            most = np.where(room.fitting(), gains, 0.0)
            most[list(out)] = 0.0
            if _at_most(most, room.price, room.left) <= reached.people - fewer.people:
                continue
            for power, first in _fillings(most, FIRSTS if len(best) <= FIRSTS_UP_TO else 0):
                if not trials:
                    return best
                trials -= 1
                more, again = fewer.copy(), room.copy()
                for pick in first:
                    more.add(pick)
                    again.take(pick)
                other = fill(more, again, at_most=gains, power=power)
                if more.people > reached.people * BETTER and is_whole(among, limits, other):
                    best, reached, changed = other, more, True
                    break
    return best


def _fillings(most: NDArray[np.float64], firsts: int) -> Iterator[tuple[float, tuple[int, ...]]]:
    """Return the ways to fill a place: a weight on the price, and who comes first.

    most: (m,) what each would add at most there; 0 where they do not fit. firsts: how many of them
    each begin a filling.
    """
    yield 1.0, ()
    yield 0.0, ()
    if firsts:
        order = np.argsort(-most, kind="stable")[:firsts]
        yield from ((1.0, (int(first),)) for first in order if most[first] > 0)


def _taken_out(reached: Reached, plan: Sequence[int], out: Sequence[int]) -> Reached:
    rest = list(plan)
    for pick in out:
        rest.remove(pick)
        reached = reached.without(pick, np.array(rest, dtype=np.intp))
    return reached


def _at_most(gains: NDArray[np.float64], price: NDArray[np.int64], left: int) -> float:
    """Return more than any filling can add: the best reach for the price, for all the money."""
    return float((gains / np.maximum(price, 1)).max(initial=0.0)) * left


def must_haves(among: Candidates) -> list[int]:
    """Return the cheapest bundle of each creator who must be in the plan."""
    chosen: dict[int, int] = {}
    for place in np.flatnonzero(among.must).tolist():
        owner = int(among.owner[place])
        if owner not in chosen or among.price[place] < among.price[chosen[owner]]:
            chosen[owner] = place
    return list(chosen.values())


def _leaving(among: Candidates, plan: Sequence[int]) -> Iterable[tuple[int, ...]]:
    free = [pick for pick in plan if not among.must[pick]]
    yield from ((pick,) for pick in free)
    for number, up_to in TOGETHER:
        if len(free) <= up_to:
            yield from combinations(free, number)


def _for_dearer(
    among: Candidates, limits: Limits, plan: Sequence[int], reached: Reached
) -> Iterable[tuple[int, ...]]:
    """Return who would have to leave for each dearer creator of those who would add most.

    In short plans alone: in longer ones the money for one is soon found.
    """
    free = [pick for pick in plan if not among.must[pick] and among.price[pick] > 0]
    if len(plan) > FIRSTS_UP_TO:
        return ()
    lost = {pick: reached.people - _taken_out(reached, plan, (pick,)).people for pick in free}
    left = limits.budget_minor - int(among.price[list(plan)].sum())
    most = min(left + int(among.price[free].sum()), limits.cap_minor)
    gains = np.where((among.price > left) & (among.price <= most), reached.gains_at_most(), 0.0)
    gains[np.isin(among.owner, among.owner[list(plan)])] = 0.0
    coming = [each for each in np.argsort(-gains, kind="stable")[:DEARER] if gains[each] > 0]
    needed = {int(among.price[each]) - left for each in coming}
    return dict.fromkeys(_leaving_for(among, lost, need) for need in sorted(needed))


def _leaving_for(among: Candidates, lost: dict[int, float], need: int) -> tuple[int, ...]:
    """Return whose prices together are so much: who loses least for what is still needed first."""
    out: list[int] = []
    while need > 0:
        others = (pick for pick in lost if pick not in out)
        pick = min(others, key=lambda pick: (lost[pick] / min(int(among.price[pick]), need), pick))
        out.append(pick)
        need -= int(among.price[pick])
    return tuple(out)


def is_whole(among: Candidates, limits: Limits, plan: Sequence[int]) -> bool:
    """True when a plan has as many creators, of all and of each size, as it must have."""
    sizes = among.size[list(plan)]
    return len(plan) >= limits.fewest and all(
        np.count_nonzero(sizes == size) >= limits.fewest_of(size) for size in limits.mix
    )


def _seeds(among: Candidates, limits: Limits, start: Sequence[int], *, count: int) -> list[int]:
    """Return the candidates with the largest reach alone that may begin a plan."""
    fitting = Room(among, limits, start).fitting()
    alone = np.where(fitting, Reached(among, start).gains_at_most(), -1.0)
    order = np.argsort(-alone, kind="stable")[:count]
    return [int(place) for place in order if alone[place] > 0]
