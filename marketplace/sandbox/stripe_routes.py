"""Which calls the sandbox answers, with the parameter type that each is checked against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from stripe import params as v1
from stripe.params import checkout, radar
from stripe.params.v2 import core as v2

from marketplace.sandbox import (
    stripe_accounts,
    stripe_bank,
    stripe_disputes,
    stripe_money,
    stripe_payments,
    stripe_reading,
    stripe_refunds,
    stripe_transfers,
)
from marketplace.sandbox.store import Document
from marketplace.sandbox.stripe_errors import no_such
from marketplace.sandbox.stripe_objects import page_of
from marketplace.sandbox.stripe_world import Call

Handler = Callable[[Call], Document]

_WARNING: Final = "radar.early_fraud_warning"


@dataclass(frozen=True, slots=True)
class Route:
    """One call. shape: a TypedDict of ``stripe.params``; connected: Stripe-Account is honoured."""

    method: str
    rule: str
    shape: Any
    handler: Handler
    connected: bool = False


def _read(kind: str) -> Handler:
    return lambda call: stripe_reading.one(call, kind)


def _list(kind: str, url: str, *filters: str) -> Handler:
    return lambda call: stripe_reading.page(call, kind, url=url, filters=filters)


def _session(call: Call) -> Document:
    stripe_payments.session_now(call.world, call.path["session"])
    return stripe_reading.one(call, "checkout.session")


def _sessions(call: Call) -> Document:
    stripe_payments.expire_due(call.world)
    return stripe_reading.page(
        call,
        "checkout.session",
        url="/v1/checkout/sessions",
        filters=("customer", "payment_intent", "status"),
    )


def _reversals(call: Call) -> Document:
    key = call.path["transfer"]
    if call.world.store.get("transfer", key) is None:
        raise no_such("transfer", key)
    return stripe_reading.page(
        call, "transfer_reversal", url=f"/v1/transfers/{key}/reversals", transfer=key
    )


def _bank(handler: Handler) -> Handler:
    """Look at the clock first: what is under way may have arrived."""

    def looking(call: Call) -> Document:
        stripe_bank.bank_due(call.world)
        return handler(call)

    return looking


def _transactions(call: Call) -> Document:
    url = "/v1/balance_transactions"
    if "payout" in call.params:
        return page_of([], url=url)
    return stripe_reading.page(
        call, "balance_transaction", url=url, filters=("currency", "source", "type")
    )


ROUTES: Final = (
    Route(
        "GET",
        "/v1/balance",
        v1.BalanceRetrieveParams,
        stripe_money.read_balance,
        connected=True,
    ),
    Route(
        "GET",
        "/v1/balance_transactions",
        v1.BalanceTransactionListParams,
        _transactions,
        connected=True,
    ),
    Route(
        "GET",
        "/v1/balance_transactions/<id>",
        v1.BalanceTransactionRetrieveParams,
        _read("balance_transaction"),
        connected=True,
    ),
    Route("POST", "/v1/customers", v1.CustomerCreateParams, stripe_payments.create_customer),
    Route("GET", "/v1/customers/<customer>", v1.CustomerRetrieveParams, _read("customer")),
    Route(
        "POST",
        "/v1/checkout/sessions",
        checkout.SessionCreateParams,
        stripe_payments.create_session,
    ),
    Route("GET", "/v1/checkout/sessions", checkout.SessionListParams, _sessions),
    Route("GET", "/v1/checkout/sessions/<session>", checkout.SessionRetrieveParams, _session),
    Route(
        "POST",
        "/v1/checkout/sessions/<session>/expire",
        checkout.SessionExpireParams,
        stripe_payments.expire_session,
    ),
    Route(
        "GET",
        "/v1/payment_intents",
        v1.PaymentIntentListParams,
        _list("payment_intent", "/v1/payment_intents", "customer"),
    ),
    Route(
        "GET",
        "/v1/payment_intents/<intent>",
        v1.PaymentIntentRetrieveParams,
        _read("payment_intent"),
    ),
    Route(
        "GET",
        "/v1/charges",
        v1.ChargeListParams,
        _list("charge", "/v1/charges", "customer", "payment_intent", "transfer_group"),
        connected=True,
    ),
    Route("GET", "/v1/charges/<charge>", v1.ChargeRetrieveParams, _read("charge"), connected=True),
    Route("POST", "/v1/refunds", v1.RefundCreateParams, stripe_refunds.create_refund),
    Route(
        "GET",
        "/v1/refunds",
        v1.RefundListParams,
        _list("refund", "/v1/refunds", "charge", "payment_intent"),
    ),
    Route("GET", "/v1/refunds/<refund>", v1.RefundRetrieveParams, _read("refund")),
    Route(
        "GET",
        "/v1/disputes",
        v1.DisputeListParams,
        _list("dispute", "/v1/disputes", "charge", "payment_intent"),
    ),
    Route("GET", "/v1/disputes/<dispute>", v1.DisputeRetrieveParams, _read("dispute")),
    Route("POST", "/v1/disputes/<dispute>", v1.DisputeUpdateParams, stripe_disputes.update),
    Route("POST", "/v1/disputes/<dispute>/close", v1.DisputeCloseParams, stripe_disputes.close),
    Route(
        "GET",
        "/v1/radar/early_fraud_warnings",
        radar.EarlyFraudWarningListParams,
        _list(_WARNING, "/v1/radar/early_fraud_warnings", "charge", "payment_intent"),
    ),
    Route(
        "GET",
        "/v1/radar/early_fraud_warnings/<early_fraud_warning>",
        radar.EarlyFraudWarningRetrieveParams,
        _read(_WARNING),
    ),
    Route("POST", "/v1/transfers", v1.TransferCreateParams, stripe_transfers.create),
    Route(
        "GET",
        "/v1/transfers",
        v1.TransferListParams,
        _list("transfer", "/v1/transfers", "destination", "transfer_group"),
    ),
    Route("GET", "/v1/transfers/<transfer>", v1.TransferRetrieveParams, _read("transfer")),
    Route(
        "POST",
        "/v1/transfers/<transfer>/reversals",
        v1.TransferReversalCreateParams,
        stripe_transfers.reverse,
    ),
    Route("GET", "/v1/transfers/<transfer>/reversals", v1.TransferReversalListParams, _reversals),
    Route(
        "GET", "/v1/balance_settings", v1.BalanceSettingsRetrieveParams, stripe_bank.read_settings
    ),
    Route("POST", "/v1/payouts", v1.PayoutCreateParams, stripe_bank.create_payout, connected=True),
    Route(
        "GET",
        "/v1/payouts",
        v1.PayoutListParams,
        _bank(_list("payout", "/v1/payouts", "status", "destination")),
        connected=True,
    ),
    Route(
        "GET",
        "/v1/payouts/<payout>",
        v1.PayoutRetrieveParams,
        _bank(_read("payout")),
        connected=True,
    ),
    Route(
        "POST",
        "/v1/payouts/<payout>/cancel",
        v1.PayoutCancelParams,
        _bank(stripe_bank.cancel_payout),
        connected=True,
    ),
    Route("POST", "/v1/topups", v1.TopupCreateParams, stripe_bank.create_topup),
    Route("GET", "/v1/topups", v1.TopupListParams, _bank(_list("topup", "/v1/topups", "status"))),
    Route("GET", "/v1/topups/<topup>", v1.TopupRetrieveParams, _bank(_read("topup"))),
    Route(
        "POST",
        "/v1/topups/<topup>/cancel",
        v1.TopupCancelParams,
        _bank(stripe_bank.cancel_topup),
    ),
    Route("GET", "/v1/events", v1.EventListParams, stripe_reading.events, connected=True),
    Route("GET", "/v1/events/<id>", v1.EventRetrieveParams, _read("event"), connected=True),
    Route("POST", "/v1/accounts", v1.AccountCreateParams, stripe_accounts.create_v1),
    Route("GET", "/v1/accounts/<account>", v1.AccountRetrieveParams, stripe_accounts.read_v1),
    Route("POST", "/v1/account_links", v1.AccountLinkCreateParams, stripe_accounts.link_v1),
    Route("POST", "/v2/core/accounts", v2.AccountCreateParams, stripe_accounts.create_v2),
    Route("GET", "/v2/core/accounts/<account>", v2.AccountRetrieveParams, stripe_accounts.read_v2),
    Route("POST", "/v2/core/account_links", v2.AccountLinkCreateParams, stripe_accounts.link_v2),
)
