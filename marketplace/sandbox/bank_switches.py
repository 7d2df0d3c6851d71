"""What the sandbox's bank does when it is told to: a page, and the same switches as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response

from marketplace.sandbox import stripe_bank as bank
from marketplace.sandbox.store import Document
from marketplace.sandbox.stripe_errors import StripeRefusal
from marketplace.sandbox.stripe_limits import currency_of
from marketplace.sandbox.stripe_money import available, settle_into
from marketplace.sandbox.stripe_pages import money_text
from marketplace.sandbox.stripe_world import PLATFORM, World

MOVEMENTS: Final = (
    "stripe_fee", "tax_fee", "reserve_hold", "reserve_release", "network_cost",
    "moonlight_adjustment",
)  # fmt: skip
"""Offered on the page; the last one is a type that Stripe does not have."""
INTERVALS: Final = ("manual", "daily", "weekly", "monthly")
SHOWN: Final = 20
_SEE_OTHER: Final = 303

Press = Callable[[World, Mapping[str, Any]], object]


def _named(kind: str, world: World, wish: Mapping[str, Any], *states: str) -> Document:
    found = world.store.get(kind, str(wish.get("id", "")))
    if found is None:
        raise NotFound(f"no such {kind}")
    if found["status"] not in states:
        raise BadRequest(f"this {kind} is {found['status']}")
    return found


def _payout_paid(world: World, wish: Mapping[str, Any]) -> None:
    bank.arrive_at_bank(world, _named("payout", world, wish, "pending", "in_transit"))


def _payout_failed(world: World, wish: Mapping[str, Any]) -> None:
    payout = _named("payout", world, wish, "pending", "in_transit", "paid")
    bank.fail_payout(world, payout, code=str(wish.get("code") or "account_closed"))


def _topup_succeeded(world: World, wish: Mapping[str, Any]) -> None:
    bank.arrive(world, _named("topup", world, wish, "pending"))


def _topup_failed(world: World, wish: Mapping[str, Any]) -> None:
    topup = _named("topup", world, wish, "pending")
    bank.fail_topup(world, topup, code=str(wish.get("code") or "insufficient_funds"))


def _topup_reversed(world: World, wish: Mapping[str, Any]) -> None:
    bank.reverse_topup(world, _named("topup", world, wish, "succeeded"))


def _movement(world: World, wish: Mapping[str, Any]) -> Document:
    try:
        amount = int(wish["amount"])
        kind, currency = str(wish["type"]), str(wish.get("currency") or "usd")
        if not kind or not amount:
            raise ValueError
        return bank.move_unasked(world, kind=kind, amount=amount, currency=currency)
    except (KeyError, ValueError, StripeRefusal) as wrong:
        raise BadRequest("give type, a text, amount, whole minor units, and currency") from wrong


def _schedule(world: World, wish: Mapping[str, Any]) -> None:
    if wish.get("interval") not in INTERVALS:
        raise BadRequest(f"interval is one of {', '.join(INTERVALS)}")
    bank.set_schedule(world, str(wish["interval"]))


def _linked(world: World, wish: Mapping[str, Any]) -> None:
    bank.link_bank(world, linked=str(wish.get("linked")).lower() in ("1", "true", "yes"))


def _creator_payout(world: World, wish: Mapping[str, Any]) -> Document | None:
    account = str(wish.get("id", ""))
    if world.store.get("account", account) is None:
        raise NotFound("no such account")
    return bank.pay_out_all(world, account, str(wish.get("currency") or "usd"))


def _settlement(world: World, wish: Mapping[str, Any]) -> None:
    try:
        currency, into = currency_of(str(wish["currency"])), currency_of(str(wish["into"]))
        rate = Decimal(str(wish.get("rate") or "1"))
        if not rate.is_finite() or rate <= 0:
            raise ValueError
    except (KeyError, ValueError, InvalidOperation, StripeRefusal) as wrong:
        raise BadRequest("give currency, into, and rate, a number above 0") from wrong
    settle_into(world, currency, into=into, rate=str(rate))


PRESSES: Final[Mapping[str, Press]] = {
    "payout_paid": _payout_paid,
    "payout_failed": _payout_failed,
    "topup_succeeded": _topup_succeeded,
    "topup_failed": _topup_failed,
    "topup_reversed": _topup_reversed,
    "movement": _movement,
    "schedule": _schedule,
    "linked_bank": _linked,
    "creator_payout": _creator_payout,
    "settlement": _settlement,
}
"""Every switch: ``{"press": name, "id": …}`` as JSON, or the same names in a form of the page."""


def press(world: World, wish: Mapping[str, Any]) -> object:
    """Do what is wished, in one transaction; raises BadRequest and NotFound."""
    chosen = PRESSES.get(str(wish.get("press", "")))
    if chosen is None:
        raise BadRequest(f"press is one of {', '.join(PRESSES)}")
    with world.store.transaction():
        return chosen(world, wish)


def blueprint(world: Callable[[], World], *, changed: Callable[[], None]) -> Blueprint:
    """Return the page. world: the sandbox as of now; changed: called after every change."""
    pages = Blueprint("bank_page", __name__, url_prefix="/sandbox/bank")

    @pages.get("/")
    def page() -> str:
        now = world()
        with now.store.transaction():
            bank.bank_due(now)
        accounts = [
            {"id": each["id"], "name": each["name"] or each["id"], "holds": held}
            for each in now.store.newest("account")
            if (held := _holdings(now, each["id"]))
        ]
        return render_template(
            "bank.html",
            payouts=now.store.newest("payout", scope=PLATFORM, limit=SHOWN),
            topups=now.store.newest("topup", limit=SHOWN),
            accounts=accounts[:SHOWN],
            holds=_holdings(now, PLATFORM),
            money=money_text,
            movements=MOVEMENTS,
            intervals=INTERVALS,
            interval=(now.store.get(bank.SETTINGS, PLATFORM) or {"interval": "manual"})["interval"],
            linked=bank.bank_is_linked(now),
        )

    @pages.post("/")
    def pressed() -> Response:
        press(world(), request.form)
        changed()
        return redirect(request.path, code=_SEE_OTHER)

    return pages


def _holdings(world: World, account: str) -> list[tuple[int, str]]:
    """Return what an account has available: minor units and currency."""
    found = [
        (available(world, account, each["currency"]), str(each["currency"]))
        for each in world.store.newest("balance", scope=account)
    ]
    return [each for each in found if each[0]]
