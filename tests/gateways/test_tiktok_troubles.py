"""Whatever TikTok or the network does becomes a failure of its kind."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from marketplace.creators.ports import (
    Failure,
    FailureKind,
    FailureScope,
    TokenGrant,
)
from marketplace.gateways.tiktok import TikTok
from marketplace.store.session import transaction
from tests.gateways.tiktok_sandbox import (
    CALLBACK,
    QUERY,
    SandboxTikTok,
    failed,
    good,
)

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

EVERYTHING = {"user.info.basic", "user.info.profile", "user.info.stats", "video.list"}
K = FailureKind


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 60),
        ({"Retry-After": "300"}, 300),
        ({"Retry-After": "99999999999"}, 86_400),
        ({"Retry-After": "Mon, 02 Nov 2026 12:05:00 GMT"}, 300),
        ({"Retry-After": "Mon, 02 Nov 2026 11:00:00 GMT"}, 1),
        ({"Retry-After": "later"}, 60),
    ],
)
def test_a_throttle_says_when_to_come_back(
    sandbox: SandboxTikTok, grant: TokenGrant, headers: dict[str, str], seconds: int
) -> None:
    noon = datetime(2026, 11, 2, 12, tzinfo=UTC)
    sandbox.script(QUERY, answer="rate_limit", headers=headers)
    tiktok = TikTok(
        client_key="k",
        client_secret="s",
        api_base=sandbox.base,
        authorize_base=sandbox.base,
        clock=lambda: noon,
    )
    answer = tiktok.posts(grant.access_token, ["1"])["1"]
    assert failed(answer) == (K.RATE_LIMITED, FailureScope.APP)
    assert isinstance(answer, Failure)
    assert answer.retry_at == noon + timedelta(seconds=seconds)


OK_EMPTY = {"data": {"videos": []}, "error": {"code": "ok", "message": "", "log_id": "L"}}


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        ({"answer": "internal_error"}, K.PROVIDER_UNAVAILABLE),
        ({"answer": "html_502"}, K.PROVIDER_UNAVAILABLE),
        ({"answer": "error_with_200"}, K.PROVIDER_UNAVAILABLE),
        ({"answer": "ok_with_500"}, K.PROVIDER_UNAVAILABLE),
        ({"answer": "access_token_invalid"}, K.AUTH_EXPIRED),
        ({"answer": "scope_not_authorized"}, K.SCOPE_MISSING),
        ({"json": {"data": {}, "error": {"code": "scope_permission_missed"}}}, K.SCOPE_MISSING),
        ({"json": {"data": {}, "error": {"code": "invalid_params"}}}, K.REQUEST_REJECTED),
        ({"json": {"data": {}, "error": {"code": "who_knows"}}}, K.BAD_RESPONSE),
        ({"status": 401, "json": {"data": {}, "error": {"code": "new"}}}, K.AUTH_EXPIRED),
        ({"status": 429, "text": "slow down"}, K.RATE_LIMITED),
        ({"status": 503, "text": ""}, K.PROVIDER_UNAVAILABLE),
        ({"status": 404, "text": "<html>"}, K.BAD_RESPONSE),
        ({"status": 200, "text": ""}, K.BAD_RESPONSE),
        ({"status": 200, "text": "<html>hello</html>"}, K.BAD_RESPONSE),
        ({"status": 200, "text": '{"data": {"vid'}, K.BAD_RESPONSE),
        ({"status": 200, "json": []}, K.BAD_RESPONSE),
        ({"status": 200, "json": {"data": {"videos": []}}}, K.BAD_RESPONSE),
        ({"status": 200, "json": OK_EMPTY | {"data": []}}, K.BAD_RESPONSE),
        ({"status": 200, "json": OK_EMPTY | {"data": {}}}, K.BAD_RESPONSE),
        ({"status": 200, "json": OK_EMPTY | {"data": {"videos": [{}]}}}, K.BAD_RESPONSE),
        (
            {"status": 200, "json": OK_EMPTY, "headers": {"Content-Encoding": "gzip"}},
            K.BAD_RESPONSE,
        ),
        ({"status": 200, "text": "x" * (2 * 1024 * 1024 + 1)}, K.BAD_RESPONSE),
        ({"status": 302, "text": "", "headers": {"Location": "/v2/user/info/"}}, K.BAD_RESPONSE),
    ],
)
def test_every_trouble_becomes_a_failure_of_its_kind(
    sandbox: SandboxTikTok,
    tiktok: TikTok,
    grant: TokenGrant,
    script: dict[str, Any],
    kind: FailureKind,
) -> None:
    sandbox.script(QUERY, **script)
    assert failed(tiktok.posts(grant.access_token, ["1"])["1"])[0] is kind
    assert failed(tiktok.posts(grant.access_token, ["1"])["1"])[0] is K.NOT_VISIBLE


def test_a_platform_that_cannot_be_reached_is_unavailable(sandbox: SandboxTikTok) -> None:
    nobody = TikTok(
        client_key="k",
        client_secret="s",
        api_base="http://127.0.0.1:1/tiktok",
        authorize_base=sandbox.base,
    )
    unavailable = (K.PROVIDER_UNAVAILABLE, FailureScope.APP)
    assert failed(nobody.exchange_code("c", CALLBACK)) == unavailable
    assert failed(nobody.refresh("r")) == unavailable
    assert failed(nobody.revoke("t")) == unavailable
    assert failed(nobody.account("t")) == unavailable
    assert failed(nobody.videos("t", 3)) == unavailable
    assert failed(nobody.posts("t", ["1"])["1"]) == unavailable


def test_a_platform_that_does_not_answer_in_time_is_unavailable(
    sandbox: SandboxTikTok, grant: TokenGrant
) -> None:
    sandbox.script(QUERY, answer="internal_error", delay_seconds=1)
    hasty = sandbox.gateway(timeout_seconds=0.2)
    answer = hasty.posts(grant.access_token, ["1"])["1"]
    assert failed(answer) == (K.PROVIDER_UNAVAILABLE, FailureScope.APP)


@pytest.mark.parametrize(
    "base",
    ["http://open.tiktokapis.com", "ftp://localhost", "//localhost", "", "http://127.evil.example"],
)
def test_a_base_that_is_not_https_is_refused_unless_it_is_this_machine(base: str) -> None:
    fine = "https://open.tiktokapis.com"
    for bases in ((base, fine), (fine, base)):
        with pytest.raises(ValueError, match="must be https"):
            TikTok(client_key="k", client_secret="s", api_base=bases[0], authorize_base=bases[1])


def test_the_consent_address_holds_the_question_and_no_secret() -> None:
    tiktok = TikTok(
        client_key="key",
        client_secret="the-secret",
        api_base="https://open.tiktokapis.com/",
        authorize_base="https://www.tiktok.com/",
    )
    address = tiktok.authorize_url("st&te", "https://fairview.example/back")
    assert address == (
        "https://www.tiktok.com/v2/auth/authorize/?client_key=key&response_type=code"
        "&scope=user.info.basic%2Cuser.info.profile%2Cuser.info.stats%2Cvideo.list"
        "&redirect_uri=https%3A%2F%2Ffairview.example%2Fback&state=st%26te"
    )


def test_no_token_and_no_secret_is_ever_logged_or_shown(
    sandbox: SandboxTikTok, tiktok: TikTok, caplog: pytest.LogCaptureFixture
) -> None:
    code = sandbox.press(handle="maya.cooks")["code"]
    caplog.set_level(logging.DEBUG)
    grant: TokenGrant = good(tiktok.exchange_code(code, CALLBACK))
    failure = tiktok.exchange_code(code, CALLBACK)
    tiktok.account(grant.access_token)
    tiktok.videos(grant.access_token, 1)
    tiktok.posts(grant.access_token, ["1"])
    tiktok.revoke(grant.access_token)
    shown = caplog.text + repr(grant) + repr(failure) + repr(tiktok)
    for secret in (code, grant.access_token, grant.refresh_token, "sandbox-secret"):
        assert secret not in shown


def test_no_call_goes_out_while_a_transaction_is_open(
    tiktok: TikTok, app: Flask, session: Session
) -> None:
    with app.app_context(), transaction():
        for call in (
            lambda: tiktok.exchange_code("c", CALLBACK),
            lambda: tiktok.refresh("r"),
            lambda: tiktok.revoke("t"),
            lambda: tiktok.account("t"),
            lambda: tiktok.videos("t", 1),
            lambda: tiktok.posts("t", []),
        ):
            with pytest.raises(RuntimeError, match="while a transaction was open"):
                call()
    with app.app_context():
        assert tiktok.posts("t", []) == {}
