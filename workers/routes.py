"""Message -> jobs: read this page to know everything that happens later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from marketplace.accounts import messages as accounts
from marketplace.authenticity import messages as authenticity
from marketplace.campaigns import messages as campaigns
from marketplace.causes import messages as causes
from marketplace.challenges import messages as challenges
from marketplace.creators import messages as creators
from marketplace.deliverables import messages as deliverables
from marketplace.funding import messages as funding
from marketplace.kernel.messages import ClockMoved, Message
from marketplace.matching import messages as matching
from marketplace.metrics import messages as metrics
from marketplace.notifications import messages as notifications
from marketplace.payouts import messages as payouts
from marketplace.processor import messages as processor
from marketplace.reconciliation import messages as reconciliation
from marketplace.store.inbox import WebhookKept
from marketplace.treasury import messages as treasury
from marketplace.trends import messages as trends
from workers import alarms
from workers import authenticity as authenticity_jobs
from workers import bonuses as bonus_jobs
from workers import causes as cause_jobs
from workers import challenges as challenge_jobs
from workers import chargebacks as chargeback_jobs
from workers import clawbacks as clawback_jobs
from workers import collaborations as collaboration_jobs
from workers import creators as creator_jobs
from workers import deliverables as deliverable_jobs
from workers import disputes as dispute_jobs
from workers import endings as ending_jobs
from workers import funding as funding_jobs
from workers import housekeeping as housekeeping_jobs
from workers import inbox as inbox_jobs
from workers import matching as matching_jobs
from workers import metrics as metric_jobs
from workers import notifications as mail_jobs
from workers import payout_accounts as account_jobs
from workers import payouts as payout_jobs
from workers import planning as planning_jobs
from workers import processor as processor_jobs
from workers import reconciliation as reconciliation_jobs
from workers import refunds as refund_jobs
from workers import treasury as treasury_jobs
from workers import trends as trend_jobs
from workers.queues import QueueName
from workers.runtime import Job
from workers.schedule import run_everything_due

MONEY, MAIL, READS = QueueName.MONEY, QueueName.MAIL, QueueName.READS


@dataclass(frozen=True, slots=True)
class Route:
    """One job that a message rings, and the queue it waits in.

    is_letter: it sends one mail and writes nothing, so the message itself remembers that.
    """

    job: Job
    queue: QueueName
    is_letter: bool = False

    @property
    def name(self) -> str:
        """The job's name in the queue: its module and function, in the letters RQ takes."""
        return f"{self.job.__module__.removeprefix('workers.')}-{self.job.__name__}"


def _letter(job: Job) -> Route:
    return Route(job, MAIL, is_letter=True)


