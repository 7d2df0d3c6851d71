"""The platform's terms: what is in force, what is set for later, for whom it differs, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries as accounts
from marketplace.collaborations.rules import money_of
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money
from marketplace.store.session import reading, transaction
from marketplace.terms import queries
from marketplace.terms import service as terms_room
from marketplace.terms.rules import PlatformTerms, with_brand
from marketplace.web import access
from marketplace.web.agreements import MoneySides, sides_of
from marketplace.web.staff.blueprint import bp
from marketplace.web.staff.terms_forms import (
    BEARERS,
    BrandTermsForm,
    TermsForm,
    filled_in,
    percent_of,
)

EXAMPLE_TIMES = 8
"""The example's fee is so many of the smallest payment: 400.00 of 50.00."""


@bp.get("/terms")
def terms() -> ResponseReturnValue:
    """What do we charge, since when, and what will change?"""
    now = utc_now()
    with reading() as session:
        version = queries.version_at(session, at=now)
        found = queries.terms_of(version)
        return render_template(
            "staff/terms.html",
            version=version,
            terms=found,
            bearers=BEARERS,
            example=example_of(found),
            to_come=queries.to_come(session, after=now),
            last=queries.last_set(session),
            apart=queries.brands_apart(session, at=now),
            brands=queries.brands(session),
            history=queries.history(session, page=access.page_number()),
            now=now,
        )


@bp.route("/terms/new", methods=["GET", "POST"])
def new_terms() -> ResponseReturnValue:
    """What shall we charge from now on, or from a day on?"""
    now = utc_now()
    with reading() as session:
        present = queries.terms_of(queries.version_at(session, at=now))
        last = queries.last_set(session)
    form = TermsForm(data={**filled_in(present), "looked_at": str(last)})
    if not form.is_submitted():
        return _form_page(form, present)
    if not form.validate():
        return _form_page(form, present), 422
    if "look" in request.form:
        return _form_page(form, present)
    try:
        with transaction() as session:
            terms_room.set_terms(
                session,
                actor=access.actor(),
                terms=form.terms(),
                valid_from=form.moment(now),
                why=form.why.data,
                looked_at=form.looked_at_id,
                processor=current_app.extensions["gateways"].payments,
                now=now,
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return _form_page(form, present), 422
    flash("The terms are set. What was agreed before keeps the terms it had.", "success")
    return redirect(url_for("staff.terms"), 303)


@bp.post("/terms/<uuid:version_id>/take-back")
def take_back_terms(version_id: UUID) -> ResponseReturnValue:
    """Undo terms that are not in force yet."""
    with transaction() as session:
        terms_room.take_back(
            session,
            actor=access.actor(),
            version_id=version_id,
            looked_at=request.form.get("looked_at", type=UUID) or UUID(int=0),
            now=utc_now(),
        )
    flash("Taken back. What is in force before that day goes on.", "success")
    return redirect(url_for("staff.terms"), 303)


@bp.get("/terms/brands")
def choose_brand_terms() -> ResponseReturnValue:
    """Go to the terms of the brand that was chosen."""
    chosen = request.args.get("brand", type=UUID)
    if chosen is None:
        return redirect(url_for("staff.terms"), 303)
    return redirect(url_for("staff.brand_terms", brand_id=chosen), 303)


@bp.route("/terms/brands/<uuid:brand_id>", methods=["GET", "POST"])
def brand_terms(brand_id: UUID) -> ResponseReturnValue:
    """What does this brand have instead, since when and why?"""
    now = utc_now()
    with reading() as session:
        present = queries.brand_terms_of(
            queries.brand_version_at(session, brand_id=brand_id, at=now)
        )
    form = BrandTermsForm(
        data={
            "brand_fee_bps": percent_of(present.brand_fee_bps),
            "creator_fee_bps": percent_of(present.creator_fee_bps),
            "hold_days": present.hold_days,
            "processor_fees_by": present.processor_fees_by or "",
        }
    )
    if not form.is_submitted():
        return _brand_page(brand_id, form, now)
    if not form.validate():
        return _brand_page(brand_id, form, now), 422
    if "look" in request.form:
        return _brand_page(brand_id, form, now)
    try:
        with transaction() as session:
            terms_room.set_brand_terms(
                session,
                actor=access.actor(),
                brand_id=brand_id,
                own=form.own(),
                valid_from=form.moment(now),
                why=form.why.data,
                now=now,
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return _brand_page(brand_id, form, now), 422
    flash("The brand’s terms are set for its next campaigns.", "success")
    return redirect(url_for("staff.brand_terms", brand_id=brand_id), 303)


def example_of(terms: PlatformTerms) -> MoneySides:
    """Return who pays and receives what of an example's fee, in the first currency on offer."""
    limits = terms.limits_of(terms.currencies[0])
    least = limits.funding_least
    fee = Money(least.minor * EXAMPLE_TIMES, least.currency)
    shares = terms.shares_for(None)
    return sides_of(money_of(fee, shares), shares)


def _form_page(form: TermsForm, present: PlatformTerms) -> str:
    changed = None
    if form.is_submitted() and not form.errors:
        try:
            wanted = form.terms()
            changed = example_of(wanted) if wanted.currencies else None
        except InvalidInput as refusal:
            if "look" in request.form:
                form.show(refusal)
    return render_template(
        "staff/terms_form.html", form=form, present=example_of(present), changed=changed
    )


def _brand_page(brand_id: UUID, form: BrandTermsForm, now: datetime) -> str:
    with reading() as session:
        brand = accounts.brand_by_id(session, brand_id)
        everybody = queries.terms_for(session, at=now)
        present = queries.terms_for(session, at=now, brand_id=brand_id)
        history = queries.brand_history(session, brand_id=brand_id)
    changed = None
    if form.is_submitted() and not form.errors:
        changed = example_of(with_brand(replace(everybody), form.own()))
    return render_template(
        "staff/brand_terms.html",
        form=form,
        brand=brand,
        everybody=everybody,
        bearers=BEARERS,
        present=example_of(present),
        changed=changed,
        history=history,
        now=now,
    )
