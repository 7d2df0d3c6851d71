"""What a market offers within the limits of a plan, and the best of it.

An option is a bundle of a creator, by the creator's place x bundles + bundle. What no bundle of a
creator exceeds is known of everybody, so the best options are found without a look at most others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.rules.planner.limits import Limits
from marketplace.matching.rules.planner.problem import Floats, Ints, Problem, Rows, Size

LEAST: Final = float(np.finfo(np.float32).tiny)
"""Of people, or of people for the price; less is nothing."""
SAMPLED: Final = 61
"""One of so many creators is in a sample."""


def lowest_allowed(problem: Problem, limits: Limits) -> NDArray[np.int64]:
    """Return (n,) the lowest price of each creator that these limits allow; 0 for none."""
    lowest = problem.lowest * (problem.lowest <= limits.cap_minor)
    lowest[sorted(limits.must_not)] = 0
    return lowest


def cheap_of_size(lowest: NDArray[np.int64], sizes: Ints, size: Size, count: int) -> Rows:
    """Return the places of creators of this size who have a price: so many of the cheapest, or all.

    A few more are among them: from a sample it is known what so many do not cost more than.
    """
    there = (sizes == size) & (lowest > 0)
    sample = lowest[::SAMPLED][there[::SAMPLED]]
    if sample.size > count:
        there &= lowest <= np.partition(sample, count - 1)[count - 1]
    return np.flatnonzero(there)


class Offers:
    """The bundles that the limits allow. lowest: see :func:`lowest_allowed`."""

    def __init__(self, problem: Problem, limits: Limits) -> None:
        self._problem, self._cap = problem, limits.cap_minor
        self.lowest = lowest_allowed(problem, limits)

    def prices(self, rows: Rows) -> NDArray[np.int64]:
        """Return (rows, k) what each bundle of these creators costs; 0 where it is not allowed."""
        price = self._problem.price[rows]
        allowed = (price <= self._cap) & (self._problem.people[rows] > 0)
        allowed &= self.lowest[rows, None] > 0
        return np.multiply(price, allowed, dtype=np.int64)

    def reach(self, rows: Rows) -> Floats:
        """Return (rows, k) how many people of the target each bundle reaches at most."""
        problem = self._problem
        return problem.people[rows] * problem.there[rows, None] * (self.prices(rows) > 0)

    def worth(self, rows: Rows) -> Floats:
        """Return (rows, k) the same for each minor unit of the price."""
        return self.reach(rows) / np.maximum(self.prices(rows), 1)

    def of(self, rows: Rows) -> Rows:
        """Return the options of these creators."""
        options = rows[:, None] * self._problem.bundles + np.arange(self._problem.bundles)
        found: Rows = options[self.prices(rows) > 0]
        return found

    def with_most_reach(self, count: int) -> Rows:
        """Return so many options, in no order."""
        return self._foremost(self._widest(), self.reach, count)

    def with_most_worth(self, count: int) -> Rows:
        """Return so many options, in no order."""
        return self._foremost(self._widest() / np.maximum(self.lowest, 1), self.worth, count)

    def cheapest(self, size: Size, count: int) -> Rows:
        """Return so many options of creators of this size, in no order."""
        rows = cheap_of_size(self.lowest, self._problem.size, size, count)
        options = self.of(rows[self._largest(-self.lowest[rows], rows, count)])
        row, bundle = np.divmod(options, self._problem.bundles)
        return options[self._largest(-self._problem.price[row, bundle], row, count)]

    def _widest(self) -> Floats:
        """Return (n,) what no bundle that each may be asked for reaches more than."""
        return self._problem.widest * self._problem.there * (self.lowest > 0)

    def _foremost(self, at_most: Floats, of: Callable[[Rows], Floats], count: int) -> Rows:
        """Return the options with the largest values; at_most: (n,) what none of each exceeds."""
        least = LEAST
        if at_most.size > count:
            promising = np.argpartition(at_most, -count)[-count:]
            least = max(least, _reached_by(of(promising).ravel(), count))
        rows = np.flatnonzero(at_most >= least)
        values = of(rows).ravel()
        near = np.flatnonzero(values >= least)
        row, bundle = np.divmod(near, self._problem.bundles)
        options = rows[row] * self._problem.bundles + bundle
        return options[self._largest(values[near], rows[row], count)]

    def _largest(self, values: NDArray[Any], rows: Rows, count: int) -> Rows:
        """Return where so many of the largest stand; of equal ones those first by ``tie``."""
        if values.size <= count:
            return np.arange(values.size)
        edge = _reached_by(values, count)
        above, equal = np.flatnonzero(values > edge), np.flatnonzero(values == edge)
        ties, needed = self._problem.tie[rows[equal]], count - above.size
        first = np.flatnonzero(ties <= np.partition(ties, needed - 1)[needed - 1])
        first = first[np.argsort(ties[first], kind="stable")[:needed]]
        return np.concatenate([above, equal[first]])


def _reached_by(values: NDArray[Any], count: int) -> Any:
    """Return the value that so many reach."""
    return np.partition(values, -count)[-count]
