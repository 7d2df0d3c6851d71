"""What observed overlaps make of the cells: circles of people beside them.

The people of the circles are taken out of the cells, in the proportions of the audience that each
circle stands beside. Who was observed is reached in the circles, everybody else in both alike, and
those of the same crowd as somebody observed a little more in that circle. One creator alone reaches
as many as before, and two of whom nothing was observed share about as many.

The people of the circles watch unevenly as far as it is a guess what the observed creators share:
where every overlap was observed, what was seen says it all. All of them watch somebody, so nobody
is found there by chance alone: every audience is popular in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.rules.planner.circles import INSIDE_MOST, circles
from marketplace.matching.rules.planner.crowds import CROWD_PART
from marketplace.matching.rules.planner.problem import Problem, Rows, WatchedTogether
from marketplace.matching.rules.planner.uneven import LEAST as CHANCE
from marketplace.matching.rules.planner.uneven import UNEVEN
from marketplace.matching.rules.shares import PRIOR_VIEWERS

OBSERVED_MOST: Final = 400
"""Creators: those who share the most people; working out more would take seconds."""

LEAST: Final = 1e-9
"""People; fewer are nobody."""

Figures = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The cells with the circles behind them.

    seen: (m, cells + circles); popular: the same, the popular part of each audience. population:
    (cells + circles,). uneven: the same, how unevenly they watch. mix: (circles, cells) from which
    cells the people of each circle are. is_observed: (m,) who is reached in circles alone.
    together: the observations that count.
    """

    seen: Figures
    popular: Figures
    population: Figures
    uneven: Figures
    mix: Figures
    is_observed: NDArray[np.bool_]
    together: tuple[WatchedTogether, ...]


def with_circles(problem: Problem, row: Rows, seen: Figures, popular: Figures) -> Cells:
    """Return the cells with a circle for each creator of whom something was observed.

    row: (m,) creators in the order of ``tie``, with all their bundles. seen: (m, cells);
    popular: the same, the popular part of each audience.
    """
    population = problem.population.astype(np.float64).ravel()
    reach = seen @ population
    everyone = _largest_bundles(row, reach)
    together = _among(problem, {int(row[place]) for place in everyone})
    chosen = {one for pair in together for one in (pair.creator, pair.other)}
    is_chosen = np.isin(row[everyone], sorted(chosen))
    largest, others = everyone[is_chosen], everyone[~is_chosen]
    if not largest.size:
        uneven = np.full(population.size, UNEVEN)
        none = np.zeros((0, population.size))
        return Cells(seen, popular, population, uneven, none, row < 0, ())
    size = reach[largest]
    common, guess = _common(problem, row[largest], size, seen[largest], together)
    with_others = float((seen[largest].sum(axis=0) * population) @ seen[others].sum(axis=0))
    guessed = (guess + with_others) / max(_of_two(common) + with_others, LEAST)
    people, inside = circles(size, common)
    beside = largest[people > 0]
    people, inside = people[people > 0], inside[:, people > 0]
    mix = seen[beside] * population / reach[beside, None]
    taken = people @ mix
    mix = mix * np.minimum(1.0, population / np.maximum(np.maximum(taken, population), LEAST))
    is_observed = np.isin(row, row[largest])
    in_crowd = _of_crowds(problem, row, reach, row[largest], inside, people)
    in_crowd[is_observed] = 0.0
    watching = seen @ mix.T
    in_crowd = np.minimum(in_crowd, (INSIDE_MOST - watching) * people)
    rest = 1 - in_crowd.sum(axis=1, keepdims=True) / np.maximum(reach, LEAST)[:, None]
    of_circles = rest * watching + in_crowd / np.maximum(people, LEAST)
    part = inside / np.maximum(people, LEAST)
    by_number = np.argsort(row[largest])
    place = by_number[np.searchsorted(row[largest][by_number], row[is_observed])]
    of_circles[is_observed] = part[place] * (reach[is_observed] / size[place])[:, None]
    of_cells = np.where(is_observed[:, None], 0.0, rest * seen)
    return Cells(
        seen=np.hstack([of_cells, of_circles]),
        popular=np.hstack([popular, np.ones((row.size, people.size))]),
        population=np.concatenate([np.maximum(population - people @ mix, 0.0), people]),
        uneven=np.repeat([UNEVEN, max(CHANCE, guessed * UNEVEN)], [population.size, people.size]),
        mix=mix,
        is_observed=is_observed,
        together=together,
    )


