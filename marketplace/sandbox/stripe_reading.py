"""Reading: one object by id, pages of many, and the fields that a reader asks to have unfolded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from marketplace.sandbox.store import Document
from marketplace.sandbox.stripe_accounts import as_v1
from marketplace.sandbox.stripe_errors import StripeRefusal, no_such
from marketplace.sandbox.stripe_money import transaction_now
from marketplace.sandbox.stripe_objects import page_of
from marketplace.sandbox.stripe_world import Call, World

LONGEST_PAGE: Final = 100
_DEFAULT_PAGE: Final = 10
_DEEPEST_EXPANSION: Final = 4
_ANYWHERE: Final = 2**62

_KIND_OF_PREFIX: Final = {
    "acct": "account",
    "ch": "charge",
    "cs": "checkout.session",
    "cus": "customer",
    "du": "dispute",
    "issfr": "radar.early_fraud_warning",
    "pi": "payment_intent",
    "po": "payout",
    "py": "charge",
    "re": "refund",
    "tr": "transfer",
    "tu": "topup",
    "trr": "transfer_reversal",
    "txn": "balance_transaction",
}


def one(call: Call, kind: str) -> Document:
    """Return the object whose id is the only part of the path."""
    (name, key), *_ = call.path.items()
    found = call.world.store.get(kind, key, scope=call.account)
    if found is None:
        raise no_such(kind.replace(".", " "), key, param=name)
    return _shown(call.world, kind, found)


def page(
    call: Call, kind: str, *, url: str, filters: tuple[str, ...] = (), **fixed: str | bool
) -> Document:
    """Return a page, newest first, by the usual parameters of a list.

    filters: parameters that are fields of the object and must be equal; fixed: more of them.
    """
    params, store = call.params, call.world.store
    limit = params.get("limit", _DEFAULT_PAGE)
    if not 1 <= limit <= LONGEST_PAGE:
        raise StripeRefusal(
            f"Invalid integer: limit must be between 1 and {LONGEST_PAGE}",
            code="parameter_invalid_integer",
            param="limit",
        )
    since, until = _created(params.get("created"))
    equal = {name: params[name] for name in filters if name in params} | fixed
    upwards = "ending_before" in params
    found = store.newest(
        kind,
        scope=call.account,
        equal=equal,
        since=since,
        until=until,
        before=_place(call, kind, "starting_after", otherwise=_ANYWHERE),
        after=_place(call, kind, "ending_before", otherwise=0),
        limit=-1 if upwards else limit + 1,
    )
    chosen = found[-limit:] if upwards else found[:limit]
    return page_of(
        [_shown(call.world, kind, item) for item in chosen],
        url=url,
        has_more=len(found) > limit,
    )


def _place(call: Call, kind: str, name: str, *, otherwise: int) -> int:
    """Return where the object named by a cursor stands."""
    if name not in call.params:
        return otherwise
    place = call.world.store.place(kind, call.params[name])
    if place is None:
        raise no_such(kind, call.params[name], param=name, status=400)
    return place


def _created(wanted: int | Mapping[str, int] | None) -> tuple[int, int]:
    """Return the inclusive bounds of a ``created`` filter."""
    if wanted is None:
        return 0, _ANYWHERE
    if isinstance(wanted, int):
        return wanted, wanted
    since = max(wanted.get("gte", 0), wanted.get("gt", -1) + 1)
    until = min(wanted.get("lte", _ANYWHERE), wanted.get("lt", _ANYWHERE) - 1)
    return since, until


def events(call: Call) -> Document:
    """Answer GET /v1/events, also those of some types only, or those that nobody took."""
    wanted = set(call.params.get("types", ()))
    delivered = call.params.get("delivery_success")
    if not wanted and delivered is None:
        return page(call, "event", url="/v1/events", filters=("type",))
    limit = call.params.get("limit", _DEFAULT_PAGE)
    whole = replace(call, params={**call.params, "limit": LONGEST_PAGE})
    found: list[Document] = []
    while True:
        part = page(whole, "event", url="/v1/events", filters=("type",))
        found += [
            event
            for event in part["data"]
            if (not wanted or event["type"] in wanted)
            and (delivered is None or delivered == (event["pending_webhooks"] == 0))
        ]
        if not part["has_more"] or len(found) > limit:
            return page_of(found[:limit], url="/v1/events", has_more=len(found) > limit)
        whole = replace(whole, params={**whole.params, "starting_after": part["data"][-1]["id"]})


def _shown(world: World, kind: str, found: Document) -> Document:
    if kind == "balance_transaction":
        return transaction_now(world, found)
    if kind == "account":
        return as_v1(found)
    return found


def expanded(world: World, answer: Document, paths: list[str]) -> Document:
    """Return the answer with the named ids replaced by their objects.

    paths: dotted; those of a list start with ``data``.
    """
    for path in paths:
        steps = path.split(".")
        if len(steps) > _DEEPEST_EXPANSION + (steps[0] == "data"):
            raise StripeRefusal(
                f"You cannot expand more than {_DEEPEST_EXPANSION} levels of a property: {path}",
                param="expand",
            )
        _expand(world, answer, steps, path=path)
    return answer


def _expand(world: World, spot: Any, steps: list[str], *, path: str) -> None:
    if isinstance(spot, list):
        for item in spot:
            _expand(world, item, steps, path=path)
        return
    step, *rest = steps
    if not isinstance(spot, dict) or step not in spot:
        raise StripeRefusal(f"This property cannot be expanded ({path}).", param="expand")
    value = spot[step]
    if isinstance(value, str):
        value = spot[step] = _object(world, value, path=path)
    if rest and value is not None:
        _expand(world, value, rest, path=path)


def _object(world: World, key: str, *, path: str) -> Document:
    kind = _KIND_OF_PREFIX.get(key.split("_", maxsplit=1)[0])
    found = None if kind is None else world.store.get(kind, key)
    if kind is None or found is None:
        raise StripeRefusal(f"This property cannot be expanded ({path}).", param="expand")
    return _shown(world, kind, found)
