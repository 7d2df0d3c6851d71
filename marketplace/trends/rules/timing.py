"""Can a brief be live before its trend is over? Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from marketplace.collaborations.rules import REPLY_DAYS, REVIEW_DAYS

AGREE_SOONEST: Final = 2
"""Days from a brief to an agreement when both sides are quick."""
DRAFT_SOONEST: Final = 3
DRAFT_LATEST: Final = 7
AGAIN_LATEST: Final = 3
"""Days to hand in again after changes were asked for."""
PUBLISH_LATEST: Final = 3


class Catch(StrEnum):
    """Whether a brief catches its trend."""

    IN_TIME = "in_time"
    """Even with every round and every clock used up."""
    TIGHT = "tight"
    """It depends on who is quick, or on whether the trend lasts longer than it must."""
    MISSED = "missed"
    """When people are neither quick nor slow, the trend is over before the post is live.

    On invented trends a brief gains most by this line: more than by jumping always, or by waiting
    for certainty (``benchmarks/trends.py``).
    """


@dataclass(frozen=True, slots=True)
class Timing:
    """When the posts of a brief can be live, and until when the trend lives.

    likely: halfway between the soonest and the latest day. lives_until: as expected; None while no
    end is in sight. live_since: of the first post, which then is all three; None before.
    """

    soonest: date
    likely: date
    latest: date
    lives_at_least: date
    lives_until: date | None
    catch: Catch
    live_since: date | None = None


def live_between(*, begins: date, rounds: int) -> tuple[date, date]:
    """Return the first and the last day on which a brief's post goes live, if nobody is late.

    begins: when creators can apply. rounds: of revision, each with a review and a new draft. The
    last day uses up the clocks of the product: to answer an application, and to review a draft.
    """
    soonest = AGREE_SOONEST + DRAFT_SOONEST + 1 + 1
    latest = (
        REPLY_DAYS
        + DRAFT_LATEST
        + REVIEW_DAYS
        + rounds * (AGAIN_LATEST + REVIEW_DAYS)
        + PUBLISH_LATEST
    )
    return begins + timedelta(days=soonest), begins + timedelta(days=latest)


def timing_of(
    *,
    between: tuple[date, date],
    measured_on: date,
    days_left: int | None,
    days_low: int,
    live_since: date | None = None,
) -> Timing:
    """Return whether a brief catches a trend as it was measured on a day.

    between: the first and the last day on which its posts go live; does not matter any more once
    one has.
    """
    soonest, latest = between if live_since is None else (live_since, live_since)
    low = measured_on + timedelta(days=days_low)
    until = None if days_left is None else measured_on + timedelta(days=days_left)
    likely = soonest + (latest - soonest) // 2
    if until is not None and likely > until:
        catch = Catch.MISSED
    elif latest <= low:
        catch = Catch.IN_TIME
    else:
        catch = Catch.TIGHT
    return Timing(soonest, likely, latest, low, until, catch, live_since)
