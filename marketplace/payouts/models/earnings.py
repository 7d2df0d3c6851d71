"""What creators have earned."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from marketplace.deliverables.models import Deliverable
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.payouts.models.payouts import Payout
from marketplace.payouts.rules import (
    EarningKind,
    EarningState,
)
from marketplace.store.base import Base, StateText, one_of


class Earning(Base):
    """What an accepted deliverable has earned, and how far it has come since.

    One row is its fee, or the prize that an entry won in a challenge; each measurement of views
    that raised its bonus is another. A correction of views takes from rows of the bonus that are
    not on their way yet.
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
        CheckConstraint(
            "NOT is_disputed OR (state = 'pending' AND dispute_id IS NOT NULL)",
            name="disputed_stays_in_its_hold_window",
        ),
        Index(
            "uq_earnings_fee_of_deliverable",
            "deliverable_id",
            unique=True,
            postgresql_where=text("kind IN ('fee', 'prize')"),
        ),
        Index(
            "ix_earnings_bonus_of_deliverable",
            "deliverable_id",
            postgresql_where=text("kind = 'bonus'"),
        ),
        Index(
            "ix_earnings_of_dispute",
            "dispute_id",
            postgresql_where=text("dispute_id IS NOT NULL"),
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
    dispute_id: Mapped[UUID | None] = mapped_column(ForeignKey("disputes.id"))
    """The last dispute about it, open or over."""
    is_disputed: Mapped[bool] = mapped_column(default=False, server_default="false")
    """True while that dispute is open: it cannot become payable."""

    @property
    def receives(self) -> Money:
        """What is the creator's after tax, whether or not some of it is kept back."""
        return self.net - self.withheld

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
