"""Transfers to connected accounts and their reversals."""

from __future__ import annotations

from marketplace.sandbox.store import Document
from marketplace.sandbox.stripe_currencies import check_amount
from marketplace.sandbox.stripe_errors import StripeRefusal, no_such
from marketplace.sandbox.stripe_events import emit
from marketplace.sandbox.stripe_limits import amount_of, check_metadata, currency_of
from marketplace.sandbox.stripe_money import available, insufficient, move
from marketplace.sandbox.stripe_objects import destination_payment, transfer, transfer_reversal
from marketplace.sandbox.stripe_world import PLATFORM, Call, World


def create(call: Call) -> Document:
    """Answer POST /v1/transfers: from the available balance, or from a charge that is to settle."""
    world, params = call.world, dict(call.params)
    amount = params["amount"] = amount_of(params)
    currency = params["currency"] = currency_of(params["currency"])
    check_amount(amount, currency)
    check_metadata(params.get("metadata"))
    _check_destination(world, params["destination"])
    group = params.get("transfer_group")
    settles = None
    if "source_transaction" in params:
        charged = _source(world, params["source_transaction"], amount=amount, currency=currency)
        group = group or charged["transfer_group"]
        settles = _settles_on(world, charged)
    elif available(world, PLATFORM, currency) < amount:
        raise insufficient()
    sent = transfer(world, params, group=group)
    paid = destination_payment(world, sent)
    sent["destination_payment"] = paid["id"]
    sent["balance_transaction"] = move(
        world,
        account=PLATFORM,
        kind="transfer",
        category="transfer",
        amount=-amount,
        currency=currency,
        source=sent["id"],
        available_on=settles,
        description=sent["description"],
    )["id"]
    paid["balance_transaction"] = move(
        world,
        account=sent["destination"],
        kind="payment",
        category="charge",
        amount=amount,
        currency=currency,
        source=paid["id"],
        available_on=settles,
    )["id"]
    world.store.put("charge", paid["id"], paid, scope=sent["destination"])
    world.store.put("transfer", sent["id"], sent, scope=PLATFORM)
    emit(world, "transfer.created", sent)
    return sent


def _check_destination(world: World, destination: str) -> None:
    account = world.store.get("account", destination)
    if account is None or account["disconnected"]:
        raise no_such("destination", destination, param="destination", status=400)
    if account["transfers"] != "active":
        raise StripeRefusal(
            "Your destination account needs to have at least one of the following capabilities "
            "enabled: transfers, crypto_transfers, legacy_payments",
            code="transfers_not_allowed",
            param="destination",
        )


def _source(world: World, key: str, *, amount: int, currency: str) -> Document:
    charged = world.store.get("charge", key, scope=PLATFORM)
    if charged is None or not charged["paid"]:
        raise no_such("charge", key, param="source_transaction", status=400)
    if charged["currency"] != currency:
        raise StripeRefusal(
            "The currency of source_transaction's balance transaction "
            f"({charged['currency']}) must be the same as the transfer currency ({currency})",
            param="currency",
        )
    drawn = sum(
        sent["amount"] - sent["amount_reversed"]
        for sent in world.store.newest("transfer", equal={"source_transaction": key})
    )
    if drawn + amount > charged["amount"]:
        raise StripeRefusal(
            "Transfers using this transaction as a source must not exceed the source amount of "
            f"{charged['amount']}. There have already been {drawn} transferred.",
            param="amount",
        )
    return charged


def _settles_on(world: World, charged: Document) -> int | None:
    settled = world.store.get("balance_transaction", charged["balance_transaction"])
    return None if settled is None else max(int(settled["available_on"]), world.now)


def reverse(call: Call) -> Document:
    """Answer POST /v1/transfers/{id}/reversals: takes back what the account still holds."""
    world = call.world
    sent = world.store.get("transfer", call.path["transfer"])
    if sent is None:
        raise no_such("transfer", call.path["transfer"])
    left = sent["amount"] - sent["amount_reversed"]
    if left == 0:
        raise StripeRefusal("Transfer is already fully reversed.", param="id")
    amount = amount_of(call.params) if "amount" in call.params else left
    if amount > left:
        raise StripeRefusal(
            f"Reversal amount ({amount}) is greater than the unreversed amount on transfer "
            f"({left})",
            param="amount",
        )
    check_metadata(call.params.get("metadata"))
    currency = sent["currency"]
    if available(world, sent["destination"], currency) < amount:
        raise insufficient()
    taken = transfer_reversal(world, sent, call.params, amount=amount)
    taken["balance_transaction"] = move(
        world,
        account=PLATFORM,
        kind="transfer_refund",
        category="transfer_reversal",
        amount=amount,
        currency=currency,
        source=taken["id"],
    )["id"]
    move(
        world,
        account=sent["destination"],
        kind="payment_refund",
        category="refund",
        amount=-amount,
        currency=currency,
        source=sent["destination_payment"],
    )
    sent["amount_reversed"] += amount
    sent["reversed"] = sent["amount_reversed"] == sent["amount"]
    sent["reversals"]["data"].insert(0, taken)
    world.store.put("transfer", sent["id"], sent)
    world.store.put("transfer_reversal", taken["id"], taken, scope=PLATFORM)
    emit(world, "transfer.reversed", sent)
    return taken
