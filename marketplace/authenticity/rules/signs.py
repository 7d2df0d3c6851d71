"""How many views of a post its likes do not explain, step by step. Pure.

A creator is compared with themself: with the likes per view that their other posts have
(``matching.rules.views.own_ratio``). Two things are a sign. A *burst*: about a day that brought
views much faster than the day before, almost without likes. And the *whole post*: so many views
from the first on that its likes fall far below every other post. Buying likes along with views is
not seen, nor is who buys little by little in proportion on every post: nothing here can say that
views are people, only that there is no sign of purchase in what we can see.

The thresholds are such that fewer than one honest post in a hundred shows a sign in all its life
(measured on 8,850 series of daily counts; see docs/authenticity.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, log, sqrt
from typing import Final

from marketplace.matching.rules.views import OwnRatio

RULE: Final = "likes-1"
"""Kept with everything that is found by this rule."""
STEP: Final = timedelta(hours=20)
"""A burst is looked for in steps of about a day: from the last reading so much older on."""
RISE: Final = 1.5
"""Views fade from day to day; a step that brings half as many again in the same time stands out."""
LEAST_SHARE: Final = 0.1
"""Fewer than a tenth of the post's views are no reason to ask."""
LEAST_VIEWS: Final = 100
STEP_SPREAD: Final = 0.45
"""Likes per view change with a post's age: what one day's differ from the post's, in logarithms."""
TOO_FEW_IN_STEP: Final = 4.0
"""Distances from the usual ratio that one honest post in 500 passes with any of its steps."""
TOO_FEW_IN_ALL: Final = 4.2
"""The same of a whole post at any of its readings: seven in a thousand."""
ROUNDED_FROM: Final = 10_000
ROUNDED_TO: Final = 100
"""Platforms that round do so from ten thousand on, to three or four digits."""
FOUR_OF_FIVE: Final = 1.28
"""Spreads up and down that hold four of five posts."""


@dataclass(frozen=True, slots=True)
class Count:
    """Views and likes of a post at one reading; both known."""

    at: datetime
    views: int
    likes: int


@dataclass(frozen=True, slots=True)
class Sign:
    """A stretch of a post's life with more views than its likes explain.

    views, likes: what came between two readings, or since publication for the whole post.
    unexplained: how many of the views the likes do not explain at the usual ratio. spreads: the
    distance from the usual ratio, below 0. times_faster: than the stretch before; None for the
    whole post.
    """

    since: datetime
    until: datetime
    views: int
    likes: int
    unexplained: int
    spreads: float
    times_faster: float | None

    @property
    def is_whole(self) -> bool:
        """True where the whole post stands out, not one stretch of it."""
        return self.times_faster is None


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at a post finds. held: views in question, all told, as of the last reading."""

    held: int
    signs: tuple[Sign, ...]


NOTHING: Final = Look(0, ())


def look_at(
    counts: Sequence[Count], usual: OwnRatio, *, begun_at: datetime, is_known: bool = False
) -> Look:
    """Return how many views of a post are in question by its last reading, and where they came.

    Of stretches that overlap only those count that leave most in question together, so a view is
    never held twice; of the same number, the bursts say best when they came. With rounded counts
    there is no sign.

    counts: oldest first. begun_at: when the post was published, with no views. is_known: whether it
    is known already that this post gets few likes, and that its views count; then only bursts are
    looked for.
    """
    if (
        not counts
        or _is_rounded([c.views for c in counts])
        or _is_rounded([c.likes for c in counts])
    ):
        return NOTHING
    points = [Count(min(begun_at, counts[0].at), 0, 0), *counts]
    looks = [NOTHING]
    for place in range(1, len(points)):
        found = [looks[-1]]
        start = _a_step_before(points, place)
        if start and (burst := _burst(points, looks, start, place, usual)):
            before = looks[start]
            found.append(Look(before.held + burst.unexplained, (*before.signs, burst)))
        if not is_known and (whole := _whole(points[0], points[place], usual)):
            found.append(Look(whole.unexplained, (whole,)))
        looks.append(max(found, key=lambda each: each.held))
    return looks[-1]


def is_worth_asking(found: int, *, asked: int) -> bool:
    """True when a look finds so much more than was asked about that it is worth another question.

    asked: the views of this post that were ever in question, whatever became of them.
    """
    return found - asked >= max(LEAST_VIEWS, round(asked * LEAST_SHARE))


def usual_per_thousand(usual: OwnRatio) -> tuple[float, float, float]:
    """Return the likes per 1,000 views that are usual: the middle, and what holds four of five."""
    away = FOUR_OF_FIVE * usual.spread
    middle, low, high = (1_000 * exp(usual.middle + by) for by in (0.0, -away, away))
    return middle, low, high


def _whole(start: Count, end: Count, usual: OwnRatio) -> Sign | None:
    """The whole post by a reading, where it stands out."""
    return _sign(start, end, usual, of=end.views, more_spread=0.0, most=-TOO_FEW_IN_ALL)


def _burst(
    points: Sequence[Count], looks: Sequence[Look], start: int, end: int, usual: OwnRatio
) -> Sign | None:
    """The step between two readings, where it stands out and is faster than the one before it.

    What is in question of the step before is no measure of how fast views come.
    """
    first = _a_step_before(points, start)
    before = (points[start].views - looks[start].held) - (points[first].views - looks[first].held)
    came = points[end].views - points[start].views
    usual_pace = max(before, 1) / _hours(points[first], points[start])
    times = came / _hours(points[start], points[end]) / usual_pace
    if times < RISE:
        return None
    return _sign(
        points[start],
        points[end],
        usual,
        of=points[end].views,
        more_spread=STEP_SPREAD,
        most=-TOO_FEW_IN_STEP,
        times_faster=times,
    )


def _sign(
    start: Count,
    end: Count,
    usual: OwnRatio,
    *,
    of: int,
    more_spread: float,
    most: float,
    times_faster: float | None = None,
) -> Sign | None:
    """What came between two readings, where too few of it are likes. most: the distance allowed."""
    views, likes = end.views - start.views, end.likes - start.likes
    if views <= 0 or likes < 0:
        return None
    usual_likes = views * exp(usual.middle)
    unexplained = views - round(likes / exp(usual.middle))
    if unexplained < LEAST_VIEWS or unexplained < of * LEAST_SHARE:
        return None
    # few likes are counted with much chance in them: about the root of how many are usual
    spread = sqrt(usual.spread**2 + more_spread**2 + 1 / max(usual_likes, 1.0))
    spreads = (log(max(likes, 0.5) / views) - usual.middle) / spread
    if spreads > most:
        return None
    return Sign(start.at, end.at, views, likes, unexplained, spreads, times_faster)


def _a_step_before(points: Sequence[Count], place: int) -> int:
    """The last point a step or more before this one; the first, publication, where none is."""
    before = points[place].at - STEP
    return next((at for at in range(place - 1, 0, -1) if points[at].at <= before), 0)


def _hours(start: Count, end: Count) -> float:
    return max((end.at - start.at).total_seconds() / 3_600, 1.0)


def _is_rounded(counts: Sequence[int]) -> bool:
    large = [count for count in counts if count >= ROUNDED_FROM]
    return bool(large) and all(count % ROUNDED_TO == 0 for count in large)
