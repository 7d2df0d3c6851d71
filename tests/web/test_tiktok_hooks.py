"""What TikTok tells by itself: verified, kept once, answered; nothing else happens."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.clock import utc_now
from marketplace.sandbox.tiktok_control import signature_of
from marketplace.store.inbox import InboxMessage, InboxState
from marketplace.store.outbox import OutboxMessage
from marketplace.web.hooks import LARGEST_BYTES

SECRET = "sandbox-secret"


def notice(**more: Any) -> dict[str, Any]:
    return {
        "client_key": "sandbox-client",
        "event": "authorization.removed",
        "create_time": 1_795_435_200,
        "user_openid": "-000ExampleOpenId01",
        "content": '{"reason":1}',
        **more,
    }


def send(
    client: FlaskClient,
    body: object,
    *,
    secret: str = SECRET,
    seconds_ago: int = 0,
    header: str | None = None,
) -> int:
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    signed = signature_of(payload, secret=secret, at=int(utc_now().timestamp()) - seconds_ago)
    answer = client.post(
        "/hooks/tiktok",
        data=payload,
        headers={
            "TikTok-Signature": signed if header is None else header,
            "Content-Type": "application/json",
        },
    )
    return answer.status_code


def kept(session: Session) -> list[InboxMessage]:
    return list(session.scalars(select(InboxMessage).order_by(InboxMessage.id)))


@pytest.mark.parametrize("reason", range(6))
def test_a_removed_grant_is_kept_once_and_rung_for(
    client: FlaskClient, session: Session, reason: int
) -> None:
    body = notice(content=json.dumps({"reason": reason}))

    for _ in range(2):
        assert send(client, body) == 200

    (row,) = kept(session)
    assert (row.sender, row.kind, row.object_id, row.state) == (
        "tiktok",
        "authorization.removed",
        "-000ExampleOpenId01",
        InboxState.WAITING,
    )
    assert row.body == body
    assert session.scalars(select(OutboxMessage.name)).all() == ["WebhookKept"]


@pytest.mark.parametrize("content", ["not JSON", "", None])
def test_what_the_notice_says_inside_is_not_needed(
    client: FlaskClient, session: Session, content: str | None
) -> None:
    assert send(client, notice(content=content)) == 200
    assert len(kept(session)) == 1


@pytest.mark.parametrize(
    ("body", "how"),
    [
        (notice(), {"secret": "another"}),
        (notice(), {"seconds_ago": 301}),
        (notice(), {"seconds_ago": -301}),
        (notice(), {"header": ""}),
        (notice(), {"header": "t=1,s="}),
        (notice(), {"header": "t=now,s=00"}),
        (notice(), {"header": "t=" + "9" * 40 + ",s=00"}),
        (notice(), {"header": "s=\u00e4,t=1"}),
        (notice(client_key="somebody-else"), {}),
        (notice(user_openid=7), {}),
        (notice(create_time="soon"), {}),
        (notice(create_time=10**30), {}),
        ({"event": "authorization.removed"}, {}),
        ([], {}),
        (b"not JSON", {}),
        (b"\xff\xfe", {}),
    ],
)
def test_what_is_not_from_tiktok_is_refused_and_not_kept(
    client: FlaskClient, session: Session, body: object, how: dict[str, Any]
) -> None:
    assert send(client, body, **how) == 400
    assert kept(session) == []
    assert session.scalars(select(OutboxMessage)).all() == []


def test_what_is_too_large_is_refused_unread(client: FlaskClient, session: Session) -> None:
    assert send(client, b" " * (LARGEST_BYTES + 1)) == 413
    assert kept(session) == []


def test_another_kind_of_notice_is_kept_too(client: FlaskClient, session: Session) -> None:
    assert send(client, notice(event="video.publish.completed")) == 200
    assert [row.kind for row in kept(session)] == ["video.publish.completed"]
