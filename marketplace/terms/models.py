"""Versions of the terms: of everybody, and of single brands. Rows are added, never changed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Brand, User
from marketplace.kernel.ids import new_id
from marketplace.store.base import Base, StateText, one_of
from marketplace.terms.rules import Bearer


class TermsVersion(Base):
    """What is in force for everybody from a moment on."""

    __tablename__ = "terms_versions"
    __table_args__ = (
        one_of("processor_fees_by", Bearer),
        CheckConstraint(
            "brand_fee_bps BETWEEN 0 AND 10000 AND creator_fee_bps BETWEEN 0 AND 5000"
            " AND fee_tax_bps BETWEEN 0 AND 10000 AND processor_fee_bps BETWEEN 0 AND 2000",
            name="shares_are_shares",
        ),
        CheckConstraint("hold_days BETWEEN 0 AND 90", name="hold_window_is_short"),
        CheckConstraint(
            "dispute_answer_days BETWEEN 1 AND 30 AND dispute_decide_days BETWEEN 1 AND 30"
            " AND dispute_to_open_days BETWEEN 1 AND 30",
            name="disputes_end",
        ),
        Index(None, "valid_from"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    valid_from: Mapped[datetime]
    brand_fee_bps: Mapped[int]
    creator_fee_bps: Mapped[int]
    hold_days: Mapped[int]
    dispute_answer_days: Mapped[int]
    dispute_decide_days: Mapped[int]
    dispute_to_open_days: Mapped[int]
    processor_fees_by: Mapped[Bearer] = mapped_column(StateText(Bearer))
    processor_fee_bps: Mapped[int]
    fee_tax_bps: Mapped[int]
    set_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    """None for the version that the installation began with."""
    setter: Mapped[User | None] = relationship()
    set_at: Mapped[datetime]
    why: Mapped[str]
    limits: Mapped[list[TermsLimit]] = relationship(
        cascade="save-update, merge", order_by="TermsLimit.currency"
    )
    withholding: Mapped[list[TermsWithholding]] = relationship(
        cascade="save-update, merge", order_by="TermsWithholding.country"
    )


class TermsLimit(Base):
    """The numbers of one currency in a version, in its minor units."""

    __tablename__ = "terms_limits"
    __table_args__ = (
        CheckConstraint(
            "funding_least_minor > 0 AND funding_most_minor >= funding_least_minor"
            " AND payout_least_minor > 0 AND processor_fixed_minor >= 0",
            name="limits_make_sense",
        ),
        CheckConstraint(
            "dispute_alone_minor >= 0 AND identify_alone_minor >= 0", name="alone_up_to_an_amount"
        ),
    )

    terms_id: Mapped[UUID] = mapped_column(ForeignKey("terms_versions.id"), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    offered: Mapped[bool]
    funding_least_minor: Mapped[int]
    funding_most_minor: Mapped[int]
    payout_least_minor: Mapped[int]
    processor_fixed_minor: Mapped[int]
    dispute_alone_minor: Mapped[int]
    identify_alone_minor: Mapped[int]


class TermsWithholding(Base):
    """The tax kept back from creators of one country in a version."""

    __tablename__ = "terms_withholding"
    __table_args__ = (CheckConstraint("share_bps BETWEEN 1 AND 9999", name="share_is_a_share"),)

    terms_id: Mapped[UUID] = mapped_column(ForeignKey("terms_versions.id"), primary_key=True)
    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    share_bps: Mapped[int]


class BrandTermsVersion(Base):
    """Where one brand differs from a moment on; a column of nothing is as everybody has it."""

    __tablename__ = "brand_terms_versions"
    __table_args__ = (
        one_of("processor_fees_by", Bearer),
        CheckConstraint(
            "brand_fee_bps BETWEEN 0 AND 10000 AND creator_fee_bps BETWEEN 0 AND 5000",
            name="shares_are_shares",
        ),
        CheckConstraint("hold_days BETWEEN 0 AND 90", name="hold_window_is_short"),
        Index("ix_brand_terms_versions_in_force", "brand_id", "valid_from"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    brand_id: Mapped[UUID] = mapped_column(ForeignKey("brands.id"))
    brand: Mapped[Brand] = relationship()
    valid_from: Mapped[datetime]
    brand_fee_bps: Mapped[int | None]
    creator_fee_bps: Mapped[int | None]
    hold_days: Mapped[int | None]
    processor_fees_by: Mapped[Bearer | None] = mapped_column(StateText(Bearer))
    set_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    setter: Mapped[User] = relationship()
    set_at: Mapped[datetime]
    why: Mapped[str]
