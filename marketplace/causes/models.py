"""Organisations, what campaigns pledge to them, and the history of both."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.campaigns.models import Campaign
from marketplace.causes.rules.chain import PledgeMoney
from marketplace.causes.rules.organisations import (
    CauseCategory,
    OrganisationEvent,
    OrganisationState,
)
from marketplace.causes.rules.pledges import PledgeEvent, PledgeKind, PledgeState, PledgeTerms
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.store.base import Base, StateText, one_of
from marketplace.store.names import NameWords, follows


class Organisation(Base):
    """Somebody who receives pledges, as a public register knows them."""

    __tablename__ = "organisations"
    __table_args__ = (
        one_of("state", OrganisationState),
        one_of("category", CauseCategory),
        UniqueConstraint("country", "registration_number"),
        CheckConstraint("name <> '' AND registration_number <> ''", name="is_named_and_numbered"),
        CheckConstraint(
            "register LIKE 'https://%' AND website LIKE 'https://%'", name="addresses_are_secure"
        ),
        Index(None, "name_words", postgresql_using="gin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    state: Mapped[OrganisationState] = mapped_column(StateText(OrganisationState))
    name: Mapped[str]
    name_words: Mapped[str] = mapped_column(NameWords, deferred=True)
    _found_by = follows("name", "name_words")
    country: Mapped[str] = mapped_column(String(2))
    registration_number: Mapped[str]
    register: Mapped[str]
    """The address of the public register's page with this number."""
    website: Mapped[str]
    category: Mapped[CauseCategory] = mapped_column(StateText(CauseCategory))
    about: Mapped[str]
    entered_at: Mapped[datetime]


class OrganisationStep(Base):
    """One move in the life of an organisation."""

    __tablename__ = "organisation_steps"
    __table_args__ = (
        one_of("event", OrganisationEvent),
        one_of("state", OrganisationState),
        Index(None, "organisation_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    event: Mapped[OrganisationEvent] = mapped_column(StateText(OrganisationEvent))
    state: Mapped[OrganisationState] = mapped_column(StateText(OrganisationState))
    """The state it led to."""
    note: Mapped[str]
    """What was looked at, or why it does not hold any more."""
    actor_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    actor: Mapped[User] = relationship()
    happened_at: Mapped[datetime]


class Pledge(Base):
    """What a campaign gives to an organisation, on top of its budget."""

    __tablename__ = "pledges"
    __table_args__ = (
        one_of("state", PledgeState),
        one_of("kind", PledgeKind),
        Index(
            "uq_pledges_standing",
            "campaign_id",
            unique=True,
            postgresql_where=text("state <> 'withdrawn'"),
        ),
        Index(None, "organisation_id"),
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
        CheckConstraint(
            "(kind = 'views') = (rate_minor IS NOT NULL)"
            " AND (rate_minor IS NULL OR rate_minor BETWEEN 1 AND amount_minor)",
            name="a_rate_for_views",
        ),
        CheckConstraint(
            "owed_minor >= 0 AND returned_minor >= 0"
            " AND owed_minor + returned_minor <= set_aside_minor AND owed_minor <= amount_minor",
            name="no_more_than_was_set_aside",
        ),
        CheckConstraint(
            "state NOT IN ('settled', 'withdrawn')"
            " OR owed_minor + returned_minor = set_aside_minor",
            name="nothing_lies_when_it_is_over",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    campaign: Mapped[Campaign] = relationship()
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    organisation: Mapped[Organisation] = relationship()
    state: Mapped[PledgeState] = mapped_column(StateText(PledgeState))
    kind: Mapped[PledgeKind] = mapped_column(StateText(PledgeKind))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int]
    amount: Mapped[Money] = composite("amount_minor", "currency")
    """All of a fixed pledge; the ceiling of one by views."""
    rate_minor: Mapped[int | None]
    set_aside_minor: Mapped[int] = mapped_column(default=0)
    owed_minor: Mapped[int] = mapped_column(default=0)
    returned_minor: Mapped[int] = mapped_column(default=0)
    views: Mapped[int] = mapped_column(default=0)
    """What the last booking counted."""
    counted_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    doubted_at: Mapped[datetime | None]
    """Since when a payment for its campaign is in doubt; funding says so from above."""

    @property
    def terms(self) -> PledgeTerms:
        """What the brand promises."""
        rate = None if self.rate_minor is None else Money(self.rate_minor, self.currency)
        return PledgeTerms(self.kind, self.amount, rate)

    @property
    def has_lost_its_organisation(self) -> bool:
        """Whether it is of a draft, to an organisation that is not verified any more."""
        verified = self.organisation.state is OrganisationState.VERIFIED
        return self.state is PledgeState.DRAFTED and not verified

    def money(self, *, paid: Money | None = None) -> PledgeMoney:
        """Where its money is. paid: what of it the organisation was sent; none when not asked."""
        return PledgeMoney(
            amount=self.amount,
            set_aside=Money(self.set_aside_minor, self.currency),
            owed=Money(self.owed_minor, self.currency),
            paid=paid if paid is not None else Money(0, self.currency),
            returned=Money(self.returned_minor, self.currency),
        )


class PledgeStep(Base):
    """One move in the life of a pledge, and how much it moved."""

    __tablename__ = "pledge_steps"
    __table_args__ = (
        one_of("event", PledgeEvent),
        one_of("state", PledgeState),
        Index(None, "pledge_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    pledge_id: Mapped[UUID] = mapped_column(ForeignKey("pledges.id"))
    event: Mapped[PledgeEvent] = mapped_column(StateText(PledgeEvent))
    state: Mapped[PledgeState] = mapped_column(StateText(PledgeState))
    amount_minor: Mapped[int]
    """What was pledged, set aside, owed or returned by it."""
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Money] = composite("amount_minor", "currency")
    actor_id: Mapped[UUID | None]
    happened_at: Mapped[datetime]
