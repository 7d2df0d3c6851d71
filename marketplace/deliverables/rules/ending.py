"""How a collaboration ends before its work is done, and what that does to its money.

Work that waits for the creator can be called off by the creator alone, and by the brand alone once
the creator is late. Work that waits for the brand's word takes both sides, or staff. Accepted work
stays earned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from marketplace.collaborations.rules import Party
from marketplace.deliverables.rules.life import DONE, DeliverableState
from marketplace.kernel.money import Money
from marketplace.kernel.statechart import Statechart


class EndingReason(StrEnum):
    """Why one side wants to end it; the other side reads the sentence."""

    NO_TIME = "no_time"
    NO_ANSWER = "no_answer"
    PLANS_CHANGED = "plans_changed"
    TERMS_NOT_KEPT = "terms_not_kept"
    OTHER = "other"


ENDING_SENTENCES: Final = {
    EndingReason.NO_TIME: "The work cannot be done in time.",
    EndingReason.NO_ANSWER: "The other side does not answer.",
    EndingReason.PLANS_CHANGED: "Plans have changed.",
    EndingReason.TERMS_NOT_KEPT: "What was agreed was not kept.",
    EndingReason.OTHER: "Another reason, told in the note.",
}


class EndingState(StrEnum):
    """What came of a wish to end a collaboration."""

    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ALONE = "alone"
    """The side that asked could end it by itself, and did."""
    WITH_STAFF = "with_staff"
    ENDED_BY_STAFF = "ended_by_staff"
    KEPT_BY_STAFF = "kept_by_staff"
    """Staff decided that the collaboration goes on."""
    OVERTAKEN = "overtaken"
    """The work was finished before anybody answered."""


class EndingEvent(StrEnum):
    AGREE = "agree"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    CALL_STAFF = "call_staff"
    END = "end"
    KEEP = "keep"
    OVERTAKE = "overtake"


S, E = EndingState, EndingEvent

ENDING_LIFE: Final = Statechart(
    "wish to end it",
    {
        (S.ASKED, E.AGREE): S.AGREED,
        (S.ASKED, E.DECLINE): S.DECLINED,
        (S.ASKED, E.WITHDRAW): S.WITHDRAWN,
        (S.ASKED, E.CALL_STAFF): S.WITH_STAFF,
        (S.ASKED, E.OVERTAKE): S.OVERTAKEN,
        (S.DECLINED, E.CALL_STAFF): S.WITH_STAFF,
        (S.WITH_STAFF, E.WITHDRAW): S.WITHDRAWN,
        (S.WITH_STAFF, E.END): S.ENDED_BY_STAFF,
        (S.WITH_STAFF, E.KEEP): S.KEPT_BY_STAFF,
        (S.WITH_STAFF, E.OVERTAKE): S.OVERTAKEN,
    },
)
WAITING_ENDINGS: Final = (S.ASKED, S.WITH_STAFF)

ENDING_ANSWER_DAYS: Final = 7
"""How long the other side may think before staff can be called."""
LATE_DAYS: Final = 7
"""How late the creator has to be before the brand may end it alone."""


@dataclass(frozen=True, slots=True)
class Work:
    """One deliverable as an ending sees it.

    fee: with its part of the bonus at most, all that is promised for it. moved_on: the day of its
    last step, or of the agreement.
    """

    state: DeliverableState
    fee: Money
    draft_due_on: date
    publish_by_on: date
    moved_on: date

    @property
    def is_open(self) -> bool:
        return self.state not in DONE

    @property
    def owed_on(self) -> date | None:
        """The day by which the creator had the next step to take; None when the brand has it."""
        match self.state:
            case DeliverableState.AWAITING_SUBMISSION | DeliverableState.CHANGES_REQUESTED:
                return max(self.draft_due_on, self.moved_on)
            case DeliverableState.APPROVED:
                return max(self.publish_by_on, self.moved_on)
            case _:
                return None


def alone_from(party: Party, works: Sequence[Work], *, today: date) -> date | None:
    """Return the day from which this side may end it alone; None when it takes both.

    works: all of a collaboration. A creator may at once, where nothing waits for the brand.
    """
    owed = [work.owed_on for work in works if work.is_open]
    days = [day for day in owed if day is not None]
    if not owed or len(days) < len(owed):
        return None
    return today if party is Party.CREATOR else max(days) + timedelta(days=LATE_DAYS + 1)


def called_off(works: Sequence[Work], *, currency: str) -> Money:
    """Return what goes back to the campaign when it ends now: all promised for open work."""
    return sum((work.fee for work in works if work.is_open), Money(0, currency))
