"""The lives of invitations, applications, offers and collaborations, and their money. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, Protocol

from marketplace.campaigns.rules import (
    DELIVERABLES_MOST,
    ROUNDS_MOST,
    USAGE_DAYS_MOST,
    UsageMedia,
)
from marketplace.kernel.currencies import exponent
from marketplace.kernel.money import Money
from marketplace.kernel.statechart import Statechart


class InvitationEvent(StrEnum):
    APPLY = "apply"
    DECLINE = "decline"
    EXPIRE = "expire"


class InvitationState(StrEnum):
    SENT = "sent"
    APPLIED = "applied"
    DECLINED = "declined"
    EXPIRED = "expired"


class ApplicationState(StrEnum):
    SUBMITTED = "submitted"
    SHORTLISTED = "shortlisted"
    OFFERED = "offered"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ApplicationEvent(StrEnum):
    SHORTLIST = "shortlist"
    OFFER = "offer"
    RETRACT = "retract"
    """The open offer ended without an agreement."""
    AGREE = "agree"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    APPLY_AGAIN = "apply_again"


class OfferState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    SUPERSEDED = "superseded"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class OfferEvent(StrEnum):
    ACCEPT = "accept"
    SUPERSEDE = "supersede"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"


class Party(StrEnum):
    """The two sides of an agreement."""

    BRAND = "brand"
    CREATOR = "creator"


class CollaborationState(StrEnum):
    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class CollaborationEvent(StrEnum):
    COMPLETE = "complete"
    CANCEL = "cancel"


V, VE = InvitationState, InvitationEvent
A, AE = ApplicationState, ApplicationEvent
F, FE = OfferState, OfferEvent
C, CE = CollaborationState, CollaborationEvent

INVITATION_LIFE: Final = Statechart(
    "invitation",
    {
        (V.SENT, VE.APPLY): V.APPLIED,
        (V.SENT, VE.DECLINE): V.DECLINED,
        (V.SENT, VE.EXPIRE): V.EXPIRED,
        (V.DECLINED, VE.APPLY): V.APPLIED,
    },
)

APPLICATION_LIFE: Final = Statechart(
    "application",
    {
        (A.SUBMITTED, AE.SHORTLIST): A.SHORTLISTED,
        (A.SUBMITTED, AE.OFFER): A.OFFERED,
        (A.SHORTLISTED, AE.OFFER): A.OFFERED,
        (A.OFFERED, AE.OFFER): A.OFFERED,
        (A.OFFERED, AE.RETRACT): A.SHORTLISTED,
        (A.OFFERED, AE.AGREE): A.AGREED,
        (A.SUBMITTED, AE.DECLINE): A.DECLINED,
        (A.SHORTLISTED, AE.DECLINE): A.DECLINED,
        (A.SUBMITTED, AE.WITHDRAW): A.WITHDRAWN,
        (A.SHORTLISTED, AE.WITHDRAW): A.WITHDRAWN,
        (A.OFFERED, AE.WITHDRAW): A.WITHDRAWN,
        (A.WITHDRAWN, AE.APPLY_AGAIN): A.SUBMITTED,
    },
)

OFFER_LIFE: Final = Statechart(
    "offer",
    {
        (F.OPEN, FE.ACCEPT): F.ACCEPTED,
        (F.OPEN, FE.SUPERSEDE): F.SUPERSEDED,
        (F.OPEN, FE.DECLINE): F.DECLINED,
        (F.OPEN, FE.WITHDRAW): F.WITHDRAWN,
        (F.OPEN, FE.EXPIRE): F.EXPIRED,
    },
)

COLLABORATION_LIFE: Final = Statechart(
    "collaboration",
    {(C.ACTIVE, CE.COMPLETE): C.COMPLETED, (C.ACTIVE, CE.CANCEL): C.CANCELLED},
)


BRAND_FEE_BPS: Final = 1_000
"""The platform fee on top of creators' fees, paid by the brand when it funds."""
CREATOR_FEE_BPS: Final = 500
"""The platform's share of a creator's fee."""
HOLD_DAYS: Final = 7
"""From acceptance of a deliverable until its fee is payable."""
OFFER_DAYS: Final = 7
"""How long an offer waits for its answer."""
REPLY_DAYS: Final = 10
"""How long a brand may take to answer an application."""
REVIEW_DAYS: Final = 5
"""How long a brand may take to review a draft."""
ACCEPT_DAYS: Final = 5
"""How long a brand may object to a live post."""

