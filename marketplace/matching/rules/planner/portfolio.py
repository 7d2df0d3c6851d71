"""Many greedy plans, mended by exchanges; the best one counts.

One greedy plan can lose an eighth of what is possible: a dear creator who would fill the budget
well is never the best for the price. So several are made, with different weights on the price and
from different first picks, and the best few are mended by taking one to three picks out and
filling up again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import numpy as np

from marketplace.matching.rules.planner.candidates import Candidates
from marketplace.matching.rules.planner.exchanges import improve
from marketplace.matching.rules.planner.greedy import Room, greedy, largest_first
from marketplace.matching.rules.planner.limits import Limits
from marketplace.matching.rules.planner.reach import Reached, reach_of

POWERS: Final = (1.0, 0.85, 0.7, 0.5, 0.3, 0.0)
PLACE_WORTH: Final = (0.1, 0.3, 1.0, 3.0)
"""What a place in a plan costs besides its price, in parts of the budget for one place."""
SEEDS: Final = 30
"""How many of the largest single reaches each begin a plan."""
STEPS: Final = 900
"""About how many picks all the seeded plans may have together: fewer seeds for long plans."""
MENDED: Final = 3


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


def must_haves(among: Candidates) -> list[int]:
    """Return the cheapest bundle of each creator who must be in the plan."""
    chosen: dict[int, int] = {}
    for place in np.flatnonzero(among.must).tolist():
        owner = int(among.owner[place])
        if owner not in chosen or among.price[place] < among.price[chosen[owner]]:
            chosen[owner] = place
    return list(chosen.values())


def is_whole(among: Candidates, limits: Limits, plan: Sequence[int]) -> bool:
    """True when a plan has as many creators, of all and of each size, as it must have."""
    sizes = among.size[list(plan)]
    return len(plan) >= limits.fewest and all(
        np.count_nonzero(sizes == size) >= limits.fewest_of(size) for size in limits.mix
    )


def _seeds(among: Candidates, limits: Limits, start: Sequence[int], *, count: int) -> list[int]:
    """Return the candidates with the largest reach alone that may begin a plan."""
    fitting = Room(among, limits, start).fitting()
    return largest_first(np.where(fitting, Reached(among, start).gains_at_most(), 0.0), count)
