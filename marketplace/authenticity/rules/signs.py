"""How many views of a post its likes or comments do not explain, step by step. Pure.

A creator is compared with themself: with the likes and the comments per view that their other
posts have (``matching.rules.views.own_ratio``). Two things are a sign. A *burst*: about a day that
brought views much faster than the day before, almost without likes, or almost without comments. And
the *whole post*: so many views from the first on that its likes fall far below every other post.
Comments differ too much from post to post to say that of a whole one. Who buys likes and comments
along with views is not seen, nor is who buys little by little in proportion on every post: nothing
here can say that views are people, only that there is no sign of purchase in what we can see.

The thresholds are such that fewer than one honest post in a hundred shows a sign in all its life
(measured on 8,850 series of daily counts; see docs/authenticity.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import exp, log, sqrt
from typing import Final

from marketplace.matching.rules.views import OwnRatio, own_ratio

RULE: Final = "likes-comments-1"
"""Kept with everything that is found by this rule."""
STEP: Final = timedelta(hours=20)
"""A burst is looked for in steps of about a day: from the last reading so much older on."""
RISE: Final = 1.5
"""Views fade from day to day; a step that brings half as many again in the same time stands out."""
LEAST_SHARE: Final = 0.1
"""Fewer than a tenth of the post's views are no reason to ask."""
LEAST_VIEWS: Final = 100
STEP_SPREAD: Final = 0.45
"""What one day's likes or comments per view differ from the post's, in logarithms."""
COMMENT_SPREAD: Final = 0.47
"""What comments per view usually differ from post to post of one creator, in logarithms."""
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
    """Views and likes of a post at one reading; both known. comments: None where not told."""

    at: datetime
    views: int
    likes: int
    comments: int | None = None


