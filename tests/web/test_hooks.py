"""Webhooks come in: verified, kept once, answered; nothing else happens."""

from __future__ import annotations

import io
import json
import time
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.app import pick_gateways
from marketplace.config import Settings
from marketplace.sandbox.stripe_webhooks import signature
from marketplace.store.inbox import InboxMessage, InboxState
from marketplace.store.outbox import OutboxMessage
from marketplace.web.hooks import LARGEST_BYTES

PLATFORM, CONNECT = ("/hooks/stripe", "whsec_platform"), ("/hooks/stripe-connect", "whsec_connect")


def event(kind: str = "checkout.session.completed", **more: Any) -> dict[str, Any]:
    return {
        "id": "evt_1",
        "object": "event",
        "type": kind,
        "livemode": False,
        "data": {"object": {"id": "cs_1", "object": "checkout.session"}},
        **more,
    }


def send(
    client: FlaskClient, where: tuple[str, str], body: dict[str, Any], *, header: str | None = None
) -> tuple[int, str]:
    path, secret = where
    payload = json.dumps(body).encode()
    signed = signature(payload, secret=secret, at=int(time.time())) if header is None else header
    answer = client.post(
        path,
        data=payload,
        headers={"Stripe-Signature": signed, "Content-Type": "application/json"},
    )
    return answer.status_code, answer.text


def kept(session: Session) -> list[tuple[str, str, str]]:
    rows = session.execute(
        select(InboxMessage.sender, InboxMessage.sender_id, InboxMessage.kind).order_by(
            InboxMessage.id
        )
    )
    return [tuple(row) for row in rows]


def rung(session: Session) -> list[str]:
    return list(session.scalars(select(OutboxMessage.name).order_by(OutboxMessage.id)))


@pytest.mark.parametrize("where", [PLATFORM, CONNECT])
@pytest.mark.parametrize("header", ["", "t=1,v1=00", "nonsense"])
def test_what_is_not_signed_is_refused_and_not_kept(
    client: FlaskClient, session: Session, where: tuple[str, str], header: str
) -> None:
    assert send(client, where, event(), header=header) == (400, "bad signature")
    assert kept(session) == []
    assert rung(session) == []


def test_the_secret_of_one_endpoint_does_not_open_the_other(
    client: FlaskClient, session: Session
) -> None:
    crossed = (PLATFORM[0], CONNECT[1])

    assert send(client, crossed, event()) == (400, "bad signature")
    assert kept(session) == []


def test_a_webhook_is_kept_once_and_rung_once_however_often_it_comes(
    client: FlaskClient, session: Session
) -> None:
    answers = [send(client, PLATFORM, event()) for _ in range(3)]

    assert answers == [(200, "kept")] * 3
    assert kept(session) == [("stripe", "evt_1", "checkout.session.completed")]
    assert rung(session) == ["WebhookKept"]
    row = session.scalars(select(InboxMessage)).one()
    assert row.body == event()
    assert row.handled_at is None
    message = session.scalars(select(OutboxMessage)).one()
    assert message.body == {"inbox_id": str(row.id)}


def test_both_endpoints_keep_their_own(client: FlaskClient, session: Session) -> None:
    send(client, PLATFORM, event())
    send(client, CONNECT, event("account.updated", account="acct_1"))

    assert kept(session) == [
        ("stripe", "evt_1", "checkout.session.completed"),
        ("stripe_connect", "evt_1", "account.updated"),
    ]


@pytest.mark.parametrize(("where", "other"), [(PLATFORM, CONNECT), (CONNECT, PLATFORM)])
def test_each_endpoint_takes_its_old_and_its_new_secret_while_it_is_replaced(
    app: Flask,
    client: FlaskClient,
    session: Session,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    where: tuple[str, str],
    other: tuple[str, str],
) -> None:
    replacing = replace(
        settings,
        stripe_webhook_secret="next_platform,whsec_platform",
        stripe_connect_webhook_secret="next_connect,whsec_connect",
    )
    monkeypatch.setitem(app.extensions, "gateways", pick_gateways(replacing))
    (path, old), new = where, where[1].replace("whsec", "next")
    theirs = (other[1], other[1].replace("whsec", "next"))

    taken = [send(client, (path, secret), event(id=f"evt_{secret}")) for secret in (old, new)]
    refused = [send(client, (path, secret), event(id="evt_x")) for secret in theirs]

    assert [status for status, _ in taken] == [200, 200]
    assert [status for status, _ in refused] == [400, 400]
    assert [sender_id for _, sender_id, _ in kept(session)] == [f"evt_{old}", f"evt_{new}"]


def test_a_kind_that_nobody_knows_is_kept_too(client: FlaskClient, session: Session) -> None:
    assert send(client, PLATFORM, event("tax.settings.updated")) == (200, "kept")
    assert kept(session) == [("stripe", "evt_1", "tax.settings.updated")]


