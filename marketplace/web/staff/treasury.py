"""The platform's own money: what is ours, what must be added, and what is on its way."""

from __future__ import annotations

from typing import Final

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField
from wtforms.validators import InputRequired

from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput
from marketplace.ledger.checks import asking_once, causes_by_currency, cover_by_currency
from marketplace.store.session import at_one_moment, reading, transaction
from marketplace.treasury import queries
from marketplace.treasury import service as treasury
from marketplace.treasury.rules.own_money import Direction
from marketplace.treasury.service.bank import SCHEDULE
from marketplace.web import access
from marketplace.web.forms import BaseForm, MoneyField
from marketplace.web.staff.blueprint import bp
from marketplace.web.staff.requests import currencies

WORDS: Final = {Direction.TO_BANK: "Payout to our bank", Direction.FROM_BANK: "Top-up"}


class MoveForm(BaseForm):
    """How much goes to our bank, or comes from it."""

    amount = MoneyField("Amount", [InputRequired("Enter an amount.")])
    currency = SelectField("Currency")


@bp.get("/treasury")
def treasury_page() -> ResponseReturnValue:
    """How much of what is at the processor is ours, and what must we add?"""
    return _page(payout=MoveForm(formdata=None), topup=MoveForm(formdata=None))


@bp.post("/treasury/payouts")
def pay_out() -> ResponseReturnValue:
    """Send money of our own to our bank."""
    return _move(Direction.TO_BANK)


@bp.post("/treasury/top-ups")
def top_up() -> ResponseReturnValue:
    """Ask our bank for money."""
    return _move(Direction.FROM_BANK)


def _move(direction: Direction) -> ResponseReturnValue:
    form = MoveForm()
    with reading() as session:
        form.currency.choices = currencies(session)
    outward = direction is Direction.TO_BANK
    forms = {"payout" if outward else "topup": form}
    if not form.validate_on_submit():
        return _page(**forms), 422
    ask = treasury.ask_payout if outward else treasury.ask_topup
    try:
        with transaction() as session:
            amount = form.amount.amount_in(form.currency.data)
            ask(session, actor=access.actor(), amount=amount, now=utc_now())
    except InvalidInput as refusal:
        form.show(refusal)
        return _page(**forms), 422
    flash(f"{WORDS[direction]} asked for. It is sent in a moment.", "info")
    return redirect(url_for("staff.treasury_page"), 303)


def _page(*, payout: MoveForm | None = None, topup: MoveForm | None = None) -> str:
    # Two forms on one page: the ids of the second are told apart.
    payout, topup = payout or MoveForm(formdata=None), topup or MoveForm(formdata=None)
    for name, form in (("payout", payout), ("topup", topup)):
        for field in (form.amount, form.currency):
            field.id = f"{name}_{field.short_name}"
    with at_one_moment() as session, asking_once(session):
        payout.currency.choices = topup.currency.choices = currencies(session)
        return render_template(
            "staff/treasury.html",
            own=queries.own_money_by_currency(session),
            covers=cover_by_currency(session),
            causes=causes_by_currency(session),
            moves=queries.bank_moves(session, page=access.page_number()),
            schedule=queries.setting(session, SCHEDULE),
            lying=queries.lying_long(session, now=utc_now()),
            suspended=len(queries.suspended_movements(session)),
            words=WORDS,
            payout=payout,
            topup=topup,
        )
