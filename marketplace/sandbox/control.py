"""The sandbox's own switches, for demos and tests. JSON only; no real service has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import BadRequest, HTTPException, NotFound, UnsupportedMediaType

from marketplace.kernel.clock import utc_now
from marketplace.sandbox import bank_switches
from marketplace.sandbox.stripe_accounts import as_v1, disconnect, set_transfers
from marketplace.sandbox.stripe_events import emit, queue_delivery
from marketplace.sandbox.stripe_faults import Fault
from marketplace.sandbox.stripe_money import banked
from marketplace.sandbox.stripe_server import StripeServer
from marketplace.sandbox.stripe_webhooks import WebhookSender
from marketplace.sandbox.stripe_world import PLATFORM

_CAPABILITY_STATES: Final = ("active", "inactive", "pending")


def blueprint(server: StripeServer, sender: WebhookSender) -> Blueprint:
    """Return the routes under /sandbox."""
    control = Blueprint("control", __name__, url_prefix="/sandbox")
    store = server.store

    @control.get("/health")
    def health() -> Response:
        return jsonify(state="up", now=utc_now().isoformat())

    @control.get("/control/bank/<account>")
    def bank(account: str) -> Response:
        if store.get("account", account) is None:
            raise NotFound("no such account")
        return jsonify(banked(store, account))

    @control.get("/control/requests")
    def requests() -> Response:
        path = request.args.get("path")
        found = [line for line in server.requests if path in (None, line["request"]["path"])]
        return jsonify(requests=found)

    @control.get("/control/deliveries")
    def deliveries() -> Response:
        return jsonify(deliveries=store.newest("delivery") + store.newest("delivered"))

    @control.post("/control/deliveries/now")
    def send_now() -> Response:
        _wish()
        sender.send_now()
        return jsonify(done=True)

    @control.post("/control/webhooks")
    def pause() -> Response:
        paused = _wish().get("paused")
        if not isinstance(paused, bool):
            raise BadRequest("paused is true or false")
        sender.pause(paused=paused)
        return jsonify(paused=paused)

    @control.post("/control/events/<key>/resend")
    def resend(key: str) -> Response:
        _wish()
        return _resend(store.get("event", key))

    @control.post("/control/events/repeat")
    def repeat() -> Response:
        _wish()
        last = store.newest("event", limit=1)
        return _resend(last[0] if last else None)

    def _resend(event: Mapping[str, Any] | None) -> Response:
        if event is None:
            raise NotFound("no such event")
        with store.transaction():
            queued = queue_delivery(server.world(), event)
        sender.wake.set()
        return jsonify(event=event["id"], queued=queued)

    @control.post("/control/events")
    def invent() -> Response:
        wish = _wish()
        kind, subject = wish.get("type"), wish.get("object", {})
        if not isinstance(kind, str) or not kind or not isinstance(subject, dict):
            raise BadRequest("give type, a text, and object, an object")
        with store.transaction():
            key = emit(server.world(), kind, subject, account=wish.get("account") or PLATFORM)
        sender.wake.set()
        return jsonify(event=key)

    @control.post("/control/script")
    def script() -> Response:
        try:
            fault = Fault.from_json(_wish())
        except (TypeError, ValueError) as wrong:
            raise BadRequest(str(wrong)) from wrong
        server.faults.add(fault)
        return jsonify(done=True)

    @control.delete("/control/script")
    def unscript() -> Response:
        server.faults.clear()
        return jsonify(done=True)

    def account_named(key: str) -> dict[str, Any]:
        account = store.get("account", key)
        if account is None:
            raise NotFound("no such account")
        return account

    @control.post("/control/accounts/<key>/transfers")
    def transfers(key: str) -> Response:
        wish = _wish()
        if wish.get("state") not in _CAPABILITY_STATES:
            raise BadRequest(f"state is one of {', '.join(_CAPABILITY_STATES)}")
        with store.transaction():
            account = account_named(key)
            set_transfers(
                server.world(),
                account,
                state=wish["state"],
                due=wish.get("due"),
                deadline=wish.get("deadline"),
                overdue=bool(wish.get("overdue")),
            )
        sender.wake.set()
        return jsonify(as_v1(account))

    @control.post("/control/accounts/<key>/disconnect")
    def leave(key: str) -> Response:
        _wish()
        with store.transaction():
            disconnect(server.world(), account_named(key))
        sender.wake.set()
        return jsonify(done=True)

    @control.post("/control/bank")
    def bank_switch() -> Response:
        done = bank_switches.press(server.world(), _wish())
        sender.wake.set()
        return jsonify(done if isinstance(done, dict) else {"done": True})

    @control.errorhandler(HTTPException)
    def refuse(error: HTTPException) -> tuple[Response, int]:
        return jsonify(error=error.description), error.code or 500

    return control


def _wish() -> dict[str, Any]:
    """Return the JSON object that was sent; a browser form cannot send one."""
    if not request.is_json:
        raise UnsupportedMediaType("send application/json")
    wish = request.get_json()
    if not isinstance(wish, dict):
        raise BadRequest("send a JSON object")
    return wish
