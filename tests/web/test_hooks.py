"""Webhooks come in: verified, kept once, answered; nothing else happens."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.sandbox.stripe_webhooks import signature
from marketplace.store.inbox import InboxMessage
from marketplace.store.outbox import OutboxMessage

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


def test_a_kind_that_nobody_knows_is_kept_too(client: FlaskClient, session: Session) -> None:
    assert send(client, PLATFORM, event("tax.settings.updated")) == (200, "kept")
    assert kept(session) == [("stripe", "evt_1", "tax.settings.updated")]


def test_an_event_of_live_money_does_not_enter_a_test_installation(
    client: FlaskClient, session: Session
) -> None:
    assert send(client, PLATFORM, event(livemode=True)) == (400, "other mode")
    assert kept(session) == []


def test_an_event_of_test_money_does_not_enter_a_live_installation(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(client.application.config, "LIVEMODE", True)

    assert send(client, PLATFORM, event()) == (400, "other mode")
    assert send(client, PLATFORM, event(livemode=True)) == (200, "kept")
    assert len(kept(session)) == 1


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
