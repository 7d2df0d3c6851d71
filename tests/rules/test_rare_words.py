"""A word that hardly anybody uses: those few are found first, and the others by what they reach."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.creators.queries import CreatorFacts
from marketplace.matching import columns
from marketplace.matching.columns import Market, blocks, factors, searching
from marketplace.matching.columns.layout import TERMS
from marketplace.matching.rules import topics
from marketplace.matching.rules.fit import order_of
from marketplace.matching.rules.topics import HALF, NEIGHBOUR_WEIGHT, Vocabulary
from marketplace.matching.rules.wanted import Wanted
from tests.factories.facts import make_facts, make_market

WORDS = ("quilts", "thread", "wool", "soup", "tent")


def of_words(number: int, *words: str, price: int = 30_000) -> CreatorFacts:
    return make_facts(
        number,
        topics=[],
        hashtags=list(words),
        videos=[(10_000, 800, 1, list(words), 30)] * 5,
        rates={"video USD": price},
    )


def best_of(market: Market, wanted: Wanted, most: int) -> list[UUID]:
    return [market.id_at(one.row) for one in columns.rank(market, wanted, most=most).best]


def everybody(market: Market, wanted: Wanted) -> list[UUID]:
    """All creators in the order of their fits, computed one by one in whole numbers."""
    target = columns.target_of(wanted, market)
    found = columns.factors_at(market, target, range(market.count))
    order = sorted(range(market.count), key=lambda row: (-order_of(found[row]), row))
    return [market.id_at(row) for row in order]


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first look sees hardly anybody, so that what follows it decides."""
    monkeypatch.setattr(searching, "NEAR", 1)
    monkeypatch.setattr(blocks, "TASTED", 1)
    monkeypatch.setattr(searching, "FIRST_LOOK", 1)


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("few", [0, 10_000])
def test_the_one_dear_creator_who_uses_the_word_is_found(
    monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(searching, "FEW", few)
    cheap = [of_words(number, "soup", price=10_000) for number in range(1, 60)]
    market = make_market([*cheap, of_words(60, "quilts", price=15_000)])

    assert best_of(market, Wanted("USD", words=("quilts",)), 3) == [
        UUID(int=number << 64 | number) for number in (60, 1, 2)
    ]


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("few", [0, 10_000])
def test_who_uses_a_neighbour_of_the_word_comes_before_the_somewhat_cheaper(
    monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(searching, "FEW", few)
    cheap = [of_words(number, "soup", price=10_000) for number in range(1, 60)]
    market = make_market(
        [*cheap, of_words(60, "quilts", "wool"), of_words(61, "wool", price=11_000)]
    )

    assert best_of(market, Wanted("USD", words=("quilts",)), 3) == [
        UUID(int=number << 64 | number) for number in (60, 61, 1)
    ]


@pytest.mark.usefixtures("narrow")
@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(WORDS), max_size=4, unique=True), st.integers(5_000, 60_000)
        ),
        min_size=1,
        max_size=40,
    ),
    st.lists(st.sampled_from(WORDS[:3]), min_size=1, max_size=2, unique=True),
    st.sampled_from([1, 3]),
    st.sampled_from([0, 10_000]),
)
@settings(max_examples=40, deadline=None)
def test_the_best_are_those_of_computing_everybody(
    many: list[tuple[list[str], int]], words: list[str], most: int, few: int
) -> None:
    market = make_market(
        [of_words(number, *used, price=price) for number, (used, price) in enumerate(many, 1)]
    )
    wanted = Wanted("USD", words=tuple(words))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "FEW", few)
        found = best_of(market, wanted, most)

    assert found == everybody(market, wanted)[:most]


def test_only_those_who_may_be_among_the_best_are_compared_with_the_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of 3,000 creators whose price alone would not tell them apart."""
    monkeypatch.setattr(searching, "NEAR", 2)
    others = [of_words(number, "soup", price=10_000 + 20 * number) for number in range(1, 3_000)]
    market = make_market([*others, of_words(3_000, "quilts", "wool")])
    compared = 0
    similarity = topics.similarity

    def counting(wanted: Any, term_ids: Any, term_weights: Any) -> Any:
        nonlocal compared
        compared += len(term_ids)
        return similarity(wanted, term_ids, term_weights)

    monkeypatch.setattr(factors.topics, "similarity", counting)
    found = best_of(market, Wanted("USD", words=("quilts",)), 20)

    assert found[0] == UUID(int=3_000 << 64 | 3_000)
    assert compared < 1_000


def test_who_uses_no_word_itself_comes_no_nearer_than_is_said() -> None:
    used = [["quilts", "wool", "thread"], ["quilts", "wool"], ["thread", "soup"]]
    vocabulary = Vocabulary.fit(used)
    asked = topics.query(["quilts"], vocabulary)
    table = asked.table()

    most = topics.most_of_neighbours(asked, width=2)

    others = [vocabulary.ids["wool"], vocabulary.ids["thread"]]
    whole = np.full((1, 2), 255, np.uint8)
    near = topics.similarity(table, np.array([others]), whole)
    assert near[0] == pytest.approx(most)
    assert 0 < most < 2 * NEIGHBOUR_WEIGHT / HALF
    assert asked.own.tolist() == [vocabulary.ids["quilts"]]


def test_a_market_in_which_the_word_is_everywhere_or_nowhere() -> None:
    market = make_market([of_words(number, *["quilts"] * (number % 2)) for number in range(1, 9)])

    assert len(best_of(market, Wanted("USD", words=("quilts",)), 200)) == 8
    assert len(best_of(market, Wanted("USD", words=("nobody",)), 200)) == 8
    assert len(best_of(replace(market), Wanted("USD"), 200)) == 8
    assert TERMS == 12
