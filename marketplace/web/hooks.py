"""Webhooks come in here: verify, keep once, answer. The work is a job's."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, current_app, request

from marketplace.kernel.clock import utc_now
from marketplace.processor.ports import BadSignature, Endpoint, NoEvent
from marketplace.processor.service import keep_event
from marketplace.store.session import transaction
from marketplace.web import access

LARGEST_BYTES: Final = 1024 * 1024
"""Far above any event; whoever sends more is not the processor."""
OTHER_MODE: Final = {
    True: "It is about live money; this installation handles test money.",
    False: "It is about test money; this installation handles live money.",
}

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
    """Answer 400 to what is not from the processor, 200 to everything else, known or not.

    Nothing but keeping happens in the request. What is about the other kind of money, live or
    test, is put aside: an endpoint for connected accounts is sent both.
    """
    if (refused := refused_by_size()) is not None:
        return refused
    try:
        event = access.gateways().events.verify(
            endpoint,
            payload=request.get_data(),
            signature=request.headers.get("Stripe-Signature", ""),
        )
    except BadSignature:
        return plain("bad signature", 400)
    except NoEvent:
        return plain("no event", 400)
    aside = event.livemode is not current_app.config["LIVEMODE"]
    with transaction() as session:
        keep_event(
            session,
            event,
            endpoint=endpoint,
            now=utc_now(),
            aside=OTHER_MODE[event.livemode] if aside else "",
        )
    return plain("kept", 200)


def refused_by_size() -> Response | None:
    """Refuse what is too large to be a webhook, or does not say how large it is."""
    if "Transfer-Encoding" in request.headers:  # in pieces, with no end in sight
        return plain("no length", 411)
    if (request.content_length or 0) > LARGEST_BYTES:
        return plain("too large", 413)
    return None


def plain(text: str, status: int) -> Response:
    """Answer a machine."""
    return Response(text, status=status, mimetype="text/plain")
