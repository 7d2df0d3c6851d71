"""Set terms, for everybody or for one brand. What was agreed before keeps the terms it had."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.store.locks import lock_row
from marketplace.terms import queries
from marketplace.terms.models import (
    BrandTermsVersion,
    TermsLimit,
    TermsVersion,
    TermsWithholding,
)
from marketplace.terms.ports import ChargeLimits
from marketplace.terms.rules import (
    BrandTerms,
    PlatformTerms,
    brand_problems,
    cover_problems,
    problems,
    with_brand,
)


def set_terms(
    session: Session,
    *,
    actor: Actor,
    terms: PlatformTerms,
    valid_from: datetime,
    why: str,
    looked_at: UUID,
    processor: ChargeLimits,
    now: datetime,
) -> TermsVersion:
    """Set everybody's terms from a moment on; the version before stays in the history.

    looked_at: the version that was set last when the person began, so that nobody overwrites what
    they have not seen. Raises NotPermitted, Conflict, InvalidInput.
    """
    person = _staff(actor)
    _nothing_since(session, looked_at)
    least = {code: processor.smallest_charge(code) for code in terms.limits}
    found = problems(terms, why=why, valid_from=valid_from, now=now, least=least)
    if found := found or _brands_apart_problems(session, terms, valid_from):
        raise InvalidInput(found)
    return _add(session, terms, valid_from=valid_from, why=why.strip(), person=person, now=now)


def take_back(
    session: Session, *, actor: Actor, version_id: UUID, looked_at: UUID, now: datetime
) -> TermsVersion:
    """Undo terms that are not in force yet: at their moment what is in force before it goes on.

    Raises NotFound, NotPermitted, Conflict.
    """
    person = _staff(actor)
    _nothing_since(session, looked_at)
    taken = queries.version_by_id(session, version_id)
    coming = queries.to_come(session, after=now)
    if taken.id not in {each.id for each in coming}:
        raise Conflict("These terms are in force, or others took their place; set new ones instead")
    before = [each for each in coming if each.valid_from < taken.valid_from]
    kept = before[-1] if before else queries.version_at(session, at=now)
    return _add(
        session,
        queries.terms_of(kept),
        valid_from=taken.valid_from,
        why=f"Taken back: {taken.why}",
        person=person,
        now=now,
    )


def set_brand_terms(
    session: Session,
    *,
    actor: Actor,
    brand_id: UUID,
    own: BrandTerms,
    valid_from: datetime,
    why: str,
    now: datetime,
) -> BrandTermsVersion:
    """Set what one brand has instead of everybody's terms; with nothing set it is as everybody.

    Raises NotFound, NotPermitted, Conflict when nothing would change, InvalidInput.
    """
    person = _staff(actor)
    if session.scalar(select(Brand.id).where(Brand.id == brand_id).with_for_update()) is None:
        raise NotFound("brand")
    terms = queries.terms_of(queries.version_at(session, at=max(valid_from, now)))
    if found := brand_problems(own, terms=terms, why=why, valid_from=valid_from, now=now):
        raise InvalidInput(found)
    if valid_from == now and own == queries.brand_terms_of(
        queries.brand_version_at(session, brand_id=brand_id, at=now)
    ):
        raise Conflict("The brand has these terms already")
    version = BrandTermsVersion(
        id=new_id(),
        brand_id=brand_id,
        valid_from=valid_from,
        brand_fee_bps=own.brand_fee_bps,
        creator_fee_bps=own.creator_fee_bps,
        hold_days=own.hold_days,
        processor_fees_by=own.processor_fees_by,
        set_by=person,
        set_at=now,
        why=why.strip(),
    )
    session.add(version)
    return version


def _brands_apart_problems(
    session: Session, terms: PlatformTerms, valid_from: datetime
) -> dict[str, str]:
    """What new terms for everybody would do to a brand that has some of its own."""
    for row in queries.brands_apart(session, at=valid_from):
        for text in cover_problems(with_brand(terms, queries.brand_terms_of(row))).values():
            return {"brand_fee_bps": f"{row.brand.name} has a fee of its own. {text}"}
    return {}


def _staff(actor: Actor) -> UUID:
    if not actor.is_staff or actor.user_id is None:
        raise NotPermitted("set the platform’s terms")
    return actor.user_id


def _nothing_since(session: Session, looked_at: UUID) -> None:
    lock_row(session, TermsVersion, looked_at)  # so that of two at once the second sees the first
    if queries.last_set(session) != looked_at:
        raise Conflict("Somebody else has set terms since you opened this page; look at them first")


def _add(
    session: Session,
    terms: PlatformTerms,
    *,
    valid_from: datetime,
    why: str,
    person: UUID,
    now: datetime,
) -> TermsVersion:
    version = TermsVersion(
        id=new_id(),
        valid_from=valid_from,
        brand_fee_bps=terms.brand_fee_bps,
        creator_fee_bps=terms.creator_fee_bps,
        hold_days=terms.hold_days,
        dispute_answer_days=terms.dispute_days.answer,
        dispute_decide_days=terms.dispute_days.decide,
        dispute_to_open_days=terms.dispute_days.to_open,
        processor_fees_by=terms.processor_fees_by,
        processor_fee_bps=terms.processor_fee_bps,
        fee_tax_bps=terms.fee_tax_bps,
        set_by=person,
        set_at=now,
        why=why,
        limits=[
            TermsLimit(
                currency=code,
                offered=limits.offered,
                funding_least_minor=limits.funding_least.minor,
                funding_most_minor=limits.funding_most.minor,
                payout_least_minor=limits.payout_least.minor,
                processor_fixed_minor=limits.processor_fixed.minor,
                dispute_alone_minor=limits.dispute_alone.minor,
                identify_alone_minor=limits.identify_alone.minor,
            )
            for code, limits in terms.limits.items()
        ],
        withholding=[
            TermsWithholding(country=country, share_bps=share)
            for country, share in terms.withholding.items()
        ],
    )
    session.add(version)
    return version
