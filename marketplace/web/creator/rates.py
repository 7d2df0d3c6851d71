"""What do I usually ask? A creator's rates, one form for each currency."""

from __future__ import annotations

from typing import Final

from babel.numbers import get_territory_currencies
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.creators import queries
from marketplace.creators import service as creators
from marketplace.creators.models import RateCard
from marketplace.creators.rules import FORMATS
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money, digits
from marketplace.store.session import reading, transaction
from marketplace.terms.queries import terms_for
from marketplace.terms.rules import PlatformTerms, not_offered
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
    with reading() as session:
        creator = queries.creator_by_id(session, access.creator_id())
        cards = queries.rates_of(session, creator_id=creator.id)
        terms = terms_for(session, at=utc_now())
    known = asked in terms.currencies
    wanted = [card.currency for card in cards] + get_territory_currencies(creator.country or "")
    usual = (one for one in wanted if one in terms.currencies)
    currency = asked if known else next(usual, terms.currencies[0])
    if request.method == "POST":
        return _save(form, terms, currency=currency, is_offered=known or not asked)
    for card in cards:
        if card.currency == currency:
            form[card.format].data = digits(card.fee)
    return _page(form, cards, currency, terms)


def _save(
    form: RatesForm, terms: PlatformTerms, *, currency: str, is_offered: bool
) -> ResponseReturnValue:
    """Save what was typed. is_offered: False where it was typed in a currency that is no more."""
    try:
        if not is_offered:
            raise InvalidInput({"currency": not_offered(terms.currencies)})
        if not form.validate_on_submit():
            raise InvalidInput({})
        given = _amounts(form, currency)
        with transaction() as session:
            creators.set_rates(
                session,
                actor=access.actor(),
                currency=currency,
                rates=given,
                now=utc_now(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        with reading() as session:
            cards = queries.rates_of(session, creator_id=access.creator_id())
        return _page(form, cards, currency, terms), 422
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


def _page(form: RatesForm, cards: list[RateCard], currency: str, terms: PlatformTerms) -> str:
    return render_template(
        "creator/rates_edit.html",
        form=form,
        formats=FORMATS,
        share_bps=terms.creator_fee_bps,
        cards=cards,
        currency=currency,
        currencies=terms.currencies,
        used=sorted({card.currency for card in cards}),
    )
