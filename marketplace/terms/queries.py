"""What is in force, what will be, and what was."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Uuid,
    bindparam,
    desc,
    func,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload

from marketplace.accounts.models import Brand
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Money
from marketplace.store.paging import Page, page_of
from marketplace.store.rows import given_in
from marketplace.terms.models import (
    BrandTermsVersion,
    TermsLimit,
    TermsVersion,
    TermsWithholding,
)
from marketplace.terms.rules import (
    BrandTerms,
    Conditions,
    DisputeDays,
    Limits,
    PlatformTerms,
    Shares,
    or_else,
    with_brand,
)


def terms_for(session: Session, *, at: datetime, brand_id: UUID | None = None) -> PlatformTerms:
    """The terms in force at a moment, with what the brand has instead of everybody's."""
    terms = terms_of(version_at(session, at=at))
    own = None if brand_id is None else brand_version_at(session, brand_id=brand_id, at=at)
    return terms if own is None else with_brand(terms, brand_terms_of(own))


def conditions_for_many(
    session: Session, wanted: Collection[tuple[UUID, datetime]], *, country: str | None
) -> dict[tuple[UUID, datetime], Conditions]:
    """What a creator of a country is told of the terms, for many (brand, moment) at once."""
    if not wanted:
        return {}
    given = {"country": country, "brand_ids": list({brand_id for brand_id, _ in wanted})}
    rows = session.execute(_CONDITIONS, given).all()
    found = {}
    for brand_id, at in wanted:
        version = next(row for row in rows if row.brand_id is None and row.valid_from <= at)
        own = next((r for r in rows if r.brand_id == brand_id and r.valid_from <= at), None)
        apart = own or version
        shares = Shares(
            brand=or_else(apart.brand_fee_bps, version.brand_fee_bps),
            creator=or_else(apart.creator_fee_bps, version.creator_fee_bps),
            brand_tax=version.fee_tax_bps,
            withheld=version.withheld,
        )
        found[brand_id, at] = Conditions(shares, or_else(apart.hold_days, version.hold_days))
    return found


def version_at(session: Session, *, at: datetime) -> TermsVersion:
    """The version of everybody's terms in force at a moment; raises NotFound before the first."""
    found = session.scalars(_VERSION_AT, {"at": at}).unique().first()
    if found is None:
        raise NotFound("terms")
    return found


def dispute_days_at(session: Session, *, at: datetime) -> DisputeDays:
    """The clocks of disputes in force at a moment; raises NotFound before the first terms."""
    return _dispute_days_of(version_at(session, at=at))


def disputable_until(session: Session, ended_at: datetime) -> datetime:
    """How long an end may be disputed, by the terms that were in force then."""
    return ended_at + timedelta(days=dispute_days_at(session, at=ended_at).to_open)


def limits_at(session: Session, currency: str, *, at: datetime) -> Limits | None:
    """The numbers of a currency in force at a moment; None for one the terms do not name."""
    return terms_for(session, at=at).limits.get(currency)


def version_by_id(session: Session, version_id: UUID) -> TermsVersion:
    """A version by its id; raises NotFound."""
    found = session.scalar(_versions().where(TermsVersion.id == version_id))
    if found is None:
        raise NotFound("terms")
    return found


def payout_least(
    currency: ColumnElement[str] | InstrumentedAttribute[str], *, at: ColumnElement[datetime]
) -> ColumnElement[int]:
    """The least that is sent in a currency by the terms in force at a moment, as an expression.

    0 in a currency of which they say nothing.
    """
    in_force = (
        select(TermsVersion.id)
        .where(TermsVersion.valid_from <= at)
        .order_by(*_LAST_FIRST)
        .limit(1)
        .scalar_subquery()
    )
    least = (
        select(TermsLimit.payout_least_minor)
        .where(TermsLimit.terms_id == in_force, TermsLimit.currency == currency)
        .scalar_subquery()
    )
    return func.coalesce(least, 0)


def to_come(session: Session, *, after: datetime) -> Sequence[TermsVersion]:
    """Versions that are set for later than a moment and will come into force, soonest first.

    Of several for one moment the last that was set counts.
    """
    rows = session.scalars(_versions().where(TermsVersion.valid_from > after)).all()
    last = {row.valid_from: row for row in reversed(rows)}
    return [last[moment] for moment in sorted(last)]


def history(session: Session, *, page: int) -> Page[TermsVersion]:
    """Every version that was ever set, the last first."""
    statement = (
        select(TermsVersion)
        .options(*_WHOLE)
        .order_by(TermsVersion.set_at.desc(), TermsVersion.id.desc())
    )
    return page_of(session, statement, number=page)


def last_set(session: Session) -> UUID:
    """The id of the version that was set last, in force or not."""
    return session.scalars(
        select(TermsVersion.id)
        .order_by(TermsVersion.set_at.desc(), TermsVersion.id.desc())
        .limit(1)
    ).one()


def brand_version_at(session: Session, *, brand_id: UUID, at: datetime) -> BrandTermsVersion | None:
    """What one brand has instead at a moment; None when it never differed."""
    return session.scalar(_BRAND_VERSION_AT, {"brand_id": brand_id, "at": at})


def brand_history(session: Session, *, brand_id: UUID) -> Sequence[BrandTermsVersion]:
    """Everything that was ever set for one brand, the last first."""
    return session.scalars(
        select(BrandTermsVersion)
        .where(BrandTermsVersion.brand_id == brand_id)
        .options(joinedload(BrandTermsVersion.setter))
        .order_by(BrandTermsVersion.set_at.desc(), BrandTermsVersion.id.desc())
    ).all()


