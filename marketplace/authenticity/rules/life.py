"""Who has the word on views in question, until when, and what it comes to. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from marketplace.kernel.statechart import Statechart

ANSWER_WITHIN: Final = timedelta(days=7)
"""How long a creator may object, from the day the question is put."""
DECIDE_WITHIN: Final = timedelta(days=14)
"""How long staff may take to decide, from the objection on; then the views count."""
ADDS_WITHIN: Final = timedelta(days=3)
"""What is found so soon after belongs to the same question; later a new one is put."""
APPEAL_MOST: Final = 1_000
REASON_MOST: Final = 1_000


class AssessmentState(StrEnum):
    """Where a question about views stands."""

    HELD = "held"
    """The views do not count, and the creator may object."""
    APPEALED = "appealed"
    """The creator has; staff decide."""
    CLEARED = "cleared"
    """The views count."""
    CONFIRMED = "confirmed"
    """The views stay out."""


class AssessmentEvent(StrEnum):
    """What moves it."""

    APPEAL = "appeal"
    CLEAR = "clear"
    """Staff let the views count."""
    CONFIRM = "confirm"
    """Staff let them stay out, and say why."""
    CREATOR_SILENT = "creator_silent"
    STAFF_SILENT = "staff_silent"


S, E = AssessmentState, AssessmentEvent

LIFE: Final = Statechart(
    "views in question",
    {
        (S.HELD, E.APPEAL): S.APPEALED,
        (S.HELD, E.CLEAR): S.CLEARED,
        (S.HELD, E.CREATOR_SILENT): S.CONFIRMED,
        (S.APPEALED, E.CLEAR): S.CLEARED,
        (S.APPEALED, E.CONFIRM): S.CONFIRMED,
        (S.APPEALED, E.STAFF_SILENT): S.CLEARED,
    },
)
OPEN: Final = (S.HELD, S.APPEALED)
"""Nobody has had the last word; what counts for good waits."""
SILENCE: Final = {S.HELD: E.CREATOR_SILENT, S.APPEALED: E.STAFF_SILENT}
"""What happens when whoever has the word lets the time pass."""


def takes_more(state: AssessmentState, *, asked_at: datetime, now: datetime) -> bool:
    """True while what is found now belongs to a question that was put already.

    What a creator has objected to, they need not object to again.
    """
    return state is S.APPEALED or (state is S.HELD and now < asked_at + ADDS_WITHIN)


def appeal_problem(words: str) -> str | None:
    """Return what is wrong with a creator's words; None when nothing is. None are needed."""
    return f"Keep this to {APPEAL_MOST:,} characters." if len(words) > APPEAL_MOST else None


def reason_problem(reason: str) -> str | None:
    """Return what is wrong with the reason of a decision; None when nothing is."""
    if not reason.strip():
        return "Say why: the creator reads it."
    return f"Keep this to {REASON_MOST:,} characters." if len(reason) > REASON_MOST else None
