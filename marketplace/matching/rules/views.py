"""How many people the next video of a creator can be expected to show to. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from statistics import median
from typing import Final

import numpy as np

from marketplace.kernel.money import BPS_WHOLE

HALF_LIFE_POSTS: Final = 3
"""A post with three newer ones counts half as much as the newest."""
QUANTILE: Final = 0.4
"""Hits fade: what four in ten recent posts missed, the next one is as likely to miss as to pass."""
LOOKED_AT: Final = 30
"""Older posts say nothing more."""
SPREAD_HALF_LIFE: Final = 8
PSEUDO_POSTS: Final = 5
"""A spread that rests on few posts is drawn towards the usual one as if by this many."""
USUAL_SPREAD: Final = 0.76
"""Of one creator's views: the mean distance of their logarithms from what was expected."""
BELOW: Final = 1.25
ABOVE: Final = 1.91
"""Spreads below and above the expected views that hold four of five next posts (measured)."""
USUAL_RATIO_SPREAD: Final = 0.21
"""Of likes per view, in logarithms: it varies much less within one creator than between them."""
TOO_MANY_LIKES: Final = 2.5
TOO_MANY_VIEWS: Final = 3.6
"""Spreads from the creator's own ratio that one in a hundred posts passes by chance, each way."""
RATIO_POSTS: Final = 8
"""With fewer posts there is no own ratio to compare with."""


@dataclass(frozen=True, slots=True)
class ExpectedViews:
    """What one more post can be expected to get.

    median: as many next posts get more as get less. low, high: four of five are between them.
    posts: how many were looked at. authentic_bps: the share of their views that are on posts
    without a sign of purchase.
    """

    median: int
    low: int
    high: int
    posts: int
    authentic_bps: int


@dataclass(frozen=True, slots=True)
class OwnRatio:
    """The likes per view of a creator's posts.

    middle: the median of their logarithms. spread: of these. posts: how many it rests on.
    """

    middle: float
    spread: float
    posts: int


def expected(views: Sequence[int], likes: Sequence[int] | None = None) -> ExpectedViews | None:
    """Return what the next post can be expected to get; None when no post is known.

    One viral hit moves little: it is one of the posts above the quantile, however far above.

    views, likes: of the posts that have matured, newest first; both of one length.
    """
    known = list(views[:LOOKED_AT])
    if not known:
        return None
    logs = [log(max(count, 1)) for count in known]
    middle = weighted_quantile(logs, _halving(len(logs), HALF_LIFE_POSTS), QUANTILE)
    spread = _spread(logs, middle)
    return ExpectedViews(
        median=round(exp(middle)),
        low=round(exp(middle - BELOW * spread)),
        high=round(exp(middle + ABOVE * spread)),
        posts=len(known),
        authentic_bps=authentic_share_bps(known, likes and likes[:LOOKED_AT]),
    )


def weighted_quantile(values: Sequence[float], weights: Sequence[float], quantile: float) -> float:
    """Return the value below which the weights sum to the quantile, a number from 0 to 1.

    Each value stands in the middle of its own weight, and between two neighbours it goes straight.
    """
    ordered = sorted(zip(values, weights, strict=True))
    found = np.array([value for value, _ in ordered])
    own = np.array([weight for _, weight in ordered])
    places = (np.cumsum(own) - own / 2) / own.sum()
    return float(np.interp(quantile, places, found))


def authentic_share_bps(views: Sequence[int], likes: Sequence[int] | None) -> int:
    """Return the share of the views that are on posts with the creator's usual likes per view.

    A creator is compared with themself, never with the market: what is usual differs by a factor
    of ten between creators. Unknown likes are no sign of anything.
    """
    unusual = unusual_posts(views, likes)
    total = sum(views)
    if total == 0 or not unusual:
        return BPS_WHOLE
    there = total - sum(views[place] for place in unusual)
    return (there * BPS_WHOLE + total // 2) // total


def unusual_posts(views: Sequence[int], likes: Sequence[int] | None) -> dict[int, float]:
    """Return the places of posts whose likes per view stand out, with the sign and the size of it.

    Above 0 there are too many likes for the views, below 0 too many views for the likes. The
    distance is counted in the creator's own spread (from the median, drawn towards the usual one).
    """
    if likes is None:
        return {}
    usual = own_ratio(views, likes)
    if usual is None:
        return {}
    ratios = {
        place: log(liked / seen)
        for place, (seen, liked) in enumerate(zip(views, likes, strict=True))
        if seen > 0 and liked > 0
    }
    low = -TOO_MANY_VIEWS * usual.spread
    high = TOO_MANY_LIKES * usual.spread
    return {
        place: (ratio - usual.middle) / usual.spread
        for place, ratio in ratios.items()
        if not low <= ratio - usual.middle <= high
    }


def own_ratio(
    views: Sequence[int], likes: Sequence[int], *, usual_spread: float = USUAL_RATIO_SPREAD
) -> OwnRatio | None:
    """Return the likes per view that are usual for a creator; None with too few posts to say.

    Posts without a view or without a like are left out. The spread is drawn towards the usual one.
    """
    ratios = [
        log(liked / seen)
        for seen, liked in zip(views, likes, strict=True)
        if seen > 0 and liked > 0
    ]
    if len(ratios) < RATIO_POSTS:
        return None
    own = median(ratios)
    off = [abs(ratio - own) for ratio in ratios]
    spread = (len(off) * 1.4826 * median(off) + PSEUDO_POSTS * usual_spread) / (
        len(off) + PSEUDO_POSTS
    )
    return OwnRatio(own, spread, len(ratios))


def _spread(logs: Sequence[float], middle: float) -> float:
    weights = _halving(len(logs), SPREAD_HALF_LIFE)
    off = sum(weight * abs(one - middle) for one, weight in zip(logs, weights, strict=True))
    return (off + PSEUDO_POSTS * USUAL_SPREAD) / (sum(weights) + PSEUDO_POSTS)


def _halving(count: int, half_life: int) -> list[float]:
    return [0.5 ** (place / half_life) for place in range(count)]