ROUTES: Final[dict[type[Message], tuple[Route, ...]]] = {
    # people
    accounts.ConfirmationWanted: (_letter(mail_jobs.send_confirmation),),
    accounts.SignUpRepeated: (_letter(mail_jobs.send_repeated_sign_up),),
    accounts.PasswordResetWanted: (_letter(mail_jobs.send_password_reset),),
    accounts.PasswordChanged: (_letter(mail_jobs.send_password_changed),),
    accounts.AccountClosed: (_letter(mail_jobs.send_account_closed),),
    accounts.MemberInvited: (_letter(mail_jobs.send_invitation),),
    notifications.NotificationWritten: (Route(mail_jobs.send_notification, MAIL),),
    # agreements and work
    creators.ChannelConnected: (
        Route(creator_jobs.refresh_channel, READS),
        Route(metric_jobs.resume_readings, READS),
    ),
    creators.ChannelReadDue: (Route(creator_jobs.refresh_channel, READS),),
    campaigns.CampaignPublished: (
        Route(cause_jobs.promise_pledge, MONEY),
        Route(matching_jobs.work_out_median, READS),
    ),
    campaigns.BriefAmended: (
        Route(collaboration_jobs.tell_of_amendment, MAIL),
        Route(matching_jobs.work_out_median, READS),
    ),
    campaigns.CampaignClosed: (
        Route(collaboration_jobs.end_negotiations, READS),
        Route(cause_jobs.end_pledge, MONEY),
    ),
    campaigns.CategorySaid: (Route(matching_jobs.work_out_median, READS),),
    matching.RulesKept: (Route(matching_jobs.work_out_median, READS),),
    matching.PlanBoundAsked: (Route(planning_jobs.work_out_bound, READS),),
    deliverables.SubmissionReceived: (Route(deliverable_jobs.tell_received, MAIL),),
    deliverables.SubmissionReviewed: (Route(deliverable_jobs.tell_reviewed, MAIL),),
    deliverables.PostPasted: (Route(deliverable_jobs.check_post, READS),),
    deliverables.PostPublished: (Route(deliverable_jobs.tell_published, MAIL),),
    deliverables.PostRefused: (Route(deliverable_jobs.tell_refused, MAIL),),
    deliverables.EntryRefused: (Route(challenge_jobs.tell_taken_out, MAIL),),
    deliverables.DeliverableAccepted: (
        Route(payout_jobs.book_fee, MONEY),
        Route(deliverable_jobs.tell_accepted, MAIL),
    ),
    deliverables.EndingMoved: (Route(ending_jobs.tell, MAIL),),
    deliverables.CollaborationEnded: (Route(ending_jobs.settle, MONEY),),
    trends.TrendMissed: (Route(trend_jobs.tell_missed, MAIL),),
    metrics.ReadingsDue: (Route(metric_jobs.read_posts, READS),),
    metrics.PostNotVisible: (Route(deliverable_jobs.tell_not_visible, MAIL),),
    authenticity.ViewsQuestioned: (Route(authenticity_jobs.tell_questioned, MAIL),),
    authenticity.ViewsAppealed: (Route(authenticity_jobs.tell_appealed, MAIL),),
    authenticity.ViewsDecided: (Route(authenticity_jobs.tell_decided, MAIL),),
    # money
    processor.CallDue: (Route(processor_jobs.make_call, MONEY),),
    processor.CallRuled: (Route(processor_jobs.conclude_ruled, MONEY),),
    processor.CallStuck: (Route(alarms.tell_stuck, MAIL),),
    processor.CallDoneAfterAll: (
        Route(payout_jobs.book_done_after_all, MONEY),
        Route(alarms.tell_done_after_all, MAIL),
    ),
    processor.CallDoneTwice: (Route(alarms.tell_done_twice, MAIL),),
    processor.SendingStopped: (Route(alarms.tell_stopped, MAIL),),
    WebhookKept: (Route(inbox_jobs.handle_webhook, MONEY),),
    funding.CheckoutDue: (Route(funding_jobs.look_at_checkout, MONEY),),
    funding.DebitOrdered: (Route(funding_jobs.tell_debit_ordered, MAIL),),
    funding.ChargeSettled: (Route(funding_jobs.tell_funded, MAIL),),
    funding.ChargeSetAside: (Route(funding_jobs.tell_set_aside, MAIL),),
    funding.FundingFailed: (Route(funding_jobs.tell_funding_failed, MAIL),),
    funding.RefundDue: (Route(refund_jobs.look_at_refund, MONEY),),
    funding.BankTransferDue: (Route(refund_jobs.tell_bank_transfer_due, MAIL),),
    funding.ChargebackDue: (Route(chargeback_jobs.look_at_chargeback, MONEY),),
    funding.ChargebackTurned: (Route(chargeback_jobs.tell_chargeback, MAIL),),
    funding.FraudWarningTurned: (Route(chargeback_jobs.tell_warning, MAIL),),
    funding.RefundEnded: (Route(refund_jobs.tell_refund_ended, MAIL),),
    payouts.FeeEarned: (Route(payout_jobs.tell_earned, MAIL),),
    payouts.BonusCorrected: (Route(bonus_jobs.tell_corrected, MAIL),),
    payouts.BonusesWaiting: (Route(bonus_jobs.help_booking, MONEY),),
    payouts.BonusEnded: (
        Route(bonus_jobs.complete_collaboration, MONEY),
        Route(bonus_jobs.tell_ended, MAIL),
    ),
    payouts.DisputeMoved: (Route(dispute_jobs.tell, MAIL),),
    payouts.DisputeRunsOut: (Route(dispute_jobs.remind, MAIL),),
    payouts.PayoutsWanted: (Route(payout_jobs.gather_payouts, MONEY),),
    payouts.PayoutsFrozen: (Route(payout_jobs.tell_frozen, MAIL),),
    payouts.PayoutsUnfrozen: (Route(payout_jobs.tell_unfrozen, MAIL),),
    payouts.PayoutSettled: (Route(payout_jobs.tell_settled, MAIL),),
    payouts.PayoutFailed: (Route(payout_jobs.tell_failed, MAIL),),
    payouts.PayoutAccountChanged: (Route(account_jobs.refresh_account, MONEY),),
    payouts.AccountEventsDue: (Route(inbox_jobs.fetch_undelivered_of, READS),),
    payouts.PayoutAccountReady: (Route(account_jobs.tell_ready, MAIL),),
    payouts.PayoutAccountPaused: (Route(account_jobs.tell_paused, MAIL),),
    payouts.PayoutAccountClosed: (Route(account_jobs.tell_closed, MAIL),),
    payouts.BankPayoutFailed: (Route(account_jobs.tell_bank_failed, MAIL),),
    payouts.ClawbackOpened: (
        Route(clawback_jobs.tell_creator, MAIL),
        Route(clawback_jobs.tell_brand, MAIL),
    ),
    payouts.ClawbackSettled: (Route(clawback_jobs.tell_settled, MAIL),),
    payouts.ReversalEnded: (Route(clawback_jobs.tell_reversal_ended, MAIL),),
    causes.PledgeSettled: (Route(cause_jobs.tell_settled, MAIL),),
    challenges.ChallengeJoined: (Route(challenge_jobs.tell_joined, MAIL),),
    challenges.ChallengeAwarded: (Route(challenge_jobs.tell_awarded, MAIL),),
    treasury.RequestAsked: (Route(treasury_jobs.tell_asked, MAIL),),
    treasury.BankMoveDue: (Route(treasury_jobs.look_at_move, MONEY),),
    treasury.BankMoveEnded: (Route(treasury_jobs.tell_move_ended, MAIL),),
    treasury.RequestDecided: (Route(treasury_jobs.tell_decided, MAIL),),
    reconciliation.ReconcileWanted: (Route(reconciliation_jobs.reconcile_now, MONEY),),
    reconciliation.InvariantsWanted: (Route(housekeeping_jobs.check_invariants, READS),),
    reconciliation.BreakOpened: (Route(reconciliation_jobs.tell_staff, MAIL),),
    # the demo
    ClockMoved: (Route(run_everything_due, MONEY),),
}


def routes_of(message_name: str) -> tuple[Route, ...]:
    """Return the jobs a message rings."""
    return ROUTES[message_named(message_name)]


def route_named(message_name: str, job_name: str) -> Route:
    """Return one job of a message by its name in the queue."""
    return next(route for route in routes_of(message_name) if route.name == job_name)


def message_named(name: str) -> type[Message]:
    """Return the message type of this name."""
    return _BY_NAME[name]


_BY_NAME: Final = {message.name(): message for message in ROUTES}
