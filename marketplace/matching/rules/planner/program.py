"""The planner's problem as a linear program: planes above the reach, and the limits as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from marketplace.matching.rules.planner.candidates import Candidates
from marketplace.matching.rules.planner.limits import Limits
from marketplace.matching.rules.planner.problem import Rows, Size
from marketplace.matching.rules.planner.tangents import Tangent


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """The answer of a program. value: what no plan can exceed. weights: (m,) from 0 to 1."""

    value: float
    weights: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Priced(Solved):
    """The answer of a linear program with the worth of each row.

    planes: (tangents, cells) the worth of each plane; rows: of each row of :func:`limit_rows`.
    """

    planes: NDArray[np.float64]
    rows: NDArray[np.float64]


def relaxed(
    among: Candidates, limits: Limits, tangents: Sequence[Tangent], columns: Rows
) -> Priced:
    """Return the best mixture of these candidates under the planes, by HiGHS."""
    matrix, most = _planes(among, tangents, columns)
    rows, row_most = limit_rows(among, limits, columns)
    owners, owner_most = _owner_rows(among, columns)
    cells = among.population.size
    found = linprog(
        c=np.concatenate([np.zeros(columns.size), -np.ones(cells)]),
        A_ub=np.concatenate([matrix, _beside(rows, cells), _beside(owners, cells)]),
        b_ub=np.concatenate([most, row_most, owner_most]),
        bounds=_bounds(among, columns),
        method="highs",
    )
    if found.x is None or found.fun is None:
        raise ArithmeticError(f"the linear program was not solved: {found.message}")
    worth = -found.ineqlin.marginals
    return Priced(
        value=-float(found.fun),
        weights=_spread(among, columns, found.x[: columns.size]),
        planes=worth[: most.size].reshape(len(tangents), cells),
        rows=worth[most.size : most.size + row_most.size],
    )


def whole(
    among: Candidates, limits: Limits, tangents: Sequence[Tangent], *, gap: float, seconds: float
) -> Solved | None:
    """Return the best whole plan under the planes, by HiGHS; None when time runs out first."""
    columns = np.arange(among.count)
    matrix, most = _planes(among, tangents, columns)
    rows, row_most = limit_rows(among, limits, columns)
    owners, owner_most = _owner_rows(among, columns)
    cells = among.population.size
    bounds = np.array(_bounds(among, columns))
    found = milp(
        c=np.concatenate([np.zeros(columns.size), -np.ones(cells)]),
        integrality=np.concatenate([np.ones(columns.size), np.zeros(cells)]),
        bounds=Bounds(bounds[:, 0], bounds[:, 1]),
        constraints=LinearConstraint(
            np.concatenate([matrix, _beside(rows, cells), _beside(owners, cells)]),
            ub=np.concatenate([most, row_most, owner_most]),
        ),
        options={"mip_rel_gap": gap, "time_limit": seconds},
    )
    if found.x is None:
        return None
    return Solved(-float(found.mip_dual_bound), np.round(found.x[: columns.size]))


def limit_rows(
    among: Candidates, limits: Limits, columns: Rows
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the limits as rows: money, the most and fewest, and the same of each size."""
    ones = np.ones(columns.size)
    rows = [among.price[columns].astype(np.float64), ones, -ones]
    most: list[float] = [limits.budget_minor, limits.most, -limits.fewest]
    for size in Size:
        of_size = (among.size[columns] == size).astype(np.float64)
        rows += [of_size, -of_size]
        most += [limits.most_of(size), -limits.fewest_of(size)]
    return np.array(rows), np.array(most, dtype=np.float64)


def _planes(
    among: Candidates, tangents: Sequence[Tangent], columns: Rows
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    cells = among.population.size
    slopes = np.concatenate([-each.slopes(among, columns).T for each in tangents])
    reach = np.tile(np.eye(cells), (len(tangents), 1))
    return np.hstack([slopes, reach]), np.concatenate([each.base for each in tangents])


def _owner_rows(
    among: Candidates, columns: Rows
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the rows for one bundle of a creator, and for those who must be in the plan."""
    owner, must = among.owner[columns], among.must[columns]
    names, counts = np.unique(owner, return_counts=True)
    several = (owner == names[counts > 1][:, None]).astype(np.float64)
    needed = -(owner == np.unique(owner[must])[:, None]).astype(np.float64)
    most = np.concatenate([np.ones(len(several)), -np.ones(len(needed))])
    return np.concatenate([several, needed]), most


def _beside(rows: NDArray[np.float64], cells: int) -> NDArray[np.float64]:
    return np.hstack([rows, np.zeros((rows.shape[0], cells))])


def _bounds(among: Candidates, columns: Rows) -> list[tuple[float, float]]:
    return [(0.0, 1.0)] * columns.size + [(0.0, float(each)) for each in among.population]


def _spread(among: Candidates, columns: Rows, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = np.zeros(among.count)
    spread[columns] = np.clip(weights, 0.0, 1.0)
    return spread
