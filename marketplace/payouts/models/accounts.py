"""Where a creator's money goes: accounts at the processor, their banks, and freezes."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    String,
    text,
)
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.creators.models import Creator
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
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
