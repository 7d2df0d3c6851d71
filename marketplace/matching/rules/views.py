"""How many people the next video of a creator can be expected to show to. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from statistics import median
from typing import Final

from marketplace.kernel.money import BPS_WHOLE

RECENT: Final = 5
"""The median of so many posts forecasts the next one best: more are older, fewer are noisier."""
LOOKED_AT: Final = 30
"""Posts that say how much a creator's views and ratios vary."""
PSEUDO_POSTS: Final = 5
"""A spread that rests on few posts is drawn towards the market's as if by this many."""
USUAL_SPREAD: Final = 0.76
"""Of one creator's views: the mean distance of their logarithms from the creator's median."""
BELOW: Final = 1.35
ABOVE: Final = 0.90
"""With the usual spread four of five next videos are within ×0.26 and ×2.46 of the median."""
USUAL_RATIO_SPREAD: Final = 0.21
"""The same of likes per view: it varies much less within one creator than between creators."""
OUTLIER: Final = 4.0
"""Spreads from the creator's own ratio at which a post no longer counts as authentic."""
RATIO_POSTS: Final = 4
"""With fewer posts there is no own ratio to compare with."""


@dataclass(frozen=True, slots=True)
class ExpectedViews:
    """What one more post can be expected to get.

    low, high: an 80 % interval for one post. posts: how many were looked at.
    authentic_bps: the share of their views on posts without a sign of purchase.
    """

    median: int
    low: int
    high: int
    posts: int
    authentic_bps: int


def expected(views: Sequence[int], likes: Sequence[int] | None = None) -> ExpectedViews | None:
    """Return what the next post can be expected to get; None when no post is known.

    One viral hit moves nothing: the median of the last five stays where it is.

    views, likes: of the posts that have matured, newest first; both of one length.
    """
    known = list(views[:LOOKED_AT])
    if not known:
        return None
    middle = median([log(max(count, 1)) for count in known[:RECENT]])
    spread = _spread(known, middle) / USUAL_SPREAD
    return ExpectedViews(
        median=round(exp(middle)),
        low=round(exp(middle - BELOW * spread)),
        high=round(exp(middle + ABOVE * spread)),
        posts=len(known),
        authentic_bps=authentic_share_bps(known, likes),
    )


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
    ratios = {
        place: log(liked / seen)
        for place, (seen, liked) in enumerate(zip(views, likes, strict=True))
        if seen > 0 and liked > 0
    }
    if len(ratios) < RATIO_POSTS:
        return {}
    own = median(ratios.values())
    off = [abs(ratio - own) for ratio in ratios.values()]
    spread = (len(off) * 1.4826 * median(off) + PSEUDO_POSTS * USUAL_RATIO_SPREAD) / (
        len(off) + PSEUDO_POSTS
    )
    return {
        place: (ratio - own) / spread
        for place, ratio in ratios.items()
        if abs(ratio - own) > OUTLIER * spread
    }


def _spread(views: Sequence[int], middle: float) -> float:
    off = sum(abs(log(max(count, 1)) - middle) for count in views)
    return (off + PSEUDO_POSTS * USUAL_SPREAD) / (len(views) + PSEUDO_POSTS)