MESSAGE_MOST: Final = 1_000
PITCH_MOST: Final = 2_000


class DeclineReason(StrEnum):
    """Why an application was not taken; the applicant reads the sentence."""

    AUDIENCE = "audience"
    FEE = "fee"
    STYLE = "style"
    TIMING = "timing"
    PLACES_FILLED = "places_filled"
    NO_REPLY = "no_reply"
    CAMPAIGN_CLOSED = "campaign_closed"


REASON_SENTENCES: Final[Mapping[DeclineReason, str]] = {
    DeclineReason.AUDIENCE: "Your audience is not the one this campaign looks for.",
    DeclineReason.FEE: "Your fee does not fit this campaign's budget.",
    DeclineReason.STYLE: "Your style is not what this campaign looks for.",
    DeclineReason.TIMING: "The dates do not work.",
    DeclineReason.PLACES_FILLED: "The places in this campaign are taken.",
    DeclineReason.NO_REPLY: "The brand did not answer in time.",
    DeclineReason.CAMPAIGN_CLOSED: "The campaign was closed.",
}
BRAND_REASONS: Final = (
    DeclineReason.AUDIENCE,
    DeclineReason.FEE,
    DeclineReason.STYLE,
    DeclineReason.TIMING,
    DeclineReason.PLACES_FILLED,
)
"""The reasons a brand chooses from; the others are the system's own."""


@dataclass(frozen=True, slots=True)
class DueDeliverable:
    """One thing owed under an offer, without its part of the fee."""

    format: str
    description: str
    draft_due_on: date
    publish_by_on: date


@dataclass(frozen=True, slots=True)
class Terms:
    """What one side proposes.

    fee: the whole, before the platform's share. usage_days: from the last day to publish; None
    means for ever.
    """

    fee: Money
    deliverables: tuple[DueDeliverable, ...]
    usage_media: str
    usage_days: int | None
    revision_rounds: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class OfferMoney:
    """Who pays and who receives what under an offer, to the minor unit.

    brand_pays = fee + brand_fee; creator_receives = fee - creator_share.
    """

    fee: Money
    brand_fee: Money
    brand_pays: Money
    creator_share: Money
    creator_receives: Money


class Priced(Protocol):
    """What an offer must know for its money to be worked out."""

    @property
    def fee(self) -> Money: ...
    @property
    def creator_fee_bps(self) -> int: ...
    @property
    def brand_fee_bps(self) -> int: ...
    @property
    def deliverables(self) -> list[dict[str, Any]]: ...


def offer_money(offer: Priced) -> OfferMoney:
    """Return an offer's money: shares are taken deliverable by deliverable, as they will be earned.

    So the sum shown before anybody agrees is the sum of what is booked later.
    """
    currency = offer.fee.currency
    fees = [Money(each["fee_minor"], currency) for each in offer.deliverables]
    return money_of(fees, creator_fee_bps=offer.creator_fee_bps, brand_fee_bps=offer.brand_fee_bps)


def money_of(fees: Sequence[Money], *, creator_fee_bps: int, brand_fee_bps: int) -> OfferMoney:
    """Return the money of deliverables with these fees; at least one, all in one currency."""
    nothing = Money(0, fees[0].currency)
    fee = sum(fees, nothing)
    brand_fee = sum((each.share(basis_points=brand_fee_bps) for each in fees), nothing)
    creator_share = sum((each.share(basis_points=creator_fee_bps) for each in fees), nothing)
    return OfferMoney(
        fee=fee,
        brand_fee=brand_fee,
        brand_pays=fee + brand_fee,
        creator_share=creator_share,
        creator_receives=fee - creator_share,
    )


