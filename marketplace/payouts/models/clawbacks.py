"""What creators have to give back, and taking it back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.creators.models import Creator
from marketplace.deliverables.models import Deliverable
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.payouts.models.payouts import Payout
from marketplace.payouts.rules import (
    CaseOrigin,
    Recovery,
    ReversalState,
)
from marketplace.store.base import Base, StateText, one_of


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
