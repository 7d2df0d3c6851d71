"""The fit of a creator to a brief: what the brand gets for its money, in integers.

It is the number of authentic views in the target audience for every 100 units of the campaign's
currency (10,000 minor units, and more where that is next to nothing: ``worth.fit_minor``), worth
less where the topic, the format or the word of the creator is in doubt::

    fit = views × authentic × age × gender × country × topic × format × reliability ÷ price

Every factor is a whole number that is shown: views, minor units, basis points; of a country that
may be next to nothing, hundred-millionths. Nothing is rounded on the way and the result once, half
up, so whoever multiplies what is shown gets the fit that is shown. Order is decided by the exact
fraction, before it is rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from math import prod
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from marketplace.kernel.money import BPS_WHOLE

Number = TypeVar("Number", int, NDArray[np.int64])

TIMES_WHOLE: Final = BPS_WHOLE**2
"""What a share multiplies by is counted in hundred-millionths."""
FOR_MINOR: Final = 10_000
"""A fit is for so much money, unless told otherwise: 100 dollars, 10,000 yen."""


class PartName(StrEnum):
    """What a fit is made of, in the order in which it is multiplied."""

    VIEWS = "views"
    AUTHENTIC = "authentic"
    AGE = "age"
    GENDER = "gender"
    COUNTRY = "country"
    TOPIC = "topic"
    FORMAT = "format"
    RELIABILITY = "reliability"
    PRICE = "price"


WEIGHTS: Final[Mapping[PartName, int]] = {
    PartName.TOPIC: 8_000,
    PartName.FORMAT: 3_000,
    PartName.RELIABILITY: 5_000,
}
"""How much of a part counts, in basis points; the others count whole.

A part of weight w and value v multiplies by 1 - w + w × v: at worst by 1 - w.
"""


class Factors(NamedTuple):
    """What a fit is computed from: views, basis points of the whole, a price in minor units.

    country: hundred-millionths of the whole.
    """

    views: int
    authentic: int
    age: int
    gender: int
    country: int
    topic: int
    format: int
    reliability: int
    price: int


def weight_of(name: PartName) -> int:
    """Return how much of a part counts, in basis points."""
    return WEIGHTS.get(name, BPS_WHOLE)


def whole_of(name: PartName) -> int:
    """Return what the whole of a share is counted as."""
    return TIMES_WHOLE if name is PartName.COUNTRY else BPS_WHOLE


def weighted(name: PartName, value: Number) -> Number:
    """Return what a share multiplies by, in hundred-millionths: exact, nothing is rounded."""
    if name is PartName.COUNTRY:
        return value
    weight = weight_of(name)
    return BPS_WHOLE * (BPS_WHOLE - weight) + weight * value


def exact_fit(factors: Factors, *, per: int = FOR_MINOR) -> tuple[int, int]:
    """Return the fit before it is rounded: numerator and denominator; 0 where there is no price.

    per: the minor units that it is for.
    """
    if factors.price <= 0:
        return 0, 1
    numerator = factors.views * per
    for name, share in zip(PART_SHARES, factors[1:-1], strict=True):
        numerator *= weighted(name, share)
    return numerator, factors.price * _SCALE


def order_of(factors: Factors) -> int:
    """Return a number that is larger for a better fit and equal only for an equal one.

    What all fits are divided by alike is left out. Then two of which one is better differ by more
    than one part in the product of their prices, and a price is below 2^32: so 65 more bits tell
    them apart.
    """
    numerator, _ = exact_fit(factors)
    return (numerator << 65) // factors.price if 0 < factors.price < 2**32 else 0


def orders_of(factors: Sequence[NDArray[np.int64]]) -> list[int]:
    """Return the same for many creators, an array for each factor as ``Factors`` names them.

    Two parts at a time fit 8 bytes.
    """
    views, *shares, price = factors
    parts = [views]
    parts += [weighted(name, share) for name, share in zip(PART_SHARES, shares, strict=True)]
    pairs = [(one * other).tolist() for one, other in zip(parts[::2], parts[1::2], strict=True)]
    return [
        (prod(found) * FOR_MINOR << 65) // over if 0 < over < 2**32 else 0
        for over, *found in zip(price.tolist(), *pairs, strict=True)
    ]


def best_first(factors: Sequence[NDArray[np.int64]], ids: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Return the places of creators, the best fit first; equal ones by their ids.

    factors: an array each, as ``Factors`` names them. ids: (2, n), in halves. In 8-byte numbers;
    where two are so near each other that these could be wrong, in whole ones.
    """
    high, low = ids
    found = _nearly(factors)
    order = np.lexsort((low, high, -found))
    falling = found[order]
    if (falling[:-1] - falling[1:] > 2 * _ERROR * falling[:-1]).all():
        return order
    exact = orders_of(factors)
    keys = list(zip(exact, high.tolist(), low.tolist(), strict=True))
    return np.array(
        sorted(range(len(exact)), key=lambda at: (-keys[at][0], *keys[at][1:])), np.intp
    )