@pytest.mark.parametrize("where", [PLATFORM, CONNECT])
def test_an_event_of_live_money_is_put_aside_in_a_test_installation(
    client: FlaskClient, session: Session, where: tuple[str, str]
) -> None:
    assert send(client, where, event(livemode=True)) == (200, "kept")

    row = session.scalars(select(InboxMessage)).one()
    assert (row.state, row.failure) == (
        InboxState.ASIDE,
        "It is about live money; this installation handles test money.",
    )
    assert rung(session) == []


def test_an_event_of_test_money_is_put_aside_in_a_live_installation(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(client.application.config, "LIVEMODE", True)

    assert send(client, PLATFORM, event()) == (200, "kept")
    assert send(client, PLATFORM, event(id="evt_2", livemode=True)) == (200, "kept")
    states = session.scalars(select(InboxMessage.state).order_by(InboxMessage.sender_id)).all()
    assert states == [InboxState.ASIDE, InboxState.WAITING]
    assert rung(session) == ["WebhookKept"]


def test_what_it_is_about_is_kept_beside_it(client: FlaskClient, session: Session) -> None:
    send(client, CONNECT, event("payout.failed", account="acct_1"))

    row = session.scalars(select(InboxMessage)).one()
    assert (row.account, row.object_id, row.livemode, row.state) == (
        "acct_1",
        "cs_1",
        False,
        InboxState.WAITING,
    )


def test_the_same_event_with_another_body_changes_nothing(
    client: FlaskClient, session: Session
) -> None:
    send(client, PLATFORM, event())
    other = event(data={"object": {"id": "cs_2", "object": "checkout.session"}})

    assert send(client, PLATFORM, other) == (200, "kept")
    row = session.scalars(select(InboxMessage)).one()
    assert (row.body, row.object_id) == (event(), "cs_1")
    assert rung(session) == ["WebhookKept"]


@pytest.mark.parametrize("where", [PLATFORM, CONNECT])
def test_what_is_larger_than_any_event_is_refused_unread(
    client: FlaskClient, session: Session, where: tuple[str, str]
) -> None:
    huge = event(padding="x" * LARGEST_BYTES)

    assert send(client, where, huge) == (413, "too large")
    assert kept(session) == []
    assert rung(session) == []


def test_what_does_not_say_its_length_is_refused_unread(
    client: FlaskClient, session: Session
) -> None:
    answer = client.post(
        PLATFORM[0],
        input_stream=io.BytesIO(b"{}"),
        environ_overrides={"wsgi.input_terminated": True},
        headers={"Stripe-Signature": "t=1,v1=00", "Transfer-Encoding": "chunked"},
    )

    assert (answer.status_code, answer.text) == (411, "no length")
    assert kept(session) == []


@pytest.mark.parametrize(
    "body",
    [b"not json", b"[]", b"{}", b"null", b'{"id": "evt_1", "object": "event"}', b"NaN"],
)
def test_what_is_signed_and_no_event_is_refused(
    client: FlaskClient, session: Session, body: bytes
) -> None:
    header = signature(body, secret=PLATFORM[1], at=int(time.time()))

    answer = client.post(PLATFORM[0], data=body, headers={"Stripe-Signature": header})

    assert (answer.status_code, answer.text) == (400, "no event")
    assert kept(session) == []


def test_a_signature_from_the_future_is_refused(client: FlaskClient, session: Session) -> None:
    payload = json.dumps(event()).encode()
    early = signature(payload, secret=PLATFORM[1], at=int(time.time()) + 360)

    assert send(client, PLATFORM, event(), header=early) == (400, "bad signature")
    assert kept(session) == []


def test_a_thin_event_is_kept_with_the_object_it_names(
    client: FlaskClient, session: Session
) -> None:
    thin = {
        "id": "evt_thin",
        "object": "v2.core.event",
        "type": "v2.core.account[requirements].updated",
        "livemode": False,
        "related_object": {"id": "acct_1", "type": "v2.core.account", "url": "/v2/core/accounts/1"},
    }

    assert send(client, PLATFORM, thin) == (200, "kept")
    row = session.scalars(select(InboxMessage)).one()
    assert (row.kind, row.object_id, row.account) == (thin["type"], "acct_1", "acct_1")


def test_a_sign_that_postgresql_cannot_keep_does_not_lose_the_event(
    client: FlaskClient, session: Session
) -> None:
    marked = event(data={"object": {"id": "cs_1", "metadata": {"name": "a\x00b"}}})

    assert send(client, PLATFORM, marked) == (200, "kept")
    row = session.scalars(select(InboxMessage)).one()
    assert row.body["data"]["object"]["metadata"] == {"name": "a\ufffdb"}


def test_webhooks_need_no_form_token(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(client.application.config, "WTF_CSRF_ENABLED", True)

    assert send(client, PLATFORM, event()) == (200, "kept")
    assert client.post("/sign-in", data={"email": "x"}).status_code != 200
    assert len(kept(session)) == 1


@pytest.mark.parametrize("where", [PLATFORM, CONNECT])
def test_a_webhook_is_posted_never_fetched(client: FlaskClient, where: tuple[str, str]) -> None:
    assert client.get(where[0]).status_code == 405
