"""When brand and creator disagree about one deliverable's money: who may say what, until when.

While a dispute is open, what of the deliverable is in its hold window stays there. Both sides may
agree on the creator's part at any time; where they do not, staff decide on what is there. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from marketplace.collaborations.rules import OfferMoney, Party, other_party
from marketplace.deliverables.rules import (
    LONGEST_NOTE,
    DeliverableState,
    EndingState,
    check_words,
)
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import BPS_WHOLE, Money
from marketplace.kernel.statechart import Statechart
from marketplace.payouts.rules import BonusState, EarningKind, Waiting


class DisputeAbout(StrEnum):
    """Which money a dispute is about."""

    HELD = "held"
    """What is earned and in its hold window: the fee, the bonus, or both."""
    UNACCEPTED = "unaccepted"
    """The fee of work that was handed in and not accepted."""
    CALLED_OFF = "called_off"
    """The fee of work that the brand alone has called off."""
    BONUS = "bonus"
    """What of the bonus was not counted, up to its cap."""
    PRIZE = "prize"
    """What an entry of a challenge could have won beside what it won."""


class DisputeReason(StrEnum):
    """What is wrong, in the words of whoever opens it."""

    POST_REMOVED = "post_removed"
    NOT_AS_AGREED = "not_as_agreed"
    DISCLOSURE_MISSING = "disclosure_missing"
    VIEWS_LOOK_BOUGHT = "views_look_bought"
    RIGHTS = "rights"
    OTHER = "other"
    NOT_REVIEWED = "not_reviewed"
    ROUNDS_USED_UP = "rounds_used_up"
    NOT_ACCEPTED = "not_accepted"
    CALLED_OFF = "called_off"
    BONUS_COUNT = "bonus_count"
    PRIZE_COUNT = "prize_count"


REASON_SENTENCES: Final[Mapping[DisputeReason, str]] = {
    DisputeReason.POST_REMOVED: "The post was removed or hidden.",
    DisputeReason.NOT_AS_AGREED: "The post is not what was agreed.",
    DisputeReason.DISCLOSURE_MISSING: "The label that says it is an ad is missing.",
    DisputeReason.VIEWS_LOOK_BOUGHT: "The views look bought.",
    DisputeReason.RIGHTS: "It uses something that the creator had no right to.",
    DisputeReason.OTHER: "Another reason, told below.",
    DisputeReason.NOT_REVIEWED: "The draft was not reviewed in time.",
    DisputeReason.ROUNDS_USED_UP: "More changes are wanted than were agreed.",
    DisputeReason.NOT_ACCEPTED: "The work is done and is not accepted.",
    DisputeReason.CALLED_OFF: "It was wrongly called off.",
    DisputeReason.BONUS_COUNT: "The views for the bonus were counted wrongly.",
    DisputeReason.PRIZE_COUNT: "The views or the place of the entry were counted wrongly.",
}
"""Read by both sides."""
BRAND_REASONS: Final = (
    DisputeReason.POST_REMOVED,
    DisputeReason.NOT_AS_AGREED,
    DisputeReason.DISCLOSURE_MISSING,
    DisputeReason.VIEWS_LOOK_BOUGHT,
    DisputeReason.RIGHTS,
    DisputeReason.OTHER,
)


class DisputeState(StrEnum):
    """Where a dispute stands."""

    ASKED = "asked"
    """The other side has not answered yet."""
    WITH_STAFF = "with_staff"
    """It has, or its time is over: staff decide, unless the two agree before."""
    WITHDRAWN = "withdrawn"
    SETTLED = "settled"
    """Both sides agreed on a number."""
    DECIDED = "decided"
    """Staff named the number."""
    DISMISSED = "dismissed"
    """Staff decided that the work goes on as agreed."""
    OVERTAKEN = "overtaken"
    """The work was accepted before."""


class DisputeEvent(StrEnum):
    """What happens in a dispute; each has a step with what was said."""

    OPEN = "open"
    ANSWER = "answer"
    """The other side says its word in time."""
    SAY = "say"
    """Either side says or shows more, or names another number."""
    RUN_OUT = "run_out"
    """The other side's time to answer is over."""
    AGREE = "agree"
    WITHDRAW = "withdraw"
    DECIDE = "decide"
    DISMISS = "dismiss"
    OVERTAKE = "overtake"


