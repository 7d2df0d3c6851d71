"""Which webhooks are believed."""

from __future__ import annotations

import json
import time

import pytest

from marketplace.gateways.stripe_events import TOLERANCE_SECONDS, StripeEvents, read_event
from marketplace.processor.ports import BadSignature, Endpoint, NoEvent
from marketplace.sandbox.stripe_webhooks import signature

BODY = json.dumps(
    {
        "id": "evt_1",
        "object": "event",
        "type": "checkout.session.completed",
        "livemode": False,
        "data": {"object": {"id": "cs_1", "object": "checkout.session"}},
    },
    indent=2,
).encode()


@pytest.fixture
def events() -> StripeEvents:
    return StripeEvents(
        {Endpoint.PLATFORM: ("whsec_new", "whsec_old"), Endpoint.CONNECT: ("whsec_connect",)}
    )


def signed(secret: str, *, body: bytes = BODY, age: int = 0) -> str:
    return signature(body, secret=secret, at=int(time.time()) - age)


def test_a_webhook_signed_with_our_secret_is_read(events: StripeEvents) -> None:
    event = events.verify(Endpoint.PLATFORM, payload=BODY, signature=signed("whsec_new"))

    assert (event.event_id, event.kind, event.livemode) == (
        "evt_1",
        "checkout.session.completed",
        False,
    )
    assert event.body == json.loads(BODY)


def test_the_old_secret_counts_while_it_is_being_replaced(events: StripeEvents) -> None:
    event = events.verify(Endpoint.PLATFORM, payload=BODY, signature=signed("whsec_old"))

    assert event.event_id == "evt_1"


def test_a_header_with_two_signatures_is_taken_when_one_fits(events: StripeEvents) -> None:
    header = signed("whsec_gone") + "," + signed("whsec_new").split(",")[1]

    assert events.verify(Endpoint.PLATFORM, payload=BODY, signature=header).event_id == "evt_1"


@pytest.mark.parametrize(
    ("payload", "header"),
    [
        (BODY, signed("whsec_other")),
        (BODY, signed("whsec_connect")),
        (BODY.replace(b"cs_1", b"cs_2"), signed("whsec_new")),
        (json.dumps(json.loads(BODY)).encode(), signed("whsec_new")),
        (BODY, signed("whsec_new", age=TOLERANCE_SECONDS + 1)),
        (BODY, ""),
        (BODY, "t=1"),
        (BODY, "v1=00"),
        (BODY, "t=now,v1=00"),
        (BODY, "nonsense"),
        (BODY, signed("whsec_new", age=-24 * 3600)),
        (b"\xff\xfe", signed("whsec_new", body=b"\xff\xfe")),
    ],
    ids=[
        "another secret",
        "the secret of the other endpoint",
        "an altered body",
        "the same body written anew",
        "too old",
        "no header",
        "no signature",
        "no moment",
        "no number for the moment",
        "no header at all",
        "from the future",
        "no text",
    ],
)
def test_everything_else_is_refused(events: StripeEvents, payload: bytes, header: str) -> None:
    with pytest.raises(BadSignature):
        events.verify(Endpoint.PLATFORM, payload=payload, signature=header)


@pytest.mark.parametrize("age", [TOLERANCE_SECONDS - 60, 60 - TOLERANCE_SECONDS])
def test_a_clock_that_differs_a_little_is_forgiven(events: StripeEvents, age: int) -> None:
    header = signed("whsec_new", age=age)

    assert events.verify(Endpoint.PLATFORM, payload=BODY, signature=header).event_id == "evt_1"


THIN = {
    "id": "evt_2",
    "object": "v2.core.event",
    "type": "v2.core.account[requirements].updated",
    "livemode": True,
    "context": "acct_1",
    "related_object": {"id": "acct_1", "type": "v2.core.account", "url": "/v2/core/accounts/1"},
}


def test_a_thin_event_is_read_for_what_it_names() -> None:
    event = read_event(json.dumps(THIN).encode())

    assert (event.event_id, event.kind, event.livemode, event.object_id, event.account) == (
        "evt_2",
        "v2.core.account[requirements].updated",
        True,
        "acct_1",
        "acct_1",
    )


def test_an_event_about_something_without_an_id_is_read() -> None:
    balance = {**json.loads(BODY), "data": {"object": {"object": "balance"}}}

    assert read_event(json.dumps(balance).encode()).object_id == ""
    assert read_event(json.dumps({**THIN, "related_object": None}).encode()).object_id == ""


@pytest.mark.parametrize(
    "body",
    [
        "not json",
        "NaN",
        "[]",
        "7",
        "{}",
        "[" * 100_000,
        json.dumps({**json.loads(BODY), "data": None}),
        json.dumps({**json.loads(BODY), "data": {"object": []}})[:-1],
        json.dumps({**json.loads(BODY), "id": 7}),
        json.dumps({**json.loads(BODY), "livemode": "false"}),
        json.dumps({**json.loads(BODY), "account": ["acct_1"]}),
    ],
)
def test_what_is_signed_and_no_event_is_told_apart(events: StripeEvents, body: str) -> None:
    payload = body.encode()

    with pytest.raises(NoEvent):
        events.verify(
            Endpoint.PLATFORM, payload=payload, signature=signed("whsec_new", body=payload)
        )


@pytest.mark.parametrize("secrets", [(), ("",), (" ",)])
def test_without_a_secret_nothing_is_believed(secrets: tuple[str, ...]) -> None:
    unset = StripeEvents({Endpoint.PLATFORM: secrets, Endpoint.CONNECT: secrets})

    for secret in ("", " "):
        with pytest.raises(BadSignature):
            unset.verify(Endpoint.PLATFORM, payload=BODY, signature=signed(secret))
