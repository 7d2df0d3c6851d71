"""Earnings, payouts and the accounts they go to."""

from marketplace.payouts.models.accounts import BankPayout, Freeze, PayoutAccount
from marketplace.payouts.models.bonuses import BonusMeasurement, ViewBonus
from marketplace.payouts.models.clawbacks import ClawbackCase, ClawbackStep, PayoutReversal
from marketplace.payouts.models.disputes import Dispute, DisputeStep
from marketplace.payouts.models.earnings import Earning
from marketplace.payouts.models.payouts import Payout, PayoutStep
from marketplace.payouts.models.prizes import EntryPrize

__all__ = [
    "BankPayout",
    "BonusMeasurement",
    "ClawbackCase",
    "ClawbackStep",
    "Dispute",
    "DisputeStep",
    "Earning",
    "EntryPrize",
    "Freeze",
    "Payout",
    "PayoutAccount",
    "PayoutReversal",
    "PayoutStep",
    "ViewBonus",
]
