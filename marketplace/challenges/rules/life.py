"""Where a challenge stands, and the days that it has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from marketplace.kernel.days import day_in_words
from marketplace.kernel.statechart import Statechart


class ChallengeState(StrEnum):
    """What has been done with a challenge."""

    DRAFT = "draft"
    OPEN = "open"
    """Published, and its prizes are set aside."""
    AWARDED = "awarded"
    CALLED_OFF = "called_off"
    """Nobody had joined; its prizes are the campaign's again."""


class ChallengeEvent(StrEnum):
    """What moves a challenge."""

    OPEN = "open"
    AWARD = "award"
    CALL_OFF = "call_off"


S, E = ChallengeState, ChallengeEvent

LIFE: Final = Statechart(
    "challenge",
    {
        (S.DRAFT, E.OPEN): S.OPEN,
        (S.DRAFT, E.CALL_OFF): S.CALLED_OFF,
        (S.OPEN, E.AWARD): S.AWARDED,
        (S.OPEN, E.CALL_OFF): S.CALLED_OFF,
    },
)


class Phase(StrEnum):
    """What a challenge is in at a moment: its state, and for an open one its days."""

    DRAFT = "draft"
    UPCOMING = "upcoming"
    """Published; entries are taken from its first day on."""
    TAKING = "taking"
    """Creators join and hand in."""
    COUNTING = "counting"
    """No more entries; views still count."""
    CLOSING = "closing"
    """The last readings come in; the prizes follow."""
    AWARDED = "awarded"
    CALLED_OFF = "called_off"


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a challenge, all whole days of UTC, each with its last minute.

    opens_on: the first on which creators hand in. entries_until: the last. counting_ends_on: the
    last whose views count.
    """

    opens_on: date
    entries_until: date
    counting_ends_on: date

    @property
    def opens_at(self) -> datetime:
        """From then on entries are taken."""
        return _begin(self.opens_on)

    @property
    def entries_end_at(self) -> datetime:
        """From then on none is taken any more."""
        return _begin(self.entries_until + timedelta(days=1))

    @property
    def counting_ends_at(self) -> datetime:
        """From then on no view counts any more."""
        return _begin(self.counting_ends_on + timedelta(days=1))


def phase_of(state: ChallengeState, days: Days, *, now: datetime) -> Phase:
    """Return what a challenge is in now."""
    if state is not S.OPEN:
        return Phase(state.value)
    if now < days.opens_at:
        return Phase.UPCOMING
    if now < days.entries_end_at:
        return Phase.TAKING
    return Phase.COUNTING if now < days.counting_ends_at else Phase.CLOSING


def post_problem(days: Days, *, published_at: datetime | None) -> str | None:
    """Return why a post is no entry by the day it was published; None when it may be one.

    published_at: as the platform says; None where it does not, and then it is taken.
    """
    if published_at is None:
        return None
    if published_at < days.opens_at:
        return (
            f"This post was published on {day_in_words(published_at)}, before the challenge"
            f" opened on {day_in_words(days.opens_at)}. Make a post for the challenge and"
            " hand that in."
        )
    if published_at >= days.entries_end_at:
        return (
            "This post was published after entries closed, at the end of"
            f" {day_in_words(days.entries_until)}, UTC."
        )
    return None


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
