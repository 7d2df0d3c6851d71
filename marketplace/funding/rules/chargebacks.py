"""Chargebacks and fraud warnings: how far they have come, and what they draw on. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from marketplace.kernel.money import Money


class ChargebackState(StrEnum):
    """Where a chargeback stands."""

    INQUIRY = "inquiry"
    """The bank only asks; no money was taken."""
    NEEDS_RESPONSE = "needs_response"
    IN_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"
    CLOSED = "closed"
    """An inquiry that came to nothing."""


class WarningState(StrEnum):
    """Where an early fraud warning stands."""

    OPEN = "open"
    OVER = "over"


class AnswerKind(StrEnum):
    """What staff say to a chargeback."""

    EVIDENCE = "evidence"
    ACCEPT = "accept"


class AnswerState(StrEnum):
    """Where an answer stands."""

    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"


OVER: Final = frozenset({ChargebackState.WON, ChargebackState.LOST, ChargebackState.CLOSED})
ANSWERABLE: Final = frozenset({ChargebackState.INQUIRY, ChargebackState.NEEDS_RESPONSE})
_STAGES: Final = {
    ChargebackState.INQUIRY: 0,
    ChargebackState.NEEDS_RESPONSE: 1,
    ChargebackState.IN_REVIEW: 2,
    **dict.fromkeys(OVER, 3),
}
FREEZES_ON_INQUIRY: Final = True
FREEZES_ON_WARNING: Final = True
"""Our policy: unspent money waits for the outcome while a bank asks, or an issuer warns."""
EVIDENCE_FIELDS: Final = {
    "product_description": "What was bought",
    "customer_name": "Who bought it",
    "service_date": "When it was delivered",
    "access_activity_log": "Who agreed to what, and when",
    "uncategorized_text": "What was delivered",
}
"""What we can tell a bank, by the processor's names."""
LONGEST_EVIDENCE: Final = 20_000
"""Characters of one text; the processor takes no more (DisputeUpdateParams of ``stripe``)."""


def comes_after(new: ChargebackState, old: ChargebackState) -> bool:
    """True when it is news: a chargeback never goes back a stage, whatever order news come in."""
    return _STAGES[new] > _STAGES[old]


def more_to_freeze(*, amount: Money, frozen: Money, funds: Money) -> Money:
    """Return how much more of a campaign's funds waits for the outcome; at most the amount."""
    return max(min(amount - frozen, funds), Money(0, amount.currency))


@dataclass(frozen=True, slots=True)
class Loss:
    """What a lost chargeback is paid from; the four together are its amount."""

    from_frozen: Money
    from_funds: Money
    from_fee: Money
    owed: Money


def loss_of(amount: Money, *, frozen: Money, funds: Money, fee: Money) -> Loss:
    """Divide a loss: first what was frozen for it, then what the campaign has, the brand's rest.

    fee: of our fee on the campaign, what nobody can earn any more.
    """
    from_frozen = min(frozen, amount)
    from_funds = min(funds, amount - from_frozen)
    from_fee = min(fee, amount - from_frozen - from_funds)
    return Loss(from_frozen, from_funds, from_fee, amount - from_frozen - from_funds - from_fee)


def returned_part(
    amount: Money, *, withdrawn: Money | None, reinstated: Money | None, won: bool
) -> Money | None:
    """Return what came back of a chargeback; None while nothing has.

    withdrawn, reinstated: as they moved. Where the charge had been changed into another currency a
    win brings all of it back, at whatever rate; else such a share as came of what was taken.
    """
    if reinstated is None or withdrawn is None:
        return None
    if reinstated.currency == amount.currency:
        return reinstated
    if won:
        return amount
    share = (2 * amount.minor * reinstated.minor + withdrawn.minor) // (2 * withdrawn.minor)
    return min(Money(share, amount.currency), amount)


@dataclass(frozen=True, slots=True)
class Restored:
    """Whose the money is that came back after a loss; the five together are what came.

    to_wallet: the brand had paid it as a debt. to_losses: we had given up collecting it.
    """

    to_debt: Money
    to_wallet: Money
    to_losses: Money
    to_fee: Money
    to_funds: Money


def restored_by(back: Money, *, loss: Loss, still_owed: Money, paid: Money) -> Restored:
    """Divide what came back after a loss: in the order of the loss, backwards.

    still_owed: by the brand, of all its debts. paid: of them, by the brand, and not given back yet.
    """
    owed = min(back, loss.owed)
    debt = min(owed, still_owed)
    wallet = min(owed - debt, paid)
    fee = min(back - owed, loss.from_fee)
    return Restored(
        to_debt=debt,
        to_wallet=wallet,
        to_losses=owed - debt - wallet,
        to_fee=fee,
        to_funds=back - owed - fee,
    )
