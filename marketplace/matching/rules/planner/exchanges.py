"""A plan mended by exchanges: some picks are taken out, and the gap they leave is filled again."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.rules.planner.candidates import Candidates
from marketplace.matching.rules.planner.greedy import Room, best_of, fill, largest_first
from marketplace.matching.rules.planner.limits import Limits
from marketplace.matching.rules.planner.reach import Reached, gains_at_most

FIRSTS: Final = 6
"""A gap is filled in as many more ways, each beginning with one of those who would add most."""
FIRSTS_UP_TO: Final = 24
"""In plans up to this long; in longer ones one place matters less."""
TOGETHER: Final = ((2, 12), (3, 8))
"""So many picks are taken out at a time as well, in plans up to so long."""
DEARER: Final = 12
"""So many creators for whom others would have to leave are tried, those who add most."""
TRIALS: Final = 200
"""About as many fillings are tried to mend one plan."""
BETTER: Final = 1 + 1e-9

AT_ONCE: Final = 8
"""So many gaps are worked out in one product, which takes as long as two by themselves."""

Out = tuple[int, ...]
"""Who leaves the plan together."""
Filling = tuple[float, tuple[int, ...]]
"""A weight on the price, and who comes first."""


def improve(
    among: Candidates, limits: Limits, plan: Sequence[int], *, trials: int = TRIALS
) -> list[int]:
    """Return the plan after the exchanges that help: picks taken out, their place filled again.

    Nothing more fits into the plan. Ends after a round that changes nothing, or after so many
    trials; what is known to be in vain counts as tried.
    """
    reached, room = Reached(among, plan), Room(among, limits, plan)
    changed = True
    while changed:
        changed = False
        plan = room.picks
        leaving = (*_leaving(among, plan), *_for_dearer(among, limits, plan, reached))
        gaps = Gaps(among, leaving)
        while (gap := gaps.next(reached, room)) is not None:
            if not gap.is_worth_filling():
                continue
            in_vain = gap.is_filled_in_vain()
            for filling in gap.fillings(FIRSTS if len(room.picks) <= FIRSTS_UP_TO else 0):
                if not trials:
                    return room.picks
                trials -= 1
                if in_vain:
                    continue
                more, full = gap.filled(filling)
                if more.people > reached.people * BETTER and not full.needs_more:
                    reached, room, changed = more, full, True
                    break
    return room.picks


class Gap:
    """What some picks leave when they are taken out: people to reach, money, and who may come."""

    def __init__(
        self,
        among: Candidates,
        out: Out,
        *,
        fewer: Reached,
        room: Room,
        lost: float,
        gains: NDArray[np.float64],
    ) -> None:
        self.out = out
        self._among, self._out = among, list(out)
        self._fewer, self._room, self._lost, self._gains = fewer, room, lost, gains
        self._most = gains * room.fitting()
        self._most[self._out] = 0.0
        self._per_minor = 1 / np.maximum(self._room.price, 1)

    def is_worth_filling(self) -> bool:
        """False when others could not make up for what is lost: a quick look at their bounds."""
        best = float((self._most * self._per_minor).max(initial=0.0))
        return best * self._room.left > self._lost

    def is_filled_in_vain(self) -> bool:
        """True when no filling whatever reaches more than there was: a look at exact gains.

        Some of those taken out may come back. So the others have to make up for one of them at
        least, with the price of that one and the money that was left before; and one alone reaches
        no less than what all lose less what the rest of them add.
        """
        needed = self._lost / self._room.left
        if len(self._out) > 1:
            gains, price = self._fewer.gains(np.array(self._out)), self._among.price[self._out]
            alone = self._lost - (gains.sum() - gains)
            needed = float((alone / (price + (self._room.left - price.sum()))).min())
        worth = self._most * self._per_minor
        return best_of(self._fewer, self._most > 0, worth, self._per_minor, needed) is None

    def fillings(self, firsts: int) -> list[Filling]:
        """Return the ways to fill it. firsts: how many creators each begin one."""
        begun = largest_first(self._most, firsts) if firsts else []
        return [(1.0, ()), (0.0, ()), *((1.0, (first,)) for first in begun)]

    def filled(self, filling: Filling) -> tuple[Reached, Room]:
        """Return the plan with this filling."""
        power, first = filling
        more, room = self._fewer.copy(), self._room.copy()
        for pick in first:
            more.add(pick)
            room.take(pick)
        fill(more, room, at_most=self._gains, power=power)
        return more, room


class Gaps:
    """The gaps of one round, some worked out at a time; those behind an exchange once more."""

    def __init__(self, among: Candidates, leaving: Iterable[Out]) -> None:
        self._among, self._leaving = among, deque(leaving)
        self._ahead: deque[Gap] = deque()
        self._of: Reached | None = None

    def next(self, reached: Reached, room: Room) -> Gap | None:
        """Return the next gap in the plan as it is now; None when there are no more.

        Where one who would leave was exchanged in this round, there is none.
        """
        if reached is not self._of:
            self._leaving.extendleft(gap.out for gap in reversed(self._ahead))
            self._ahead.clear()
            self._of = reached
        while self._leaving and not self._ahead:
            some = [self._leaving.popleft() for _ in range(min(AT_ONCE, len(self._leaving)))]
            there = [out for out in some if set(out) <= set(room.picks)]
            if there:
                self._ahead.extend(_worked_out(self._among, reached, room, there))
        return self._ahead.popleft() if self._ahead else None


def _worked_out(
    among: Candidates, reached: Reached, room: Room, leaving: Sequence[Out]
) -> Iterable[Gap]:
    """Return the gaps that each of these leaves: their bounds are one product."""
    sets = [_taken_out(reached, room.picks, out) for out in leaving]
    rooms = [room.without(out) for out in leaving]
    gains = gains_at_most(sets, max(each.dearest for each in rooms))
    for out, fewer, left, most in zip(leaving, sets, rooms, gains, strict=True):
        lost = reached.people - fewer.people
        yield Gap(among, out, fewer=fewer, room=left, lost=lost, gains=most)


def _taken_out(reached: Reached, plan: Sequence[int], out: Sequence[int]) -> Reached:
    rest = list(plan)
    for pick in out:
        rest.remove(pick)
        reached = reached.without(pick, np.array(rest, dtype=np.intp))
    return reached


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
    gains = np.where(among.price > left, reached.gains_at_most(most), 0.0)
    gains[np.isin(among.owner, among.owner[list(plan)])] = 0.0
    needed = {int(among.price[each]) - left for each in largest_first(gains, DEARER)}
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
