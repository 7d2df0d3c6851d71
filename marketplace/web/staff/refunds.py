"""Refunds that cannot go back the way they came: finance staff send them from the bank."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from marketplace.accounts import queries as accounts
from marketplace.funding import queries
from marketplace.funding import service as funding
from marketplace.funding.rules import method_of
from marketplace.kernel.clock import utc_now
from marketplace.store.session import reading, transaction
from marketplace.web import access
from marketplace.web.forms import BaseForm
from marketplace.web.staff.blueprint import bp


class SentForm(BaseForm):
    reference = StringField(
        "Reference of the transfer",
        [InputRequired("Write what you gave the bank."), Length(max=140)],
    )


class NotSentForm(BaseForm):
    reason = StringField(
        "Why it could not be sent", [InputRequired("Say what the bank said."), Length(max=500)]
    )


@bp.get("/refunds")
def refunds() -> ResponseReturnValue:
    """Which refunds wait for a transfer from our bank?"""
    with reading() as session:
        due = queries.bank_transfers_due(session)
        brands = accounts.brand_names(session, {each.brand_id for each in due})
    return render_template("staff/refunds.html", due=due, brands=brands, method_of=method_of)


@bp.get("/refunds/<uuid:refund_id>")
def refund(refund_id: UUID) -> ResponseReturnValue:
    """Has this refund been sent?"""
    return _page(refund_id, SentForm(), NotSentForm())


@bp.post("/refunds/<uuid:refund_id>/sent")
def refund_sent(refund_id: UUID) -> ResponseReturnValue:
    """Write down that a refund was sent from the bank."""
    form = SentForm()
    if not form.validate_on_submit():
        return _page(refund_id, form, NotSentForm()), 422
    with transaction() as session:
        funding.record_bank_transfer(
            session,
            actor=access.actor(),
            refund_id=refund_id,
            reference=form.reference.data,
            now=utc_now(),
        )
    flash("The refund is booked as sent, and the brand is told.", "success")
    return redirect(url_for("staff.refunds"), 303)


@bp.post("/refunds/<uuid:refund_id>/not-sent")
def refund_not_sent(refund_id: UUID) -> ResponseReturnValue:
    """Put a refund that could not be sent back into the brand's wallet."""
    form = NotSentForm()
    if not form.validate_on_submit():
        return _page(refund_id, SentForm(), form), 422
    with transaction() as session:
        funding.give_up_bank_transfer(
            session,
            actor=access.actor(),
            refund_id=refund_id,
            reason=form.reason.data,
            now=utc_now(),
        )
    flash("The money is back in the brand’s wallet, and the brand is told.", "info")
    return redirect(url_for("staff.refunds"), 303)


def _page(refund_id: UUID, sent: SentForm, not_sent: NotSentForm) -> str:
    with reading() as session:
        found = queries.refund_by_id(session, refund_id)
        brands = accounts.brand_names(session, {found.brand_id})
    return render_template(
        "staff/refund.html",
        refund=found,
        brand=brands[found.brand_id],
        sent=sent,
        not_sent=not_sent,
        method_of=method_of,
    )
