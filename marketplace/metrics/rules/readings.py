"""What a reading says, what cannot be true, and the two figures made from readings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from marketplace.kernel.money import BPS_WHOLE, Money

LARGEST_COUNT: Final = 2**63 - 1
"""What a bigint column holds."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The counts of one post at one moment. None: not known, which is never the same as 0.

    taken_at: aware. definition: which counting rule of which platform, "tiktok.display.v2"; two
    readings of different definitions are never compared. payload_sha256: hex, of the raw answer.
    """

    taken_at: datetime
    views: int | None
    likes: int | None
    comments: int | None
    shares: int | None
    definition: str
    payload_sha256: str

    def __post_init__(self) -> None:
        """Refuse counts that cannot be true."""
        for count in (self.views, self.likes, self.comments, self.shares):
            if count is not None:
                plausible_count(count)


def plausible_count(value: object) -> int:
    """Return a count as a whole number.

    Takes a whole number or a text of ASCII digits, from 0 to 2^63 - 1. Raises ValueError for
    everything else: negatives, fractions, truth values, signs, blanks.
    """
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 19:
        value = int(value)
    if type(value) is not int or not 0 <= value <= LARGEST_COUNT:
        raise ValueError("a count is a whole number from 0 to 2^63 - 1")
    return value


def views_that_count(views: int, *, held: int = 0) -> int:
    """Return how many of the views of a reading count where views are paid for.

    held: how many are in question by then. A reading that could not be true was never kept.
    """
    return max(plausible_count(views) - max(held, 0), 0)


def engagement_rate_bps(
    *, views: int | None, likes: int | None, comments: int | None, shares: int | None
) -> int | None:
    """Return (likes + comments + shares) / views in basis points, rounded half up.

    None when one of the four is not known, or nobody has seen the post yet. May exceed 10_000.
    """
    if views is None or likes is None or comments is None or shares is None or views == 0:
        return None
    return ((likes + comments + shares) * BPS_WHOLE * 2 + views) // (2 * views)


def cost_per_thousand_views(cost: Money, views: int | None) -> Money | None:
    """Return what a thousand views cost, in whole minor units, rounded half up.

    None when the views are not known, or there are none yet.
    """
    if not views:
        return None
    return Money((cost.minor * 2_000 + views) // (2 * views), cost.currency)
