"""What a creator owes, set against what is payable to them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.payouts.rules import Netted, net
from tests.factories.ledger import usd

AMOUNTS = st.lists(st.integers(min_value=0, max_value=10**9), max_size=6)


@pytest.mark.parametrize(
    ("earnings", "owed", "parts"),
    [
        ([10], [4], [(0, 0, 4)]),
        ([10], [10], [(0, 0, 10)]),
        ([10], [12], [(0, 0, 10)]),
        ([10, 5], [12], [(0, 0, 10), (1, 0, 2)]),
        ([10, 5], [4, 9], [(0, 0, 4), (0, 1, 6), (1, 1, 3)]),
        ([10], [4, 9], [(0, 0, 4), (0, 1, 6)]),
        ([0, 5], [5], [(1, 0, 5)]),
        ([5], [0, 3], [(0, 1, 3)]),
        ([5], [], []),
        ([], [5], []),
    ],
)
def test_the_oldest_case_is_kept_back_first_from_the_first_earning(
    earnings: list[int], owed: list[int], parts: list[tuple[int, int, int]]
) -> None:
    kept = net([usd(each) for each in earnings], [usd(each) for each in owed])

    assert kept == [Netted(earning, case, usd(amount)) for earning, case, amount in parts]


@given(earnings=AMOUNTS, owed=AMOUNTS)
def test_as_much_is_kept_back_as_there_is_and_never_more_than_is_owed(
    earnings: list[int], owed: list[int]
) -> None:
    parts = net([usd(each) for each in earnings], [usd(each) for each in owed])

    assert sum((part.amount for part in parts), usd(0)) == usd(min(sum(earnings), sum(owed)))
    for place, there in enumerate(earnings):
        assert sum((p.amount for p in parts if p.earning == place), usd(0)) <= usd(there)
    for case, rest in enumerate(owed):
        assert sum((p.amount for p in parts if p.case == case), usd(0)) <= usd(rest)
