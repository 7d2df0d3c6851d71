"""The ledger accounts that events move money between."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from marketplace.ledger.rules.entries import AccountRef
from marketplace.ledger.rules.grammar import Code

AT_PROCESSOR: Final = AccountRef(Code.PROCESSOR_BALANCE)
PROCESSOR_FEES: Final = AccountRef(Code.PROCESSOR_FEES)
SUSPENSE: Final = AccountRef(Code.SUSPENSE)
FEE_EARNED: Final = AccountRef(Code.FEE_EARNED)
EXCHANGE: Final = AccountRef(Code.EXCHANGE_CLEARING)
EXCHANGE_RESULT: Final = AccountRef(Code.EXCHANGE_RESULT)
BANK: Final = AccountRef(Code.BANK_OPERATING)


def brand_funds(brand_id: UUID) -> AccountRef:
    """What a brand has funded and not allocated to a campaign."""
    return AccountRef(Code.BRAND_FUNDS, brand_id)


def campaign_funds(campaign_id: UUID) -> AccountRef:
    """What a campaign has and nobody was promised."""
    return AccountRef(Code.CAMPAIGN_FUNDS, campaign_id)


def campaign_frozen(campaign_id: UUID) -> AccountRef:
    """What is set aside of a campaign while a chargeback or a review is open."""
    return AccountRef(Code.CAMPAIGN_FROZEN, campaign_id)


def fee_unearned(campaign_id: UUID) -> AccountRef:
    """The platform fee taken on a campaign and not earned yet."""
    return AccountRef(Code.FEE_UNEARNED, campaign_id)


def committed_to(collaboration_id: UUID) -> AccountRef:
    """What a collaboration was promised and has not earned."""
    return AccountRef(Code.COMMITTED, collaboration_id)


def creator_pending(creator_id: UUID) -> AccountRef:
    """What a creator has earned and is still in the hold window."""
    return AccountRef(Code.CREATOR_PENDING, creator_id)


def creator_payable(creator_id: UUID) -> AccountRef:
    """What can be paid out to a creator."""
    return AccountRef(Code.CREATOR_PAYABLE, creator_id)


def owed_by_creator(creator_id: UUID) -> AccountRef:
    """What a creator was paid and has to give back."""
    return AccountRef(Code.OWED_BY_CREATOR, creator_id)


def owed_by_brand(brand_id: UUID) -> AccountRef:
    """What a lost chargeback took beyond what the brand had left."""
    return AccountRef(Code.OWED_BY_BRAND, brand_id)


def chargeback_open(chargeback_id: UUID) -> AccountRef:
    """What one chargeback has taken while its outcome is open."""
    return AccountRef(Code.CHARGEBACK_OPEN, chargeback_id)


def payout_in_flight(payout_id: UUID) -> AccountRef:
    """What is reserved for one payout."""
    return AccountRef(Code.PAYOUT_IN_FLIGHT, payout_id)


def pledged(campaign_id: UUID) -> AccountRef:
    """What is set aside for a campaign's cause and not owed yet."""
    return AccountRef(Code.PLEDGED, campaign_id)


def owed_to_cause(organisation_id: UUID) -> AccountRef:
    """What an organisation is owed and was not sent yet."""
    return AccountRef(Code.OWED_TO_CAUSE, organisation_id)


def prize_pool(campaign_id: UUID) -> AccountRef:
    """What is set aside for the prizes of a challenge and not awarded."""
    return AccountRef(Code.PRIZE_POOL, campaign_id)


def refund_in_flight(refund_id: UUID) -> AccountRef:
    """What is held for one refund."""
    return AccountRef(Code.REFUND_IN_FLIGHT, refund_id)