S, E = DisputeState, DisputeEvent

DISPUTE_LIFE: Final = Statechart(
    "dispute",
    {
        (S.ASKED, E.ANSWER): S.WITH_STAFF,
        (S.ASKED, E.RUN_OUT): S.WITH_STAFF,
        (S.ASKED, E.SAY): S.ASKED,
        (S.WITH_STAFF, E.SAY): S.WITH_STAFF,
        (S.ASKED, E.AGREE): S.SETTLED,
        (S.WITH_STAFF, E.AGREE): S.SETTLED,
        (S.ASKED, E.WITHDRAW): S.WITHDRAWN,
        (S.WITH_STAFF, E.WITHDRAW): S.WITHDRAWN,
        (S.WITH_STAFF, E.DECIDE): S.DECIDED,
        (S.WITH_STAFF, E.DISMISS): S.DISMISSED,
        (S.ASKED, E.OVERTAKE): S.OVERTAKEN,
        (S.WITH_STAFF, E.OVERTAKE): S.OVERTAKEN,
    },
)
OPEN_DISPUTES: Final = (S.ASKED, S.WITH_STAFF)
RULED: Final = (S.SETTLED, S.DECIDED)
"""A number stands: about the same money nobody opens another."""

DISPUTABLE: Final = (EarningKind.FEE, EarningKind.BONUS, EarningKind.PRIZE)
"""What a brand may dispute in its hold window; what a dispute gave is no matter of another."""

REMIND_BEFORE: Final = timedelta(days=1)
"""How long before its time is over somebody is reminded."""
EVIDENCE_TYPES: Final = (
    "image/png", "image/jpeg", "image/webp", "application/pdf", "video/mp4", "video/quicktime",
    "video/webm", "video/x-m4v",
)  # fmt: skip
EVIDENCE_MOST_BYTES: Final = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known of a deliverable when somebody wants to open a dispute about it.

    held_until: when the last of what is in its hold window would be released; None for nothing.
    called_off_until, bonus_until: how long that it was called off, or what a bonus came to in the
    end, may be disputed.
    ended_by: how its collaboration was ended by the brand, None where it was not. bonus_left: what
    of the cap is neither counted nor taken back. prize_until, prize_left: of an entry whose
    challenge is awarded, until when more of a prize may be asked for, and how much more it could
    have won. ruled: about which money a number stands already.
    """

    state: DeliverableState
    rounds_left: int
    answer_by: datetime | None
    held_until: datetime | None = None
    called_off_until: datetime | None = None
    ended_by: EndingState | None = None
    bonus: BonusState | None = None
    bonus_until: datetime | None = None
    bonus_left: Money | None = None
    is_entry: bool = False
    prize_until: datetime | None = None
    prize_left: Money | None = None
    ruled: frozenset[DisputeAbout] = frozenset()


def reasons_for(
    party: Party, ground: Ground, *, now: datetime
) -> dict[DisputeReason, DisputeAbout]:
    """Return what this side may open a dispute for now, and which money each is about."""
    found = _of_brand(ground, now) if party is Party.BRAND else _of_creator(ground, now)
    return {reason: about for reason, about in found.items() if about not in ground.ruled}


def _of_brand(ground: Ground, now: datetime) -> dict[DisputeReason, DisputeAbout]:
    if ground.held_until is None or ground.held_until <= now:
        return {}
    return dict.fromkeys(BRAND_REASONS, DisputeAbout.HELD)


_WORKING: Final = (
    DeliverableState.IN_REVIEW,
    DeliverableState.CHANGES_REQUESTED,
    DeliverableState.APPROVED,
    DeliverableState.LIVE,
)


def _of_creator(ground: Ground, now: datetime) -> dict[DisputeReason, DisputeAbout]:
    if ground.is_entry:
        return _of_entrant(ground, now)
    found: dict[DisputeReason, DisputeAbout] = {}
    waits = ground.answer_by is not None and ground.answer_by <= now
    if ground.state is DeliverableState.IN_REVIEW and waits:
        found[DisputeReason.NOT_REVIEWED] = DisputeAbout.UNACCEPTED
    if ground.state is DeliverableState.CHANGES_REQUESTED and ground.rounds_left <= 0:
        found[DisputeReason.ROUNDS_USED_UP] = DisputeAbout.UNACCEPTED
    if ground.state is DeliverableState.LIVE and waits:
        found[DisputeReason.NOT_ACCEPTED] = DisputeAbout.UNACCEPTED
    if _is_before(now, ground.called_off_until) and ground.ended_by is EndingState.ALONE:
        found[DisputeReason.CALLED_OFF] = DisputeAbout.CALLED_OFF
    counted = ground.bonus is BonusState.COUNTING or _is_before(now, ground.bonus_until)
    if ground.bonus is not None and ground.bonus_left and counted:
        found[DisputeReason.BONUS_COUNT] = DisputeAbout.BONUS
    if ground.state in _WORKING:
        found[DisputeReason.OTHER] = DisputeAbout.UNACCEPTED
    return found


def _of_entrant(ground: Ground, now: datetime) -> dict[DisputeReason, DisputeAbout]:
    if ground.prize_until is None or ground.prize_until <= now or not ground.prize_left:
        return {}
    return {DisputeReason.PRIZE_COUNT: DisputeAbout.PRIZE}


def _is_before(now: datetime, end: datetime | None) -> bool:
    return end is not None and now < end


def check_text(words: str, *, field: str = "words") -> str:
    """Return what somebody says in a dispute; raises InvalidInput when it is empty or too long."""
    said = check_words(words.strip(), field=field)
    if not said:
        raise InvalidInput({field: f"Write what happened, in {LONGEST_NOTE:,} letters at most."})
    return said


def check_share(share_bps: int, *, field: str = "share") -> int:
    """Return the creator's part in basis points; raises InvalidInput outside 0 to 100 percent."""
    if not 0 <= share_bps <= BPS_WHOLE:
        raise InvalidInput({field: "The creator’s part is between 0 and 100 percent."})
    return share_bps


