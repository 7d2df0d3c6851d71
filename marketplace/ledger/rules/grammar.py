"""The grammar of money: which accounts may ever meet, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum, StrEnum
from typing import Final


class Code(IntEnum):
    """The number of an account in the chart; ``chart.CHART`` says what each one means."""

    PROCESSOR_BALANCE = 1010
    PLATFORM_PAYOUT_IN_FLIGHT = 1020
    BANK_OPERATING = 1030
    BANK_CLIENT_MONEY = 1040
    TOPUP_IN_FLIGHT = 1050
    OWED_BY_BRAND = 1100
    OWED_BY_CREATOR = 1110
    CHARGEBACK_OPEN = 1120
    PROCESSOR_RESERVE = 1190
    SUSPENSE = 1900
    BRAND_FUNDS = 2010
    CAMPAIGN_FUNDS = 2020
    CAMPAIGN_FROZEN = 2025
    COMMITTED = 2030
    PRIZE_POOL = 2035
    CREATOR_PENDING = 2040
    CREATOR_PAYABLE = 2050
    PAYOUT_IN_FLIGHT = 2060
    REFUND_IN_FLIGHT = 2070
    TAX_WITHHELD = 2080
    SALES_TAX = 2090
    FEE_UNEARNED = 2100
    PLEDGED = 2110
    OWED_TO_CAUSE = 2120
    OPENING_BALANCES = 3010
    EXCHANGE_CLEARING = 3900
    FEE_EARNED = 4010
    PROCESSOR_FEES = 5010
    CHARGEBACK_FEES = 5020
    LOSSES = 5030
    EXCHANGE_RESULT = 5040
    ROUNDING = 5050
    GOODWILL = 5060


class EntryKind(StrEnum):
    """Why money moved: one kind for each event that the product knows."""

    OPENING = "opening"
    FUND = "fund"
    EXCHANGE = "exchange"
    ALLOCATE = "allocate"
    FEE = "fee"
    FEE_RETURN = "fee_return"
    COMMIT = "commit"
    RELEASE_COMMITMENT = "release_commitment"
    EARN = "earn"
    BONUS = "bonus"
    BONUS_FIX = "bonus_fix"
    MATURE = "mature"
    REFUND_HOLD = "refund_hold"
    REFUND_PAID = "refund_paid"
    REFUND_FAILED = "refund_failed"
    PAYOUT_RESERVE = "payout_reserve"
    PAYOUT_SETTLE = "payout_settle"
    PAYOUT_RELEASE = "payout_release"
    TRANSFER_REVERSAL = "transfer_reversal"
    CLAWBACK = "clawback"
    CLAWBACK_REVERSAL = "clawback_reversal"
    CLAWBACK_NET = "clawback_net"
    PLATFORM_PAYOUT_SENT = "platform_payout_sent"
    PLATFORM_PAYOUT_ARRIVED = "platform_payout_arrived"
    PLATFORM_PAYOUT_FAILED = "platform_payout_failed"
    TOPUP_SENT = "topup_sent"
    TOPUP_ARRIVED = "topup_arrived"
    TOPUP_REVERSED = "topup_reversed"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    CHARGEBACK_WITHDRAWN = "chargeback_withdrawn"
    CHARGEBACK_LOST = "chargeback_lost"
    CHARGEBACK_WON = "chargeback_won"
    OWED_RECOVERED = "owed_recovered"
    WRITE_OFF = "write_off"
    ADJUST = "adjust"
    PROCESSOR_MOVEMENT = "processor_movement"
    SUSPENSE = "suspense"
    IDENTIFY = "identify"
    PLEDGE_SET_ASIDE = "pledge_set_aside"
    PLEDGE_RETURN = "pledge_return"
    PLEDGE_OWED = "pledge_owed"
    PLEDGE_PAID = "pledge_paid"
    PRIZES_SET_ASIDE = "prizes_set_aside"
    PRIZES_RETURN = "prizes_return"
    PRIZE = "prize"
    REVERSAL = "reversal"


_C: Final = Code
_ADJUSTABLE: Final = (
    _C.OWED_BY_BRAND,
    _C.OWED_BY_CREATOR,
    _C.BRAND_FUNDS,
    _C.CAMPAIGN_FUNDS,
    _C.CREATOR_PAYABLE,
)
_ADJUSTED_AGAINST: Final = (_C.SUSPENSE, _C.LOSSES, _C.ROUNDING, _C.GOODWILL)

_EXCHANGE_RESULTS: Final = [
    (_C.EXCHANGE_RESULT, _C.EXCHANGE_CLEARING),
    (_C.EXCHANGE_CLEARING, _C.EXCHANGE_RESULT),
]
_CHANGED_OUT: Final = [(_C.EXCHANGE_CLEARING, _C.PROCESSOR_BALANCE), *_EXCHANGE_RESULTS]
_CHANGED_IN: Final = [(_C.PROCESSOR_BALANCE, _C.EXCHANGE_CLEARING), *_EXCHANGE_RESULTS]
"""Money of a charge that arrived in another currency leaves, or is there again, at a later rate."""

_MOVES: Final[Mapping[EntryKind, Sequence[tuple[Code, Code]]]] = {
    EntryKind.OPENING: [
        (_C.PROCESSOR_BALANCE, _C.OPENING_BALANCES),
        (_C.BANK_OPERATING, _C.OPENING_BALANCES),
        (_C.BANK_CLIENT_MONEY, _C.OPENING_BALANCES),
    ],
    EntryKind.FUND: [
        (_C.PROCESSOR_BALANCE, _C.BRAND_FUNDS),
        (_C.PROCESSOR_FEES, _C.PROCESSOR_BALANCE),
    ],
    EntryKind.EXCHANGE: [
        (_C.PROCESSOR_BALANCE, _C.EXCHANGE_CLEARING),
        (_C.EXCHANGE_CLEARING, _C.BRAND_FUNDS),
        (_C.PROCESSOR_FEES, _C.PROCESSOR_BALANCE),
        *_EXCHANGE_RESULTS,
    ],
    EntryKind.ALLOCATE: [(_C.BRAND_FUNDS, _C.CAMPAIGN_FUNDS)],
    EntryKind.FEE: [
        (_C.CAMPAIGN_FUNDS, _C.FEE_UNEARNED),
        (_C.CAMPAIGN_FUNDS, _C.SALES_TAX),
        (_C.CAMPAIGN_FUNDS, _C.PROCESSOR_FEES),  # the brand bears it
    ],
    EntryKind.FEE_RETURN: [
        (_C.FEE_UNEARNED, _C.CAMPAIGN_FUNDS),
        (_C.SALES_TAX, _C.CAMPAIGN_FUNDS),
    ],
    EntryKind.COMMIT: [(_C.CAMPAIGN_FUNDS, _C.COMMITTED)],
    EntryKind.RELEASE_COMMITMENT: [
        (_C.COMMITTED, _C.CAMPAIGN_FUNDS),
        (_C.FEE_UNEARNED, _C.CAMPAIGN_FUNDS),
    ],
    EntryKind.EARN: [
        (_C.COMMITTED, _C.CREATOR_PENDING),
        (_C.COMMITTED, _C.FEE_EARNED),
        (_C.FEE_UNEARNED, _C.FEE_EARNED),
    ],
    EntryKind.BONUS: [
        (_C.COMMITTED, _C.CREATOR_PENDING),
        (_C.COMMITTED, _C.FEE_EARNED),
        (_C.FEE_UNEARNED, _C.FEE_EARNED),
    ],
    EntryKind.BONUS_FIX: [
        (_C.CREATOR_PENDING, _C.COMMITTED),
        (_C.CREATOR_PAYABLE, _C.COMMITTED),
        (_C.OWED_BY_CREATOR, _C.COMMITTED),
        (_C.FEE_EARNED, _C.COMMITTED),
        (_C.FEE_EARNED, _C.FEE_UNEARNED),
    ],
    EntryKind.MATURE: [(_C.CREATOR_PENDING, _C.CREATOR_PAYABLE)],
    EntryKind.REFUND_HOLD: [
        (_C.FEE_UNEARNED, _C.CAMPAIGN_FUNDS),
        (_C.CAMPAIGN_FUNDS, _C.REFUND_IN_FLIGHT),
        (_C.BRAND_FUNDS, _C.REFUND_IN_FLIGHT),
    ],
    EntryKind.REFUND_PAID: [
        (_C.REFUND_IN_FLIGHT, _C.PROCESSOR_BALANCE),
        (_C.REFUND_IN_FLIGHT, _C.BANK_OPERATING),  # the charge was too old for its card
        (_C.REFUND_IN_FLIGHT, _C.EXCHANGE_CLEARING),
        *_CHANGED_OUT,
    ],
    EntryKind.REFUND_FAILED: [
        (_C.REFUND_IN_FLIGHT, _C.BRAND_FUNDS),
        (_C.PROCESSOR_BALANCE, _C.BRAND_FUNDS),  # it had succeeded first
        (_C.EXCHANGE_CLEARING, _C.BRAND_FUNDS),
        *_CHANGED_IN,
    ],
    EntryKind.PAYOUT_RESERVE: [
        (_C.CREATOR_PAYABLE, _C.PAYOUT_IN_FLIGHT),
        (_C.CREATOR_PAYABLE, _C.TAX_WITHHELD),
    ],
    EntryKind.PAYOUT_SETTLE: [(_C.PAYOUT_IN_FLIGHT, _C.PROCESSOR_BALANCE)],
    EntryKind.PAYOUT_RELEASE: [
        (_C.PAYOUT_IN_FLIGHT, _C.CREATOR_PAYABLE),
        (_C.TAX_WITHHELD, _C.CREATOR_PAYABLE),
    ],
    EntryKind.TRANSFER_REVERSAL: [(_C.PROCESSOR_BALANCE, _C.CREATOR_PAYABLE)],
    EntryKind.CLAWBACK: [(_C.OWED_BY_CREATOR, _C.CAMPAIGN_FUNDS)],
    EntryKind.CLAWBACK_REVERSAL: [(_C.PROCESSOR_BALANCE, _C.OWED_BY_CREATOR)],
    EntryKind.CLAWBACK_NET: [(_C.CREATOR_PAYABLE, _C.OWED_BY_CREATOR)],
    EntryKind.PLATFORM_PAYOUT_SENT: [(_C.PLATFORM_PAYOUT_IN_FLIGHT, _C.PROCESSOR_BALANCE)],
    EntryKind.PLATFORM_PAYOUT_ARRIVED: [(_C.BANK_OPERATING, _C.PLATFORM_PAYOUT_IN_FLIGHT)],
    EntryKind.PLATFORM_PAYOUT_FAILED: [(_C.PROCESSOR_BALANCE, _C.PLATFORM_PAYOUT_IN_FLIGHT)],
    EntryKind.TOPUP_SENT: [(_C.TOPUP_IN_FLIGHT, _C.BANK_OPERATING)],
    EntryKind.TOPUP_ARRIVED: [(_C.PROCESSOR_BALANCE, _C.TOPUP_IN_FLIGHT)],
    EntryKind.TOPUP_REVERSED: [(_C.TOPUP_IN_FLIGHT, _C.PROCESSOR_BALANCE)],
    EntryKind.FREEZE: [(_C.CAMPAIGN_FUNDS, _C.CAMPAIGN_FROZEN)],
    EntryKind.UNFREEZE: [(_C.CAMPAIGN_FROZEN, _C.CAMPAIGN_FUNDS)],
    EntryKind.CHARGEBACK_WITHDRAWN: [
        (_C.CHARGEBACK_OPEN, _C.PROCESSOR_BALANCE),
        (_C.CHARGEBACK_OPEN, _C.EXCHANGE_CLEARING),
        *_CHANGED_OUT,
        (_C.CHARGEBACK_FEES, _C.PROCESSOR_BALANCE),
        (_C.CAMPAIGN_FUNDS, _C.CAMPAIGN_FROZEN),
    ],
    EntryKind.CHARGEBACK_LOST: [
        (_C.CAMPAIGN_FROZEN, _C.CHARGEBACK_OPEN),
        (_C.CAMPAIGN_FUNDS, _C.CHARGEBACK_OPEN),
        (_C.FEE_UNEARNED, _C.CHARGEBACK_OPEN),
        (_C.OWED_BY_BRAND, _C.CHARGEBACK_OPEN),
    ],
    EntryKind.CHARGEBACK_WON: [
        (_C.PROCESSOR_BALANCE, _C.CHARGEBACK_OPEN),
        (_C.EXCHANGE_CLEARING, _C.CHARGEBACK_OPEN),
        *_CHANGED_IN,
        (_C.CAMPAIGN_FROZEN, _C.CAMPAIGN_FUNDS),
        (_C.PROCESSOR_BALANCE, _C.CHARGEBACK_FEES),
        # it had been lost first
        (_C.CHARGEBACK_OPEN, _C.OWED_BY_BRAND),
        (_C.CHARGEBACK_OPEN, _C.BRAND_FUNDS),
        (_C.CHARGEBACK_OPEN, _C.LOSSES),
        (_C.CHARGEBACK_OPEN, _C.FEE_UNEARNED),
        (_C.CHARGEBACK_OPEN, _C.CAMPAIGN_FUNDS),
    ],
    EntryKind.OWED_RECOVERED: [
        (_C.BRAND_FUNDS, _C.OWED_BY_BRAND),
        (_C.CAMPAIGN_FUNDS, _C.OWED_BY_BRAND),
    ],
    EntryKind.WRITE_OFF: [(_C.LOSSES, _C.OWED_BY_BRAND)],
    EntryKind.ADJUST: [
        pair
        for code in _ADJUSTABLE
        for against in _ADJUSTED_AGAINST
        for pair in ((code, against), (against, code))
    ],
    EntryKind.PROCESSOR_MOVEMENT: [
        (_C.PROCESSOR_FEES, _C.PROCESSOR_BALANCE),
        (_C.PROCESSOR_BALANCE, _C.PROCESSOR_FEES),
        (_C.PROCESSOR_RESERVE, _C.PROCESSOR_BALANCE),
        (_C.PROCESSOR_BALANCE, _C.PROCESSOR_RESERVE),
        (_C.PROCESSOR_BALANCE, _C.FEE_EARNED),
        (_C.FEE_EARNED, _C.PROCESSOR_BALANCE),
    ],
    EntryKind.SUSPENSE: [
        (_C.PROCESSOR_BALANCE, _C.SUSPENSE),
        (_C.SUSPENSE, _C.PROCESSOR_BALANCE),
        (_C.PROCESSOR_FEES, _C.PROCESSOR_BALANCE),
    ],
    EntryKind.IDENTIFY: [
        (_C.SUSPENSE, _C.BRAND_FUNDS),
        (_C.SUSPENSE, _C.CREATOR_PAYABLE),
        (_C.CREATOR_PAYABLE, _C.SUSPENSE),
        (_C.SUSPENSE, _C.PROCESSOR_FEES),
        (_C.SUSPENSE, _C.BANK_OPERATING),
        (_C.BANK_OPERATING, _C.SUSPENSE),
        (_C.PROCESSOR_FEES, _C.SUSPENSE),
        (_C.CHARGEBACK_FEES, _C.SUSPENSE),
        (_C.LOSSES, _C.SUSPENSE),
    ],
    EntryKind.PLEDGE_SET_ASIDE: [(_C.BRAND_FUNDS, _C.PLEDGED)],
    EntryKind.PLEDGE_RETURN: [(_C.PLEDGED, _C.BRAND_FUNDS)],
    EntryKind.PLEDGE_OWED: [(_C.PLEDGED, _C.OWED_TO_CAUSE)],
    EntryKind.PLEDGE_PAID: [(_C.OWED_TO_CAUSE, _C.BANK_OPERATING)],
    EntryKind.PRIZES_SET_ASIDE: [(_C.CAMPAIGN_FUNDS, _C.PRIZE_POOL)],
    EntryKind.PRIZES_RETURN: [(_C.PRIZE_POOL, _C.CAMPAIGN_FUNDS)],
    EntryKind.PRIZE: [
        (_C.PRIZE_POOL, _C.CREATOR_PENDING),
        (_C.PRIZE_POOL, _C.FEE_EARNED),
        (_C.FEE_UNEARNED, _C.FEE_EARNED),
    ],
}

_FORWARD: Final = frozenset(
    (kind, debit, credit) for kind, pairs in _MOVES.items() for debit, credit in pairs
)
TAKES_WHAT_RESTS: Final = frozenset(
    {
        EntryKind.FEE,  # of money that comes in with it
        EntryKind.FREEZE,
        EntryKind.CHARGEBACK_WITHDRAWN,
        EntryKind.CHARGEBACK_LOST,
    }
)
"""Takes a campaign's funds whoever may still dispute them; any other kind that takes them asks."""
GRAMMAR: Final[frozenset[tuple[EntryKind, Code, Code]]] = _FORWARD | {
    (EntryKind.REVERSAL, credit, debit) for _, debit, credit in _FORWARD
}
"""Every (kind, debit code, credit code) that may be written. A reversal may swap any of them."""
