"""The API itself: keys, headers, parameter check, idempotency, scripted faults, answers."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, request

from marketplace.kernel.clock import utc_now
from marketplace.sandbox.store import Document, Store
from marketplace.sandbox.stripe_accounts import account_named
from marketplace.sandbox.stripe_bank import bank_due
from marketplace.sandbox.stripe_clock import pass_time
from marketplace.sandbox.stripe_errors import (
    API_ERROR,
    INVALID_REQUEST,
    StripeRefusal,
    unknown_address,
)
from marketplace.sandbox.stripe_faults import SERVER_ERROR, Fault, Faults
from marketplace.sandbox.stripe_idempotency import (
    V1_KEPT,
    V2_KEPT,
    Keys,
    Saved,
    fingerprint,
)
from marketplace.sandbox.stripe_params import checked, form_tree
from marketplace.sandbox.stripe_payments import expire_due
from marketplace.sandbox.stripe_rates import Rates
from marketplace.sandbox.stripe_reading import expanded
from marketplace.sandbox.stripe_routes import ROUTES, Route
from marketplace.sandbox.stripe_world import PLATFORM, Call, World, fresh_id, seconds

REMEMBERED_REQUESTS: Final = 1_000

_HEADERS_KEPT: Final = ("Stripe-Version", "Stripe-Account", "Idempotency-Key", "Content-Type")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back. dropped: the connection is closed instead; replayed: it was kept."""

    status: int
    body: Document
    request_id: str
    replayed: bool = False
    dropped: bool = False
    scripted: bool = False