def check_wish(share_bps: int, party: Party) -> int:
    """Return what a side wants; raises InvalidInput for what it has, or would have, without asking.

    A brand asks for a part back, so it names less than the whole; a creator names something.
    """
    check_share(share_bps)
    if party is Party.BRAND and share_bps == BPS_WHOLE:
        raise InvalidInput({"share": "With all of it for the creator there is nothing to dispute."})
    if party is Party.CREATOR and not share_bps:
        raise InvalidInput({"share": "Say which part you want: more than 0 percent."})
    return share_bps


def check_evidence(content_type: str | None) -> str:
    """Return the type of an uploaded proof; raises InvalidInput for one we cannot show."""
    if content_type not in EVIDENCE_TYPES:
        raise InvalidInput({"file": "Upload a picture (PNG, JPEG, WebP), a PDF or a video."})
    return content_type


def refusal(party: Party, *, days: int) -> str:
    """Return why a side cannot open this dispute, or not any more.

    days: how long what was called off or counted may be disputed.
    """
    if party is Party.BRAND:
        return (
            "You can open a dispute from the acceptance until the hold window is over, and once"
            " about the same money"
        )
    return (
        "You can open a dispute about work that was handed in and is not accepted, about a bonus"
        f" that is counted, for {days} days about what was called off or counted, and"
        " about a prize while it is held; once about the same money"
    )


def whose_turn(state: DisputeState, *, opened_by: Party) -> Party | None:
    """Return the side that has to answer; None where staff decide or nobody has to."""
    return other_party(opened_by) if state is DisputeState.ASKED else None


@dataclass(frozen=True, slots=True)
class Disputed:
    """The open dispute that an amount waits for: whose step is next, and by when."""

    id: UUID
    state: DisputeState
    opened_by: Party
    due_at: datetime

    @property
    def waiting(self) -> Waiting:
        """What the amount waits for."""
        match whose_turn(self.state, opened_by=self.opened_by):
            case Party.BRAND:
                return Waiting.DISPUTE_BRAND
            case Party.CREATOR:
                return Waiting.DISPUTE_CREATOR
            case _:
                return Waiting.DISPUTE_STAFF


def shared(part: OfferMoney, share_bps: int) -> OfferMoney:
    """Return so much of a fee, every amount of it in proportion."""
    return OfferMoney(*(each.share(basis_points=share_bps) for each in part.columns))
