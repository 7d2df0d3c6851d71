"""Are bought views told apart from those of honest posts? Real daily series, views added to them.

Set: yt-trajectories. Each video with four looks or more is judged by its channel's other videos,
eight at least. Into every fourth one views are put, so many times what it had at a look drawn by
lot, over one day or three; once without likes, and once with as many likes as the post had for
each view by then. Honest posts may hold bought views or adverts already, so how many of
them are held is an upper estimate.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import exp, log, sqrt
from random import Random
from typing import Final

import numpy as np

from benchmarks.quality.figures import Figure, Parts
from marketplace.authenticity.rules.signs import Count, look_at, own_comments
from marketplace.matching.rules.views import RATIO_POSTS, OwnRatio, own_ratio

SET: Final = "yt-trajectories"
LOOKS: Final = 4
INTO_EVERY: Final = 4
KEPT: Final = 30
HONEST: Final = 0.01
AMOUNTS: Final = ((0.3, 1), (0.3, 3), (1.0, 1), (1.0, 3), (3.0, 1), (3.0, 3))
"""How many times the views that were there, and over how many days."""
NOTED: Final = {1.0: ("boosting trained on purchases, 1 to 3 days", 0.35)}
BEGUN: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """A video's looks, and the likes per view of its channel's other videos."""

    counts: Sequence[Count]
    usual: OwnRatio
    comments: OwnRatio | None

    @property
    def is_held(self) -> bool:
        found = look_at(self.counts, self.usual, begun_at=BEGUN, comments=self.comments)
        return found.held > 0


def measure(parts: Parts) -> Iterator[Figure]:
    cases = read(parts)
    held = [each.is_held for each in cases]
    yield Figure(
        "honest posts held",
        len(cases),
        "share of posts",
        float(np.mean(held)),
        {"one in a hundred": HONEST},
        less_is_better=True,
    )
    limit = float(np.quantile([_whole(each) for each in cases], HONEST))
    for times, days in AMOUNTS:
        drawn = Random(9)
        bought = [buy(each, times, days, drawn) for each in cases[::INTO_EVERY]]
        found = [each.is_held for each in bought]
        alone = [_whole(each) <= limit for each in bought]
        yield Figure(
            f"views +{times:.0%} in {days} d found",
            len(bought),
            "share of posts",
            float(np.mean(found)),
            {"the whole post's ratio, 1 in 100 honest": float(np.mean(alone))},
            noted=NOTED.get(times),
        )
        drawn = Random(9)
        bought = [buy(each, times, days, drawn, with_likes=True) for each in cases[::INTO_EVERY]]
        yield Figure(
            f"views and likes +{times:.0%} in {days} d found",
            len(bought),
            "share of posts",
            float(np.mean([each.is_held for each in bought])),
            {"by likes alone": float(np.mean([replace(e, comments=None).is_held for e in bought]))},
        )


def read(parts: Parts) -> list[Case]:
    channel_of = {row["vid"]: row["channel"] for row in parts.rows(f"{SET}/videos.csv.gz")}
    looks: dict[str, list[Count]] = defaultdict(list)
    for row in parts.rows(f"{SET}/snapshots.csv.gz"):
        if row["views"] and row["likes"]:
            at = BEGUN + timedelta(hours=float(row["age_h"]))
            views, likes = int(float(row["views"])), int(float(row["likes"]))
            said = int(float(row["comments"])) if row["comments"] else None
            looks[row["vid"]].append(Count(at, views, likes, said))
    by_channel: dict[str, list[str]] = defaultdict(list)
    for video, counts in looks.items():
        counts.sort(key=lambda each: each.at)
        by_channel[channel_of[video]].append(video)
    cases = []
    for videos in by_channel.values():
        if len(videos) <= RATIO_POSTS:
            continue
        for video in videos:
            others = [looks[each][-1] for each in videos if each != video][:KEPT]
            usual = own_ratio([each.views for each in others], [each.likes for each in others])
            if usual is not None and len(looks[video]) >= LOOKS:
                told = [(each.views, c) for each in others if (c := each.comments) is not None]
                comments = own_comments([views for views, _ in told], [c for _, c in told])
                cases.append(Case(looks[video], usual, comments))
    return cases


def buy(case: Case, times: float, days: int, drawn: Random, *, with_likes: bool = False) -> Case:
    """Put views in from a look on, evenly over so many days."""
    place = drawn.randrange(1, len(case.counts) - 1)
    start = case.counts[place]
    likes = times * start.likes if with_likes else 0.0

    def more(each: Count) -> Count:
        part = min(max((each.at - start.at) / timedelta(days=days), 0.0), 1.0)
        views = each.views + int(times * start.views * part)
        return replace(each, views=views, likes=each.likes + int(likes * part))

    return replace(case, counts=[more(each) for each in case.counts])


def _whole(case: Case) -> float:
    """The lowest distance of the whole post's ratio from the usual one, in spreads."""
    usual = case.usual
    return min(
        (log(max(each.likes, 0.5) / each.views) - usual.middle)
        / sqrt(usual.spread**2 + 1 / max(each.views * exp(usual.middle), 1.0))
        for each in case.counts
        if each.views
    )
