"""The clock: every periodic job with its cron line, on one page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import structlog

from marketplace.kernel.messages import ClockMoved
from workers import (
    audiences,
    authenticity,
    bonuses,
    causes,
    challenges,
    chargebacks,
    collaborations,
    creators,
    deliverables,
    disputes,
    funding,
    housekeeping,
    inbox,
    learning,
    ledger,
    matching,
    metrics,
    payout_accounts,
    payouts,
    planning,
    processor,
    reconciliation,
    transfers,
    treasury,
    trends,
)
from workers.queues import JOB_SECONDS, QueueName
from workers.runtime import Run, Sweep, TryLater
from workers.sweeping import each_alone

log = structlog.get_logger("workers")

MONEY, MAIL, READS = QueueName.MONEY, QueueName.MAIL, QueueName.READS
EVERY_MINUTE: Final = "* * * * *"
MARKET_SECONDS: Final = 3_600
"""To read every creator: ten million on one core."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A periodic job, when it rings, and the queue it waits in."""

    sweep: Sweep
    cron: str
    queue: QueueName
    seconds: int = JOB_SECONDS
    """How long one run may take."""

    @property
    def name(self) -> str:
        """The sweep's name: its module and function."""
        return f"{self.sweep.__module__.removeprefix('workers.')}.{self.sweep.__name__}"


SCHEDULE: Final[tuple[Entry, ...]] = (
    Entry(processor.ring_due_calls, EVERY_MINUTE, MONEY),
    Entry(processor.look_for_unclear_calls, "7 * * * *", MONEY),
    Entry(transfers.compare_transfers, "41 1 * * *", MONEY),
    Entry(inbox.fetch_undelivered, "11 2 * * *", MONEY),
    Entry(inbox.ring_waiting_webhooks, EVERY_MINUTE, MONEY),
    Entry(funding.ring_open_money_in, "*/5 * * * *", MONEY),
    Entry(chargebacks.look_for_chargebacks, "11 * * * *", MONEY),
    Entry(creators.sweep_channels, "23 * * * *", READS),
    Entry(creators.read_sounds, "43 * * * *", READS),
    Entry(audiences.infer_audiences, "7 2 * * *", READS),
    Entry(audiences.find_subjects, "17 2 * * *", READS),
    Entry(matching.count_outcomes, "17 * * * *", READS),
    Entry(matching.refresh_columns, EVERY_MINUTE, READS, seconds=MARKET_SECONDS),
    Entry(matching.rebuild_columns, "37 2 * * *", READS, seconds=MARKET_SECONDS),
    Entry(matching.work_out_medians, "47 2 * * *", READS),
    Entry(learning.report_attention, "27 2 * * *", READS),
    Entry(learning.learn_chances, "57 2 * * *", READS),
    Entry(learning.learn_reach, "7 3 * * *", READS),
    Entry(planning.forget_bounds, "17 3 * * *", READS),
    Entry(trends.work_out, "27 1 * * *", READS),
    Entry(deliverables.ring_unchecked, EVERY_MINUTE, READS),
    Entry(metrics.ring_due, EVERY_MINUTE, READS),
    Entry(collaborations.expire_offers, "*/5 * * * *", READS),
    Entry(collaborations.close_stale_applications, "*/5 * * * *", READS),
    Entry(collaborations.tell_of_freed_money, "27 0 * * *", MAIL),
    Entry(deliverables.accept_silent, "*/5 * * * *", MONEY),
    Entry(authenticity.end_silent, EVERY_MINUTE, MONEY),
    Entry(bonuses.book_bonuses, "*/15 * * * *", MONEY),
    Entry(challenges.award_due, EVERY_MINUTE, MONEY),
    Entry(challenges.remind, "7 * * * *", MAIL),
    Entry(causes.book_pledges, "37 3 * * *", MONEY),
    Entry(disputes.move_on, "*/5 * * * *", MONEY),
    Entry(payouts.release_fees, EVERY_MINUTE, MONEY),
    Entry(payout_accounts.refresh_accounts_not_ready, "*/15 * * * *", MONEY),
    Entry(payout_accounts.ring_accounts, "7 4 * * *", MONEY),
    Entry(payouts.pay_everybody, "*/15 * * * *", MONEY),
    Entry(treasury.ring_open_moves, "*/15 * * * *", MONEY),
    Entry(treasury.watch_ages, "7 5 * * *", MAIL),
    Entry(treasury.check_schedule, "29 * * * *", MONEY),
    Entry(reconciliation.reconcile, "*/15 * * * *", MONEY),
    Entry(ledger.roll_up, "*/5 * * * *", READS),
    Entry(ledger.seal_days, "12 * * * *", READS),
    Entry(housekeeping.begin_check, "17 3 * * *", MONEY),
    Entry(housekeeping.prune_messages, "47 3 * * *", MAIL),
)
"""In the order in which one sweep makes work for the next."""


def sweep_named(name: str) -> Sweep:
    """Return a periodic job by its name."""
    return next(entry.sweep for entry in SCHEDULE if entry.name == name)


def run_everything_due(message: ClockMoved, run: Run) -> None:
    """Look at once at everything that may be due: the demo clock was moved."""
    del message
    with each_alone() as each:
        for entry in SCHEDULE:
            with each(entry.name):
                try:
                    entry.sweep(run)
                except TryLater:
                    log.info("sweep_waits", sweep=entry.name)
