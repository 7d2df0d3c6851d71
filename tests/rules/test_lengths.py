"""A brief may ask for a length of video: who makes most of theirs like that fits better."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import numpy as np
import pytest

from marketplace.campaigns.rules import WantedDeliverable, draft_problems
from marketplace.creators.rules.formats import LengthBand, band_counts
from marketplace.kernel.money import Money
from marketplace.matching import columns
from marketplace.matching.columns import Market, OpenWish
from marketplace.matching.rules.fit import fit_of
from marketplace.matching.rules.wanted import Wanted
from tests.factories.campaigns import content
from tests.factories.facts import make_facts, make_market

LONG = Wanted("USD", formats={"video": 1}, lengths={LengthBand.LONG: 1})


def makes(number: int, *seconds: int | None, **changes: Any) -> Any:
    videos = [(10_000, 800, 1, ["recipe"], each) for each in seconds]
    return make_facts(number, videos=videos, **changes)


def formats(market: Market, wanted: Wanted) -> list[int]:
    target = columns.target_of(wanted, market)
    rows = range(market.count)
    return [each.format for each in columns.factors_at(market, target, rows)]


def test_lengths_fall_into_their_bands_and_unknown_ones_into_none() -> None:
    assert band_counts([0, 14, 15, 59, 60, 179, 180, 9_000, None]) == [2, 2, 2, 2]


def test_the_format_counts_as_the_share_of_videos_of_the_length_drawn_to_half() -> None:
    always = makes(1, *[200] * 16)
    never = makes(2, *[20] * 16)
    unknown = makes(3, *[None] * 16)
    few = makes(4, 200)
    market = make_market([always, never, unknown, few])

    # 18 of 20, 2 of 20, 2 of 4, 3 of 5
    assert formats(market, LONG) == [9_000, 1_000, 5_000, 6_000]
    assert formats(market, Wanted("USD", formats={"video": 1})) == [10_000] * 4


def test_who_makes_the_length_stands_first() -> None:
    market = make_market([makes(1, *[20] * 16), makes(2, *[200] * 16)])

    best = columns.rank(market, LONG).best

    assert [market.id_at(one.row) for one in best] == [UUID(int=(n << 64) | n) for n in (2, 1)]


def test_each_piece_counts_by_what_is_asked_of_it() -> None:
    market = make_market([makes(1, *[200] * 16)])
    mixed = Wanted("USD", formats={"video": 2, "story": 1}, lengths={LengthBand.LONG: 1})

    # a video of any length, a story nobody has heard of, a long video
    assert formats(market, mixed) == [round((10_000 + 5_000 + 9_000) / 3)]


def test_the_feed_sees_the_same_fit() -> None:
    market = make_market([makes(1, *[200] * 16), makes(2, *[20] * 16)])
    book = columns.book_of([OpenWish(UUID(int=9), UUID(int=8), LONG, None, 1_000)], market.context)
    place = np.array([0])

    seen = [columns.face(book, market, row) for row in (0, 1)]

    assert [each.factors(place)[0].format for each in seen] == [9_000, 1_000]
    target = columns.target_of(LONG, market)
    for row, each in enumerate(seen):
        [fit] = each.weighed(place).fits.tolist()
        assert fit == fit_of(columns.factors_at(market, target, [row])[0])
    assert book.work.forms.tolist() == [[0, 0, 0, 0, 0, 0, 0, 1]]


@pytest.mark.parametrize(
    ("deliverable", "said"),
    [
        (WantedDeliverable("video", "A recipe", 1, "endless"), "Choose a length from the list"),
        (WantedDeliverable("story", "A recipe", 1, "short"), "Only a video has a length"),
    ],
)
def test_a_length_that_cannot_be_is_refused(deliverable: WantedDeliverable, said: str) -> None:
    problems = draft_problems(content(deliverables=(deliverable,)), budget=Money(100_000, "USD"))

    assert problems["deliverables"].startswith(said)
