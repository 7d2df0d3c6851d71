"""Between a Stripe balance and a bank: payouts, top-ups, and the settings of payouts.

Facts: the field texts of ``Payout``, ``Topup`` and ``BalanceSettings`` in the pinned ``stripe``
package. A payout leaves the balance at once and is pending until it goes to the bank; it is paid,
fails or is cancelled, and one that was paid can still fail. A top-up adds to the balance when it
succeeds and can be reversed after that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from marketplace.sandbox.store import Document
from marketplace.sandbox.stripe_currencies import check_amount, check_payout
from marketplace.sandbox.stripe_errors import StripeRefusal, no_such
from marketplace.sandbox.stripe_events import emit
from marketplace.sandbox.stripe_limits import amount_of, check_metadata, currency_of
from marketplace.sandbox.stripe_money import available, insufficient, move
from marketplace.sandbox.stripe_world import PLATFORM, Call, World, fresh_id

DAY: Final = 24 * 60 * 60
GOES_OUT_AFTER: Final = DAY
"""Seconds until a payout is on its way to the bank and can be cancelled no more."""
ARRIVES_AFTER: Final = 2 * DAY
"""Seconds until a payout is at the bank, and a top-up at Stripe."""
LONGEST_DESCRIPTOR: Final = {"payout": 22, "topup": 15}

SETTINGS: Final = "balance_settings"
BANK: Final = "linked_bank"
OWNER: Final = "payout.owner"


def create_payout(call: Call) -> Document:
    """Answer POST /v1/payouts: from the available balance to the bank account."""
    world, params = call.world, call.params
    amount, currency = _amount(params, "payout")
    if available(world, call.account, currency) < amount:
        raise insufficient()
    return _payout(world, params, amount, currency, account=call.account, automatic=False)


def pay_out_all(world: World, account: str, currency: str) -> Document | None:
    """Do what Stripe does every day for a connected account: send all that is available."""
    amount = available(world, account, currency)
    if amount < 1:
        return None
    return _payout(world, {}, amount, currency, account=account, automatic=True)


def _payout(
    world: World,
    params: Mapping[str, Any],
    amount: int,
    currency: str,
    *,
    account: str,
    automatic: bool,
) -> Document:
    key = fresh_id("po")
    payout: Document = {
        "id": key,
        "object": "payout",
        "amount": amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": world.now + ARRIVES_AFTER,
        "automatic": automatic,
        "balance_transaction": None,
        "created": world.now,
        "currency": currency,
        "description": params.get("description"),
        "destination": fresh_id("ba"),
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": params.get("metadata", {}),
        "method": params.get("method", "standard"),
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "in_progress" if automatic else "not_applicable",
        "reversed_by": None,
        "source_type": params.get("source_type", "card"),
        "statement_descriptor": params.get("statement_descriptor"),
        "status": "pending",
        "trace_id": {"status": "pending", "value": None},
        "type": "bank_account",
    }
    payout["balance_transaction"] = move(
        world,
        account=account,
        kind="payout",
        category="payout",
        amount=-amount,
        currency=currency,
        source=key,
    )["id"]
    world.store.put("payout", key, payout, scope=account)
    world.store.put(OWNER, key, {"account": account})
    emit(world, "payout.created", payout, account=account)
    return payout


def cancel_payout(call: Call) -> Document:
    """Answer POST /v1/payouts/{id}/cancel: only before it has gone out."""
    payout = named(call.world, "payout", call.path["payout"], account=call.account)
    if payout["status"] != "pending" or payout["automatic"]:
        raise StripeRefusal(
            f"Payouts can only be canceled while they are pending; this one is {payout['status']}."
        )
    _back(call.world, payout, account=call.account, kind="payout_cancel", state="canceled")
    return payout


def fail_payout(world: World, payout: Document, *, code: str) -> None:
    """Let the bank refuse a payout, also one that looked paid: the money is back on the balance."""
    payout["failure_code"] = code
    payout["failure_message"] = f"The bank account does not take this payout ({code})."
    account = owner_of(world, payout)
    _back(world, payout, account=account, kind="payout_failure", state="failed")


def _back(world: World, payout: Document, *, account: str, kind: str, state: str) -> None:
    moved = move(
        world,
        account=account,
        kind=kind,
        category="payout_reversal",
        amount=payout["amount"],
        currency=payout["currency"],
        source=payout["id"],
    )
    payout["failure_balance_transaction"] = moved["id"]
    _set(world, "payout", payout, state=state, account=account)


def create_topup(call: Call) -> Document:
    """Answer POST /v1/topups: asks the linked bank for money, which comes some days later."""
    world, params = call.world, call.params
    amount, currency = _amount(params, "topup")
    if not bank_is_linked(world):
        raise StripeRefusal(
            "You have no bank account for top-ups in this currency. Add and verify one in the "
            "Dashboard, or name a source.",
            param="source",
        )
    key = fresh_id("tu")
    topup: Document = {
        "id": key,
        "object": "topup",
        "amount": amount,
        "balance_transaction": None,
        "created": world.now,
        "currency": currency,
        "description": params.get("description"),
        "expected_availability_date": world.now + ARRIVES_AFTER,
        "failure_code": None,
        "failure_message": None,
        "initiated_by": "user",
        "livemode": False,
        "metadata": params.get("metadata") or {},
        "payment_method": params.get("payment_method"),
        "payment_method_options": None,
        "source": None,
        "statement_descriptor": params.get("statement_descriptor"),
        "status": "pending",
        "transfer_group": params.get("transfer_group"),
    }
    world.store.put("topup", key, topup, scope=PLATFORM)
    emit(world, "topup.created", topup)
    return topup


def cancel_topup(call: Call) -> Document:
    """Answer POST /v1/topups/{id}/cancel: only before it has come."""
    topup = named(call.world, "topup", call.path["topup"])
    if topup["status"] != "pending":
        raise StripeRefusal("Only a pending top-up can be canceled.")
    _set(call.world, "topup", topup, state="canceled")
    return topup


def fail_topup(world: World, topup: Document, *, code: str) -> None:
    """Let the bank not give the money."""
    topup["failure_code"] = code
    topup["failure_message"] = f"The bank did not give the money ({code})."
    _set(world, "topup", topup, state="failed")


def reverse_topup(world: World, topup: Document) -> None:
    """Let the bank take back a top-up that had come."""
    move(
        world,
        account=PLATFORM,
        kind="topup_reversal",
        category="topup_reversal",
        amount=-topup["amount"],
        currency=topup["currency"],
        source=topup["id"],
    )
    _set(world, "topup", topup, state="reversed")


def bank_due(world: World) -> None:
    """Let everything go on by the clock: payouts to the bank and arrive, top-ups come."""
    for payout in world.store.newest("payout", equal={"status": "pending"}):
        if world.now >= payout["created"] + GOES_OUT_AFTER:
            _set(world, "payout", payout, state="in_transit", account=owner_of(world, payout))
    for payout in world.store.newest("payout", equal={"status": "in_transit"}):
        if world.now >= payout["arrival_date"]:
            arrive_at_bank(world, payout)
    for topup in world.store.newest("topup", equal={"status": "pending"}):
        if world.now >= topup["expected_availability_date"]:
            arrive(world, topup)


def arrive_at_bank(world: World, payout: Document) -> None:
    """Let a payout arrive."""
    payout["trace_id"] = {"status": "unsupported", "value": None}
    _set(world, "payout", payout, state="paid", account=owner_of(world, payout))


def owner_of(world: World, payout: Document) -> str:
    """Return the account whose balance a payout left."""
    kept = world.store.get(OWNER, payout["id"])
    return PLATFORM if kept is None else str(kept["account"])


def arrive(world: World, topup: Document) -> None:
    """Let a top-up come."""
    topup["balance_transaction"] = move(
        world,
        account=PLATFORM,
        kind="topup",
        category="topup",
        amount=topup["amount"],
        currency=topup["currency"],
        source=topup["id"],
    )["id"]
    _set(world, "topup", topup, state="succeeded")


def _set(
    world: World, kind: str, changed: Document, *, state: str, account: str = PLATFORM
) -> None:
    changed["status"] = state
    world.store.put(kind, changed["id"], changed)
    told = state if (kind, state) != ("payout", "in_transit") else "updated"
    emit(world, f"{kind}.{told}", changed, account=account)


def named(world: World, kind: str, key: str, *, account: str = PLATFORM) -> Document:
    """Return a payout or top-up; refuses an unknown one as Stripe does."""
    found = world.store.get(kind, key, scope=account)
    if found is None:
        raise no_such(kind, key, param=kind)
    return found


def read_settings(call: Call) -> Document:
    """Answer GET /v1/balance_settings."""
    kept = call.world.store.get(SETTINGS, PLATFORM) or {"interval": "manual"}
    return {
        "object": "balance_settings",
        "payments": {
            "debit_negative_balances": False,
            "payouts": {
                "automatic_transfer_rules_by_currency": None,
                "minimum_balance_by_currency": None,
                "schedule": {
                    "interval": kept["interval"],
                    "monthly_payout_days": None,
                    "weekly_payout_days": None,
                },
                "statement_descriptor": None,
                "status": "enabled",
            },
            "settlement_timing": {
                "delay_days": 2,
                "delay_days_override": None,
                "start_of_day": None,
            },
        },
    }


def set_schedule(world: World, interval: str) -> None:
    """Set how often Stripe pays the platform out by itself."""
    world.store.put(SETTINGS, PLATFORM, {"interval": interval})
    emit(world, "balance_settings.updated", read_settings(Call(world, {})))


def bank_is_linked(world: World) -> bool:
    """Tell whether the platform has a bank account that top-ups can come from."""
    return bool((world.store.get(BANK, PLATFORM) or {"linked": True})["linked"])


def link_bank(world: World, *, linked: bool) -> None:
    """Link the platform's bank account, or take it away."""
    world.store.put(BANK, PLATFORM, {"linked": linked})


def move_unasked(world: World, *, kind: str, amount: int, currency: str) -> Document:
    """Let Stripe charge, keep back or give something by itself.

    kind: a type of balance transaction, known or not; amount: signed from the platform's side.
    """
    return move(
        world,
        account=PLATFORM,
        kind=kind,
        category="fee" if kind.endswith("_fee") else "other_adjustment",
        amount=amount,
        currency=currency_of(currency),
        source=None,
        description=kind.replace("_", " ").capitalize(),
    )


def _amount(params: Mapping[str, Any], kind: str) -> tuple[int, str]:
    """Return the checked amount and currency of a new payout or top-up."""
    amount, currency = amount_of(params), currency_of(params["currency"])
    (check_payout if kind == "payout" else check_amount)(amount, currency)
    check_metadata(params.get("metadata") or {})
    longest = LONGEST_DESCRIPTOR[kind]
    if len(params.get("statement_descriptor", "")) > longest:
        raise StripeRefusal(
            f"The statement descriptor must be at most {longest} characters.",
            param="statement_descriptor",
        )
    return amount, currency
