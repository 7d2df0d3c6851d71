"""Every event that moves money, as the entry it is in the books: one function an event.

A function is handed ids and amounts and returns the entry; parts of nothing are left out. Whoever
tells of an event again makes the same key, so that it is in the books once. Amounts are gross and
positive unless a docstring says otherwise. Ids that begin with ``stripe_`` are the processor's.

The numbers are those of the events in ``docs/money.md``. Number 16, a bank that refuses a creator,
moves no money of ours and has no entry.
"""

from __future__ import annotations

from marketplace.ledger.rules.events.agreed import (
    bonus_corrected,
    bonus_earned,
    commitment_released,
    committed,
    earned,
    earning_key,
    matured,
)
from marketplace.ledger.rules.events.chargebacks import (
    chargeback_lost,
    chargeback_withdrawn,
    chargeback_won,
    frozen,
    owed_recovered,
    unfrozen,
    written_off,
)
from marketplace.ledger.rules.events.coming_in import (
    allocated,
    fee_returned,
    fee_taken,
    funded,
    funded_by_exchange,
    unidentified_charge,
)
from marketplace.ledger.rules.events.going_back import (
    refund_bounced,
    refund_failed,
    refund_held,
    refund_paid,
    refund_paid_by_bank,
)
from marketplace.ledger.rules.events.going_out import (
    clawback_decided,
    clawback_netted,
    clawback_reversed,
    payout_released,
    payout_reserved,
    payout_settled,
    transfer_reversed,
)
from marketplace.ledger.rules.events.making import Changed
from marketplace.ledger.rules.events.our_bank import (
    platform_payout_arrived,
    platform_payout_failed,
    platform_payout_sent,
    topup_arrived,
    topup_reversed,
    topup_sent,
)
from marketplace.ledger.rules.events.refs import (
    AT_PROCESSOR,
    BANK,
    EXCHANGE,
    FEE_EARNED,
    PROCESSOR_FEES,
    SUSPENSE,
    brand_funds,
    campaign_frozen,
    campaign_funds,
    chargeback_open,
    committed_to,
    creator_payable,
    creator_pending,
    fee_unearned,
    owed_by_brand,
    owed_by_creator,
    payout_in_flight,
    refund_in_flight,
)
from marketplace.ledger.rules.events.unasked import (
    adjusted,
    identified,
    opened,
    processor_moved,
    unidentified,
)

__all__ = [
    "AT_PROCESSOR",
    "BANK",
    "EXCHANGE",
    "FEE_EARNED",
    "PROCESSOR_FEES",
    "SUSPENSE",
    "Changed",
    "adjusted",
    "allocated",
    "bonus_corrected",
    "bonus_earned",
    "brand_funds",
    "campaign_frozen",
    "campaign_funds",
    "chargeback_lost",
    "chargeback_open",
    "chargeback_withdrawn",
    "chargeback_won",
    "clawback_decided",
    "clawback_netted",
    "clawback_reversed",
    "commitment_released",
    "committed",
    "committed_to",
    "creator_payable",
    "creator_pending",
    "earned",
    "earning_key",
    "fee_returned",
    "fee_taken",
    "fee_unearned",
    "frozen",
    "funded",
    "funded_by_exchange",
    "identified",
    "matured",
    "opened",
    "owed_by_brand",
    "owed_by_creator",
    "owed_recovered",
    "payout_in_flight",
    "payout_released",
    "payout_reserved",
    "payout_settled",
    "platform_payout_arrived",
    "platform_payout_failed",
    "platform_payout_sent",
    "processor_moved",
    "refund_bounced",
    "refund_failed",
    "refund_held",
    "refund_in_flight",
    "refund_paid",
    "refund_paid_by_bank",
    "topup_arrived",
    "topup_reversed",
    "topup_sent",
    "transfer_reversed",
    "unfrozen",
    "unidentified",
    "unidentified_charge",
    "written_off",
]
