"""The lives of earnings and payouts, what a bonus is worth, and when money may move. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from marketplace.collaborations.rules import bonus_for
from marketplace.kernel.money import Money
from marketplace.kernel.statechart import Statechart


class EarningKind(StrEnum):
    """What was earned."""

    FEE = "fee"
    BONUS = "bonus"
    """For views beside the fee; each measurement that raised it has a row of its own."""
    PRIZE = "prize"
    """Won in a challenge by an entry, which has no fee."""
    RETURNED = "returned"
    """Came back to us from a payout that was reversed; payable again."""
    AWARDED = "awarded"
    """Beside what was counted of a bonus, as a dispute ended."""


class EarningState(StrEnum):
    """How far what was earned has come."""

    PENDING = "pending"
    """In the hold window."""
    PAYABLE = "payable"
    PAYING = "paying"
    PAID = "paid"
    TAKEN_BACK = "taken_back"
    """Before it was sent: the views of a bonus were corrected downward, or a dispute ended so."""
    NETTED = "netted"
    """Kept back whole, for what the creator had to give back."""


OVER: Final = (EarningState.PAID, EarningState.TAKEN_BACK, EarningState.NETTED)
"""States in which nothing of an earning is still to be sent."""


class BonusState(StrEnum):
    """Whether views still count."""

    COUNTING = "counting"
    ENDED = "ended"


class PayoutState(StrEnum):
    """Where a payout stands. How far its sending has come is the processor call's to tell."""

    RESERVED = "reserved"
    SETTLED = "settled"
    RETURNED = "returned"
    """Refused for good: the reservation went back to payable."""
    PARTLY_REVERSED = "partly_reversed"
    REVERSED = "reversed"
    """It had been sent, and the money was taken back."""


class PayoutEvent(StrEnum):
    """What moves a payout."""

    RESERVE = "reserve"
    SETTLE = "settle"
    RETURN = "return"
    FIND_PAID = "find_paid"
    """It had counted as refused, and the processor has the transfer after all."""
    REVERSE_PART = "reverse_part"
    REVERSE = "reverse"


S, E = PayoutState, PayoutEvent

LIFE: Final = Statechart(
    "payout",
    {
        (S.RESERVED, E.SETTLE): S.SETTLED,
        (S.RESERVED, E.RETURN): S.RETURNED,
        (S.RETURNED, E.FIND_PAID): S.RETURNED,
        (S.SETTLED, E.REVERSE_PART): S.PARTLY_REVERSED,
        (S.SETTLED, E.REVERSE): S.REVERSED,
        (S.PARTLY_REVERSED, E.REVERSE_PART): S.PARTLY_REVERSED,
        (S.PARTLY_REVERSED, E.REVERSE): S.REVERSED,
    },
)

PAUSE_AFTER_REFUSAL: Final = timedelta(hours=1)
"""How long nothing is sent to a creator after a refusal; without it a refusal that stays would
be asked for again and again, as fast as the queue runs."""


def may_pay_again(*, refused_at: datetime | None, now: datetime) -> bool:
    """True when no refusal is so fresh that the next one would only repeat it."""
    return refused_at is None or now - refused_at >= PAUSE_AFTER_REFUSAL


@dataclass(frozen=True, slots=True)
class Worth:
    """What a bonus is worth all told, so far; also what of it is booked.

    gross: by the agreed rule. share: the platform's part of it. on_top: the platform fee that the
    brand has paid besides.
    """

    gross: Money
    share: Money
    on_top: Money

    @property
    def net(self) -> Money:
        """What of it is the creator's."""
        return self.gross - self.share


def worth_of(
    views: int, *, rate: Money, cap: Money, creator_fee_bps: int, brand_fee_bps: int
) -> Worth:
    """Return what so many views are worth all told, every part worked out from the whole."""
    gross = bonus_for(views, rate=rate, cap=cap)
    return Worth(
        gross=gross,
        share=gross.share(basis_points=creator_fee_bps),
        on_top=gross.share(basis_points=brand_fee_bps),
    )