def brands_apart(session: Session, *, at: datetime) -> list[BrandTermsVersion]:
    """What each brand has that differs at a moment, or will differ later; by the brand's name."""
    present = _last_of_each_brand(session, BrandTermsVersion.valid_from <= at)
    coming = _last_of_each_brand(session, BrandTermsVersion.valid_from > at)
    shown = [row for row in present if not brand_terms_of(row).nothing] + coming
    return sorted(shown, key=lambda row: (row.brand.name.casefold(), row.valid_from))


def _last_of_each_brand(
    session: Session, condition: ColumnElement[bool]
) -> list[BrandTermsVersion]:
    statement = (
        select(BrandTermsVersion)
        .ext(distinct_on(BrandTermsVersion.brand_id))
        .where(condition)
        .options(joinedload(BrandTermsVersion.brand), joinedload(BrandTermsVersion.setter))
        .order_by(BrandTermsVersion.brand_id, *_BRANDS_LAST_FIRST)
    )
    return list(session.scalars(statement))


def brands(session: Session) -> Sequence[Brand]:
    """Every brand, by name."""
    return session.scalars(select(Brand).order_by(func.lower(Brand.name), Brand.id)).all()


def terms_of(version: TermsVersion) -> PlatformTerms:
    """What a version says, as a value."""
    return PlatformTerms(
        brand_fee_bps=version.brand_fee_bps,
        creator_fee_bps=version.creator_fee_bps,
        hold_days=version.hold_days,
        dispute_days=_dispute_days_of(version),
        processor_fees_by=version.processor_fees_by,
        processor_fee_bps=version.processor_fee_bps,
        fee_tax_bps=version.fee_tax_bps,
        limits={
            row.currency: Limits(
                offered=row.offered,
                funding_least=Money(row.funding_least_minor, row.currency),
                funding_most=Money(row.funding_most_minor, row.currency),
                payout_least=Money(row.payout_least_minor, row.currency),
                processor_fixed=Money(row.processor_fixed_minor, row.currency),
                dispute_alone=Money(row.dispute_alone_minor, row.currency),
                identify_alone=Money(row.identify_alone_minor, row.currency),
            )
            for row in version.limits
        },
        withholding={row.country: row.share_bps for row in version.withholding},
    )


def _dispute_days_of(version: TermsVersion) -> DisputeDays:
    return DisputeDays(
        answer=version.dispute_answer_days,
        decide=version.dispute_decide_days,
        to_open=version.dispute_to_open_days,
    )


def brand_terms_of(version: BrandTermsVersion | None) -> BrandTerms:
    """What a brand has instead, as a value; nothing for None."""
    if version is None:
        return BrandTerms()
    return BrandTerms(
        brand_fee_bps=version.brand_fee_bps,
        creator_fee_bps=version.creator_fee_bps,
        hold_days=version.hold_days,
        processor_fees_by=version.processor_fees_by,
    )


_WHOLE = (
    selectinload(TermsVersion.limits),
    selectinload(TermsVersion.withholding),
    joinedload(TermsVersion.setter),
)


_LAST_FIRST = (TermsVersion.valid_from.desc(), TermsVersion.set_at.desc(), TermsVersion.id.desc())
_BRANDS_LAST_FIRST = (
    BrandTermsVersion.valid_from.desc(),
    BrandTermsVersion.set_at.desc(),
    BrandTermsVersion.id.desc(),
)


def _versions() -> Select[TermsVersion]:
    return select(TermsVersion).options(*_WHOLE).order_by(*_LAST_FIRST)


_VERSION_AT: Final = (
    select(TermsVersion)
    .options(
        joinedload(TermsVersion.limits),
        joinedload(TermsVersion.withholding),
        joinedload(TermsVersion.setter),
    )
    .where(TermsVersion.valid_from <= bindparam("at"))
    .order_by(*_LAST_FIRST)
    .limit(1)
)
_BRAND_VERSION_AT: Final = (
    select(BrandTermsVersion)
    .where(
        BrandTermsVersion.brand_id == bindparam("brand_id"),
        BrandTermsVersion.valid_from <= bindparam("at"),
    )
    .order_by(*_BRANDS_LAST_FIRST)
    .limit(1)
)
_CONDITIONS: Final = union_all(
    select(
        null().cast(Uuid).label("brand_id"),
        TermsVersion.valid_from,
        TermsVersion.set_at,
        TermsVersion.id,
        TermsVersion.brand_fee_bps,
        TermsVersion.creator_fee_bps,
        TermsVersion.hold_days,
        TermsVersion.fee_tax_bps,
        func.coalesce(
            select(TermsWithholding.share_bps)
            .where(
                TermsWithholding.terms_id == TermsVersion.id,
                TermsWithholding.country == bindparam("country", type_=String),
            )
            .scalar_subquery(),
            0,
        ).label("withheld"),
    ),
    select(
        BrandTermsVersion.brand_id,
        BrandTermsVersion.valid_from,
        BrandTermsVersion.set_at,
        BrandTermsVersion.id,
        BrandTermsVersion.brand_fee_bps,
        BrandTermsVersion.creator_fee_bps,
        BrandTermsVersion.hold_days,
        null(),
        null(),
    ).where(given_in(BrandTermsVersion.brand_id, "brand_ids")),
).order_by(desc("valid_from"), desc("set_at"), desc("id"))
"""Everybody's terms, without a brand, and what some brands have instead; what counts is first."""
