"""Connecting a TikTok account, over real HTTP against the sandbox."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from marketplace.creators.ports import (
    ChannelAccount,
    Failure,
    FailureKind,
    FailureScope,
    Ok,
    TokenGrant,
)
from marketplace.gateways.tiktok import TikTok
from marketplace.kernel.clock import skip_ahead, utc_now
from tests.gateways.tiktok_sandbox import (
    CALLBACK,
    STATE,
    TOKEN,
    SandboxTikTok,
    failed,
    good,
)

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

EVERYTHING = {"user.info.basic", "user.info.profile", "user.info.stats", "video.list"}
K = FailureKind


def test_a_consent_leads_back_with_a_code_and_becomes_a_grant(
    sandbox: SandboxTikTok, tiktok: TikTok
) -> None:
    before = utc_now()
    back = sandbox.press(handle="maya.cooks")
    assert (back["state"], set(back["scopes"].split(","))) == (STATE, EVERYTHING)

    grant: TokenGrant = good(tiktok.exchange_code(back["code"], CALLBACK))
    assert grant.scopes == EVERYTHING
    assert grant.external_id.startswith("-000")
    assert (
        timedelta(0) <= grant.access_expires_at - before - timedelta(hours=2) < timedelta(minutes=1)
    )
    assert (
        timedelta(0)
        <= grant.refresh_expires_at - before - timedelta(days=180)
        < timedelta(minutes=1)
    )


def test_the_same_account_has_the_same_id_at_every_connect(sandbox: SandboxTikTok) -> None:
    assert sandbox.connect("one.person").external_id == sandbox.connect("One.Person").external_id


def test_an_account_is_read_with_all_scopes_in_one_call(
    sandbox: SandboxTikTok, tiktok: TikTok
) -> None:
    sandbox.control("accounts", handle="asha", display_name="Asha", followers=48_210)
    grant = sandbox.connect("asha")
    sandbox.publish("asha")
    before = len(sandbox.calls("/v2/user/info/"))
    account: ChannelAccount = good(tiktok.account(grant.access_token))
    assert len(sandbox.calls("/v2/user/info/")) == before + 1
    assert account == ChannelAccount(
        external_id=grant.external_id,
        handle="asha",
        display_name="Asha",
        follower_count=48_210,
        like_count=0,
        video_count=1,
        read_at=account.read_at,
    )


def test_a_partial_consent_reads_what_was_granted_and_no_zeros(
    sandbox: SandboxTikTok, tiktok: TikTok
) -> None:
    back = sandbox.press("allow_part", handle="maya.cooks", scope=["video.list"])
    grant: TokenGrant = good(tiktok.exchange_code(back["code"], CALLBACK))
    assert grant.scopes == {"user.info.basic", "video.list"}
    account: ChannelAccount = good(tiktok.account(grant.access_token))
    assert account.external_id == grant.external_id
    assert (account.handle, account.follower_count, account.video_count) == (None, None, None)


def test_without_the_scope_for_videos_the_failure_says_so(
    sandbox: SandboxTikTok, tiktok: TikTok
) -> None:
    back = sandbox.press("allow_part", handle="maya.cooks", scope=[])
    grant: TokenGrant = good(tiktok.exchange_code(back["code"], CALLBACK))
    wanted = (K.SCOPE_MISSING, FailureScope.CONNECTION)
    assert failed(tiktok.videos(grant.access_token, 5)) == wanted
    assert failed(tiktok.posts(grant.access_token, ["1"])["1"]) == wanted


def test_a_denied_consent_leads_back_with_the_error(sandbox: SandboxTikTok) -> None:
    back = sandbox.press("deny")
    assert (back["error"], back["state"]) == ("access_denied", STATE)
    assert "code" not in back


def test_a_code_is_good_once(sandbox: SandboxTikTok, tiktok: TikTok) -> None:
    code = sandbox.press(handle="maya.cooks")["code"]
    good(tiktok.exchange_code(code, CALLBACK))
    again = tiktok.exchange_code(code, CALLBACK)
    assert failed(again) == (K.AUTH_REVOKED, FailureScope.CONNECTION)


@pytest.mark.parametrize(("minutes", "is_good"), [(9, True), (10, False)])
def test_a_code_expires_after_ten_minutes(
    sandbox: SandboxTikTok, tiktok: TikTok, minutes: int, is_good: bool
) -> None:
    code = sandbox.press(handle="maya.cooks")["code"]
    skip_ahead(timedelta(minutes=minutes))
    assert isinstance(tiktok.exchange_code(code, CALLBACK), Ok) is is_good


def test_a_code_is_bound_to_its_redirect_address(sandbox: SandboxTikTok, tiktok: TikTok) -> None:
    code = sandbox.press(handle="maya.cooks")["code"]
    elsewhere = tiktok.exchange_code(code, CALLBACK + "/")
    assert failed(elsewhere) == (K.AUTH_REVOKED, FailureScope.CONNECTION)


def test_a_refresh_gives_a_new_pair_and_kills_the_old_refresh_token(
    tiktok: TikTok, grant: TokenGrant
) -> None:
    fresh: TokenGrant = good(tiktok.refresh(grant.refresh_token))
    assert fresh.external_id == grant.external_id
    assert fresh.scopes == grant.scopes
    assert {fresh.access_token, fresh.refresh_token}.isdisjoint(
        {grant.access_token, grant.refresh_token}
    )
    good(tiktok.account(fresh.access_token))
    assert failed(tiktok.refresh(grant.refresh_token)) == (K.AUTH_REVOKED, FailureScope.CONNECTION)
    good(tiktok.refresh(fresh.refresh_token))


def test_an_access_token_lives_two_hours_and_a_refresh_mends_it(
    sandbox: SandboxTikTok, tiktok: TikTok, grant: TokenGrant
) -> None:
    skip_ahead(timedelta(hours=2))
    assert failed(tiktok.account(grant.access_token)) == (K.AUTH_EXPIRED, FailureScope.CONNECTION)
    fresh: TokenGrant = good(tiktok.refresh(grant.refresh_token))
    good(tiktok.account(fresh.access_token))


def test_a_refresh_token_lives_180_days(tiktok: TikTok, grant: TokenGrant) -> None:
    skip_ahead(timedelta(days=180))
    assert failed(tiktok.refresh(grant.refresh_token))[0] is K.AUTH_REVOKED


def test_an_access_token_is_no_refresh_token(tiktok: TikTok, grant: TokenGrant) -> None:
    assert failed(tiktok.refresh(grant.access_token))[0] is K.AUTH_REVOKED
    assert failed(tiktok.account(grant.refresh_token))[0] is K.AUTH_EXPIRED


def test_a_revoked_grant_is_dead_and_revoking_it_again_is_fine(
    tiktok: TikTok, grant: TokenGrant
) -> None:
    assert tiktok.revoke(grant.access_token) == Ok(None)
    assert failed(tiktok.account(grant.access_token))[0] is K.AUTH_EXPIRED
    assert failed(tiktok.refresh(grant.refresh_token))[0] is K.AUTH_REVOKED
    assert tiktok.revoke(grant.access_token) == Ok(None)


def test_a_grant_withdrawn_at_the_platform_is_dead(sandbox: SandboxTikTok, tiktok: TikTok) -> None:
    grant = sandbox.connect("leaves.us")
    assert sandbox.control("accounts/leaves.us/revoke") == {"revoked": 1}
    assert failed(tiktok.refresh(grant.refresh_token)) == (K.AUTH_REVOKED, FailureScope.CONNECTION)


def test_wrong_credentials_are_the_operators_trouble_and_no_creators(
    sandbox: SandboxTikTok, tiktok: TikTok, grant: TokenGrant
) -> None:
    wrong = sandbox.gateway(secret="wrong")
    for result in (
        wrong.refresh(grant.refresh_token),
        wrong.exchange_code("any", CALLBACK),
        wrong.revoke(grant.access_token),
    ):
        assert failed(result) == (K.REQUEST_REJECTED, FailureScope.APP)
        assert isinstance(result, Failure)
        assert result.provider_code == "invalid_client"
    good(tiktok.refresh(grant.refresh_token))


@pytest.mark.parametrize(
    ("lifetimes", "access", "refresh"),
    [
        ({"expires_in": 86_400, "refresh_expires_in": 31_536_000}, 86_400, 31_536_000),
        ({"expires_in": "7200", "refresh_expires_in": "60"}, 7_200, 60),
        ({}, 900, 86_400),
        ({"expires_in": 0, "refresh_expires_in": -1}, 900, 86_400),
        ({"expires_in": "soon", "refresh_expires_in": None}, 900, 86_400),
    ],
)
def test_lifetimes_come_from_the_answer_and_are_short_where_it_tells_none(
    sandbox: SandboxTikTok, tiktok: TikTok, lifetimes: dict[str, Any], access: int, refresh: int
) -> None:
    body = {"open_id": "o", "access_token": "a", "refresh_token": "r", "scope": "x,y"}
    sandbox.script(TOKEN, json=body | lifetimes)
    before = utc_now()
    grant: TokenGrant = good(tiktok.refresh("any"))
    assert (grant.access_expires_at - before).total_seconds() == pytest.approx(access, abs=10)
    assert (grant.refresh_expires_at - before).total_seconds() == pytest.approx(refresh, abs=10)
    assert grant.scopes == {"x", "y"}


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, {"error": "invalid_grant", "error_description": "x"}, K.AUTH_REVOKED),
        (400, {"error": "invalid_grant", "error_description": "x"}, K.AUTH_REVOKED),
        (200, {"open_id": "o", "access_token": "a"}, K.BAD_RESPONSE),
        (200, {"open_id": "o", "access_token": 7, "refresh_token": "r"}, K.BAD_RESPONSE),
        (200, [], K.BAD_RESPONSE),
        (500, {"error": "server_error"}, K.PROVIDER_UNAVAILABLE),
        (503, {}, K.PROVIDER_UNAVAILABLE),
        (418, {"error": "never_heard_of"}, K.BAD_RESPONSE),
    ],
)
def test_what_is_no_token_never_becomes_one(
    sandbox: SandboxTikTok, tiktok: TikTok, status: int, body: Any, kind: FailureKind
) -> None:
    sandbox.script(TOKEN, status=status, json=body)
    assert failed(tiktok.refresh("any"))[0] is kind