@dataclass(frozen=True, slots=True)
class BonusStep:
    """From what is booked of a bonus to what it is worth now. Amounts are the difference.

    rises: whether more is earned; otherwise so much is taken back.
    """

    before: Worth
    after: Worth
    rises: bool
    net: Money
    share: Money
    on_top: Money


def bonus_step(booked: Worth, now: Worth, *, fee_left: Money) -> BonusStep | None:
    """Return the step from what is booked to what it is worth now; None when there is none.

    fee_left: what is left of the platform fee that the brand paid; no more of it is earned.
    """
    if now.gross == booked.gross:
        return None
    rises = now.gross > booked.gross
    if rises:
        on_top = booked.on_top + min(now.on_top - booked.on_top, fee_left)
    else:
        on_top = min(booked.on_top, now.on_top)
    after = Worth(now.gross, now.share, on_top)
    more, less = (after, booked) if rises else (booked, after)
    return BonusStep(
        before=booked,
        after=after,
        rises=rises,
        net=more.net - less.net,
        share=more.share - less.share,
        on_top=more.on_top - less.on_top,
    )


@dataclass(frozen=True, slots=True)
class Part:
    """What one earning gives back, or has: the creator's part and the platform's."""

    net: Money
    share: Money


def take_back(wanted: Part, there: Sequence[Part]) -> tuple[list[Part], Part]:
    """Take what is wanted from the earnings in their order.

    Returns a part for each earning, and what none of them has.
    """
    parts = []
    for part in there:
        given = Part(net=min(wanted.net, part.net), share=min(wanted.share, part.share))
        wanted = Part(net=wanted.net - given.net, share=wanted.share - given.share)
        parts.append(given)
    return parts, wanted


BOOKED_EVERY: Final = timedelta(days=7)
"""How often a bonus is booked while its views are counted, and once more at the end."""
LAST_READING_WITHIN: Final = timedelta(days=7)
"""How long after its end a bonus waits for the reading that closes it."""


def next_booking(*, now: datetime, counted_until: datetime) -> datetime:
    """Return when a bonus that is still counted is booked next."""
    return min(now + BOOKED_EVERY, counted_until)


class ReversalState(StrEnum):
    """How far the reversal of a transfer has come."""

    REQUESTED = "requested"
    DONE = "done"
    REFUSED = "refused"


class CaseOrigin(StrEnum):
    """Why a creator has to give something back."""

    DECIDED = "decided"
    """Two members of staff have decided it."""
    BONUS = "bonus"
    """Views of a bonus that was paid already were corrected downward."""


class Recovery(StrEnum):
    """How a part of a clawback was settled."""

    NETTED = "netted"
    """Kept back from later earnings."""
    REVERSED = "reversed"
    """Taken back out of a transfer."""
    FORGIVEN = "forgiven"
    """Given up by two members of staff."""


ACCOUNT_SHORT: Final = "account_balance_insufficient"
"""A reversal was refused because the creator's account holds too little: their bank has it."""


@dataclass(frozen=True, slots=True)
class Netted:
    """One part of what is kept back: which earning and which case, by their places, how much."""

    earning: int
    case: int
    amount: Money


def net(earnings: Sequence[Money], owed: Sequence[Money]) -> list[Netted]:
    """Set what a creator owes against what is payable to them.

    earnings: what is left of each, in the order in which they are taken from. owed: what is left of
    each clawback, the oldest first. Neither is ever taken from beyond what it has.
    """
    left, parts = list(earnings), []
    for case, rest in enumerate(owed):
        for place, there in enumerate(left):
            taken = min(rest, there)
            if taken:
                parts.append(Netted(place, case, taken))
                left[place], rest = there - taken, rest - taken
    return parts


