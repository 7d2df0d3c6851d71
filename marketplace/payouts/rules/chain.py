"""Where an amount is on its way from the agreement to the bank, and whose step is next. Pure.

One record gives one chain; creator, brand and finance read the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from marketplace.collaborations.rules import ACCEPT_DAYS
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.days import today_somewhere
from marketplace.kernel.money import Money
from marketplace.payouts.rules import EarningState, Waiting, waiting_for
from marketplace.payouts.rules.accounts import BankState
from marketplace.payouts.rules.disputes import Disputed
from marketplace.payouts.rules.known import Account, Bank, Earned, Kept, Work

RUN_EVERY: Final = timedelta(minutes=15)
"""How often everything payable is sent."""
BANK_WORKING_DAYS: Final = 2
"""How long the processor takes, as a rule, from a creator's account to their bank."""
SATURDAY: Final = 5


class ChainStep(StrEnum):
    """The steps of an amount, in their order."""

    AGREED = "agreed"
    """Both sides have agreed, and the fee was set aside at that moment."""
    APPROVED = "approved"
    LIVE = "live"
    EARNED = "earned"
    PAYABLE = "payable"
    """The hold window is over."""
    ACCOUNT = "account"
    """The creator's account can be paid."""
    SENT = "sent"
    """It is in the creator's account at the processor."""
    BANK = "bank"


class Whose(StrEnum):
    """Who owes the next step."""

    CREATOR = "creator"
    BRAND = "brand"
    STAFF = "staff"
    PROCESSOR = "processor"
    TIME = "time"
    """Nobody: it happens by itself."""
    NOBODY = "nobody"
    """There is no next step."""


class LinkState(StrEnum):
    DONE = "done"
    NOW = "now"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class Link:
    """One step of a chain. at: when it was done; by: until when it should be."""

    step: ChainStep
    state: LinkState
    at: datetime | None = None
    by: date | datetime | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """All steps of an amount, what it waits for, and when it is expected.

    expected_on: in the creator's account at the processor; bank_on: at their bank, as a rule. None
    while the next step is somebody's who has no date. late: the present step should be done by now.
    banked: it should be at their bank by now.
    """

    links: Sequence[Link]
    waiting: Waiting
    whose: Whose
    by: date | datetime | None
    expected_on: date | None
    bank_on: date | None
    missing: Money | None = None
    kept: Sequence[Kept] = ()
    left: Money | None = None
    late: bool = False
    banked: bool = False
    dispute_id: UUID | None = None
    """The open dispute that it waits for."""


WHOSE: Final = {
    Waiting.DRAFT: Whose.CREATOR,
    Waiting.REVIEW: Whose.BRAND,
    Waiting.PUBLISHING: Whose.CREATOR,
    Waiting.ACCEPTANCE: Whose.BRAND,
    Waiting.CANCELLED: Whose.NOBODY,
    Waiting.HOLD: Whose.TIME,
    Waiting.DISPUTE_CREATOR: Whose.CREATOR,
    Waiting.DISPUTE_BRAND: Whose.BRAND,
    Waiting.DISPUTE_STAFF: Whose.STAFF,
    Waiting.FROZEN: Whose.STAFF,
    Waiting.NO_ACCOUNT: Whose.CREATOR,
    Waiting.ACCOUNT_CLOSED: Whose.CREATOR,
    Waiting.ACCOUNT_NOT_READY: Whose.CREATOR,
    Waiting.ACCOUNT_PAUSED: Whose.CREATOR,
    Waiting.ACCOUNT_CHECKED: Whose.PROCESSOR,
    Waiting.REFUSED: Whose.TIME,
    Waiting.CLAWBACK: Whose.TIME,
    Waiting.BELOW_MINIMUM: Whose.CREATOR,
    Waiting.NEXT_RUN: Whose.TIME,
    Waiting.SENDING: Whose.PROCESSOR,
    Waiting.UNCLEAR: Whose.PROCESSOR,
    Waiting.PERSON: Whose.STAFF,
    Waiting.BANK_REFUSED: Whose.CREATOR,
    Waiting.NETTED: Whose.NOBODY,
    Waiting.CORRECTED: Whose.NOBODY,
    Waiting.GIVEN_BACK: Whose.NOBODY,
    Waiting.NOTHING: Whose.NOBODY,
}
DRAFTS: Final = frozenset(
    {
        DeliverableState.AWAITING_SUBMISSION,
        DeliverableState.IN_REVIEW,
        DeliverableState.CHANGES_REQUESTED,
        DeliverableState.CANCELLED,
    }
)
"""Where nothing was approved yet, or need not have been."""
DISPUTES: Final = frozenset({Waiting.DISPUTE_CREATOR, Waiting.DISPUTE_BRAND, Waiting.DISPUTE_STAFF})
ENDED: Final = frozenset({Waiting.NETTED, Waiting.CORRECTED, Waiting.GIVEN_BACK})
"""Nothing of it is sent any more: no step after these."""


