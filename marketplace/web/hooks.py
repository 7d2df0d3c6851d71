"""Webhooks come in here: verify, keep once, answer. The work is a job's."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request

from marketplace.kernel.clock import utc_now
from marketplace.processor.ports import BadSignature, Endpoint
from marketplace.store.inbox import keep_once
from marketplace.store.session import transaction
from marketplace.web import access

bp = Blueprint("hooks", __name__, url_prefix="/hooks")


@bp.post("/stripe")
def stripe_platform() -> Response:
    """Events of our own account."""
    return _keep(Endpoint.PLATFORM)


@bp.post("/stripe-connect")
def stripe_connect() -> Response:
    """Events of creators' accounts."""
    return _keep(Endpoint.CONNECT)


def _keep(endpoint: Endpoint) -> Response:
    """Answer 400 to what is not from the processor, 200 to everything else, known or not."""
    try:
        event = access.gateways().events.verify(
            endpoint,
            payload=request.get_data(),
            signature=request.headers.get("Stripe-Signature", ""),
        )
    except BadSignature:
        return Response("bad signature", status=400, mimetype="text/plain")
    if event.livemode is not current_app.config["LIVEMODE"]:
        return Response("other mode", status=400, mimetype="text/plain")
    with transaction() as session:
        keep_once(
            session,
            sender=endpoint.value,
            sender_id=event.event_id,
            kind=event.kind,
            body=dict(event.body),
            now=utc_now(),
        )
    return Response("kept", mimetype="text/plain")