class StripeServer:
    """Answers the routes; also keeps the list of what was asked."""

    def __init__(
        self,
        store: Store,
        *,
        targets: frozenset[str],
        base: str | None,
        record: Path | None,
        wake: threading.Event,
    ) -> None:
        """Remember where things are.

        targets: webhook endpoints that are configured; base: own address, that of the request
        when None; record: file that gets every request with its answer as one JSON line;
        wake: set when there may be something to deliver.
        """
        self.store = store
        self.faults = Faults()
        self.requests: list[Document] = []
        self._keys = Keys(store)
        self.rates = Rates()
        self._targets = targets
        self._base = base
        self._record = record
        self._record_lock = threading.Lock()
        self.wake = wake

    def world(self, *, request_id: str | None = None, key: str | None = None) -> World:
        """Return the sandbox as of now; inside a request only."""
        return World(
            store=self.store,
            now=seconds(utc_now()),
            base=self._base or request.host_url.rstrip("/"),
            targets=self._targets,
            request_id=request_id,
            idempotency_key=key,
        )

    def tidy(self) -> None:
        """Do what time asks for: expire sessions, move what is under way, forget old keys."""
        now = seconds(utc_now())
        with self.store.transaction():
            world = World(self.store, now, self._base or "", self._targets)
            expire_due(world)
            bank_due(world)
            pass_time(world)
            self._keys.prune(now=now)

    def blueprint(self) -> Blueprint:
        """Return the routes of the API."""
        blueprint = Blueprint("stripe", __name__)
        for route in ROUTES:
            blueprint.add_url_rule(
                route.rule,
                endpoint=f"{route.method} {route.rule}".replace(".", "_"),
                view_func=self._view(route),
                methods=[route.method],
                provide_automatic_options=False,
            )
        every = ["GET", "POST", "DELETE", "PUT", "PATCH"]
        for version in ("v1", "v2"):
            blueprint.add_url_rule(
                f"/{version}/<path:rest>",
                endpoint=f"unknown {version}",
                view_func=self._unknown,
                methods=every,
            )
        return blueprint

    def _view(self, route: Route) -> Any:
        def view(**path: str) -> Response:
            return self._respond(self._answer(route, path))

        return view

    def _unknown(self, **_path: str) -> Response:
        refusal = unknown_address(request.method, request.path)
        return self._respond(_refused(refusal, fresh_id("req")))

    def _answer(self, route: Route, path: Mapping[str, str]) -> Answer:
        request_id = fresh_id("req")
        fault = self.faults.take(request.method, request.path)
        try:
            _check_key()
            if fault is not None and fault.drop == "before":
                return Answer(0, {}, request_id, dropped=True, scripted=True)
            if fault is not None and fault.at_the_door():
                return _refused(fault.refusal(), request_id, scripted=True)
            self.rates.check(request.method, request.path)
            tree = _tree()
            account = self._account(route)
            params = checked(tree, route.shape)
            key = request.headers.get("Idempotency-Key") if route.method == "POST" else None
            world = self.world(request_id=request_id, key=key)
            call = Call(world, params, path, account)
            if key is None:
                return self._work(route, call, fault)
            told = fingerprint(request.method, request.path, account, tree)
            return self._once(route, call, fault, key=key, told=told)
        except StripeRefusal as refusal:
            return _refused(refusal, request_id)

    def _account(self, route: Route) -> str:
        """Return whose books the call is about, from the header Stripe-Account."""
        named = request.headers.get("Stripe-Account", PLATFORM)
        if named == PLATFORM:
            return PLATFORM
        if not route.connected:
            raise StripeRefusal("The sandbox does not play this call for a connected account.")
        return str(account_named(self.world(), named)["id"])

    def _once(
        self, route: Route, call: Call, fault: Fault | None, *, key: str, told: str
    ) -> Answer:
        """Do the work under an idempotency key, or repeat the answer that it had."""
        v2 = route.rule.startswith("/v2/")
        slot = f"{call.account}:{key}"
        now = call.world.now
        kept = self._keys.begin(slot, told=told, now=now, kept=V2_KEPT if v2 else V1_KEPT)
        if kept is not None:
            return Answer(kept.status, kept.body, kept.request_id, replayed=True)
        try:
            return self._work(route, call, fault, slot=slot, told=told)
        finally:
            self._keys.end(slot)

    def _work(
        self,
        route: Route,
        call: Call,
        fault: Fault | None,
        *,
        slot: str | None = None,
        told: str = "",
    ) -> Answer:
        """Run the handler; the answer is kept under ``slot`` in the same transaction."""
        request_id = call.world.request_id or ""
        if fault is not None and fault.delay:
            time.sleep(fault.delay)
        spoilt = fault if fault is not None and fault.status is not None else None
        keep_refusals = not route.rule.startswith("/v2/")

        def keep(answer: Answer) -> None:
            if slot is not None:
                saved = Saved(answer.status, answer.body, request_id)
                self._keys.save(slot, saved, told=told, now=call.world.now)

        try:
            if spoilt is not None and not spoilt.effect:
                raise spoilt.refusal()
            with self.store.transaction():
                pass_time(call.world)
            with self.store.transaction():
                body = route.handler(call)
                answer = Answer(
                    200, expanded(call.world, body, call.params.get("expand", [])), request_id
                )
                if spoilt is not None:
                    answer = _refused(spoilt.refusal(), request_id, scripted=True)
                if spoilt is None or spoilt.saved:
                    keep(answer)
            self.wake.set()
        except StripeRefusal as refusal:
            answer = _refused(refusal, request_id, scripted=spoilt is not None)
            if keep_refusals and (spoilt is None or spoilt.saved):
                keep(answer)
        except Exception:
            _log.exception("the sandbox failed on %s %s", request.method, request.path)
            answer = _refused(
                StripeRefusal("The sandbox failed.", status=SERVER_ERROR, kind=API_ERROR),
                request_id,
            )
        if fault is not None and fault.drop == "after":
            return Answer(answer.status, answer.body, request_id, dropped=True, scripted=True)
        return answer

    def _respond(self, answer: Answer) -> Response:
        response = Response(
            json.dumps(answer.body, indent=2),
            status=answer.status or 200,
            mimetype="application/json",
        )
        response.headers["Request-Id"] = answer.request_id
        if "Stripe-Version" in request.headers:
            response.headers["Stripe-Version"] = request.headers["Stripe-Version"]
        if "Idempotency-Key" in request.headers and request.method == "POST":
            response.headers["Idempotency-Key"] = request.headers["Idempotency-Key"]
        if answer.replayed:
            response.headers["Idempotent-Replayed"] = "true"
        self._remember(answer)
        if answer.dropped:
            _hang_up()
        return response

    def _remember(self, answer: Answer) -> None:
        line: Document = {
            "at": seconds(utc_now()),
            "request": {
                "method": request.method,
                "path": request.path,
                "query": request.query_string.decode(),
                "headers": {
                    name: request.headers[name] for name in _HEADERS_KEPT if name in request.headers
                },
                "body": request.get_data(as_text=True),
            },
            "answer": {"status": answer.status, "body": answer.body, "id": answer.request_id},
            "replayed": answer.replayed,
            "dropped": answer.dropped,
            "scripted": answer.scripted,
        }
        with self._record_lock:
            self.requests.append(line)
            del self.requests[:-REMEMBERED_REQUESTS]
            if self._record is not None:
                with self._record.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(line) + "\n")


def _check_key() -> None:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not key.strip():
        raise StripeRefusal(
            "You did not provide an API key. You need to provide your API key in the Authorization "
            "header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
            status=401,
        )
    if "_live_" in key:
        raise StripeRefusal(
            "A live key was sent to the sandbox. Keep live keys away from it.", status=401
        )


def _tree() -> dict[str, Any]:
    """Return the parameters as sent: query text, a form, or JSON."""
    if request.method == "GET":
        return form_tree(request.query_string.decode())
    if request.path.startswith("/v1/"):
        return form_tree(request.get_data(as_text=True))
    try:
        tree = json.loads(request.get_data() or b"{}")
    except ValueError:
        raise StripeRefusal("The request body is not valid JSON.") from None
    if not isinstance(tree, dict):
        raise StripeRefusal("The request body must be a JSON object.", kind=INVALID_REQUEST)
    return tree


def _refused(refusal: StripeRefusal, request_id: str, *, scripted: bool = False) -> Answer:
    body = refusal.body()
    if request.path.startswith("/v2/"):
        body["error"].pop("param", None)  # v2 has no such field
    return Answer(refusal.status, body, request_id, scripted=scripted)


def _hang_up() -> None:
    """Close the connection, so that the client sees it break off."""
    line = request.environ.get("werkzeug.socket")
    if isinstance(line, socket.socket):
        line.shutdown(socket.SHUT_RDWR)
