"""Chargebacks, fraud warnings and what brands owe: what is at stake, and what to do by when."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import HiddenField, TextAreaField, validators
from wtforms.validators import InputRequired, Length

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Brand
from marketplace.funding import queries
from marketplace.funding import service as funding
from marketplace.funding.rules import (
    ANSWERABLE,
    EVIDENCE_FIELDS,
    LONGEST_EVIDENCE,
    AnswerState,
)
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput, NotFound
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.reconciliation.queries import owner_names
from marketplace.store.session import reading, transaction
from marketplace.treasury import service as treasury
from marketplace.web import access
from marketplace.web.forms import BaseForm, MoneyField
from marketplace.web.staff.blueprint import bp

ENDED_SHOWN: Final = 20


class EvidenceForm(BaseForm):
    """One text for each thing we can tell a bank."""

    product_description = TextAreaField(EVIDENCE_FIELDS["product_description"])
    customer_name = TextAreaField(EVIDENCE_FIELDS["customer_name"])
    service_date = TextAreaField(EVIDENCE_FIELDS["service_date"])
    access_activity_log = TextAreaField(EVIDENCE_FIELDS["access_activity_log"])
    uncategorized_text = TextAreaField(EVIDENCE_FIELDS["uncategorized_text"])


class NoteForm(BaseForm):
    note = TextAreaField(
        "What did you find out?", [InputRequired("Say what you found out."), Length(max=1_000)]
    )


class DebtForm(BaseForm):
    once = HiddenField(
        validators=[InputRequired(), validators.UUID()], default=lambda: str(new_id())
    )
    amount = MoneyField("Amount", [InputRequired("Enter an amount.")])
    currency = HiddenField(validators=[InputRequired()])
    note = TextAreaField(
        "Why", [InputRequired("Say why, for the brand and for later."), Length(max=1_000)]
    )


@bp.get("/chargebacks")
def chargebacks() -> ResponseReturnValue:
    """What is being charged back, and what has to be done by when?"""
    with reading() as session:
        still_open = queries.open_chargebacks(session)
        ended = queries.ended_chargebacks(session, limit=ENDED_SHOWN)
        warnings = queries.open_warnings(session)
        debts = queries.debts_by_brand(session)
        named = {each.brand_id for each in (*still_open, *ended)}
        named |= {each.brand_id for each in warnings} | set(debts)
        brands = accounts.brand_names(session, named)
    return render_template(
        "staff/chargebacks.html",
        still_open=still_open,
        ended=ended,
        warnings=warnings,
        debts=debts,
        brands=brands,
    )


@bp.get("/chargebacks/<uuid:chargeback_id>")
def chargeback(chargeback_id: UUID) -> ResponseReturnValue:
    """What is at stake, and what is the next step?"""
    return _chargeback_page(chargeback_id, None)


@bp.post("/chargebacks/<uuid:chargeback_id>/evidence")
def submit_evidence(chargeback_id: UUID) -> ResponseReturnValue:
    """Send evidence to the bank."""
    form = EvidenceForm()
    if not form.validate_on_submit():
        return _chargeback_page(chargeback_id, form), 422
    try:
        with transaction() as session:
            funding.submit_evidence(
                session,
                actor=access.actor(),
                chargeback_id=chargeback_id,
                texts={name: form[name].data or "" for name in EVIDENCE_FIELDS},
                now=utc_now(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return _chargeback_page(chargeback_id, form), 422
    flash("The evidence is on its way to the bank.", "success")
    return redirect(url_for("staff.chargeback", chargeback_id=chargeback_id), 303)


@bp.post("/chargebacks/<uuid:chargeback_id>/accept")
def accept_loss(chargeback_id: UUID) -> ResponseReturnValue:
    """Accept that a chargeback is lost."""
    with transaction() as session:
        funding.accept_loss(
            session, actor=access.actor(), chargeback_id=chargeback_id, now=utc_now()
        )
    flash("The bank is told that we accept the loss.", "info")
    return redirect(url_for("staff.chargeback", chargeback_id=chargeback_id), 303)


@bp.get("/fraud-warnings/<uuid:warning_id>")
def fraud_warning(warning_id: UUID) -> ResponseReturnValue:
    """Is this payment the brand's own?"""
    return _warning_page(warning_id, NoteForm())


@bp.post("/fraud-warnings/<uuid:warning_id>")
def dismiss_warning(warning_id: UUID) -> ResponseReturnValue:
    """Free what a warning froze."""
    form = NoteForm()
    if not form.validate_on_submit():
        return _warning_page(warning_id, form), 422
    with transaction() as session:
        funding.dismiss_warning(
            session,
            actor=access.actor(),
            warning_id=warning_id,
            note=form.note.data or "",
            now=utc_now(),
        )
    flash("The campaign’s money is free again, and the brand is told.", "success")
    return redirect(url_for("staff.chargebacks"), 303)


