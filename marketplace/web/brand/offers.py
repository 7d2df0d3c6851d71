"""Terms between the brand and a creator, from the brand's side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.models import Brief
from marketplace.collaborations import queries
from marketplace.collaborations import service as collaborations
from marketplace.collaborations.models import Application, Invitation, Offer
from marketplace.collaborations.queries import CampaignMoney
from marketplace.deliverables import service as deliverables
from marketplace.kernel.clock import utc_now
from marketplace.kernel.days import today_somewhere
from marketplace.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from marketplace.matching.rules.planner.ways import way_in
from marketplace.store.session import reading, transaction
from marketplace.terms.rules import Shares
from marketplace.web import access
from marketplace.web.agreements import money_preview, offer_page, open_of
from marketplace.web.brand.blueprint import bp
from marketplace.web.errors import sentence
from marketplace.web.offer_forms import OfferForm, form_from_brief, form_from_offer


@dataclass(frozen=True, slots=True)
class _Desk:
    """An application with what is known where the brand writes terms for it.

    before: its offers so far, newest first.
    """

    application: Application
    brief: Brief
    before: Sequence[Offer]
    money: CampaignMoney
    shares: Shares
    invitation: Invitation | None

    def form(self, *, now: datetime) -> OfferForm:
        """Return what was typed; else the last offer, or what the brief asks and they want."""
        if self.before:
            return form_from_offer(self.before[0])
        return form_from_brief(
            self.brief,
            fee=self.application.fee,
            ends_on=self.application.campaign.ends_on,
            today=today_somewhere(now),
            way=None if self.invitation is None else way_in(self.invitation.deliverables),
        )

    def known(self, offer_id: str | None) -> Offer | None:
        """Return the offer whose place the terms that were typed take, as the form names it."""
        return next((each for each in self.before if str(each.id) == offer_id), None)

    def page(self, form: OfferForm, *, stands: Offer | None) -> str:
        """Return the form with what stands beside it."""
        application = self.application
        return render_template(
            "brand/offer_form.html",
            form=form,
            stands=stands,
            application=application,
            campaign=application.campaign,
            creator=application.creator,
            money=self.money,
            preview=money_preview(form, application.campaign.currency, self.shares),
            action=url_for("brand.make_offer", application_id=application.id),
            back=url_for("brand.application", application_id=application.id),
            heading=f"What do we offer {application.creator.display_name}?",
        )


def _desk_for(session: Session, application_id: UUID, *, now: datetime) -> _Desk:
    application = queries.application_seen_by(session, access.actor(), application_id)
    campaign = application.campaign
    if not access.actor().may_edit(campaign.brand_id):
        raise NotPermitted("make offers for this brand")
    brief = campaigns.published_brief(session, campaign.id)
    if brief is None:
        raise NotFound("brief")
    terms = campaigns.terms_of(session, campaign, now=now)
    ties = queries.ties_of(session, creator_id=application.creator_id, campaign_id=campaign.id)
    return _Desk(
        application=application,
        brief=brief,
        before=queries.offers_of(session, application_id),
        money=queries.campaign_money(session, campaign, now=now),
        shares=terms.shares_for(application.creator.country),
        invitation=ties.invitation,
    )


@bp.route("/applications/<uuid:application_id>/offer", methods=["GET", "POST"])
def make_offer(application_id: UUID) -> ResponseReturnValue:
    """What do we offer? Filled in with what the brief asks and the applicant wants."""
    now = utc_now()
    with reading() as session:
        desk = _desk_for(session, application_id, now=now)
    form = desk.form(now=now)
    if not form.is_submitted():
        return desk.page(form, stands=open_of(desk.before))
    known = desk.known(request.form.get("instead_of"))
    if "look" in request.form:
        return desk.page(form, stands=known)
    if not form.validate():
        return desk.page(form, stands=known), 422
    try:
        with transaction() as session:
            offer = collaborations.make_offer(
                session,
                application_id=application_id,
                terms=form.terms_in(desk.application.campaign.currency),
                instead_of=None if known is None else known.id,
                actor=access.actor(),
                now=now,
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return desk.page(form, stands=known), 422
    except Conflict as refusal:
        with reading() as session:
            newest = open_of(queries.offers_of(session, application_id))
        flash(f"{sentence(refusal)} What you typed is still here.", "danger")
        return desk.page(form, stands=newest), 409
    flash(f"{desk.application.creator.display_name} has your offer.", "success")
    return redirect(url_for("brand.offer", offer_id=offer.id), 303)


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
        collaboration = deliverables.accept_offer(
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
