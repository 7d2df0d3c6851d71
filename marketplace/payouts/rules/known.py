"""What is known of an amount on its way: its work, its account, what was earned, the bank. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.money import Money
from marketplace.payouts.rules import EarningState
from marketplace.payouts.rules.accounts import BankState


@dataclass(frozen=True, slots=True)
class Work:
    """What is known of the work that an amount is for. hold_days: as agreed."""

    state: DeliverableState
    agreed_at: datetime
    draft_due_on: date
    publish_by_on: date
    hold_days: int
    answer_by: datetime | None = None
    approved_at: datetime | None = None
    live_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """How a creator's account stands. closed: there was one and there is none now."""

    exists: bool = False
    active: bool = False
    paused: bool = False
    under_review: bool = False
    closed: bool = False
    ready_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A part of an amount that goes towards a clawback. taken: it has; else with the next run."""

    case_id: UUID
    amount: Money
    reason: str
    taken: bool


@dataclass(frozen=True, slots=True)
class Earned:
    """What is known of an amount since it was earned.

    left: what is still to be sent of it after what the next run keeps back; None when not known.
    missing: how much more has to come together for the smallest payout; None when there is enough.
    paused_until: nothing is sent until then, because the last payout was refused.
    """

    state: EarningState
    earned_at: datetime
    payable_at: datetime
    missing: Money | None = None
    frozen: bool = False
    paused_until: datetime | None = None
    unclear: bool = False
    next_look_at: datetime | None = None
    stuck: bool = False
    sent_at: datetime | None = None
    kept: Sequence[Kept] = ()
    left: Money | None = None
    given_back: bool = False


@dataclass(frozen=True, slots=True)
class Bank:
    """The newest payment from the creator's account to their bank, made after the amount came."""

    state: BankState
    arrives_on: date
