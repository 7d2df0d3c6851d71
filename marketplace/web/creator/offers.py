"""Terms between a brand and the creator, from the creator's side."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.campaigns import queries as campaigns
from marketplace.collaborations import queries
from marketplace.collaborations import service as collaborations
from marketplace.collaborations.models import Offer
from marketplace.collaborations.rules import OfferState, Party, offer_money
from marketplace.deliverables import service as deliverables
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import Conflict, InvalidInput
from marketplace.store.session import reading, transaction
from marketplace.terms.rules import Shares
from marketplace.web import access
from marketplace.web.agreements import money_preview, offer_page, open_of
from marketplace.web.creator.blueprint import bp
from marketplace.web.errors import sentence
from marketplace.web.offer_forms import OfferForm, form_from_offer

PAST_SHOWN = 25


@bp.get("/offers")
def offers() -> ResponseReturnValue:
    """Which offers wait for me, and which for a brand?"""
    with reading() as session:
        found = queries.open_offers_for_creator(session, creator_id=access.creator_id())
        past = queries.past_offers_for_creator(
            session, creator_id=access.creator_id(), limit=PAST_SHOWN
        )
    return render_template(
        "creator/offers.html",
        mine=[(each, offer_money(each)) for each in found if each.made_by is Party.BRAND],
        theirs=[(each, offer_money(each)) for each in found if each.made_by is Party.CREATOR],
        past=[(each, offer_money(each)) for each in past],
    )


@bp.get("/offers/<uuid:offer_id>")
def offer(offer_id: UUID) -> ResponseReturnValue:
    """What is on the table, what do I get, and who answers?"""
    with reading() as session:
        facts = offer_page(session, access.actor(), offer_id)
    return render_template("creator/offer.html", **facts)


@bp.post("/offers/<uuid:offer_id>/accept")
def accept_offer(offer_id: UUID) -> ResponseReturnValue:
    """Agree to a brand's offer."""
    with transaction() as session:
        collaboration = deliverables.accept_offer(
            session, offer_id=offer_id, actor=access.actor(), now=utc_now()
        )
    flash("Agreed. Your fee is set aside, and the terms cannot be changed any more.", "success")
    return redirect(url_for("creator.collaboration", collaboration_id=collaboration.id), 303)


@bp.post("/offers/<uuid:offer_id>/decline")
def decline_offer(offer_id: UUID) -> ResponseReturnValue:
    """Say no to a brand's offer."""
    with transaction() as session:
        collaborations.decline_offer(
            session, offer_id=offer_id, actor=access.actor(), now=utc_now()
        )
    flash("Declined. The brand may make you another offer.", "success")
    return redirect(url_for("creator.applications"), 303)


@bp.post("/offers/<uuid:offer_id>/withdraw")
def withdraw_offer(offer_id: UUID) -> ResponseReturnValue:
    """Take one's own counter-offer back."""
    with transaction() as session:
        collaborations.withdraw_offer(
            session, offer_id=offer_id, actor=access.actor(), now=utc_now()
        )
    flash("Your counter-offer is taken back.", "success")
    return redirect(url_for("creator.applications"), 303)


@bp.route("/offers/<uuid:offer_id>/counter", methods=["GET", "POST"])
def counter_offer(offer_id: UUID) -> ResponseReturnValue:
    """Answer with other terms."""
    now = utc_now()
    with reading() as session:
        before = queries.offer_seen_by(session, access.actor(), offer_id)
        terms = campaigns.terms_of(session, before.application.campaign, now=now)
    shares = terms.shares_for(before.application.creator.country)
    form = form_from_offer(before)
    if not form.is_submitted():
        if before.state is not OfferState.OPEN:
            raise Conflict("This offer is not open any more")
        return _counter_page(form, before, shares)
    if "look" in request.form:
        return _counter_page(form, before, shares)
    if not form.validate():
        return _counter_page(form, before, shares), 422
    try:
        with transaction() as session:
            made = collaborations.counter_offer(
                session,
                offer_id=offer_id,
                terms=form.terms_in(before.currency),
                actor=access.actor(),
                now=now,
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return _counter_page(form, before, shares), 422
    except Conflict as refusal:
        with reading() as session:
            newest = open_of(queries.offers_of(session, before.application_id))
            if newest is None or newest.made_by is Party.CREATOR:
                raise
            newest = queries.offer_seen_by(session, access.actor(), newest.id)
        flash(f"{sentence(refusal)} What you typed is still here.", "danger")
        return _counter_page(form, newest, shares), 409
    flash(f"{before.application.campaign.brand.name} has your counter-offer.", "success")
    return redirect(url_for("creator.offer", offer_id=made.id), 303)


def _counter_page(form: OfferForm, stands: Offer, shares: Shares) -> str:
    """The form of other terms. stands: the brand's offer whose place they take."""
    campaign = stands.application.campaign
    return render_template(
        "creator/counter_offer.html",
        form=form,
        offer=stands,
        campaign=campaign,
        brand=campaign.brand,
        preview=money_preview(form, stands.currency, shares),
    )
