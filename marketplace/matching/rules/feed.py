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
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from marketplace.kernel.money import BPS_WHOLE
from marketplace.matching.rules.chances import BASE_RATES, Facts, Model, Step, facts_from

Reals = NDArray[np.float32]

MINUTES: Final[Mapping[str, int]] = {"video": 360, "photo_post": 120, "story": 60, "live": 240}
"""What one piece of a format is taken to need, from idea to publication: ours to choose."""
PAY_LEAST: Final = 2_500
PAY_MOST: Final = 30_000
"""Beyond a quarter and three times the usual fee, pay makes no further difference."""
OTHER_TOPIC: Final = 6_000
"""What a brief about something else counts."""
LESS: Final = 5_000
"""What a brief about a topic counts of which the creator wants less."""
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


class FeedParts(NamedTuple):
    """What a place in the feed is made of, in basis points."""

    chance: int
    pay: int
    liking: int
    cause: int = BPS_WHOLE

    @property
    def score(self) -> int:
        """The product, in basis points."""
        return self.chance * self.pay * self.liking * self.cause // BPS_WHOLE**3


def standing(against_usual: Reals) -> Reals:
    """Return where fits stand beside the middle candidate's: -1 far below, 0 like it, 1 above.

    against_usual: how many times the middle one's fit.
    """
    return np.asarray(2 * against_usual / (1 + against_usual) - 1, np.float32)


def chances(model: Model, standings: Reals, *, record: float) -> Reals:
    """Return the chance of an offer after an application, in basis points, for many briefs."""
    weights = model.weights
    odds = model.base + weights.standing * standings + weights.record * record
    return np.asarray(BPS_WHOLE / (1 + np.exp(-odds)), np.float32)


def record_of(offered: int, declined: int) -> float:
    """Return a creator's record of applications, as the chance of an offer was learned with it."""
    base_bps = round(BPS_WHOLE * BASE_RATES[Step.OFFER])
    return facts_from(kept=offered, asked=offered + declined, base_bps=base_bps).record


def pays(fees: Reals, usual: Reals) -> Reals:
    """Return fees beside what the creator usually asks for the same pieces, in basis points.

    fees: the middle of each range, 0 where none is named: that counts as the usual.
    """
    ratio = np.where((fees > 0) & (usual > 0), fees / np.maximum(usual, 1), 1)
    return np.asarray(np.clip(ratio * BPS_WHOLE, PAY_LEAST, PAY_MOST), np.float32)


def likings(topics: NDArray[np.uint32], *, makes: int, less: int) -> Reals:
    """Return how much a creator likes what briefs are about, in basis points.

    topics: the topics of each brief as bits; makes, less: those the creator makes videos about, and
    those of which they want to see less. A brief without topics is about anything.
    """
    about = ((topics & np.uint32(makes)) != 0) | (topics == 0)
    found = np.where(about, BPS_WHOLE, OTHER_TOPIC)
    unwanted = (topics & np.uint32(less)) != 0
    return np.asarray(np.where(unwanted, found * LESS / BPS_WHOLE, found), np.float32)


def parts_of(
    model: Model,
    *,
    against_usual: float,
    record: float,
    fee_minor: int | None,
    usual_minor: int,
    topics: int,
    makes: int,
    less: int,
    is_cared_for: bool = False,
) -> FeedParts:
    """Return the parts of one place in whole basis points, as they are shown."""
    at = float(standing(np.array([against_usual], np.float32))[0])
    fee, usual = np.array([fee_minor or 0], np.float32), np.array([usual_minor], np.float32)
    return FeedParts(
        chance=model.chance_bps(Facts(standing=at, record=record)),
        pay=round(float(pays(fee, usual)[0])),
        liking=round(float(likings(np.array([topics], np.uint32), makes=makes, less=less)[0])),
        cause=CARED if is_cared_for else BPS_WHOLE,
    )


def minutes_of(pieces: Mapping[str, int]) -> int:
    """Return how many minutes all pieces are taken to need."""
    return sum(MINUTES[name] * count for name, count in pieces.items())


def per_hour_minor(fee_minor: int, pieces: Mapping[str, int]) -> int:
    """Return what a fee comes to for an hour of work, in minor units, rounded half up."""
    minutes = max(1, minutes_of(pieces))
    return (fee_minor * 120 + minutes) // (2 * minutes)
