"""Balances: every movement is a balance transaction; pending money becomes available by clock."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from marketplace.sandbox.store import Document, Store
from marketplace.sandbox.stripe_currencies import decimals
from marketplace.sandbox.stripe_errors import StripeRefusal
from marketplace.sandbox.stripe_world import PLATFORM, Call, World, fresh_id

SETTLES_AFTER: Final = 2 * 24 * 60 * 60
"""Seconds until the money of a charge is available."""

_TO_THE_BANK: Final = ("payout", "payout_cancel", "payout_failure")

CARD_FEE_PER_MILLE: Final = 29
CARD_FEE_FIXED: Final = 30


def card_fee(amount: int) -> int:
    """Return Stripe's fee in minor units: 2.9 % rounded half up, and 30."""
    return (amount * CARD_FEE_PER_MILLE + 500) // 1000 + CARD_FEE_FIXED


@dataclass(frozen=True, slots=True)
class Settled:
    """What arrives for a charge; rate: None where it arrives as it was charged."""

    amount: int
    currency: str
    rate: float | None


def settle_into(world: World, currency: str, *, into: str, rate: str) -> None:
    """From now on, charges in a currency arrive in another; into itself: as they are charged."""
    if into == currency:
        world.store.delete("settlement", currency)
    else:
        world.store.put("settlement", currency, {"into": into, "rate": rate})


def settle(world: World, amount: int, currency: str) -> Settled:
    """Return what arrives for a charge: changed where the account settles in another currency.

    docs.stripe.com/currencies: the balance transaction is in the settlement currency, and its
    exchange rate is what the charge's amount was multiplied by.
    """
    rule = world.store.get("settlement", currency)
    if rule is None:
        return Settled(amount, currency, None)
    return _changed(amount, currency, into=rule["into"], rate=Decimal(rule["rate"]))


def settle_part(world: World, charged: Document, amount: int) -> Settled:
    """Return what moves for a part of a charge that goes back: changed where the charge was.

    docs.stripe.com/currencies/disputes-refunds: at the rate of the moment, which differs from that
    of the payment. Without a rate of the moment the charge's own is taken.
    """
    currency = charged["currency"]
    arrived = world.store.get("balance_transaction", charged["balance_transaction"]) or {}
    if arrived.get("currency", currency) == currency:
        return Settled(amount, currency, None)
    rule = world.store.get("settlement", currency) or {}
    known = rule.get("rate") if rule.get("into") == arrived["currency"] else None
    rate = Decimal(known or str(arrived["exchange_rate"]))
    return _changed(amount, currency, into=arrived["currency"], rate=rate)


def _changed(amount: int, currency: str, *, into: str, rate: Decimal) -> Settled:
    whole = Decimal(amount).scaleb(decimals(into) - decimals(currency)) * rate
    return Settled(int(whole.to_integral_value(ROUND_HALF_UP)), into, float(rate))


def move(
    world: World,
    *,
    account: str,
    kind: str,
    category: str,
    amount: int,
    currency: str,
    source: str | None,
    fee: int = 0,
    available_on: int | None = None,
    description: str | None = None,
    exchange_rate: float | None = None,
) -> Document:
    """Write one balance transaction and change the account's balance by its net.

    amount: signed, minor units, before the fee; available_on: at once unless given.
    """
    when = world.now if available_on is None else available_on
    transaction: Document = {
        "id": fresh_id("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": when,
        "balance_type": "payments",
        "created": world.now,
        "currency": currency,
        "description": description,
        "exchange_rate": exchange_rate,
        "fee": fee,
        "fee_details": _fee_details(fee, currency),
        "net": amount - fee,
        "reporting_category": category,
        "source": source,
        "status": "pending" if when > world.now else "available",
        "type": kind,
    }
    world.store.put("balance_transaction", transaction["id"], transaction, scope=account)
    balance = _balance(world, account, currency)
    if when > world.now:
        balance["pending"].append([when, amount - fee])
    else:
        balance["available"] += amount - fee
    world.store.put("balance", f"{account}:{currency}", balance, scope=account)
    return transaction


def _fee_details(fee: int, currency: str) -> list[Document]:
    if fee == 0:
        return []
    return [
        {
            "amount": fee,
            "application": None,
            "currency": currency,
            "description": "Stripe processing fees",
            "type": "stripe_fee",
        }
    ]


def _balance(world: World, account: str, currency: str) -> Document:
    """Return the stored balance with everything that has become available by now moved over."""
    balance = world.store.get("balance", f"{account}:{currency}") or {
        "account": account,
        "currency": currency,
        "available": 0,
        "pending": [],
    }
    waiting = balance["pending"]
    balance["available"] += sum(net for when, net in waiting if when <= world.now)
    balance["pending"] = [[when, net] for when, net in waiting if when > world.now]
    return balance


def available(world: World, account: str, currency: str) -> int:
    """Return the money that can be moved now, in minor units."""
    return int(_balance(world, account, currency)["available"])


def pending(world: World, account: str, currency: str) -> int:
    """Return the money that is on its way, in minor units."""
    return sum(net for _, net in _balance(world, account, currency)["pending"])


def insufficient() -> StripeRefusal:
    """Return the refusal of a movement that the available balance does not cover."""
    return StripeRefusal(
        "You have insufficient available funds in your Stripe account. Funds of a card payment "
        "become available two days after it.",
        code="balance_insufficient",
    )


def transaction_now(world: World, transaction: Document) -> Document:
    """Return the balance transaction with its status as of now."""
    arrived = transaction["available_on"] <= world.now
    return {**transaction, "status": "available" if arrived else "pending"}


def read_balance(call: Call) -> Document:
    """Answer GET /v1/balance, of the platform or of the account named in the header."""
    currencies = [
        balance["currency"] for balance in call.world.store.newest("balance", scope=call.account)
    ]
    named = sorted(currencies) or ["usd"]
    return {
        "object": "balance",
        "available": [
            _line(available(call.world, call.account, currency), currency) for currency in named
        ],
        "livemode": False,
        "pending": [
            _line(pending(call.world, call.account, currency), currency) for currency in named
        ],
    }


def _line(amount: int, currency: str) -> Document:
    return {"amount": amount, "currency": currency, "source_types": {"card": amount}}


def banked(store: Store, account: str) -> dict[str, Any]:
    """Return what a connected account was sent less what was taken back: {currency: minor units}.

    It stands for the creator's bank account, to which Stripe would pay out every day; whether it
    has done so makes no difference.
    """
    totals: dict[str, int] = {}
    if account == PLATFORM:
        return totals
    for transaction in store.newest("balance_transaction", scope=account):
        if transaction["type"] in _TO_THE_BANK:
            continue
        currency = transaction["currency"]
        totals[currency] = totals.get(currency, 0) + transaction["net"]
    return totals