def fit_of(factors: Factors, *, per: int = FOR_MINOR) -> int:
    """Return the fit that is shown: authentic views in the target for so many minor units."""
    return _rounded(*exact_fit(factors, per=per))


def unrounded_fit(factors: Factors, *, per: int = FOR_MINOR) -> float:
    """Return the fit before it is rounded, as an 8-byte number: also less than half a view."""
    numerator, denominator = exact_fit(factors, per=per)
    return numerator / denominator


def fits_of(factors: Sequence[NDArray[np.int64]], *, per: int = FOR_MINOR) -> NDArray[np.int64]:
    """Return the same for many creators, an array for each factor as ``Factors`` names them."""

    def fits_at(places: NDArray[np.intp]) -> list[int]:
        some = (each[places].tolist() for each in factors)
        return [fit_of(Factors(*values), per=per) for values in zip(*some, strict=True)]

    return rounded(_nearly(factors) * (per / FOR_MINOR), fits_at)


def rounded(
    nearly: NDArray[np.float64], fits_at: Callable[[NDArray[np.intp]], Iterable[int]]
) -> NDArray[np.int64]:
    """Return fits as they are shown, from what they nearly are.

    nearly: what :func:`product` gives for all parts. Where one comes so near a half that 8-byte
    numbers could be wrong, ``fits_at`` is asked for what whole ones give.
    """
    fits: NDArray[np.int64] = (nearly + 0.5).astype(np.int64)
    off = np.abs(nearly - fits)
    unsure = np.flatnonzero(np.abs(off - 0.5) <= nearly * _ERROR)
    if len(unsure):
        fits[unsure] = list(fits_at(unsure))
    return fits


def product(parts: Mapping[PartName, Any]) -> Any:
    """Return what some parts together multiply a fit by, in 8-byte numbers: but for _ERROR of it.

    parts: numbers, or arrays of them. The product over all parts is the fit before it is rounded.
    """
    return prod(_multiplies_by(name, value) for name, value in parts.items())


def _multiplies_by(name: PartName, value: Any) -> Any:
    if name is PartName.VIEWS:
        return value * FOR_MINOR
    if name is PartName.PRICE:
        return (value > 0) / np.maximum(value, 1)
    return weighted(name, value) / TIMES_WHOLE


def views_there(factors: Iterable[Factors]) -> int:
    """Return the authentic views in the target that one video by each can be expected to get.

    All of them together, rounded once, half up: the first five factors of a fit, for no money.
    """
    numerator = sum(prod(each[:5]) for each in factors)
    return _rounded(numerator, _WHOLE_THERE)


def share_there(factors: Sequence[NDArray[np.int64]]) -> int:
    """Return what share of their viewers half of some creators have in the target, at least.

    In basis points, rounded down, as a fit counts them; 0 of nobody. factors: an array each.
    """
    age, gender, country = factors[2:5]
    if not len(age):
        return 0
    there = age * gender * country // _IN_BPS  # two of four places and one of eight fit 8 bytes
    middle = len(there) // 2
    return int(np.partition(there, middle)[middle])


def _nearly(factors: Sequence[NDArray[np.int64]]) -> NDArray[np.float64]:
    return np.asarray(product(dict(zip(PartName, factors, strict=True))))


def _rounded(numerator: int, denominator: int) -> int:
    """The nearest whole number; a half goes up."""
    return (2 * numerator + denominator) // (2 * denominator)


PART_SHARES: Final = tuple(
    name for name in PartName if name not in {PartName.VIEWS, PartName.PRICE}
)
"""The parts that are shares."""
_WHOLE_THERE: Final = BPS_WHOLE**3 * TIMES_WHOLE
_IN_BPS: Final = BPS_WHOLE * TIMES_WHOLE
"""What the product of an age, a gender and a country is divided by to be basis points."""
_ERROR: Final = 1e-14
"""More than that of some twenty operations on 8-byte numbers, as a share."""
_SCALE: Final = TIMES_WHOLE ** len(PART_SHARES)
