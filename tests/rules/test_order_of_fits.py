"""The order of fits: better is never below, and equal only what is equal."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching.rules.fit import Factors, fit_of, order_of

factor = st.integers(0, 10_000)
some_factors = st.builds(
    Factors,
    views=st.integers(0, 2**32 - 1),
    authentic=factor,
    age=factor,
    gender=factor,
    country=st.integers(0, 10**8),
    topic=factor,
    format=factor,
    reliability=factor,
    price=st.integers(1, 2**32 - 1),
)


@given(some_factors, st.sampled_from(Factors._fields[:-1]), st.integers(0, 10_000))
def test_more_of_anything_good_never_lowers_the_fit(factors: Factors, name: str, more: int) -> None:
    better = factors._replace(**{name: max(getattr(factors, name), more)})

    assert order_of(better) >= order_of(factors)
    assert fit_of(better) >= fit_of(factors)


@given(some_factors, some_factors)
def test_who_is_dominated_is_never_above(one: Factors, other: Factors) -> None:
    best = Factors(*(max(pair) for pair in zip(one, other, strict=True)))
    best = best._replace(price=min(one.price, other.price))

    assert order_of(best) >= max(order_of(one), order_of(other))


@given(some_factors, some_factors)
def test_the_order_is_that_of_the_exact_fractions(one: Factors, other: Factors) -> None:
    def exact(factors: Factors) -> Fraction:
        product = Fraction(factors.views, factors.price)
        wholes = (10_000, 10_000, 10_000, 10**8, 10_000, 10_000, 10_000)
        weights = (1, 1, 1, 1, 0.8, 0.3, 0.5)
        for share, whole, weight in zip(factors[1:-1], wholes, weights, strict=True):
            weight_ = Fraction(round(weight * 10_000), 10_000)
            product *= 1 - weight_ + weight_ * Fraction(share, whole)
        return product

    assert (order_of(one) > order_of(other)) == (exact(one) > exact(other))