@bp.get("/debts/<uuid:brand_id>")
def debt(brand_id: UUID) -> ResponseReturnValue:
    """What does this brand owe, and from what can it be taken?"""
    return _debt_page(brand_id, DebtForm(formdata=None))


@bp.post("/debts/<uuid:brand_id>/recover")
def recover(brand_id: UUID) -> ResponseReturnValue:
    """Take what a brand owes out of its wallet."""
    form = DebtForm()
    if not form.validate_on_submit():
        return _debt_page(brand_id, form), 422
    try:
        with transaction() as session:
            funding.recover_owed(
                session,
                actor=access.actor(),
                brand_id=_debtor(session, brand_id).id,
                amount=_amount(form),
                recovery_id=UUID(form.once.data),
                note=form.note.data or "",
                now=utc_now(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return _debt_page(brand_id, form), 422
    flash("It is taken out of the brand’s wallet.", "success")
    return redirect(url_for("staff.debt", brand_id=brand_id), 303)


@bp.post("/debts/<uuid:brand_id>/write-off")
def ask_write_off(brand_id: UUID) -> ResponseReturnValue:
    """Ask a colleague to agree that we give up collecting."""
    form = DebtForm()
    if not form.validate_on_submit():
        return _debt_page(brand_id, form), 422
    try:
        with transaction() as session:
            asked = treasury.ask_write_off(
                session,
                actor=access.actor(),
                brand_id=_debtor(session, brand_id).id,
                amount=_amount(form),
                reason=form.note.data or "",
                now=utc_now(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return _debt_page(brand_id, form), 422
    flash("Another member of staff has to approve it.", "info")
    return redirect(url_for("staff.request", request_id=asked.id), 303)


def _debtor(session: Session, brand_id: UUID) -> Brand:
    """The brand, if it owes or ever owed anything; otherwise NotFound."""
    lost = queries.chargebacks_of(session, brand_id=brand_id)
    if not any(each.owed for each in lost) and not queries.debts_of(session, brand_id=brand_id):
        raise NotFound("debt")
    return accounts.brand_by_id(session, brand_id)


def _amount(form: DebtForm) -> Money:
    amount: Money = form.amount.amount_in(form.currency.data or "")
    return amount


def _chargeback_page(chargeback_id: UUID, form: EvidenceForm | None) -> str:
    now = utc_now()
    with reading() as session:
        found = queries.chargeback_by_id(session, chargeback_id)
        answers = queries.answers_to(session, chargeback_id)
        entries = ledger.entries(session, owner=chargeback_id)
        in_time = found.evidence_due_by is None or found.evidence_due_by >= now
        answered = any(each.state is not AnswerState.REFUSED for each in answers)
        shown: dict[str, Any] = {
            "brand": accounts.brand_by_id(session, found.brand_id),
            "owners": owner_names(session, (line.ref for each in entries for line in each.lines)),
            "form": form or EvidenceForm(formdata=None, data=queries.evidence_for(session, found)),
        }
    return render_template(
        "staff/chargeback.html",
        found=found,
        answers=answers,
        entries=entries,
        takes_answer=found.state in ANSWERABLE and in_time and not answered,
        longest=LONGEST_EVIDENCE,
        now=now,
        **shown,
    )


def _warning_page(warning_id: UUID, form: NoteForm) -> str:
    with reading() as session:
        found = queries.warning_by_id(session, warning_id)
        brand = accounts.brand_by_id(session, found.brand_id)
    return render_template("staff/fraud_warning.html", found=found, brand=brand, form=form)


def _debt_page(brand_id: UUID, form: DebtForm) -> str:
    with reading() as session:
        brand = _debtor(session, brand_id)
        debts = queries.debts_of(session, brand_id=brand_id)
        wallets = {
            each.currency: queries.wallet_of(session, brand_id=brand_id, currency=each.currency)
            for each in debts
        }
        lost = queries.chargebacks_of(session, brand_id=brand_id)
        recoveries = queries.recoveries_of(session, brand_id=brand_id)
    if debts and not form.currency.data:
        form.currency.data = debts[0].currency
    return render_template(
        "staff/debt.html",
        brand=brand,
        debts=debts,
        wallets=wallets,
        lost=[each for each in lost if each.owed],
        recoveries=recoveries,
        form=form,
    )
