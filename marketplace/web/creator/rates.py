"""What do I usually ask? A creator's rates, one form for each currency."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.collaborations.rules import CREATOR_FEE_BPS
from marketplace.creators import queries
from marketplace.creators import service as creators
from marketplace.creators.models import RateCard
from marketplace.creators.rules import CURRENCIES, FORMATS
from marketplace.kernel.currencies import exponent
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money
from marketplace.store.session import reading, transaction
from marketplace.web import access
from marketplace.web.creator.blueprint import bp
from marketplace.web.forms import BaseForm, MoneyField

FORMAT_WORDS: Final = {
    "video": "One video",
    "photo_post": "One photo post",
    "story": "One story",
    "live": "One live stream",
}


class RatesForm(BaseForm):
    video = MoneyField(FORMAT_WORDS["video"])
    photo_post = MoneyField(FORMAT_WORDS["photo_post"])
    story = MoneyField(FORMAT_WORDS["story"])
    live = MoneyField(FORMAT_WORDS["live"])


@bp.route("/rates", methods=["GET", "POST"])
def rates() -> ResponseReturnValue:
    """What do I usually ask?"""
    asked = request.args.get("currency", "")
    form = RatesForm()
    if request.method == "POST":
        return _save(form, currency=asked if asked in CURRENCIES else CURRENCIES[0])
    with reading() as session:
        cards = queries.rates_of(session, creator_id=access.creator_id())
    currency = asked if asked in CURRENCIES else (cards[0].currency if cards else CURRENCIES[0])
    for card in cards:
        if card.currency == currency:
            form[card.format].data = _plain(card.fee)
    return _page(form, cards, currency)


def _save(form: RatesForm, *, currency: str) -> ResponseReturnValue:
    try:
        if not form.validate_on_submit():
            raise InvalidInput({})
        given = _amounts(form, currency)
        with transaction() as session:
            creators.set_rates(session, actor=access.actor(), currency=currency, rates=given)
    except InvalidInput as refusal:
        form.show(refusal)
        with reading() as session:
            cards = queries.rates_of(session, creator_id=access.creator_id())
        return _page(form, cards, currency), 422
    flash(f"Your rates in {currency} are saved.", "success")
    return redirect(url_for("creator.rates", currency=currency), 303)


def _amounts(form: RatesForm, currency: str) -> dict[str, Money]:
    """The amounts that were typed; raises InvalidInput with every problem at once."""
    given: dict[str, Money] = {}
    problems: dict[str, str] = {}
    for name in FORMATS:
        if not form[name].data:
            continue
        try:
            given[name] = form[name].amount_in(currency)
        except InvalidInput as refusal:
            problems |= refusal.problems
    if problems:
        raise InvalidInput(problems)
    return given


def _page(form: RatesForm, cards: list[RateCard], currency: str) -> str:
    return render_template(
        "creator/rates_edit.html",
        form=form,
        formats=FORMATS,
        share_bps=CREATOR_FEE_BPS,
        cards=cards,
        currency=currency,
        currencies=CURRENCIES,
        used=sorted({card.currency for card in cards}),
    )


def _plain(amount: Money) -> str:
    """The amount as a person would type it."""
    return f"{Decimal(amount.minor).scaleb(-exponent(amount.currency)):f}"
