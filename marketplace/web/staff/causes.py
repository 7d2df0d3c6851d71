"""Organisations that campaigns give to: entered, verified, and sent what they are owed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from marketplace.accounts.rules import countries
from marketplace.causes import queries
from marketplace.causes import service as causes
from marketplace.causes.models import Organisation
from marketplace.causes.queries import CauseTotal
from marketplace.causes.rules.organisations import (
    CATEGORY_WORDS,
    NOTE_MOST,
    OrganisationEvent,
    OrganisationFacts,
    OrganisationState,
)
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import Conflict, InvalidInput
from marketplace.ledger.rules import InsufficientBalance
from marketplace.store.session import reading, transaction
from marketplace.treasury import service as treasury
from marketplace.web import access
from marketplace.web.causes import view_of
from marketplace.web.errors import sentence
from marketplace.web.forms import BaseForm
from marketplace.web.staff.blueprint import bp
from marketplace.web.staff.requests import AmountForm, asked, show


class OrganisationForm(BaseForm):
    """What is known of an organisation."""

    name = StringField("Name", [InputRequired("Enter its name, as the register has it.")])
    country = SelectField("Registered in", default="", validate_choice=False)
    registration_number = StringField(
        "Registration number", [InputRequired("Enter its number in the register.")]
    )
    register = StringField(
        "The register’s page",
        [InputRequired("Enter the address at which the register shows the number.")],
        description="The public register’s own page with this number, from https:// on.",
    )
    website = StringField("Website", [InputRequired("Enter its website.")])
    category = SelectField(
        "Works for",
        choices=[SelectChoice(each.value, words) for each, words in CATEGORY_WORDS.items()],
        validate_choice=False,
    )
    about = TextAreaField("In a sentence or two", description="For the public page.")

    def follow(self) -> None:
        """Offer the countries there are, by name."""
        by_name = sorted(countries().items(), key=lambda each: each[1])
        self.country.choices = [
            SelectChoice("", "Choose a country"),
            *(SelectChoice(code, name) for code, name in by_name),
        ]

    def facts(self) -> OrganisationFacts:
        """Return what was entered."""
        return OrganisationFacts(
            name=self.name.data,
            country=self.country.data or "",
            registration_number=self.registration_number.data,
            register=self.register.data,
            website=self.website.data,
            category=self.category.data or "",
            about=self.about.data or "",
        )


class VerifyForm(BaseForm):
    """What was looked at."""

    note = TextAreaField(
        "What did you look at?",
        [
            InputRequired("Say what you looked at, for whoever checks it later."),
            Length(max=NOTE_MOST),
        ],
        description="The register’s page, the day, and that name and number are the same.",
    )


class WithdrawForm(BaseForm):
    """Why a verification does not hold any more."""

    note = TextAreaField(
        "Why?",
        [InputRequired("Say what does not hold any more."), Length(max=NOTE_MOST)],
        description="Nothing new is pledged or sent to it; what it is owed stays its own.",
    )


class SendForm(AmountForm):
    """A bank transfer that was made, to be booked by two people."""

    reference = StringField(
        "Reference of the bank transfer",
        [InputRequired("Write what you gave the bank with the transfer.")],
    )


@bp.get("/causes", endpoint="causes")
def organisation_list() -> ResponseReturnValue:
    """Who can be given to, who waits to be verified, and who is owed what?"""
    with reading() as session:
        everybody = queries.organisations(session)
        return render_template(
            "staff/causes.html",
            organisations=everybody,
            totals=queries.totals_by_organisation(session, [each.id for each in everybody]),
            categories=CATEGORY_WORDS,
            country_names=countries(),
        )


@bp.route("/causes/new", methods=["GET", "POST"])
def new_cause() -> ResponseReturnValue:
    """Which organisation, and where can it be looked up?"""
    form = OrganisationForm()
    form.follow()
    if not form.is_submitted():
        return _form_page(form, None)
    if not form.validate():
        return _form_page(form, None), 422
    try:
        with transaction() as session:
            made = causes.enter_organisation(
                session, actor=access.actor(), facts=form.facts(), now=utc_now()
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return _form_page(form, None), 422
    flash("Entered. Look it up in its register, then verify it.", "info")
    return redirect(url_for("staff.cause", organisation_id=made.id), 303)


@bp.get("/causes/<uuid:organisation_id>")
def cause(organisation_id: UUID) -> ResponseReturnValue:
    """Is this organisation what it says, what is it owed, and what was it sent?"""
    return _page(organisation_id)


@bp.route("/causes/<uuid:organisation_id>/edit", methods=["GET", "POST"])
def edit_cause(organisation_id: UUID) -> ResponseReturnValue:
    """What is wrong in what we wrote down?"""
    with reading() as session:
        found = queries.organisation_by_id(session, organisation_id)
    form = OrganisationForm(obj=found)
    form.follow()
    if not form.is_submitted():
        return _form_page(form, found)
    if not form.validate():
        return _form_page(form, found), 422
    try:
        with transaction() as session:
            causes.correct_organisation(
                session,
                actor=access.actor(),
                organisation_id=organisation_id,
                facts=form.facts(),
                now=utc_now(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return _form_page(form, found), 422
    flash("Corrected.", "success")
    return redirect(url_for("staff.cause", organisation_id=organisation_id), 303)


@bp.post("/causes/<uuid:organisation_id>/verify")
def verify_cause(organisation_id: UUID) -> ResponseReturnValue:
    """Say that an organisation is what its register says."""
    return _decide(organisation_id, OrganisationEvent.VERIFY)


@bp.post("/causes/<uuid:organisation_id>/withdraw")
def withdraw_cause(organisation_id: UUID) -> ResponseReturnValue:
    """Take a verification back."""
    return _decide(organisation_id, OrganisationEvent.WITHDRAW)


@bp.post("/causes/<uuid:organisation_id>/send")
def send_to_cause(organisation_id: UUID) -> ResponseReturnValue:
    """Ask that a bank transfer to an organisation is booked; another member of staff decides."""
    form = SendForm()
    with reading() as session:
        form.currency.choices = _owed_in(
            queries.totals_by_organisation(session, [organisation_id]).get(organisation_id, ())
        )
    if not form.validate_on_submit():
        return _page(organisation_id, send=form), 422
    try:
        with transaction() as session:
            made = treasury.ask_cause_payment(
                session,
                actor=access.actor(),
                organisation_id=organisation_id,
                amount=form.amount.amount_in(form.currency.data),
                reference=form.reference.data,
                reason=form.reason.data,
                now=utc_now(),
            )
    except (InvalidInput, InsufficientBalance) as refusal:
        show(form, refusal)
        return _page(organisation_id, send=form), 422
    except Conflict as refusal:
        form.form_errors.append(sentence(refusal))
        return _page(organisation_id, send=form), 409
    return asked(made)


def _decide(organisation_id: UUID, event: OrganisationEvent) -> ResponseReturnValue:
    verify = event is OrganisationEvent.VERIFY
    form = VerifyForm() if verify else WithdrawForm()
    if not form.validate_on_submit():
        return _page(organisation_id, note=form), 422
    verb = causes.verify_organisation if verify else causes.withdraw_verification
    try:
        with transaction() as session:
            found = verb(
                session,
                actor=access.actor(),
                organisation_id=organisation_id,
                note=form.note.data or "",
                now=utc_now(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return _page(organisation_id, note=form), 422
    flash(
        f"{found.name} is verified. Campaigns can give to it now."
        if verify
        else f"{found.name} is not verified any more. Nothing is pledged or sent to it.",
        "success" if verify else "info",
    )
    return redirect(url_for("staff.cause", organisation_id=organisation_id), 303)


def _owed_in(totals: Sequence[CauseTotal]) -> list[SelectChoice]:
    currencies = [each.owed.currency for each in totals if each.owed]
    return [SelectChoice(currency, currency) for currency in currencies]


def _page(
    organisation_id: UUID, *, note: BaseForm | None = None, send: SendForm | None = None
) -> str:
    with reading() as session:
        found = queries.organisation_by_id(session, organisation_id)
        verified = found.state is OrganisationState.VERIFIED
        totals = queries.totals_by_organisation(session, [organisation_id])
        mine = totals.get(organisation_id, ())
        send = send or SendForm(formdata=None)
        send.currency.choices = _owed_in(mine)
        return render_template(
            "staff/cause.html",
            organisation=found,
            totals=mine,
            steps=queries.steps_of(session, organisation_id),
            views=[
                view_of(session, each) for each in queries.to_pledge_from(session, organisation_id)
            ],
            sent=queries.sent_to(session, organisation_id),
            note_form=note or (WithdrawForm if verified else VerifyForm)(formdata=None),
            send_form=send,
            categories=CATEGORY_WORDS,
            country_names=countries(),
        )


def _form_page(form: OrganisationForm, found: Organisation | None) -> str:
    return render_template("staff/cause_form.html", form=form, organisation=found)
