"""Whether foretold chances hold: what was said of outcomes beside what came of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt
from typing import Final

from marketplace.kernel.money import BPS_WHOLE

BANDS: Final = 10
NINETEEN_OF_TWENTY: Final = 1.96
"""Standard deviations of a normal curve."""

Said = Sequence[tuple[int, bool]]
"""Chances in basis points, each with what came."""


@dataclass(frozen=True, slots=True)
class Band:
    """Outcomes whose chance was said to be in one tenth of the scale. number: 0 to 9."""

    number: int
    count: int
    happened: int
    said_bps: int
    """The mean of what was said."""

    @property
    def happened_bps(self) -> int:
        return round(BPS_WHOLE * self.happened / self.count)

    @property
    def range_bps(self) -> tuple[int, int]:
        """Return where the true rate is, nineteen times of twenty (Wilson's interval)."""
        rate, spread = self.happened / self.count, NINETEEN_OF_TWENTY**2 / self.count
        middle = rate + spread / 2
        half = sqrt(spread * rate * (1 - rate) + spread**2 / 4)
        return (
            round(BPS_WHOLE * max(0.0, (middle - half) / (1 + spread))),
            round(BPS_WHOLE * min(1.0, (middle + half) / (1 + spread))),
        )


@dataclass(frozen=True, slots=True)
class Calibration:
    """How well chances held on outcomes from which they were not learned.

    brier: mean square of the distance between the chance and what came, 1 or 0; lower is better.
    brier_base: the same for always saying ``base_bps``, the rate at which it had happened until
    then. None without any outcome.
    """

    brier: float | None
    brier_base: float | None
    base_bps: int
    bands: tuple[Band, ...]


def calibration(said: Said, *, base_bps: int) -> Calibration:
    """Return how well the chances held, beside always saying the base rate."""
    return Calibration(
        brier=brier(said),
        brier_base=brier([(base_bps, came) for _, came in said]),
        base_bps=base_bps,
        bands=bands(said),
    )


def brier(said: Said) -> float | None:
    """Return the mean squared distance of what was said from what came; None without outcomes."""
    if not said:
        return None
    return sum((chance / BPS_WHOLE - came) ** 2 for chance, came in said) / len(said)


def skill_bps(error: float | None, base: float | None) -> int | None:
    """Return by what part the error is smaller than the base rate's; negative when it is larger.

    None where there is no outcome, or the base rate made no error.
    """
    return round(BPS_WHOLE * (1 - error / base)) if error is not None and base else None


def given_bps(loss: float) -> int:
    """Return the chance that was given to what came, in the geometric mean of all outcomes.

    loss: the mean log loss, in nats. A coin gives a half; whoever knew everything, the whole.
    """
    return round(BPS_WHOLE * exp(-loss))


def bands(said: Said) -> tuple[Band, ...]:
    """Return the outcomes by tenths of the chance that was said, the lowest first; none is empty.

    A chance on a border belongs to the upper tenth, and certainty to the last.
    """
    parts: dict[int, list[tuple[int, bool]]] = {}
    for each in said:
        parts.setdefault(min(each[0] * BANDS // BPS_WHOLE, BANDS - 1), []).append(each)
    return tuple(
        Band(
            number=number,
            count=len(part),
            happened=sum(came for _, came in part),
            said_bps=round(sum(chance for chance, _ in part) / len(part)),
        )
        for number, part in sorted(parts.items())
    )