def _of_crowds(
    problem: Problem, row: Rows, reach: Figures, creators: Rows, inside: Figures, people: Figures
) -> Figures:
    """Return (m, circles) the people whom each has where those of the same crowd have theirs.

    Together they are the part that a crowd shares, and in no circle more than that part of it.
    """
    crowds, of = np.unique(problem.crowd[creators], return_inverse=True)
    there = (np.arange(crowds.size)[:, None] == of).astype(np.float64) @ inside
    there /= np.maximum(there.sum(axis=1, keepdims=True), LEAST)
    members = np.flatnonzero(np.isin(problem.crowd[row], crowds[crowds >= 0]))
    at = np.searchsorted(crowds, problem.crowd[row[members]])
    found = np.zeros((row.size, people.size))
    found[members] = CROWD_PART * np.minimum(there[at] * reach[members, None], people)
    return found


def _largest_bundles(row: Rows, reach: Figures) -> Rows:
    """Return the place of each creator's bundle with the most people, in the order of ``row``."""
    order = np.argsort(-reach, kind="stable")
    _, first = np.unique(row[order], return_index=True)
    places = np.sort(order[first])
    return places[reach[places] > 0]


def _among(problem: Problem, there: set[int]) -> tuple[WatchedTogether, ...]:
    """Return the observations of two who are both there; of too many, those who share most."""
    pairs = [
        pair for pair in problem.watched_together if pair.creator in there and pair.other in there
    ]
    weight: dict[int, float] = {}
    for pair in pairs:
        common = pair.share * float(problem.widest[pair.creator])
        for one in (pair.creator, pair.other):
            weight[one] = weight.get(one, 0.0) + common
    kept = sorted(weight, key=lambda one: (-weight[one], int(problem.tie[one])))[:OBSERVED_MOST]
    among = set(kept)
    return tuple(pair for pair in pairs if pair.creator in among and pair.other in among)


def _common(
    problem: Problem,
    creators: Rows,
    size: Figures,
    seen: Figures,
    together: tuple[WatchedTogether, ...],
) -> tuple[Figures, float]:
    """Return (v, v) the people whom each two share, and how many of all these are a guess.

    What was observed is drawn towards what the cells make likely as if by so many people more who
    had been looked at; of whom nothing was observed, they share that. The crowd's part of an
    audience is spread over all of the same crowd: what one shares with all, not with each.
    """
    population = problem.population.astype(np.float64).ravel()
    crowd = problem.crowd[creators]
    same = (crowd[:, None] == crowd) & (crowd >= 0)
    likely = (seen * population) @ seen.T
    others = np.maximum(same.sum(axis=1, keepdims=True) - 1, 1)
    likely += np.where(same, CROWD_PART * np.minimum.outer(size, size) / others, 0.0)
    counted, evidence = PRIOR_VIEWERS * likely, np.full(likely.shape, PRIOR_VIEWERS)
    place = {int(creator): at for at, creator in enumerate(creators)}
    for pair in together:
        one, other = place[pair.creator], place[pair.other]
        for both in ((one, other), (other, one)):
            counted[both] += pair.shared * size[one]
            evidence[both] += pair.sample
    common: Figures = counted / evidence
    return common, _of_two(common * (PRIOR_VIEWERS / evidence))


def _of_two(people: Figures) -> float:
    """Return the sum of all pairs, each in both directions; the diagonal is no pair."""
    return float(people.sum() - np.trace(people))
