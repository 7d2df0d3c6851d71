"""Money that comes back from creators: clawbacks, and payouts that are taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import Conflict, InvalidInput, NotFound
from marketplace.ledger.rules import InsufficientBalance
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Payout
from marketplace.payouts.rules import ACCOUNT_SHORT
from marketplace.store.session import reading, transaction
from marketplace.treasury import service as treasury
from marketplace.web import access, render
from marketplace.web.errors import sentence
from marketplace.web.forms import BaseForm, MoneyField
from marketplace.web.staff.blueprint import bp
from marketplace.web.staff.requests import LONGEST, asked, show

FORGIVE: Final = "forgive"


class BackForm(BaseForm):
    """How much comes back, and why."""

    amount = MoneyField("Amount", [InputRequired("Enter an amount.")])
    reason = TextAreaField("Why?", [InputRequired("Say why."), Length(max=LONGEST)])


class SettleForm(BackForm):
    """How a part of a clawback is settled without waiting for later earnings."""

    how = SelectField("How")


@bp.get("/clawbacks")
def clawbacks() -> ResponseReturnValue:
    """Who has to give what back, and how much of it is settled?"""
    with reading() as session:
        return render_template(
            "staff/clawbacks.html", page=queries.cases(session, page=access.page_number())
        )


@bp.get("/clawbacks/<uuid:case_id>")
def clawback(case_id: UUID) -> ResponseReturnValue:
    """What has to come back, why, and how was it settled so far?"""
    return _case_page(case_id, SettleForm(formdata=None))


@bp.post("/clawbacks/<uuid:case_id>")
def settle_clawback(case_id: UUID) -> ResponseReturnValue:
    """Take a part of a clawback out of a payout, or ask to forgive it."""
    form = SettleForm()
    with reading() as session:
        case = queries.case_by_id(session, case_id).case
        form.how.choices = _ways(
            queries.reversible_payouts(session, creator_id=case.creator_id, currency=case.currency)
        )
    if not form.validate_on_submit():
        return _case_page(case_id, form), 422
    try:
        with transaction() as session:
            amount = form.amount.amount_in(case.currency)
            if form.how.data == FORGIVE:
                made = treasury.ask_forgiveness(
                    session,
                    actor=access.actor(),
                    case_id=case_id,
                    amount=amount,
                    reason=form.reason.data,
                    now=utc_now(),
                )
                return asked(made)
            payouts.ask_reversal(
                session,
                actor=access.actor(),
                payout_id=UUID(form.how.data),
                amount=amount,
                reason=form.reason.data,
                case_id=case_id,
                now=utc_now(),
            )
    except (InvalidInput, InsufficientBalance) as refusal:
        show(form, refusal)
        return _case_page(case_id, form), 422
    except Conflict as refusal:
        form.form_errors.append(sentence(refusal))
        return _case_page(case_id, form), 409
    flash("The processor is asked to take it back. You will be told.", "info")
    return redirect(url_for("staff.clawback", case_id=case_id), 303)


@bp.get("/deliverables/<uuid:deliverable_id>/take-back")
def take_back(deliverable_id: UUID) -> ResponseReturnValue:
    """How much has the creator to give back, and why?"""
    return _take_back_page(deliverable_id, BackForm(formdata=None))


@bp.post("/deliverables/<uuid:deliverable_id>/take-back")
def ask_clawback(deliverable_id: UUID) -> ResponseReturnValue:
    """Ask for a clawback; another member of staff decides."""
    form = BackForm()
    with reading() as session:
        line = queries.earning_line(session, deliverable_id=deliverable_id, now=utc_now())
    if not form.validate_on_submit() or line is None:
        return _take_back_page(deliverable_id, form), 422
    try:
        with transaction() as session:
            made = treasury.ask_clawback(
                session,
                actor=access.actor(),
                deliverable_id=deliverable_id,
                amount=form.amount.amount_in(line.earning.currency),
                reason=form.reason.data,
                now=utc_now(),
            )
    except (InvalidInput, InsufficientBalance) as refusal:
        show(form, refusal)
        return _take_back_page(deliverable_id, form), 422
    return asked(made)


@bp.get("/payouts/<uuid:payout_id>/reverse")
def reversal(payout_id: UUID) -> ResponseReturnValue:
    """How much of this payout is to be taken back, and why?"""
    return _reversal_page(payout_id, BackForm(formdata=None))


@bp.post("/payouts/<uuid:payout_id>/reverse")
def reverse_payout(payout_id: UUID) -> ResponseReturnValue:
    """Ask the processor to take a payout back."""
    form = BackForm()
    with reading() as session:
        payout = queries.payout_seen_by(session, access.actor(), payout_id)
    if not form.validate_on_submit():
        return _reversal_page(payout_id, form), 422
    try:
        with transaction() as session:
            payouts.ask_reversal(
                session,
                actor=access.actor(),
                payout_id=payout_id,
                amount=form.amount.amount_in(payout.currency),
                reason=form.reason.data,
                now=utc_now(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return _reversal_page(payout_id, form), 422
    flash("The processor is asked to take it back. You will be told.", "info")
    return redirect(url_for("staff.payout", payout_id=payout_id), 303)


def _ways(found: Sequence[Payout]) -> list[SelectChoice]:
    """Return how a clawback can be settled: out of one of these payouts, or not at all."""
    ways = [SelectChoice(str(each.id), f"Take it out of {_words(each)}") for each in found]
    return [*ways, SelectChoice(FORGIVE, "Forgive it: we bear it as a loss")]


def _words(payout: Payout) -> str:
    return f"the payout of {render.money(payout.amount)}, {render.day(payout.reserved_at)}"


def _case_page(case_id: UUID, form: SettleForm) -> str:
    with reading() as session:
        line = queries.case_by_id(session, case_id)
        case = line.case
        form.how.choices = _ways(
            queries.reversible_payouts(session, creator_id=case.creator_id, currency=case.currency)
        )
        return render_template(
            "staff/clawback.html",
            line=line,
            steps=queries.steps_of_case(session, case_id),
            under_way=queries.has_reversals_under_way(session, [case_id]).get(case_id),
            form=form,
        )


def _take_back_page(deliverable_id: UUID, form: BackForm) -> str:
    with reading() as session:
        line = queries.earning_line(session, deliverable_id=deliverable_id, now=utc_now())
        if line is None:
            raise NotFound("earned fee")
        sent, back = queries.taken_back_of(session, deliverable_id, line.earning.currency)
        return render_template(
            "staff/take_back.html", line=line, sent=sent, back=back, left=sent - back, form=form
        )


def _reversal_page(payout_id: UUID, form: BackForm) -> str:
    with reading() as session:
        payout = queries.payout_seen_by(session, access.actor(), payout_id)
        return render_template(
            "staff/reversal.html",
            payout=payout,
            reversals=queries.reversals_of(session, payout_id),
            earnings=queries.earnings_in(session, payout_id),
            account_short=ACCOUNT_SHORT,
            form=form,
        )
