"""Connected accounts, in the words of Accounts v2 and of v1, and the links that onboard them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from marketplace.sandbox.store import Document
from marketplace.sandbox.stripe_errors import StripeRefusal, no_such
from marketplace.sandbox.stripe_events import emit
from marketplace.sandbox.stripe_limits import check_address, check_metadata
from marketplace.sandbox.stripe_world import Call, World, fresh_id, v2_time

LINK_OPENS_WITHIN: Final = 5 * 60
"""Seconds in which an onboarding link must be opened."""

LINK_LASTS_OPENED: Final = 60 * 60
"""Seconds in which an opened onboarding page can be finished."""

_DUE: Final = ("individual.first_name", "individual.last_name", "external_account")
_COUNTRY_CURRENCY: Final = {
    "AU": "aud",
    "CA": "cad",
    "CH": "chf",
    "DK": "dkk",
    "GB": "gbp",
    "JP": "jpy",
    "NO": "nok",
    "SE": "sek",
    "US": "usd",
}


def create_v2(call: Call) -> Document:
    """Answer POST /v2/core/accounts."""
    params = call.params
    recipient = params.get("configuration", {}).get("recipient")
    transfers = (recipient or {}).get("capabilities", {}).get("stripe_balance", {})
    if recipient is not None and "contact_email" not in params:
        raise StripeRefusal(
            "contact_email is required for the recipient configuration.",
            code="parameter_missing",
            param="contact_email",
        )
    defaults = params.get("defaults", {})
    account = _account(
        call.world,
        country=params.get("identity", {}).get("country", "us").upper(),
        email=params.get("contact_email"),
        name=params.get("display_name"),
        dashboard=params.get("dashboard", "none"),
        metadata=params.get("metadata", {}),
        requested=transfers.get("stripe_transfers", {}).get("requested", False),
        recipient=recipient is not None,
        currency=defaults.get("currency"),
        responsibilities=defaults.get("responsibilities", {}),
    )
    return as_v2(account, call.params.get("include", []))


def create_v1(call: Call) -> Document:
    """Answer POST /v1/accounts."""
    params = call.params
    wanted = params.get("capabilities", {}).get("transfers", {})
    dashboard = params.get("controller", {}).get("stripe_dashboard", {}).get("type", "none")
    account = _account(
        call.world,
        country=params.get("country", "US").upper(),
        email=params.get("email"),
        name=params.get("business_profile", {}).get("name"),
        dashboard="express" if params.get("type") == "express" else dashboard,
        metadata=params.get("metadata", {}),
        requested=wanted.get("requested", False),
        recipient=True,
        currency=params.get("default_currency"),
        responsibilities={},
    )
    return as_v1(account)


def _account(
    world: World,
    *,
    country: str,
    email: str | None,
    name: str | None,
    dashboard: str,
    metadata: Mapping[str, str],
    requested: bool,
    recipient: bool,
    currency: str | None,
    responsibilities: Mapping[str, str],
) -> Document:
    check_metadata(metadata)
    account: Document = {
        "id": fresh_id("acct"),
        "created": world.now,
        "country": country,
        "currency": (currency or _COUNTRY_CURRENCY.get(country, "eur")).lower(),
        "email": email,
        "name": name,
        "dashboard": dashboard,
        "metadata": dict(metadata),
        "recipient": recipient,
        "requested": requested,
        "transfers": "inactive",
        "due": list(_DUE),
        "deadline": None,
        "overdue": False,
        "disconnected": False,
        "responsibilities": dict(responsibilities),
        "bank_last4": None,
        "holder": None,
    }
    world.store.put("account", account["id"], account)
    return account


def account_named(world: World, key: str) -> Document:
    """Return the stored account; refuses an unknown one as Stripe does."""
    account = world.store.get("account", key)
    if account is None or account["disconnected"]:
        raise StripeRefusal(
            f"The provided key does not have access to account '{key}' (or that account does not "
            "exist). Application access may have been revoked.",
            status=403,
            code="account_invalid",
        )
    return account


def read_v2(call: Call) -> Document:
    """Answer GET /v2/core/accounts/{id}."""
    account = call.world.store.get("account", call.path["account"])
    if account is None or account["disconnected"]:
        raise no_such("account", call.path["account"])
    return as_v2(account, call.params.get("include", []))


def read_v1(call: Call) -> Document:
    """Answer GET /v1/accounts/{id}."""
    return as_v1(account_named(call.world, call.path["account"]))


def as_v1(account: Mapping[str, Any]) -> Document:
    """Return the account as v1 shows it."""
    ready = account["transfers"] == "active"
    due_now = account["due"] if account["deadline"] is None else []
    requirements = {
        "alternatives": [],
        "current_deadline": account["deadline"],
        "currently_due": account["due"],
        "disabled_reason": "requirements.past_due" if due_now else None,
        "errors": [],
        "eventually_due": account["due"],
        "past_due": due_now,
        "pending_verification": [],
    }
    return {
        "id": account["id"],
        "object": "account",
        "business_type": "individual",
        "capabilities": {"transfers": account["transfers"]} if account["requested"] else {},
        "charges_enabled": False,
        "controller": {"is_controller": True, "type": "application"},
        "country": account["country"],
        "created": account["created"],
        "default_currency": account["currency"],
        "details_submitted": not account["due"],
        "email": account["email"],
        "metadata": account["metadata"],
        "payouts_enabled": ready,
        "requirements": requirements,
        "type": "none" if account["dashboard"] == "none" else account["dashboard"],
    }


def as_v2(account: Mapping[str, Any], include: list[str]) -> Document:
    """Return the account as v2 shows it: what is not in ``include`` is null."""
    shown = {
        "configuration": {"recipient": _recipient(account)},
        "defaults": {
            "currency": account["currency"],
            "locales": [],
            "responsibilities": {
                "fees_collector": "application",
                "losses_collector": "application",
                "requirements_collector": "stripe",
                **account["responsibilities"],
            },
        },
        "identity": {"country": account["country"], "entity_type": "individual"},
        "requirements": _requirements(account),
    }
    wanted = {name.split(".")[0] for name in include}
    if "configuration" in wanted and "configuration.recipient" not in include:
        shown["configuration"] = {"recipient": None}
    return {
        "id": account["id"],
        "object": "v2.core.account",
        "applied_configurations": ["recipient"] if account["recipient"] else [],
        "closed": False,
        "contact_email": account["email"],
        "created": v2_time(account["created"]),
        "dashboard": account["dashboard"],
        "display_name": account["name"],
        "livemode": False,
        "metadata": account["metadata"],
        **{name: value if name in wanted else None for name, value in shown.items()},
    }


def _recipient(account: Mapping[str, Any]) -> Document | None:
    if not account["recipient"]:
        return None
    capability: Document | None = None
    if account["requested"]:
        active = account["transfers"] == "active"
        details = [] if active else [{"code": _why(account), "resolution": "provide_info"}]
        capability = {"status": "active" if active else "restricted", "status_details": details}
    return {
        "applied": True,
        "capabilities": {"stripe_balance": {"payouts": None, "stripe_transfers": capability}},
    }


def _why(account: Mapping[str, Any]) -> str:
    return "requirements_past_due" if account["due"] else "restricted_other"


def _requirements(account: Mapping[str, Any]) -> Document:
    status = "past_due" if account["overdue"] else "currently_due"
    until = v2_time(account["deadline"]) if account["deadline"] is not None else None
    entries = [
        {
            "awaiting_action_from": "user",
            "description": name,
            "errors": [],
            "impact": {
                "restricts_capabilities": [
                    {
                        "capability": "stripe_balance.stripe_transfers",
                        "configuration": "recipient",
                        "deadline": {"status": status},
                    }
                ]
            },
            "minimum_deadline": {"status": status, "time": until},
            "reference": None,
            "requested_reasons": [{"code": "routine_onboarding"}],
        }
        for name in account["due"]
    ]
    deadline = {"status": status, "time": until} if entries else None
    return {"entries": entries, "summary": {"minimum_deadline": deadline} if entries else None}


def set_transfers(
    world: World,
    account: Document,
    *,
    state: str,
    due: Sequence[str] | None = None,
    deadline: int | None = None,
    overdue: bool = False,
) -> None:
    """Switch the capability to receive transfers; the account's owner hears of it by webhook.

    state: ``active``, ``inactive`` or ``pending``. due: what is asked for from now on; unless told,
    ``active`` fulfils everything and the others leave it. deadline: seconds since 1970 until when;
    overdue: it has passed.
    """
    account["transfers"] = state
    if due is not None or state == "active":
        account["due"] = list(due or ())
    account["deadline"] = deadline
    account["overdue"] = overdue
    world.store.put("account", account["id"], account)
    emit(world, "account.updated", as_v1(account), account=account["id"])


def disconnect(world: World, account: Document) -> None:
    """Take the account away from the platform, as its owner can; the platform may not see it."""
    account["disconnected"] = True
    account["transfers"] = "inactive"
    world.store.put("account", account["id"], account)
    application = {"id": "ca_SandboxPlatform", "object": "application", "name": "Fairview"}
    emit(world, "account.application.deauthorized", application, account=account["id"])


def link_v1(call: Call) -> Document:
    """Answer POST /v1/account_links."""
    params = call.params
    for name in ("refresh_url", "return_url"):
        if name not in params:
            raise StripeRefusal(
                f"Missing required param: {name}.", code="parameter_missing", param=name
            )
    link = _link(call.world, params["account"], params["refresh_url"], params["return_url"])
    return {
        "object": "account_link",
        "created": link["created"],
        "expires_at": link["expires_at"],
        "url": link["url"],
    }


def link_v2(call: Call) -> Document:
    """Answer POST /v2/core/account_links."""
    use_case = call.params["use_case"]
    options = use_case.get(use_case["type"])
    if options is None:
        raise StripeRefusal(
            f"Missing required param: use_case[{use_case['type']}].",
            code="parameter_missing",
            param=f"use_case[{use_case['type']}]",
        )
    back = options.get("return_url", options["refresh_url"])
    link = _link(call.world, call.params["account"], options["refresh_url"], back)
    return {
        "object": "v2.core.account_link",
        "account": link["account"],
        "created": v2_time(link["created"]),
        "expires_at": v2_time(link["expires_at"]),
        "livemode": False,
        "url": link["url"],
        "use_case": use_case,
    }


def _link(world: World, account: str, refresh_url: str, return_url: str) -> Document:
    check_address(refresh_url, param="refresh_url")
    check_address(return_url, param="return_url")
    account_named(world, account)
    key = fresh_id("link")
    link: Document = {
        "id": key,
        "account": account,
        "created": world.now,
        "expires_at": world.now + LINK_OPENS_WITHIN,
        "opened": False,
        "used": False,
        "refresh_url": refresh_url,
        "return_url": return_url,
        "url": f"{world.base}/onboarding/{key}",
    }
    world.store.put("onboarding", key, link)
    return link


def open_link(world: World, key: str) -> Document | None:
    """Return the link while its page may be shown; None when it is used, expired or unknown.

    Opening it the first time gives its page an hour.
    """
    link = world.store.get("onboarding", key)
    if link is None or link["used"] or world.now >= link["expires_at"]:
        return None
    if not link["opened"]:
        link["opened"] = True
        link["expires_at"] = world.now + LINK_LASTS_OPENED
        world.store.put("onboarding", key, link)
    return link


def finish_onboarding(world: World, link: Document, *, holder: str, bank_last4: str) -> None:
    """Take the details: the account may receive transfers, and the link is used up."""
    account = account_named(world, link["account"])
    account["holder"] = holder
    account["bank_last4"] = bank_last4
    account["requested"] = True
    link["used"] = True
    world.store.put("onboarding", link["id"], link)
    set_transfers(world, account, state="active")