def chain_of(
    work: Work,
    earned: Earned | None,
    *,
    account: Account,
    bank: Bank | None,
    now: datetime,
    dispute: Disputed | None = None,
) -> Chain:
    """Return the chain of one amount.

    earned: None while the work is not accepted. dispute: the open one that the amount waits for.
    """
    waiting = _waiting(work, earned, account, bank, dispute)
    by = dispute.due_at if dispute and waiting in DISPUTES else _by(waiting, work, earned, now)
    expected = expected_on(waiting, work, earned, now=now)
    bank_on = _bank_on(waiting, earned, bank, expected)
    return Chain(
        links=_till_its_end(waiting, _links(work, earned, account, bank, by=by)),
        waiting=waiting,
        whose=WHOSE[waiting],
        by=by,
        expected_on=expected,
        bank_on=bank_on,
        missing=earned.missing if earned is not None else None,
        kept=earned.kept if earned is not None else (),
        left=earned.left if earned is not None else None,
        late=_is_over(by, now=now),
        banked=_is_over(bank_on, now=now),
        dispute_id=dispute.id if dispute is not None else None,
    )


def _is_over(by: date | datetime | None, *, now: datetime) -> bool:
    """True for a moment that has come, or a day that is over for all."""
    if isinstance(by, datetime):
        return by <= now
    return by is not None and by < today_somewhere(now)


_WORK: Final = {
    DeliverableState.AWAITING_SUBMISSION: Waiting.DRAFT,
    DeliverableState.CHANGES_REQUESTED: Waiting.DRAFT,
    DeliverableState.IN_REVIEW: Waiting.REVIEW,
    DeliverableState.APPROVED: Waiting.PUBLISHING,
    DeliverableState.LIVE: Waiting.ACCEPTANCE,
    DeliverableState.ACCEPTED: Waiting.ACCEPTANCE,
    DeliverableState.CANCELLED: Waiting.CANCELLED,
}
"""What unaccepted work waits for; an accepted one is booked in a moment."""


def _waiting(
    work: Work,
    earned: Earned | None,
    account: Account,
    bank: Bank | None,
    dispute: Disputed | None,
) -> Waiting:
    if earned is None:
        return dispute.waiting if dispute is not None else _WORK[work.state]
    if earned.state is EarningState.PAID and bank is not None and bank.state is BankState.FAILED:
        return Waiting.BANK_REFUSED
    return waiting_for(
        earned.state,
        has_account=account.exists,
        transfers_active=account.active,
        closed=account.closed,
        paused=account.paused,
        under_review=account.under_review,
        enough=earned.missing is None,
        refused=earned.paused_until is not None,
        frozen=earned.frozen,
        unclear=earned.unclear,
        stuck=earned.stuck,
        owed=any(not each.taken for each in earned.kept),
        disputed=dispute.waiting if dispute is not None else None,
        given_back=earned.given_back,
    )


def _by(
    waiting: Waiting, work: Work, earned: Earned | None, now: datetime
) -> date | datetime | None:
    """Return until when the next step should be done; None where nobody has promised a date."""
    match waiting:
        case Waiting.DRAFT:
            return work.draft_due_on
        case Waiting.REVIEW | Waiting.ACCEPTANCE:
            return work.answer_by
        case Waiting.PUBLISHING:
            return work.publish_by_on
        case Waiting.NEXT_RUN | Waiting.CLAWBACK:
            return next_run(now)
    if earned is None:
        return None
    return {
        Waiting.HOLD: earned.payable_at,
        Waiting.REFUSED: earned.paused_until,
        Waiting.UNCLEAR: earned.next_look_at,
    }.get(waiting)


