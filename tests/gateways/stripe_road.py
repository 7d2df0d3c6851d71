"""Steps that many sandbox tests take through the real stripe client."""

from __future__ import annotations

from typing import Any, cast

import stripe

from tests.gateways.sandbox_server import RunningSandbox


def session_params(amount: int = 100_000, *, currency: str = "usd", **more: Any) -> dict[str, Any]:
    """A checkout of one line. amount: minor units."""
    return {
        "mode": "payment",
        "success_url": "http://127.0.0.1:9/funded?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://127.0.0.1:9/cancelled",
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": currency,
                    "unit_amount": amount,
                    "product_data": {"name": "Autumn campaign"},
                },
            }
        ],
        **more,
    }


def paid_session(
    sandbox: RunningSandbox, amount: int = 100_000, *, currency: str = "usd", **more: Any
) -> stripe.checkout.Session:
    """A checkout that was paid with the good card."""
    client = sandbox.client()
    session = client.v1.checkout.sessions.create(
        cast("Any", session_params(amount, currency=currency, **more))
    )
    assert session.url is not None
    assert sandbox.pay(session.url).status_code == 303
    return client.v1.checkout.sessions.retrieve(session.id)


def recipient_params(**more: Any) -> dict[str, Any]:
    """A creator's account as Accounts v2 wants it."""
    return {
        "contact_email": "casey@example.com",
        "display_name": "Casey",
        "dashboard": "express",
        "identity": {"country": "us"},
        "configuration": {
            "recipient": {
                "capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}
            }
        },
        "include": ["configuration.recipient", "requirements"],
        **more,
    }


def onboarding_link(client: stripe.StripeClient, account: str) -> str:
    link = client.v2.core.account_links.create(
        {
            "account": account,
            "use_case": {
                "type": "account_onboarding",
                "account_onboarding": {
                    "refresh_url": "http://127.0.0.1:9/again",
                    "return_url": "http://127.0.0.1:9/back",
                },
            },
        }
    )
    return link.url


def onboarded_account(sandbox: RunningSandbox) -> str:
    """The id of an account that may receive transfers."""
    client = sandbox.client()
    account = client.v2.core.accounts.create(cast("Any", recipient_params()))
    assert sandbox.finish_onboarding(onboarding_link(client, account.id)).status_code == 303
    return account.id
