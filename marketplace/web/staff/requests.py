"""What one member of staff asks for and another approves."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import Conflict, InvalidInput
from marketplace.ledger import queries as ledger
from marketplace.ledger.rules import AccountRef, Code, InsufficientBalance
from marketplace.reconciliation.queries import owner_names
from marketplace.store.session import reading, transaction
from marketplace.treasury import queries
from marketplace.treasury import service as treasury
from marketplace.treasury.models import FinanceRequest
from marketplace.treasury.queries import FoundOwners
from marketplace.treasury.rules.requests import ADJUSTABLE, AGAINST, RequestState
from marketplace.web import access, render
from marketplace.web.asked import Asked
from marketplace.web.errors import sentence
from marketplace.web.forms import BaseForm, MoneyField
from marketplace.web.staff.blueprint import bp

LONGEST: Final = 1_000


class ReasonForm(BaseForm):
    """What every request needs."""

    reason = TextAreaField(
        "Why?",
        [InputRequired("Say why, for whoever approves it and for later."), Length(max=LONGEST)],
    )


class AmountForm(ReasonForm):
    """A request for an amount in one of the currencies of the books."""

    amount = MoneyField("Amount", [InputRequired("Enter an amount.")])
    currency = SelectField("Currency")


class AdjustForm(AmountForm):
    """How an account is to be corrected."""

    direction = RadioField(
        "It is to hold",
        choices=[SelectChoice("more", "more than now"), SelectChoice("less", "less than now")],
        validators=[InputRequired("Choose more or less.")],
    )
    against = SelectField(
        "Booked against",
        choices=[SelectChoice(str(code.value), said) for code, said in AGAINST.items()],
    )


class DecideForm(BaseForm):
    """What the other person answers."""

    answer = TextAreaField("Your answer", [Length(max=LONGEST)])


@bp.get("/requests")
def requests() -> ResponseReturnValue:
    """What waits for a second person, and what was decided?"""
    with reading() as session:
        return render_template(
            "staff/requests.html",
            waiting=queries.open_requests(session),
            decided=queries.decided_requests(session, page=access.page_number()),
            me=access.user_id(),
        )


@bp.get("/requests/<uuid:request_id>", endpoint="request")
def request_page(request_id: UUID) -> ResponseReturnValue:
    """What exactly will be booked, who asks for it, and why?"""
    return _request_page(request_id, DecideForm())


@bp.post("/requests/<uuid:request_id>/approve")
def approve_request(request_id: UUID) -> ResponseReturnValue:
    """Have a request executed."""
    try:
        with transaction() as session:
            treasury.approve(session, actor=access.actor(), request_id=request_id, now=utc_now())
    except InsufficientBalance as short:
        form = DecideForm()
        form.form_errors.append(
            f"Nothing was booked: the account holds {render.money(short.available)} now,"
            f" and {render.money(short.needed)} would be taken from it."
        )
        return _request_page(request_id, form), 409
    except Conflict as refusal:
        form = DecideForm()
        form.form_errors.append(f"Nothing was booked. {sentence(refusal)}")
        return _request_page(request_id, form), 409
    flash("Approved and booked.", "success")
    return redirect(url_for("staff.request", request_id=request_id), 303)


@bp.post("/requests/<uuid:request_id>/decline")
def decline_request(request_id: UUID) -> ResponseReturnValue:
    """Turn a request down."""
    form = DecideForm()
    if not form.validate_on_submit():
        return _request_page(request_id, form), 422
    try:
        with transaction() as session:
            treasury.decline(
                session,
                actor=access.actor(),
                request_id=request_id,
                answer=form.answer.data or "",
                now=utc_now(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return _request_page(request_id, form), 422
    flash("Declined. Nothing was booked.", "info")
    return redirect(url_for("staff.request", request_id=request_id), 303)


@bp.post("/requests/<uuid:request_id>/withdraw")
def withdraw_request(request_id: UUID) -> ResponseReturnValue:
    """Take one's own request back."""
    with transaction() as session:
        treasury.withdraw(session, actor=access.actor(), request_id=request_id, now=utc_now())
    flash("Taken back. Nothing was booked.", "info")
    return redirect(url_for("staff.requests"), 303)