class Waiting(StrEnum):
    """Why money has not moved yet; each has one true sentence and at most one act."""

    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHING = "publishing"
    ACCEPTANCE = "acceptance"
    CANCELLED = "cancelled"
    HOLD = "hold"
    DISPUTE_CREATOR = "dispute_creator"
    """There is an open dispute, and the creator has to answer."""
    DISPUTE_BRAND = "dispute_brand"
    DISPUTE_STAFF = "dispute_staff"
    """There is an open dispute; staff decide unless the two sides agree."""
    FROZEN = "frozen"
    """Staff have stopped the creator's payouts."""
    NO_ACCOUNT = "no_account"
    ACCOUNT_CLOSED = "account_closed"
    """There was one; it was refused, closed or disconnected."""
    ACCOUNT_NOT_READY = "account_not_ready"
    ACCOUNT_PAUSED = "account_paused"
    """It could be paid and cannot any more."""
    ACCOUNT_CHECKED = "account_checked"
    """The processor looks at what the creator gave; nobody else has to do anything."""
    REFUSED = "refused"
    """The last payout was refused a moment ago; the next is sent after a while."""
    CLAWBACK = "clawback"
    """The next run keeps it back, or a part of it: its creator has to give something back."""
    BELOW_MINIMUM = "below_minimum"
    NEXT_RUN = "next_run"
    SENDING = "sending"
    UNCLEAR = "unclear"
    PERSON = "person"
    """A person of the platform has to look at it."""
    BANK_REFUSED = "bank_refused"
    """It has arrived, and the creator's bank has sent it back to their account."""
    NETTED = "netted"
    """It was kept back whole."""
    CORRECTED = "corrected"
    """The views it was earned by were corrected downward before it was sent."""
    GIVEN_BACK = "given_back"
    """A dispute ended so: it is the campaign's again."""
    NOTHING = "nothing"
    """It has arrived."""


def waiting_for(
    state: EarningState,
    *,
    has_account: bool,
    transfers_active: bool,
    enough: bool,
    closed: bool,
    paused: bool,
    under_review: bool,
    refused: bool,
    frozen: bool,
    unclear: bool,
    stuck: bool,
    owed: bool,
    disputed: Waiting | None = None,
    given_back: bool = False,
) -> Waiting:
    """Say what an earning waits for; the same answer for creator, brand and finance.

    enough: what is payable together reaches the smallest payout.
    refused: a payout was refused so short a time ago that nothing is sent yet.
    owed: something of it is kept back for a clawback.
    unclear: an answer of the processor is missing. stuck: a person must decide.
    disputed: whom the open dispute about it waits for. given_back: a dispute about it has ended so.
    """
    match state:
        case EarningState.PENDING:
            return disputed or Waiting.HOLD
        case EarningState.PAID:
            return Waiting.NOTHING
        case EarningState.TAKEN_BACK:
            return Waiting.GIVEN_BACK if given_back else Waiting.CORRECTED
        case EarningState.NETTED:
            return Waiting.NETTED
        case EarningState.PAYING:
            if stuck:
                return Waiting.PERSON
            return Waiting.UNCLEAR if unclear else Waiting.SENDING
        case EarningState.PAYABLE:
            if frozen:
                return Waiting.FROZEN
            if not has_account:
                return Waiting.ACCOUNT_CLOSED if closed else Waiting.NO_ACCOUNT
            if not transfers_active:
                return _why_not_active(paused=paused, under_review=under_review)
            if owed and not refused:
                return Waiting.CLAWBACK
            if not enough:
                return Waiting.BELOW_MINIMUM
            return Waiting.REFUSED if refused else Waiting.NEXT_RUN


def _why_not_active(*, paused: bool, under_review: bool) -> Waiting:
    if under_review:
        return Waiting.ACCOUNT_CHECKED
    return Waiting.ACCOUNT_PAUSED if paused else Waiting.ACCOUNT_NOT_READY


PAYOUT_COUNTRIES: Final = (
    "AT", "AU", "BE", "CA", "CH", "DE", "DK", "ES", "FI", "FR", "GB", "IE", "IT", "JP", "NL", "NO",
    "NZ", "PL", "PT", "SE", "US",
)  # fmt: skip
"""Where creators can be paid."""
