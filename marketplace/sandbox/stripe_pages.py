"""The two pages of Stripe that people see: the checkout and the onboarding of a creator."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final
from urllib.parse import urlsplit

from babel.numbers import format_currency
from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from marketplace.sandbox.store import Document
from marketplace.sandbox.stripe_accounts import finish_onboarding, open_link
from marketplace.sandbox.stripe_currencies import decimals
from marketplace.sandbox.stripe_debits import ACCOUNTS, GOOD_ACCOUNT, order
from marketplace.sandbox.stripe_payments import (
    CARDS,
    GOOD_CARD,
    Outcome,
    pay,
    session_now,
)
from marketplace.sandbox.stripe_world import World

SESSION_PLACEHOLDER: Final = "{CHECKOUT_SESSION_ID}"

_SEE_OTHER: Final = 303
_SHORTEST_BANK_NUMBER: Final = 4
_LONGEST_FIELD: Final = 100
_DECLINED: Final = "Your card was declined. Nothing was charged; try another card."
_UNKNOWN_CARD: Final = f"The sandbox does not know this card. {GOOD_CARD} pays."
_UNKNOWN_ACCOUNT: Final = f"The sandbox does not know this account: {GOOD_ACCOUNT} pays."
_ONLY_DOLLARS: Final = "A bank debit is for US dollars only. Pay with a card."


def money_text(amount: int, currency: str) -> str:
    """Return minor units as people write them."""
    code = currency.upper()
    whole = Decimal(amount).scaleb(-decimals(currency.lower()))
    return str(format_currency(whole, code, locale="en_US"))


def blueprint(world: Callable[[], World], *, changed: Callable[[], None]) -> Blueprint:
    """Return the pages. world: the sandbox as of now; changed: called after every change."""
    pages = Blueprint("stripe_pages", __name__)

    @pages.get("/checkout/<key>")
    def checkout(key: str) -> BaseResponse:
        return _checkout_page(world(), key)

    @pages.post("/checkout/<key>")
    def press_pay(key: str) -> BaseResponse:
        now = world()
        card = "".join(request.form.get("card", "").split())
        bank = "".join(request.form.get("bank", "").split())
        email = request.form.get("email", "").strip()[:_LONGEST_FIELD]
        by_bank = request.form.get("method") == "bank"
        if by_bank and bank not in ACCOUNTS:
            return _checkout_page(now, key, trouble=_UNKNOWN_ACCOUNT, bank=bank)
        if not by_bank and card not in CARDS:
            return _checkout_page(now, key, trouble=_UNKNOWN_CARD, card=card)
        with now.store.transaction():
            session = now.store.get("checkout.session", key)
            if session is None:
                return _no_page()
            if by_bank and session["currency"] != "usd":
                return _checkout_page(now, key, trouble=_ONLY_DOLLARS)
            outcome = (
                order(now, key, bank_account=bank, email=email or None)
                if by_bank
                else pay(now, key, card=card, email=email or None)
            )
        changed()
        if outcome is Outcome.DECLINED:
            return _checkout_page(now, key, trouble=_DECLINED, card=card)
        if outcome is Outcome.PAID:
            session = now.store.get("checkout.session", key) or {}
            return redirect(_success_address(session), code=_SEE_OTHER)
        return _checkout_page(now, key)

    @pages.get("/onboarding/<key>")
    def onboarding(key: str) -> BaseResponse:
        now = world()
        with now.store.transaction():
            link = open_link(now, key)
        if link is None:
            return _spent_link(now, key)
        return _onboarding_page(now, link)

    @pages.post("/onboarding/<key>")
    def finish(key: str) -> BaseResponse:
        now = world()
        holder = request.form.get("holder", "").strip()[:_LONGEST_FIELD]
        bank = "".join(request.form.get("bank", "").split())
        with now.store.transaction():
            link = open_link(now, key)
            if link is None:
                return _spent_link(now, key)
            if not holder:
                return _onboarding_page(now, link, trouble="Please give the account holder.")
            if not (bank.isascii() and bank.isalnum() and len(bank) >= _SHORTEST_BANK_NUMBER):
                return _onboarding_page(
                    now, link, trouble="A bank account number has four or more digits or letters."
                )
            finish_onboarding(now, link, holder=holder, bank_last4=bank[-4:])
        changed()
        return redirect(link["return_url"], code=_SEE_OTHER)

    return pages


def _checkout_page(
    world: World,
    key: str,
    *,
    trouble: str | None = None,
    card: str = GOOD_CARD,
    bank: str | None = None,
) -> BaseResponse:
    with world.store.transaction():
        session = session_now(world, key)
    if session is None:
        return _no_page()
    wish = world.store.get("checkout.wish", key) or {"lines": []}
    lines = [
        {**line, "text": money_text(line["amount_total"], line["currency"])}
        for line in wish["lines"]
    ]
    success = _success_address(session)
    return _page(
        "checkout.html",
        status=402 if trouble else 200,
        leads_to=[session["success_url"]],
        session=session,
        amount=money_text(session["amount_total"], session["currency"]),
        lines=lines,
        by_bank=bank is not None,
        bank=bank or GOOD_ACCOUNT,
        accounts=ACCOUNTS,
        card=" ".join(card[place : place + 4] for place in range(0, len(card), 4)),
        email=session["customer_email"] or "buyer@example.com",
        success=success,
        trouble=trouble,
    )


def _success_address(session: Document) -> str:
    return str(session["success_url"]).replace(SESSION_PLACEHOLDER, session["id"])


def _onboarding_page(world: World, link: Document, *, trouble: str | None = None) -> BaseResponse:
    account = world.store.get("account", link["account"]) or {}
    return _page(
        "onboarding.html",
        status=400 if trouble else 200,
        leads_to=[link["return_url"], link["refresh_url"]],
        link=link,
        account=account,
        holder=account.get("holder") or account.get("name") or "Casey Creator",
        trouble=trouble,
    )


def _spent_link(world: World, key: str) -> BaseResponse:
    """Send people with a used or expired link back for a new one, as Stripe does."""
    link = world.store.get("onboarding", key)
    if link is None:
        return _no_page()
    return redirect(link["refresh_url"], code=_SEE_OTHER)


def _no_page() -> BaseResponse:
    return _page("nothing.html", status=404, leads_to=[])


def _page(name: str, *, status: int, leads_to: list[str], **values: object) -> Response:
    """Render a page. leads_to: addresses outside that its forms end up at."""
    response = make_response(render_template(name, **values), status)
    origins = sorted({_origin(address) for address in leads_to if address})
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action 'self' {' '.join(origins)}"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