@dataclass(frozen=True, slots=True)
class Sign:
    """A stretch of a post's life with more views than its likes explain, or than its comments do.

    views, likes: what came between two readings, or since publication for the whole post. comments:
    likewise, where they are what is missing; else None. unexplained: how many of the views the
    likes, or the comments, do not explain at the usual ratio. spreads: the
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
    comments: int | None = None

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
    counts: Sequence[Count],
    usual: OwnRatio,
    *,
    begun_at: datetime,
    comments: OwnRatio | None = None,
    is_known: bool = False,
) -> Look:
    """Return how many views of a post are in question by its last reading, and where they came.

    Of stretches that overlap only those count that leave most in question together, so a view is
    never held twice; of the same number, the bursts say best when they came. With rounded counts
    there is no sign.

    counts: oldest first. usual: likes per view. begun_at: when the post was published, with no
    views. comments: what is usual of them; None where that is not known. is_known: whether it
    is known already that this post gets few likes, and that its views count; then only bursts are
    looked for.
    """
    if (
        not counts
        or _is_rounded([c.views for c in counts])
        or _is_rounded([c.likes for c in counts])
    ):
        return NOTHING
    points = [Count(min(begun_at, counts[0].at), 0, 0, 0), *counts]
    if any(c.comments is None for c in counts) or _is_rounded([c.comments or 0 for c in counts]):
        comments = None
    looks = [NOTHING]
    for place in range(1, len(points)):
        found = [looks[-1]]
        start = _a_step_before(points, place)
        if start:
            before = looks[start]
            found += [
                Look(before.held + burst.unexplained, (*before.signs, burst))
                for burst in _bursts(points, looks, start, place, usual, comments)
            ]
        if not is_known and (whole := _whole(points[0], points[place], usual)):
            found.append(Look(whole.unexplained, (whole,)))
        looks.append(max(found, key=lambda each: each.held))
    return looks[-1]


def is_worth_asking(found: int, *, asked: int) -> bool:
    """True when a look finds so much more than was asked about that it is worth another question.

    asked: the views of this post that were ever in question, whatever became of them.
    """
    return found - asked >= max(LEAST_VIEWS, round(asked * LEAST_SHARE))


def own_comments(views: Sequence[int], comments: Sequence[int]) -> OwnRatio | None:
    """Return the comments per view that are usual for a creator; None with too few posts to say.

    A post without any counts as if it had one: where most have none, hardly any are missed.
    """
    there = [max(each, 1) for each in comments]
    return own_ratio(views, there, usual_spread=COMMENT_SPREAD)


def usual_per_thousand(usual: OwnRatio) -> tuple[float, float, float]:
    """Return what is usual for 1,000 views: the middle, and what holds four of five posts."""
    away = FOUR_OF_FIVE * usual.spread
    middle, low, high = (1_000 * exp(usual.middle + by) for by in (0.0, -away, away))
    return middle, low, high


def _whole(start: Count, end: Count, usual: OwnRatio) -> Sign | None:
    """The whole post by a reading, where it stands out."""
    likes = end.likes - start.likes
    return _sign(start, end, likes, usual, of=end.views, more_spread=0.0, most=-TOO_FEW_IN_ALL)


def _bursts(
    points: Sequence[Count],
    looks: Sequence[Look],
    start: int,
    end: int,
    usual: OwnRatio,
    comments: OwnRatio | None,
) -> Iterator[Sign]:
    """The step between two readings, where it stands out and is faster than the one before it.

    What is in question of the step before is no measure of how fast views come.
    """
    earlier = _a_step_before(points, start)
    first, since, until = points[earlier], points[start], points[end]
    before = (since.views - looks[start].held) - (first.views - looks[earlier].held)
    usual_pace = max(before, 1) / _hours(first, since)
    times = (until.views - since.views) / _hours(since, until) / usual_pace
    if times < RISE:
        return
    likes = until.likes - since.likes
    if found := _sign_of_step(since, until, likes, usual):
        yield replace(found, times_faster=times)
    if comments is None or not since.comments or until.comments is None:
        return
    # of a post that is talked about less than the others from the first on, no more are missed
    own = min(comments.middle, log(since.comments / since.views))
    came = until.comments - since.comments
    if found := _sign_of_step(since, until, came, replace(comments, middle=own)):
        yield replace(found, times_faster=times, comments=came)


def _sign_of_step(start: Count, end: Count, came: int, usual: OwnRatio) -> Sign | None:
    return _sign(
        start, end, came, usual, of=end.views, more_spread=STEP_SPREAD, most=-TOO_FEW_IN_STEP
    )


def _sign(
    start: Count,
    end: Count,
    came: int,
    usual: OwnRatio,
    *,
    of: int,
    more_spread: float,
    most: float,
) -> Sign | None:
    """What came between two readings, where too little of it are likes, or comments.

    came: so many of them. most: the distance allowed.
    """
    views = end.views - start.views
    if views <= 0 or came < 0:
        return None
    expected = views * exp(usual.middle)
    unexplained = views - round(came / exp(usual.middle))
    if unexplained < LEAST_VIEWS or unexplained < of * LEAST_SHARE:
        return None
    # what is few is counted with much chance in it: about the root of how many are usual
    spread = sqrt(usual.spread**2 + more_spread**2 + 1 / max(expected, 1.0))
    spreads = (log(max(came, 0.5) / views) - usual.middle) / spread
    if spreads > most:
        return None
    return Sign(start.at, end.at, views, end.likes - start.likes, unexplained, spreads, None)


def _a_step_before(points: Sequence[Count], place: int) -> int:
    """The last point a step or more before this one; the first, publication, where none is."""
    before = points[place].at - STEP
    return next((at for at in range(place - 1, 0, -1) if points[at].at <= before), 0)


def _hours(start: Count, end: Count) -> float:
    return max((end.at - start.at).total_seconds() / 3_600, 1.0)


def _is_rounded(counts: Sequence[int]) -> bool:
    large = [count for count in counts if count >= ROUNDED_FROM]
    return bool(large) and all(count % ROUNDED_TO == 0 for count in large)