def next_run(now: datetime) -> datetime:
    """Return when everything payable is sent next: at each quarter of an hour."""
    start = now.replace(minute=0, second=0, microsecond=0)
    return start + RUN_EVERY * ((now - start) // RUN_EVERY + 1)


def expected_on(
    waiting: Waiting, work: Work, earned: Earned | None, *, now: datetime
) -> date | None:
    """Return the day on which the amount is in the creator's account, if nobody is late.

    Before the work is accepted it follows from the agreed dates, with silence taken for yes.
    """
    hold = timedelta(days=work.hold_days)
    match waiting:
        case Waiting.DRAFT | Waiting.REVIEW | Waiting.PUBLISHING:
            silence = timedelta(days=ACCEPT_DAYS)
            return max(work.publish_by_on, now.date()) + silence + hold
        case Waiting.ACCEPTANCE:
            accepted = max(work.answer_by, now) if work.answer_by is not None else now
            return next_run(accepted + hold).date()
    if earned is None:
        return None
    match waiting:
        case Waiting.HOLD:
            return next_run(max(earned.payable_at, now)).date()
        case Waiting.REFUSED if earned.paused_until is not None:
            return next_run(max(earned.paused_until, now)).date()
        case Waiting.NEXT_RUN | Waiting.SENDING:
            return next_run(now).date()
        case Waiting.CLAWBACK if earned.left and earned.missing is None:
            return next_run(now).date()
        case Waiting.NOTHING | Waiting.BANK_REFUSED if earned.sent_at is not None:
            return earned.sent_at.date()
    return None


def _bank_on(
    waiting: Waiting, earned: Earned | None, bank: Bank | None, expected: date | None
) -> date | None:
    if waiting is Waiting.BANK_REFUSED or expected is None:
        return None
    if earned is not None and earned.state is EarningState.PAID and bank is not None:
        return bank.arrives_on
    return after_working_days(expected, BANK_WORKING_DAYS)


def after_working_days(start: date, count: int) -> date:
    """Return the day that is so many working days later; public holidays are not known."""
    day = start
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < SATURDAY
    return day


def _till_its_end(waiting: Waiting, links: list[Link]) -> list[Link]:
    if waiting not in ENDED:
        return links
    after = (ChainStep.ACCOUNT, ChainStep.SENT, ChainStep.BANK)
    return [link for link in links if link.state is LinkState.DONE and link.step not in after]


def _links(
    work: Work,
    earned: Earned | None,
    account: Account,
    bank: Bank | None,
    *,
    by: date | datetime | None,
) -> list[Link]:
    """Return every step; the first that is not done is the present one."""
    sent = earned is not None and earned.state is EarningState.PAID
    matured = earned is not None and earned.state is not EarningState.PENDING
    banked = bank is not None and bank.state is BankState.PAID
    approved = (ChainStep.APPROVED, work.approved_at is not None, work.approved_at)
    done: list[tuple[ChainStep, bool, datetime | None]] = [
        (ChainStep.AGREED, True, work.agreed_at),
        *([] if _without_draft(work) else [approved]),
        (ChainStep.LIVE, work.live_at is not None or earned is not None, work.live_at),
        (ChainStep.EARNED, earned is not None, earned.earned_at if earned else None),
        (ChainStep.PAYABLE, matured, earned.payable_at if earned else None),
        (ChainStep.ACCOUNT, sent or account.active, account.ready_at if account.active else None),
        (ChainStep.SENT, sent, earned.sent_at if earned else None),
        (ChainStep.BANK, sent and banked, None),
    ]
    links: list[Link] = []
    present = next((step for step, over, _ in done if not over), None)
    for step, over, at in done:
        if over:
            links.append(Link(step, LinkState.DONE, at=at))
        elif step is present:
            links.append(Link(step, LinkState.NOW, by=by))
        else:
            links.append(Link(step, LinkState.NEXT))
    return links


def _without_draft(work: Work) -> bool:
    """True for an entry to a challenge: it is published without anybody's approval."""
    return work.approved_at is None and work.state not in DRAFTS
