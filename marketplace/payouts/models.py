"""Earnings, payouts and the accounts they go to."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.creators.models import Creator
from marketplace.deliverables.models import Deliverable
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.payouts.rules import (
    BonusState,
    CaseOrigin,
    EarningKind,
    EarningState,
    PayoutEvent,
    PayoutState,
    Recovery,
    ReversalState,
    Worth,
)
from marketplace.payouts.rules.accounts import (
    BankState,
    Requirement,
    bank_said,
    requirement_from,
    what_to_do,
)
from marketplace.store.base import Base, Json, StateText, one_of


class PayoutAccount(Base):
    """Where a creator's money goes: an account at the processor. At most one of theirs is open."""

    __tablename__ = "payout_accounts"
    __table_args__ = (
        CheckConstraint(
            "closed_at IS NULL OR NOT transfers_active", name="closed_takes_no_transfers"
        ),
        Index(
            "ix_payout_accounts_open",
            "creator_id",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"))
    creator: Mapped[Creator] = relationship()
    country: Mapped[str] = mapped_column(String(2))
    stripe_account_id: Mapped[str | None] = mapped_column(unique=True)
    """None until the processor has made it."""
    transfers_active: Mapped[bool] = mapped_column(default=False)
    requirements: Mapped[list[Json]] = mapped_column(default=list)
    """What the processor still asks of the creator; read by ``asked``."""
    under_review: Mapped[bool] = mapped_column(default=False)
    """The processor checks what it was given; nobody has to do anything."""
    opened_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    ready_at: Mapped[datetime | None]
    """When it could take transfers for the first time."""
    paused_at: Mapped[datetime | None]
    """Since when it cannot any more."""
    closed_at: Mapped[datetime | None]
    """When it was refused, closed or disconnected; another may be opened."""
    problem: Mapped[str] = mapped_column(default="")
    """Why it was closed."""

    @property
    def asked(self) -> list[Requirement]:
        """What the creator has to do, the most pressing first."""
        return what_to_do([requirement_from(each) for each in self.requirements])


class BankPayout(Base):
    """A payment from a creator's account at the processor to their bank: news, no money of ours."""

    __tablename__ = "bank_payouts"
    __table_args__ = (
        one_of("state", BankState),
        CheckConstraint("(state = 'failed') OR failure_code = ''", name="only_failed_says_why"),
        Index(None, "payout_account_id", "made_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    payout_account_id: Mapped[UUID] = mapped_column(ForeignKey("payout_accounts.id"))
    payout_account: Mapped[PayoutAccount] = relationship()
    stripe_payout_id: Mapped[str] = mapped_column(unique=True)
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Money] = composite("amount_minor", "currency")
    state: Mapped[BankState] = mapped_column(StateText(BankState))
    failure_code: Mapped[str] = mapped_column(default="")
    arrives_on: Mapped[date] = mapped_column(Date)
    made_at: Mapped[datetime]
    checked_at: Mapped[datetime]

    @property
    def reason(self) -> str:
        """Why the bank sent it back."""
        return bank_said(self.failure_code)


class Freeze(Base):
    """Staff have stopped the payouts of a creator, until it is lifted."""

    __tablename__ = "freezes"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="has_a_reason"),
        Index(
            "uq_freezes_open",
            "creator_id",
            unique=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"))
    creator: Mapped[Creator] = relationship()
    reason: Mapped[str]
    """For staff."""
    frozen_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    """None: the system itself."""
    freezer: Mapped[User | None] = relationship(foreign_keys=[frozen_by])
    frozen_at: Mapped[datetime]
    lifted_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    lifter: Mapped[User | None] = relationship(foreign_keys=[lifted_by])
    lifted_at: Mapped[datetime | None]


class Payout(Base):
    """Our instruction to send a creator what has become payable."""

    __tablename__ = "payouts"
    __table_args__ = (
        one_of("state", PayoutState),
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
        CheckConstraint("withheld_minor >= 0", name="withheld_is_not_negative"),
        CheckConstraint(
            "state <> 'settled' OR stripe_transfer_id IS NOT NULL", name="settled_has_its_transfer"
        ),
        CheckConstraint(
            "reversed_minor BETWEEN 0 AND amount_minor"
            " AND (state = 'reversed') = (reversed_minor = amount_minor)"
            " AND (state = 'partly_reversed') ="
            " (reversed_minor > 0 AND reversed_minor < amount_minor)",
            name="reversed_says_how_much",
        ),
        Index(None, "creator_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"))
    creator: Mapped[Creator] = relationship()
    payout_account_id: Mapped[UUID] = mapped_column(ForeignKey("payout_accounts.id"))
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Money] = composite("amount_minor", "currency")
    withheld_minor: Mapped[int] = mapped_column(default=0)
    withheld: Mapped[Money] = composite("withheld_minor", "currency")
    """Tax that was kept back besides the amount."""
    state: Mapped[PayoutState] = mapped_column(StateText(PayoutState), default=PayoutState.RESERVED)
    stripe_transfer_id: Mapped[str | None] = mapped_column(unique=True)
    """The proof that it was sent."""
    reversed_minor: Mapped[int] = mapped_column(default=0, server_default="0")
    """What of it was taken back."""
    problem: Mapped[str] = mapped_column(default="")
    reserved_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class PayoutStep(Base):
    """One move in a payout's life."""

    __tablename__ = "payout_steps"
    __table_args__ = (
        one_of("event", PayoutEvent),
        one_of("state", PayoutState),
        Index(None, "payout_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    payout_id: Mapped[UUID] = mapped_column(ForeignKey("payouts.id"))
    event: Mapped[PayoutEvent] = mapped_column(StateText(PayoutEvent))
    state: Mapped[PayoutState] = mapped_column(StateText(PayoutState))
    happened_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")


class ViewBonus(Base):
    """The bonus of one accepted deliverable: its rule as agreed, and what of it is booked."""

    __tablename__ = "view_bonuses"
    __table_args__ = (
        one_of("state", BonusState),
        CheckConstraint("rate_minor > 0 AND cap_minor > 0", name="rule_is_positive"),
        CheckConstraint(
            "gross_minor BETWEEN 0 AND cap_minor AND share_minor BETWEEN 0 AND gross_minor"
            " AND on_top_minor >= 0 AND views >= 0",
            name="booked_stays_within_the_cap",
        ),
        CheckConstraint("counted_until > counted_from", name="ends_after_it_starts"),
        CheckConstraint(
            "(state = 'ended') = (next_booking_at IS NULL)", name="ended_is_booked_no_more"
        ),
        Index(None, "collaboration_id"),
        Index(
            "ix_view_bonuses_due", "next_booking_at", postgresql_where=text("state = 'counting'")
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    deliverable_id: Mapped[UUID] = mapped_column(ForeignKey("deliverables.id"), unique=True)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("published_posts.id"))
    collaboration_id: Mapped[UUID] = mapped_column(ForeignKey("collaborations.id"))
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"))
    rate_minor: Mapped[int]
    cap_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    rate: Mapped[Money] = composite("rate_minor", "currency")
    """For each 1,000 views."""
    cap: Mapped[Money] = composite("cap_minor", "currency")
    creator_fee_bps: Mapped[int]
    brand_fee_bps: Mapped[int]
    withheld_bps: Mapped[int] = mapped_column(default=0)
    hold_days: Mapped[int]
    counted_from: Mapped[datetime]
    """When the post was published."""
    counted_until: Mapped[datetime]
    state: Mapped[BonusState] = mapped_column(StateText(BonusState), default=BonusState.COUNTING)
    next_booking_at: Mapped[datetime | None]
    """None once it has ended."""
    views: Mapped[int] = mapped_column(default=0)
    """What the last booking counted."""
    gross_minor: Mapped[int] = mapped_column(default=0)
    share_minor: Mapped[int] = mapped_column(default=0)
    on_top_minor: Mapped[int] = mapped_column(default=0)
    measurements: Mapped[int] = mapped_column(default=0)
    """How many bookings moved money."""
    ended_at: Mapped[datetime | None]

    @property
    def booked(self) -> Worth:
        """What of it is booked, all told."""
        return Worth(
            gross=Money(self.gross_minor, self.currency),
            share=Money(self.share_minor, self.currency),
            on_top=Money(self.on_top_minor, self.currency),
        )


class BonusMeasurement(Base):
    """Why one entry moved a bonus: which reading, by which rule, from what to what. Append-only."""

    __tablename__ = "bonus_measurements"
    __table_args__ = (
        UniqueConstraint("bonus_id", "number"),
        CheckConstraint("views_counted BETWEEN 0 AND views_read", name="counts_what_was_read"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    bonus_id: Mapped[UUID] = mapped_column(ForeignKey("view_bonuses.id"))
    number: Mapped[int]
    snapshot_id: Mapped[UUID] = mapped_column(ForeignKey("metric_snapshots.id"))
    views_read: Mapped[int]
    views_counted: Mapped[int]
    rule: Mapped[str]
    """The arithmetic it was booked by: "views-1"."""
    currency: Mapped[str] = mapped_column(String(3))
    gross_before_minor: Mapped[int]
    gross_after_minor: Mapped[int]
    share_before_minor: Mapped[int]
    share_after_minor: Mapped[int]
    on_top_before_minor: Mapped[int]
    on_top_after_minor: Mapped[int]
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entries.id"), unique=True)
    measured_at: Mapped[datetime]


class Earning(Base):
    """What an accepted deliverable has earned, and how far it has come since.

    One row is its fee; each measurement of views that raised its bonus is another. A correction of
    views takes from rows of the bonus that are not on their way yet.
    """

    __tablename__ = "earnings"
    __table_args__ = (
        one_of("state", EarningState),
        one_of("kind", EarningKind),
        CheckConstraint(
            "platform_share_minor >= 0 AND net_minor = fee_minor - platform_share_minor"
            " AND (net_minor > 0 OR (net_minor = 0 AND state = 'taken_back'))"
            " AND withheld_minor BETWEEN 0 AND net_minor",
            name="net_adds_up",
        ),
        CheckConstraint(
            "netted_minor BETWEEN 0 AND net_minor - withheld_minor"
            " AND (state = 'netted') = (netted_minor = net_minor AND net_minor > 0)",
            name="kept_back_within_net",
        ),
        CheckConstraint(
            "(kind = 'bonus') = (measurement_id IS NOT NULL)", name="a_bonus_names_its_measurement"
        ),
        Index(
            "uq_earnings_fee_of_deliverable",
            "deliverable_id",
            unique=True,
            postgresql_where=text("kind = 'fee'"),
        ),
        Index(
            "ix_earnings_bonus_of_deliverable",
            "deliverable_id",
            postgresql_where=text("kind = 'bonus'"),
        ),
        Index(None, "creator_id", "state"),
        Index(None, "state", "payable_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[EarningKind] = mapped_column(StateText(EarningKind), default=EarningKind.FEE)
    deliverable_id: Mapped[UUID] = mapped_column(ForeignKey("deliverables.id"))
    deliverable: Mapped[Deliverable] = relationship()
    measurement_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("bonus_measurements.id"), unique=True
    )
    """What raised a bonus; None for a fee."""
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"))
    fee_minor: Mapped[int]
    platform_share_minor: Mapped[int]
    net_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    fee: Mapped[Money] = composite("fee_minor", "currency")
    platform_share: Mapped[Money] = composite("platform_share_minor", "currency")
    net: Mapped[Money] = composite("net_minor", "currency")
    """What is the creator's, before tax kept back."""
    withheld_minor: Mapped[int] = mapped_column(default=0)
    withheld: Mapped[Money] = composite("withheld_minor", "currency")
    """Tax kept back of it when it is paid out."""
    netted_minor: Mapped[int] = mapped_column(default=0, server_default="0")
    """What of it is kept back for what the creator has to give back."""
    state: Mapped[EarningState] = mapped_column(StateText(EarningState))
    earned_at: Mapped[datetime]
    payable_at: Mapped[datetime]
    """The end of the hold window."""
    payout_id: Mapped[UUID | None] = mapped_column(ForeignKey("payouts.id"))
    payout: Mapped[Payout | None] = relationship()

    @property
    def receives(self) -> Money:
        """What is the creator's after tax, whether or not some of it is kept back."""
        return self.net - self.withheld

    @property
    def kept_back(self) -> Money:
        """What of it goes towards what the creator has to give back."""
        return Money(self.netted_minor, self.currency)

    @hybrid_property
    def left_minor(self) -> int:
        """What is sent of it, or will be: the net less tax and less what is kept back."""
        minor: int = self.net_minor - self.withheld_minor - self.netted_minor
        return minor

    @left_minor.inplace.expression
    @classmethod
    def _left_minor(cls) -> ColumnElement[int]:
        minor: ColumnElement[int] = cls.net_minor - cls.withheld_minor - cls.netted_minor
        return minor

    @property
    def left(self) -> Money:
        """The same as money."""
        return Money(self.left_minor, self.currency)


class ClawbackCase(Base):
    """What a creator was paid and has to give back, and how much of it is settled."""

    __tablename__ = "clawback_cases"
    __table_args__ = (
        one_of("origin", CaseOrigin),
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
        CheckConstraint(
            "settled_minor BETWEEN 0 AND amount_minor"
            " AND (closed_at IS NULL) = (settled_minor < amount_minor)",
            name="closed_when_settled",
        ),
        CheckConstraint("reason <> ''", name="reason_is_given"),
        Index("ix_clawback_cases_open", "creator_id", postgresql_where=text("closed_at IS NULL")),
        Index(None, "campaign_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    origin: Mapped[CaseOrigin] = mapped_column(StateText(CaseOrigin))
    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"))
    creator: Mapped[Creator] = relationship()
    deliverable_id: Mapped[UUID] = mapped_column(ForeignKey("deliverables.id"))
    deliverable: Mapped[Deliverable] = relationship()
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    amount_minor: Mapped[int]
    settled_minor: Mapped[int] = mapped_column(default=0)
    """What was recovered or forgiven of it."""
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Money] = composite("amount_minor", "currency")
    reason: Mapped[str]
    """The creator and the brand read it."""
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    @property
    def rest(self) -> Money:
        """What is still owed."""
        return Money(self.amount_minor - self.settled_minor, self.currency)


class PayoutReversal(Base):
    """Taking back a settled payout, or a part of it, out of the creator's account."""

    __tablename__ = "payout_reversals"
    __table_args__ = (
        one_of("state", ReversalState),
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
        CheckConstraint("reason <> ''", name="reason_is_given"),
        CheckConstraint(
            "(state = 'done') = (stripe_reversal_id IS NOT NULL)", name="done_has_its_proof"
        ),
        Index(None, "payout_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    payout_id: Mapped[UUID] = mapped_column(ForeignKey("payouts.id"))
    payout: Mapped[Payout] = relationship()
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("clawback_cases.id"))
    """The clawback that it recovers; None: the money is payable again."""
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Money] = composite("amount_minor", "currency")
    state: Mapped[ReversalState] = mapped_column(StateText(ReversalState))
    stripe_reversal_id: Mapped[str | None] = mapped_column(unique=True)
    reason: Mapped[str]
    problem_code: Mapped[str] = mapped_column(default="")
    problem: Mapped[str] = mapped_column(default="")
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    asker: Mapped[User] = relationship()
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ClawbackStep(Base):
    """One part of a clawback that was settled, and how. Append-only."""

    __tablename__ = "clawback_steps"
    __table_args__ = (
        one_of("how", Recovery),
        UniqueConstraint("case_id", "number"),
        CheckConstraint("amount_minor > 0 AND number > 0", name="counts_from_one"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("clawback_cases.id"))
    number: Mapped[int]
    how: Mapped[Recovery] = mapped_column(StateText(Recovery))
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Money] = composite("amount_minor", "currency")
    earning_id: Mapped[UUID | None] = mapped_column(ForeignKey("earnings.id"))
    """What it was kept back from."""
    happened_at: Mapped[datetime]
