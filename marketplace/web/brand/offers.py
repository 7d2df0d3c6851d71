"""Terms between the brand and a creator, from the brand's side."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.campaigns import queries as campaigns
from marketplace.collaborations import queries
from marketplace.collaborations import service as collaborations
from marketplace.collaborations.models import Offer
from marketplace.collaborations.rules import OfferState
from marketplace.kernel.clock import utc_now
from marketplace.kernel.days import today_somewhere
from marketplace.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from marketplace.matching.rules.planner.ways import way_in
from marketplace.store.session import reading, transaction
from marketplace.web import access
from marketplace.web.agreements import (
    money_preview,
    offer_page,
)
from marketplace.web.brand.blueprint import bp
from marketplace.web.errors import sentence
from marketplace.web.offer_forms import form_from_brief, form_from_offer


@bp.route("/applications/<uuid:application_id>/offer", methods=["GET", "POST"])
def make_offer(application_id: UUID) -> ResponseReturnValue:
    """What do we offer? Filled in with what the brief asks and the applicant wants."""
    now = utc_now()
    with reading() as session:
        application = queries.application_seen_by(session, access.actor(), application_id)
        brief = campaigns.published_brief(session, application.campaign_id)
        before = queries.offers_of(session, application_id)
        money = queries.campaign_money(session, application.campaign, now=now)
        terms = campaigns.terms_of(session, application.campaign, now=now)
        invitation = queries.ties_of(
            session, creator_id=application.creator_id, campaign_id=application.campaign_id
        ).invitation
    campaign = application.campaign
    shares = terms.shares_for(application.creator.country)
    stands = _open_of(before)
    if not access.actor().may_edit(campaign.brand_id):
        raise NotPermitted("make offers for this brand")
    if brief is None:
        raise NotFound("brief")
    if before:
        form = form_from_offer(before[0])
    else:
        form = form_from_brief(
            brief,
            fee=application.fee,
            ends_on=campaign.ends_on,
            today=today_somewhere(now),
            way=None if invitation is None else way_in(invitation.deliverables),
        )

    def page(*, stands: Offer | None) -> str:
        return render_template(
            "brand/offer_form.html",
            form=form,
            stands=stands,
            application=application,
            campaign=campaign,
            creator=application.creator,
            money=money,
            preview=money_preview(form, campaign.currency, shares),
            action=url_for("brand.make_offer", application_id=application_id),
            back=url_for("brand.application", application_id=application_id),
            heading=f"What do we offer {application.creator.display_name}?",
        )

    if not form.is_submitted():
        return page(stands=stands)
    known = next((each for each in before if str(each.id) == request.form.get("instead_of")), None)
    if "look" in request.form:
        return page(stands=known)
    if not form.validate():
        return page(stands=known), 422
    try:
        with transaction() as session:
            offer = collaborations.make_offer(
                session,
                application_id=application_id,
                terms=form.terms_in(campaign.currency),
                instead_of=None if known is None else known.id,
                actor=access.actor(),
                now=now,
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return page(stands=known), 422
    except Conflict as refusal:
        with reading() as session:
            newest = _open_of(queries.offers_of(session, application_id))
        flash(f"{sentence(refusal)} What you typed is still here.", "danger")
        return page(stands=newest), 409
    flash(f"{application.creator.display_name} has your offer.", "success")
    return redirect(url_for("brand.offer", offer_id=offer.id), 303)


def _open_of(offers: Sequence[Offer]) -> Offer | None:
    """Return the one that waits for its answer."""
    return next((each for each in offers if each.state is OfferState.OPEN), None)


@bp.get("/offers/<uuid:offer_id>")
def offer(offer_id: UUID) -> ResponseReturnValue:
    """What is on the table, and who answers?"""
    with reading() as session:
        facts = offer_page(session, access.actor(), offer_id)
        money = queries.campaign_money(session, facts["campaign"], now=utc_now())
    return render_template("brand/offer.html", money=money, **facts)


@bp.post("/offers/<uuid:offer_id>/accept")
def accept_offer(offer_id: UUID) -> ResponseReturnValue:
    """Agree to a creator's counter-offer."""
    with transaction() as session:
        collaboration = collaborations.accept_offer(
            session, offer_id=offer_id, actor=access.actor(), now=utc_now()
        )
    flash("Agreed. The fee is set aside and the creator can begin.", "success")
    return redirect(url_for("brand.collaboration", collaboration_id=collaboration.id), 303)


@bp.post("/offers/<uuid:offer_id>/decline")
def decline_offer(offer_id: UUID) -> ResponseReturnValue:
    """Say no to a creator's counter-offer."""
    with transaction() as session:
        declined = collaborations.decline_offer(
            session, offer_id=offer_id, actor=access.actor(), now=utc_now()
        )
    flash("Declined. You can still make another offer.", "success")
    return redirect(url_for("brand.application", application_id=declined.application_id), 303)


@bp.post("/offers/<uuid:offer_id>/withdraw")
def withdraw_offer(offer_id: UUID) -> ResponseReturnValue:
    """Take our own offer back."""
    with transaction() as session:
        withdrawn = collaborations.withdraw_offer(
            session, offer_id=offer_id, actor=access.actor(), now=utc_now()
        )
    flash("The offer is taken back.", "success")
    return redirect(url_for("brand.application", application_id=withdrawn.application_id), 303)