def split_fee(fee: Money, *, count: int) -> list[Money]:
    """Divide a fee over so many deliverables equally; the parts always sum to the fee."""
    return fee.split([1] * count)


def usage_until(deliverables: Sequence[DueDeliverable], *, usage_days: int | None) -> date | None:
    """Return the last day of the usage grant, or None for one without end.

    Counted from the last day to publish, so that both sides see a date before they agree.
    """
    if usage_days is None:
        return None
    return max(each.publish_by_on for each in deliverables) + timedelta(days=usage_days)


def terms_problems(terms: Terms, *, budget: Money, today: date) -> dict[str, str]:
    """Return what is wrong with proposed terms: field -> a plain sentence; empty when fine."""
    return (
        _fee_problems(terms, budget)
        | _date_problems(terms, today)
        | _rights_problems(terms)
        | text_problems("note", terms.note, most=MESSAGE_MOST)
    )


def text_problems(field: str, text: str, *, most: int) -> dict[str, str]:
    """Return the problem of a text that is too long, under its field's name."""
    return {field: f"Keep this to {most:,} characters."} if len(text) > most else {}


def in_words(money: Money) -> str:
    """Return an amount for a sentence: ``USD 1250.00``."""
    number = Decimal(money.minor).scaleb(-exponent(money.currency))
    return f"{money.currency} {number:f}"


def too_little_money(*, left: Money, needed: Money) -> str:
    """Return the refusal of an offer that the campaign's money does not carry."""
    return (
        f"The campaign has {in_words(left)} left and this offer needs {in_words(needed)}; "
        "the brand must add funds first"
    )


def other_party(party: Party) -> Party:
    """Return the side that answers what this side puts."""
    return Party.CREATOR if party is Party.BRAND else Party.BRAND


def _fee_problems(terms: Terms, budget: Money) -> dict[str, str]:
    if terms.fee.currency != budget.currency:
        return {"fee": f"The fee is in the campaign's currency, {budget.currency}."}
    if terms.fee.minor <= 0:
        return {"fee": "The fee must be more than 0."}
    if terms.fee.minor < len(terms.deliverables):
        return {"fee": "The fee is too small to divide over the deliverables."}
    if terms.fee > budget:
        return {"fee": f"The fee is more than the campaign's budget of {in_words(budget)}."}
    return {}


def _date_problems(terms: Terms, today: date) -> dict[str, str]:
    owed = terms.deliverables
    if not owed:
        return {"deliverables": "An offer asks for at least one deliverable."}
    if len(owed) > DELIVERABLES_MOST:
        return {"deliverables": f"One creator can owe {DELIVERABLES_MOST} deliverables at most."}
    if any(each.draft_due_on < today for each in owed):
        return {"draft_due_on": "The draft is due in the past: choose a later day."}
    if any(each.publish_by_on < each.draft_due_on for each in owed):
        return {"publish_by_on": "The post is due before its draft."}
    return {}


def _rights_problems(terms: Terms) -> dict[str, str]:
    problems: dict[str, str] = {}
    if terms.usage_media not in list(UsageMedia):
        problems["usage_media"] = "Choose where the brand may show the videos."
    if terms.usage_days is not None and not 1 <= terms.usage_days <= USAGE_DAYS_MOST:
        problems["usage_days"] = f"Between 1 and {USAGE_DAYS_MOST:,} days, or for ever."
    if not 0 <= terms.revision_rounds <= ROUNDS_MOST:
        problems["revision_rounds"] = f"Between 0 and {ROUNDS_MOST} rounds."
    return problems