@bp.get("/requests/adjust")
def adjustment() -> ResponseReturnValue:
    """What is to be corrected, and whose is it?"""
    return _adjust_page(AdjustForm(formdata=None))


@bp.post("/requests/adjust")
def ask_adjustment() -> ResponseReturnValue:
    """Ask for a correction."""
    form = AdjustForm()
    with reading() as session:
        form.currency.choices = currencies(session)
    account = _account_asked_for(Asked())
    if not form.validate_on_submit() or account is None:
        return _adjust_page(form), 422
    try:
        with transaction() as session:
            made = treasury.ask_adjustment(
                session,
                actor=access.actor(),
                account=account,
                more=form.direction.data == "more",
                against=Code(int(form.against.data)),
                amount=form.amount.amount_in(form.currency.data),
                reason=form.reason.data,
                now=utc_now(),
            )
    except (InvalidInput, InsufficientBalance) as refusal:
        show(form, refusal)
        return _adjust_page(form), 422
    except Conflict as refusal:  # what it would take rests
        form.form_errors.append(sentence(refusal))
        return _adjust_page(form), 409
    return asked(made)


def asked(made: FinanceRequest) -> ResponseReturnValue:
    """Lead on to a request that was just made, and say what happens next."""
    if made.state is RequestState.EXECUTED:
        flash("Booked. It is small enough for one person.", "success")
    else:
        flash("Asked for. Another member of staff has to approve it.", "info")
    return redirect(url_for("staff.request", request_id=made.id), 303)


def show(form: BaseForm, refusal: InvalidInput | InsufficientBalance) -> None:
    """Put a refusal of a request on its form."""
    if isinstance(refusal, InvalidInput):
        form.show(refusal)
        return
    form.form_errors.append(
        f"There is only {render.money(refusal.available)} to take {render.money(refusal.needed)}"
        " from."
    )


def currencies(session: Session) -> list[SelectChoice]:
    """Return the currencies that an amount can be in."""
    return [SelectChoice(code, code) for code in queries.currencies(session)]


def owners_asked_for(session: Session, code: Code | None) -> FoundOwners:
    """Return the owners that the search in the address finds."""
    text = request.args.get("q", "").strip()
    return queries.owners_found(session, code, text) if code is not None else FoundOwners([])


def _account_asked_for(address: Asked) -> AccountRef | None:
    """Return the account in the address; None before one was chosen."""
    code = address.value("account", lambda text: Code(int(text)), "There is no account “{}”.")
    owner = address.value("owner", UUID, "“{}” is not the id of an owner.")
    if code is None or code not in ADJUSTABLE or owner is None:
        return None
    return AccountRef(code, owner)


def _adjust_page(form: AdjustForm) -> str:
    address = Asked()
    code = address.value("account", lambda text: Code(int(text)), "There is no account “{}”.")
    account = _account_asked_for(address)
    with reading() as session:
        form.currency.choices = currencies(session)
        return render_template(
            "staff/request_adjust.html",
            form=form,
            problems=address.problems,
            code=code,
            accounts=ADJUSTABLE,
            q=request.args.get("q", ""),
            found=owners_asked_for(session, code),
            account=account,
            owner=queries.owner_named(session, account) if account else None,
            balances=queries.balances_by_currency(session, account) if account else [],
        )


def _request_page(request_id: UUID, form: DecideForm) -> str:
    with reading() as session:
        found = queries.request_by_id(session, request_id)
        lines = ledger.lines_of(found.pairs)
        return render_template(
            "staff/request.html",
            request_=found,
            lines=lines,
            owners=owner_names(session, (line.ref for line in lines)),
            mine=found.maker_id == access.user_id(),
            form=form,
        )
