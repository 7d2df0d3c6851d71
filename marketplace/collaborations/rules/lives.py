"""The lives of invitations, applications, offers and collaborations, and their two sides."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

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
    DeclineReason.FEE: "Your fee does not fit this campaign’s budget.",
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


def other_party(party: Party) -> Party:
    """Return the side that answers what this side puts."""
    return Party.CREATOR if party is Party.BRAND else Party.BRAND
