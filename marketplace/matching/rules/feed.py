"""The order of a creator's feed of open briefs: chance, pay, liking and cause multiplied. Pure.

The fit is what the brand gets; a feed is what the creator gets. A brief stands high when the
creator is likely to be taken, when it pays well for the work beside what they usually ask, when it
is about what they make, and when it gives to what they care about. A brand's side and a creator's
side are multiplied, as a match needs both (over pairs of people who judged each other a product
foretold a match better than either side's word or their mean).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from marketplace.kernel.money import BPS_WHOLE
from marketplace.matching.rules.chances import BASE_RATES, Model, Step, facts_from

Reals = NDArray[np.float64]
Whole = NDArray[np.int64]
Number = TypeVar("Number", int, NDArray[np.int64])

MINUTES: Final[Mapping[str, int]] = {"video": 360, "photo_post": 120, "story": 60, "live": 240}
"""What one piece of a format is taken to need, from idea to publication: ours to choose."""
PAY_LEAST: Final = 2_500
PAY_MOST: Final = 30_000
"""Beyond a quarter and three times the usual fee, pay makes no further difference."""
NEAR: Final = BPS_WHOLE // 2
"""So near to the words of a brief is about what one makes: as if the newest post had used one."""
OTHER_TOPIC: Final = 6_000
"""What a brief about something else counts."""
LESS: Final = 5_000
"""What a brief about a topic counts of which the creator wants less."""
UNLIKELY: Final = 100
"""The most that a chance counts where the brand would get nobody of its target: ours to choose."""
NO_MIDDLE: Final = -1.0
"""In the place of the middle candidate's fit where nobody is a candidate, or nobody knows yet."""
CARED: Final = 12_500
"""What a brief counts that gives to a kind of cause the creator cares about."""


class FeedChoiceKind(StrEnum):
    """What a creator may say of the feed."""

    LESS_TOPIC = "less_topic"
    HIDE_BRAND = "hide_brand"
    HIDE_CAMPAIGN = "hide_campaign"
    HIDE_CATEGORY = "hide_category"
    """Campaigns for something: alcohol, games."""
    HIDE_CAUSE = "hide_cause"
    """Campaigns that give to a kind of cause."""
    MORE_CAUSE = "more_cause"
    """Campaigns that give to a kind of cause, higher up."""


OPPOSITE: Final[Mapping[FeedChoiceKind, FeedChoiceKind]] = {
    FeedChoiceKind.HIDE_CAUSE: FeedChoiceKind.MORE_CAUSE,
    FeedChoiceKind.MORE_CAUSE: FeedChoiceKind.HIDE_CAUSE,
}
"""What takes the place of what, for the same thing."""
HIDING: Final = frozenset(FeedChoiceKind) - {
    FeedChoiceKind.LESS_TOPIC,
    FeedChoiceKind.MORE_CAUSE,
}


class FeedParts(NamedTuple, Generic[Number]):
    """What places in the feed are made of, in basis points: of one brief, or of many in arrays."""

    chance: Number
    pay: Number
    liking: Number
    cause: Number

    @property
    def score(self) -> Number:
        """The product, by which the places stand; all of them whole are BPS_WHOLE ** 4."""
        return self.chance * self.pay * self.liking * self.cause


def parts_at(parts: FeedParts[Whole], place: int) -> FeedParts[int]:
    """Return the parts of one brief."""
    return FeedParts(*(int(each[place]) for each in parts))


def parts_of(
    model: Model,
    *,
    fits: Reals,
    usual: Reals,
    record: float,
    fees: Whole,
    prices: Whole,
    topics: NDArray[np.uint32],
    near: Whole,
    makes: int,
    less: int,
    cared: NDArray[np.bool_],
) -> FeedParts[Whole]:
    """Return the parts of many briefs in whole basis points, as they are shown.

    fits, usual: the creator's and the middle candidate's before they are rounded: for little money,
    or a rare target, most are less than half a view. record: of the creator. fees: the middle
    of each range; prices: what the creator usually asks. topics: of each brief as bits. near: how
    near the creator's posts are to its words. makes, less: topics the creator makes videos about,
    and those of which they want to see less. cared: which briefs give to what the creator cares
    about.
    """
    chance = chances(model, standing(fits, usual), record=record)
    np.minimum(chance, UNLIKELY, out=chance, where=fits <= 0)
    return FeedParts(
        chance=chance,
        pay=pays(fees, prices),
        liking=likings(topics, near, makes=makes, less=less),
        cause=BPS_WHOLE + (CARED - BPS_WHOLE) * cared,
    )


def best_first(parts: FeedParts[Whole], fits: Whole, *, most: int) -> NDArray[np.intp]:
    """Return the places of the best in their order; equal ones by their fit, then as they stand."""
    scores = parts.score
    here, at = np.arange(len(scores)), len(scores) - most
    if at > 0:
        here = np.flatnonzero(scores >= np.partition(scores, at)[at])
    return here[np.lexsort((-fits[here], -scores[here]))][:most]


def standing(fits: Reals, usual: Reals) -> Reals:
    """Return where fits stand beside the middle candidate's: -1 far below, 0 like it, 1 above.

    usual: the middle one's; where there is none the creator is taken to be like it.
    """
    found = (fits - usual) / np.where(fits + usual > 0, fits + usual, 1)
    found[usual == NO_MIDDLE] = 0
    return np.asarray(found)


def chances(model: Model, standings: Reals, *, record: float) -> Whole:
    """Return the chance of an offer after an application, in basis points, for many briefs."""
    weights = model.weights
    odds = model.base + weights.standing * standings + weights.record * record
    return _whole(BPS_WHOLE / (1 + np.exp(-odds)))


def record_of(offered: int, declined: int) -> float:
    """Return a creator's record of applications, as the chance of an offer was learned with it."""
    base_bps = round(BPS_WHOLE * BASE_RATES[Step.OFFER])
    return facts_from(kept=offered, asked=offered + declined, base_bps=base_bps).record


def pays(fees: Whole, usual: Whole) -> Whole:
    """Return fees beside what the creator usually asks for the same pieces, in basis points.

    fees: 0 where none is named: that counts as the usual.
    """
    ratio = fees / np.maximum(usual, 1)
    ratio[(fees <= 0) | (usual <= 0)] = 1
    return _whole((ratio * BPS_WHOLE).clip(PAY_LEAST, PAY_MOST))


def likings(topics: NDArray[np.uint32], near: Whole, *, makes: int, less: int) -> Whole:
    """Return how much a creator likes what briefs are about, in basis points.

    By a topic that both name, or by what the creator's posts say lately. near: the topic of a fit,
    which is the whole where a brief asks for no word.
    """
    about = ((topics & np.uint32(makes)) != 0) | (near >= NEAR)
    found: Whole = OTHER_TOPIC + (BPS_WHOLE - OTHER_TOPIC) * about
    if not less:
        return found
    return np.where((topics & np.uint32(less)) != 0, found * LESS // BPS_WHOLE, found)


def minutes_of(pieces: Mapping[str, int]) -> int:
    """Return how many minutes all pieces are taken to need."""
    return sum(MINUTES[name] * count for name, count in pieces.items())


def per_hour_minor(fee_minor: int, pieces: Mapping[str, int]) -> int:
    """Return what a fee comes to for an hour of work, in minor units, rounded half up."""
    minutes = max(1, minutes_of(pieces))
    return (fee_minor * 120 + minutes) // (2 * minutes)


def _whole(found: Reals) -> Whole:
    return np.asarray(np.rint(found).astype(np.int64))
