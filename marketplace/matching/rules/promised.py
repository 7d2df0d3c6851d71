"""How likely a video gets the views that are expected of it, by what came of earlier ones. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from marketplace.kernel.money import BPS_WHOLE
from marketplace.matching.rules.chances import BASE_RATES, Model, Step, facts_from, start

VIEW_STEPS: Final = (Step.VIEWS, Step.VIEWS_LOW)
"""Chances that rest on the creator's own record alone."""


@dataclass(frozen=True, slots=True)
class VideoRecord:
    """What came of a creator's videos that were followed to the end.

    met: those with the views that were expected; low: those with at least the lower end.
    """

    videos: int = 0
    met: int = 0
    low: int = 0


NO_VIDEOS: Final = VideoRecord()


@dataclass(frozen=True, slots=True)
class ViewsChance:
    """The chances in basis points, and what they were worked out from.

    met_from, low_from: videos of everybody here that each was learned from; 0 while it is what the
    expectation itself claims.
    """

    met_bps: int
    low_bps: int
    record: VideoRecord
    met_from: int
    low_from: int


def views_chance(models: Mapping[Step, Model], record: VideoRecord) -> ViewsChance:
    """Return how likely a creator's next video gets what is expected, and at least the lower end.

    models: those that were learned; for the others what we assume counts.
    """
    met = _chance(models, Step.VIEWS, record.met, record.videos)
    low = _chance(models, Step.VIEWS_LOW, record.low, record.videos)
    met_from, low_from = (models[each].rows if each in models else 0 for each in VIEW_STEPS)
    return ViewsChance(met, max(met, low), record, met_from, low_from)


def _chance(models: Mapping[Step, Model], step: Step, kept: int, asked: int) -> int:
    base_bps = round(BPS_WHOLE * BASE_RATES[step])
    return models.get(step, start(step)).chance_bps(
        facts_from(kept=kept, asked=asked, base_bps=base_bps)
    )
