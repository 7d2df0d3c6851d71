"""What banks do to payments, at the press of a switch: on a page, and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest, HTTPException, NotFound, UnsupportedMediaType
from werkzeug.wrappers import Response as BaseResponse

from marketplace.sandbox import stripe_debits, stripe_disputes, stripe_refunds, stripe_warnings
from marketplace.sandbox.store import Document
from marketplace.sandbox.stripe_errors import StripeRefusal
from marketplace.sandbox.stripe_pages import money_text
from marketplace.sandbox.stripe_world import PLATFORM, World

_SEE_OTHER: Final = 303
_SHOWN: Final = 20

Act = Callable[[World, Document], object]

ACTS: Final[Mapping[str, Mapping[str, Act]]] = {
    "charge": {
        "dispute": stripe_disputes.open_dispute,
        "inquire": lambda w, it: stripe_disputes.open_dispute(w, it, inquiry=True),
        "warn": stripe_warnings.warn,
        "clear": lambda w, it: stripe_debits.settle(w, it["id"]),
        "refuse": lambda w, it: stripe_debits.refuse(w, it["id"], problem="insufficient_funds"),
        "return": lambda w, it: stripe_debits.give_back(w, it["id"]),
    },
    "dispute": {
        "review": lambda w, it: stripe_disputes.turn(w, it, "under_review"),
        "win": lambda w, it: stripe_disputes.turn(w, it, "won"),
        "win_with_fee": lambda w, it: stripe_disputes.turn(w, it, "won", fee_back=True),
        "win_part": lambda w, it: stripe_disputes.turn(w, it, "won", amount=it["amount"] // 2),
        "win_late": lambda w, it: stripe_disputes.turn(w, it, "won"),
        "lose": lambda w, it: stripe_disputes.turn(w, it, "lost"),
        "close_inquiry": lambda w, it: stripe_disputes.turn(w, it, "warning_closed"),
        "escalate": lambda w, it: stripe_disputes.turn(w, it, "needs_response"),
    },
    "refund": {
        "succeed": stripe_refunds.succeed,
        "fail": lambda w, it: stripe_refunds.fail(w, it, reason="expired_or_canceled_card"),
    },
}
"""Kind of object -> what can be done to it."""
WORDS: Final = {
    "dispute": "Charge it back",
    "inquire": "Ask about it",
    "warn": "Warn of fraud",
    "clear": "Let it clear",
    "refuse": "Refuse it",
    "return": "Return it",
    "review": "Take into review",
    "win": "Brand’s bank gives in",
    "win_with_fee": "… and the fee comes back",
    "win_part": "… with half the money",
    "win_late": "… gives in after all",
    "lose": "Brand’s bank keeps it",
    "close_inquiry": "Close the inquiry",
    "escalate": "Charge it back",
    "succeed": "Take it",
    "fail": "Send it back",
}


def possible(kind: str, it: Document) -> list[str]:
    """Return what can be done to an object as it stands."""
    status = it["status"]
    if kind == "charge" and status == "pending":
        return ["clear", "refuse"]
    if kind == "charge" and status == "succeeded" and not (it["disputed"] or it["refunded"]):
        more = ["return"] if it["id"].startswith("py_") else ["warn"]
        return ["dispute", "inquire", *more]
    if kind == "dispute" and status.startswith("warning_") and status != "warning_closed":
        return ["close_inquiry", "escalate"]
    if kind == "dispute" and status in ("needs_response", "under_review"):
        begin = ["review"] if status == "needs_response" else []
        return [*begin, "win", "win_with_fee", "win_part", "lose"]
    if kind == "dispute" and status == "lost" and len(it["balance_transactions"]) == 1:
        return ["win_late"]
    if kind == "refund":
        return {"pending": ["succeed", "fail"], "succeeded": ["fail"]}.get(status, [])
    return []


def blueprint(world: Callable[[], World], *, changed: Callable[[], None]) -> Blueprint:
    """Return the page and the JSON switches. world: as of now; changed: after every change."""
    banks = Blueprint("banks", __name__, url_prefix="/sandbox")

    def act(kind: str, key: str, name: str) -> Document:
        now = world()
        deed = ACTS.get(kind, {}).get(name)
        if deed is None:
            raise NotFound("nothing of that name can be done")
        with now.store.transaction():
            found = now.store.get(kind, key, scope=PLATFORM)
            if found is None:
                raise NotFound(f"no such {kind}")
            try:
                made = deed(now, found)
            except StripeRefusal as refusal:
                raise BadRequest(str(refusal)) from refusal
            after = made if isinstance(made, dict) else now.store.get(kind, key) or {}
        changed()
        return after

    @banks.get("/banks")
    def page() -> BaseResponse:
        now = world()
        answer = Response(render_template("banks.html", rows=_rows(now), words=WORDS))
        answer.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
            "frame-ancestors 'none'; form-action 'self'"
        )
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @banks.post("/banks/<kind>/<key>/<name>")
    def press(kind: str, key: str, name: str) -> BaseResponse:
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            raise BadRequest("press the button on the sandbox's own page")
        act(kind, key, name)
        return redirect(url_for("banks.page"), code=_SEE_OTHER)

    @banks.post("/control/banks/<kind>/<key>/<name>")
    def switch(kind: str, key: str, name: str) -> Response:
        if not request.is_json:
            raise UnsupportedMediaType("send application/json")
        return jsonify(act(kind, key, name))

    @banks.errorhandler(HTTPException)
    def refuse(error: HTTPException) -> tuple[Response, int]:
        return jsonify(error=error.description), error.code or 500

    return banks


def _rows(now: World) -> list[dict[str, Any]]:
    """The newest objects, each with what can be done to it."""
    return [
        {
            "kind": kind,
            "it": it,
            "amount": money_text(it["amount"], it["currency"]),
            "acts": possible(kind, it),
        }
        for kind in ACTS
        for it in now.store.newest(kind, scope=PLATFORM, limit=_SHOWN)
    ]
