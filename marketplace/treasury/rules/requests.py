"""What one member of staff asks for and another approves. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from marketplace.kernel.currencies import exponent
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.ids import NIL
from marketplace.kernel.money import Money
from marketplace.kernel.statechart import Statechart
from marketplace.ledger.chart import CHART, Side
from marketplace.ledger.rules import AccountRef, Code, Entry, Free, Pair, events
from marketplace.processor.rules import Ruling
from marketplace.terms.rules import Limits


class RequestKind(StrEnum):
    """What is asked for."""

    ADJUSTMENT = "adjustment"
    WRITE_OFF = "write_off"
    CLAWBACK = "clawback"
    FORGIVE_CLAWBACK = "forgive_clawback"
    IDENTIFY = "identify"
    PAY_CAUSE = "pay_cause"
    """An organisation was sent what it is owed, by a bank transfer."""
    DECIDE_DISPUTE = "decide_dispute"
    """What a creator gets of a disputed amount, or that the work goes on."""
    RESEND_CALL = "resend_call"
    """A call to the processor was not done and is sent again under a new key."""
    GIVE_UP_CALL = "give_up_call"
    """A call to the processor was not done and shall not be."""


class RequestState(StrEnum):
    """Where a request stands. What is approved is executed in the same transaction."""

    ASKED = "asked"
    EXECUTED = "executed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class RequestEvent(StrEnum):
    """What moves a request."""

    APPROVE = "approve"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


S, E = RequestState, RequestEvent

LIFE: Final = Statechart(
    "request",
    {
        (S.ASKED, E.APPROVE): S.EXECUTED,
        (S.ASKED, E.DECLINE): S.DECLINED,
        (S.ASKED, E.WITHDRAW): S.WITHDRAWN,
    },
)

RULINGS: Final[Mapping[RequestKind, Ruling]] = {
    RequestKind.RESEND_CALL: Ruling.NEW_KEY,
    RequestKind.GIVE_UP_CALL: Ruling.GIVE_UP,
}
"""Requests that say how a call goes on; they book nothing, and a mistake could pay twice."""
LARGEST_UNITS: Final = 1_000_000
"""More than this in one request is taken for a slip of the hand."""

ADJUSTABLE: Final[Mapping[Code, str]] = {
    Code.BRAND_FUNDS: "A brand’s wallet",
    Code.CAMPAIGN_FUNDS: "A campaign’s unspent money",
    Code.OWED_BY_BRAND: "What a brand owes us",
}
"""The accounts that staff may correct, in words for the form."""
AGAINST: Final[Mapping[Code, str]] = {
    Code.GOODWILL: "Goodwill: we give it without having to",
    Code.LOSSES: "A loss that we bear",
    Code.ROUNDING: "A rounding difference",
    Code.SUSPENSE: "Money in suspense",
}
"""What an adjustment may be booked against, in words for the form."""


def needs_second(kind: RequestKind, amount: Money | None, limits: Limits | None) -> bool:
    """Tell whether another person has to approve this before it happens.

    limits: of the amount's currency by the terms in force; without any it takes two.
    """
    if amount is None or limits is None:
        return True
    match kind:
        case RequestKind.DECIDE_DISPUTE:
            return amount > limits.dispute_alone
        case RequestKind.IDENTIFY:
            return amount > limits.identify_alone
        case _:
            return True


def check_request(*, reason: str, amount: Money | None) -> None:
    """Raise InvalidInput for a request without a reason, or over an amount that cannot be meant."""
    if not reason:
        raise InvalidInput({"reason": "Say why, for whoever approves it and for later."})
    if amount is not None:
        check_amount(amount)


def check_amount(amount: Money) -> None:
    """Raise InvalidInput for an amount that cannot be meant."""
    if amount > _units(LARGEST_UNITS, amount.currency):
        raise InvalidInput(
            {"amount": f"One request moves at most {LARGEST_UNITS:,} {amount.currency}."}
        )


def _units(whole: int, currency: str) -> Money:
    return Money(whole * 10 ** exponent(currency), currency)


def adjusting(*, account: AccountRef, more: bool, against: Code, amount: Money) -> Pair:
    """Return the posting that makes an account hold more, or less, by an amount.

    Raises InvalidInput for accounts that staff may not correct in this way.
    """
    if account.code not in ADJUSTABLE:
        raise InvalidInput({"account": "Choose what is to be corrected."})
    if against not in AGAINST:
        raise InvalidInput({"against": "Choose what it is booked against."})
    grows_by_debit = CHART[account.code].side is Side.DEBIT
    other = AccountRef(against)
    if more == grows_by_debit:
        return Pair(debit=account, credit=other, amount=amount)
    return Pair(debit=other, credit=account, amount=amount)


def total(pairs: Sequence[Pair]) -> Money | None:
    """Return what the postings move together; None where nothing is moved."""
    if not pairs:
        return None
    return sum((pair.amount for pair in pairs), Money(0, pairs[0].amount.currency))


def entry_for(
    kind: RequestKind,
    *,
    request_id: UUID,
    pairs: Sequence[Pair],
    params: Mapping[str, Any],
    free: Free | None,
) -> Entry | None:
    """Return the journal entry that executing a request writes: its stored postings, once.

    None for what is no matter of the books, or whose entries the rooms below write. free: of the
    funds of a campaign that it takes from.
    """
    match kind:
        case RequestKind.ADJUSTMENT:
            return events.adjusted(request_id=request_id, pairs=pairs, memo="", free=free)
        case RequestKind.WRITE_OFF:
            (pair,) = pairs
            return events.written_off(
                case_id=request_id, brand_id=pair.credit.owner, amount=pair.amount
            )
        case RequestKind.CLAWBACK:
            (pair,) = pairs
            return events.clawback_decided(
                case_id=request_id,
                creator_id=pair.debit.owner,
                campaign_id=pair.credit.owner,
                amount=pair.amount,
            )
        case RequestKind.FORGIVE_CLAWBACK:
            return events.adjusted(request_id=request_id, pairs=pairs, memo="")
        case RequestKind.IDENTIFY:
            (pair,) = pairs
            return events.identified(movement=params["movement"], pair=pair)
        case RequestKind.PAY_CAUSE:
            (pair,) = pairs
            return events.pledge_paid(
                request_id=request_id, organisation_id=pair.debit.owner, amount=pair.amount
            )
        case RequestKind.DECIDE_DISPUTE | RequestKind.RESEND_CALL | RequestKind.GIVE_UP_CALL:
            return None


def as_json(pair: Pair) -> dict[str, Any]:
    """Return a posting as it is stored with a request."""
    return {
        "debit": [pair.debit.code.value, str(pair.debit.owner)],
        "credit": [pair.credit.code.value, str(pair.credit.owner)],
        "amount": [pair.amount.minor, pair.amount.currency],
    }


def from_json(stored: Mapping[str, Any]) -> Pair:
    """Return a stored posting."""
    minor, currency = stored["amount"]
    return Pair(
        debit=_ref(stored["debit"]), credit=_ref(stored["credit"]), amount=Money(minor, currency)
    )


def _ref(stored: Sequence[Any]) -> AccountRef:
    code, owner = stored
    return AccountRef(Code(code), UUID(owner) if owner else NIL)
