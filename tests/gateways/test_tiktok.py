"""Reading posts and past videos from TikTok, over real HTTP against the sandbox."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from marketplace.creators.ports import (
    FailureKind,
    FailureScope,
    TokenGrant,
    VideoFacts,
)
from marketplace.gateways.tiktok import TikTok
from marketplace.kernel.clock import skip_ahead, utc_now
from marketplace.metrics.ports import PostFacts
from tests.gateways.tiktok_sandbox import (
    LIST,
    QUERY,
    SandboxTikTok,
    failed,
    good,
    read_one,
    running_tiktok,
)

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

EVERYTHING = {"user.info.basic", "user.info.profile", "user.info.stats", "video.list"}
K = FailureKind


def test_a_post_is_read_with_its_counts(
    sandbox: SandboxTikTok, tiktok: TikTok, grant: TokenGrant
) -> None:
    key = sandbox.publish(total_views=100_000, age_seconds=86_400)
    post = read_one(tiktok, grant, key)
    assert post.address == f"https://www.tiktok.com/@maya.cooks/video/{key}"
    assert (post.video_id, post.handle, post.description) == (key, "maya.cooks", "#ad")
    assert len(key) == 19
    assert post.published_at is not None
    assert (utc_now() - post.published_at).total_seconds() == pytest.approx(86_400, abs=10)
    reading = post.reading
    assert reading.definition == "tiktok.display.v2"
    assert len(reading.payload_sha256) == 64
    assert reading.views is not None
    assert 10_000 < reading.views < 100_000
    for part in (reading.likes, reading.comments, reading.shares):
        assert part is not None
        assert 0 < part < reading.views


def test_nobody_has_seen_a_new_post_and_that_is_known(
    sandbox: SandboxTikTok, tiktok: TikTok, grant: TokenGrant
) -> None:
    post = read_one(tiktok, grant, sandbox.publish(total_views=1_000))
    assert (post.reading.views, post.reading.likes) == (0, 0)


def test_counts_grow_with_the_clock_and_never_pass_their_end(
    sandbox: SandboxTikTok, tiktok: TikTok
) -> None:
    grant = sandbox.connect()
    key = sandbox.publish(total_views=50_000)
    seen = []
    for step in (timedelta(hours=1), timedelta(days=1), timedelta(days=6), timedelta(days=400)):
        skip_ahead(step)
        grant = good(tiktok.refresh(grant.refresh_token)) if step.days < 180 else sandbox.connect()
        seen.append(read_one(tiktok, grant, key).reading.views or 0)
    assert seen == sorted(set(seen))
    assert seen[0] > 0
    assert 49_000 < seen[-1] <= 50_000


def test_a_restarted_sandbox_counts_on(tmp_path: Path) -> None:
    with running_tiktok(tmp_path) as first:
        grant = first.connect()
        key = first.publish(total_views=9_999, age_seconds=10**7)
        views = read_one(first.gateway(), grant, key).reading.views
    with running_tiktok(tmp_path) as second:
        assert read_one(second.gateway(), grant, key).reading.views == views


@pytest.mark.parametrize("visibility", ["private", "removed"])
def test_a_private_and_a_removed_post_look_the_same(
    sandbox: SandboxTikTok, tiktok: TikTok, grant: TokenGrant, visibility: str
) -> None:
    kept, gone = sandbox.publish(), sandbox.publish()
    sandbox.control(f"videos/{gone}/visibility", visibility=visibility)
    answers = tiktok.posts(grant.access_token, [gone, kept])
    assert isinstance(answers[kept], PostFacts)
    assert failed(answers[gone]) == (K.NOT_VISIBLE, FailureScope.ITEM)
    sandbox.control(f"videos/{gone}/visibility", visibility="public")
    read_one(tiktok, grant, gone)


def test_another_accounts_post_is_not_visible(
    sandbox: SandboxTikTok, tiktok: TikTok, grant: TokenGrant
) -> None:
    sandbox.connect("somebody.else")
    foreign = sandbox.publish("somebody.else")
    answer = tiktok.posts(grant.access_token, [foreign])[foreign]
    assert failed(answer) == (K.NOT_VISIBLE, FailureScope.ITEM)


def test_a_renamed_account_keeps_its_posts_under_the_new_handle(
    sandbox: SandboxTikTok, tiktok: TikTok
) -> None:
    grant = sandbox.connect("old.name")
    key = sandbox.publish("old.name")
    sandbox.control("accounts/old.name/rename", handle="new.name")
    assert read_one(tiktok, grant, key).handle == "new.name"


@pytest.mark.parametrize(("count", "calls"), [(0, 0), (1, 1), (20, 1), (21, 2), (45, 3)])
def test_every_distinct_id_gets_one_answer_twenty_in_a_call(
    sandbox: SandboxTikTok, tiktok: TikTok, grant: TokenGrant, count: int, calls: int
) -> None:
    ids = [str(7_000_000_000_000_000_000 + place) for place in range(count)]
    before = len(sandbox.calls(QUERY))
    answers = tiktok.posts(grant.access_token, ids + ids[:3])
    assert set(answers) == set(ids)
    made = sandbox.calls(QUERY)[before:]
    assert len(made) == calls
    assert sum(len(call["json"]["filters"]["video_ids"]) for call in made) == count


def test_a_throttle_in_the_second_call_keeps_the_first_and_ends_the_rest(
    sandbox: SandboxTikTok, tiktok: TikTok, grant: TokenGrant
) -> None:
    ids = [str(7_000_000_000_000_000_000 + place) for place in range(45)]
    sandbox.script(QUERY, answer="rate_limit", after=1)
    before = len(sandbox.calls(QUERY))
    answers = tiktok.posts(grant.access_token, ids)
    kinds = [failed(answers[key])[0] for key in ids]
    assert kinds == [K.NOT_VISIBLE] * 20 + [K.RATE_LIMITED] * 25
    assert len(sandbox.calls(QUERY)) == before + 2


def test_a_post_that_was_not_asked_for_is_dropped(
    sandbox: SandboxTikTok, tiktok: TikTok, grant: TokenGrant, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.answer_with(QUERY, {"videos": [{"id": "2", "view_count": 1}, {"id": "1"}]})
    answers = tiktok.posts(grant.access_token, ["1"])
    assert set(answers) == {"1"}
    assert isinstance(answers["1"], PostFacts)
    assert "not asked for" in caplog.text


def test_the_first_of_two_rows_of_one_post_counts(
    sandbox: SandboxTikTok, tiktok: TikTok, grant: TokenGrant
) -> None:
    rows = [{"id": "1", "view_count": 7}, {"id": "1", "view_count": 8}]
    sandbox.answer_with(QUERY, {"videos": rows})
    assert read_one(tiktok, grant, "1").reading.views == 7


@pytest.mark.parametrize("wrong", [-1, 1.5, "-3", "many", True, [], 2**63])
def test_a_count_that_cannot_be_spoils_its_own_post_only(
    sandbox: SandboxTikTok, tiktok: TikTok, grant: TokenGrant, wrong: object
) -> None:
    rows = [{"id": "1", "view_count": wrong}, {"id": "2", "view_count": 5}]
    sandbox.answer_with(QUERY, {"videos": rows})
    answers = tiktok.posts(grant.access_token, ["1", "2"])
    assert failed(answers["1"]) == (K.BAD_RESPONSE, FailureScope.ITEM)
    post = answers["2"]
    assert isinstance(post, PostFacts)
    assert post.reading.views == 5


def test_digits_are_counts_and_a_missing_count_is_not_zero(
    sandbox: SandboxTikTok, tiktok: TikTok, grant: TokenGrant
) -> None:
    row = {
        "id": 7345678901234567890,
        "create_time": "1794000000",
        "view_count": "9007199254740993",
        "like_count": 0,
        "comment_count": None,
        "share_url": "https://www.tiktok.com/@Maya.Cooks/video/7345678901234567890?utm_source=x",
        "never_seen_before": {"a": 1},
    }
    envelope = {"data": {"videos": [row]}, "error": {"code": "ok", "message": "", "log_id": "L1"}}
    sandbox.script(QUERY, json=envelope)
    post = read_one(tiktok, grant, "7345678901234567890")
    reading = post.reading
    assert (reading.views, reading.likes) == (9_007_199_254_740_993, 0)
    assert (reading.comments, reading.shares) == (None, None)
    assert reading.payload_sha256 == hashlib.sha256(json.dumps(envelope).encode()).hexdigest()
    assert post.address == "https://www.tiktok.com/@maya.cooks/video/7345678901234567890"
    assert post.published_at == datetime.fromtimestamp(1_794_000_000, tz=UTC)


@pytest.mark.parametrize(
    "share_url",
    [
        None,
        7,
        "javascript:alert(1)",
        "https://evil.example/@a/video/7345678901234567890",
        "https://www.tiktok.com/@a/video/7345678901234567891",
        "https://www.youtube.com/watch?v=Abc_12-xYz9",
    ],
)
def test_a_share_address_of_something_else_is_not_taken(
    sandbox: SandboxTikTok, tiktok: TikTok, grant: TokenGrant, share_url: object
) -> None:
    key = "7345678901234567890"
    sandbox.answer_with(QUERY, {"videos": [{"id": key, "share_url": share_url}]})
    post = read_one(tiktok, grant, key)
    assert (post.address, post.handle) == (None, None)


@pytest.mark.parametrize(
    ("limit", "count", "calls"), [(0, 0, 0), (5, 5, 1), (20, 20, 1), (45, 45, 3), (99, 45, 3)]
)
def test_past_videos_come_newest_first_page_by_page(
    sandbox: SandboxTikTok, tiktok: TikTok, limit: int, count: int, calls: int
) -> None:
    handle = f"past.{limit}"
    sandbox.control("accounts", handle=handle, past_videos=45)
    grant = sandbox.connect(handle)
    before = len(sandbox.calls(LIST))
    videos: list[VideoFacts] = good(tiktok.videos(grant.access_token, limit))
    assert len({video.external_id for video in videos}) == count
    moments = [video.published_at for video in videos]
    assert moments == sorted(moments, reverse=True)
    assert len(sandbox.calls(LIST)) == before + calls
    for video in videos:
        assert video.address == f"https://www.tiktok.com/@{handle}/video/{video.external_id}"
        assert video.duration_seconds is not None
        assert video.views is not None


def test_videos_of_one_second_are_all_listed(sandbox: SandboxTikTok, tiktok: TikTok) -> None:
    sandbox.control("accounts", handle="all.at.once")
    grant = sandbox.connect("all.at.once")
    keys = {sandbox.publish("all.at.once", age_seconds=1_000) for _ in range(23)}
    videos: list[VideoFacts] = good(tiktok.videos(grant.access_token, 50))
    assert {video.external_id for video in videos} == keys


def test_private_videos_are_not_listed(sandbox: SandboxTikTok, tiktok: TikTok) -> None:
    sandbox.control("accounts", handle="shy")
    grant = sandbox.connect("shy")
    shown, hidden = sandbox.publish("shy"), sandbox.publish("shy")
    sandbox.control(f"videos/{hidden}/visibility", visibility="private")
    videos: list[VideoFacts] = good(tiktok.videos(grant.access_token, 50))
    assert [video.external_id for video in videos] == [shown]


def test_paging_that_turns_in_a_circle_is_given_up(
    sandbox: SandboxTikTok, tiktok: TikTok, grant: TokenGrant
) -> None:
    page = {
        "videos": [{"id": "1", "create_time": 1_794_000_000}],
        "cursor": 1_794_000_000_000,
        "has_more": True,
    }
    sandbox.answer_with(LIST, page, times=2)
    assert failed(tiktok.videos(grant.access_token, 50))[0] is K.BAD_RESPONSE


def test_a_listed_video_that_cannot_be_is_left_out(
    sandbox: SandboxTikTok, tiktok: TikTok, grant: TokenGrant
) -> None:
    rows = [
        {"id": "1", "create_time": 1_794_000_000, "view_count": -1},
        {"id": "2", "create_time": "yesterday", "view_count": 1},
        {"id": "3", "create_time": 1_794_000_000, "view_count": 1},
    ]
    sandbox.answer_with(LIST, {"videos": rows, "cursor": 0, "has_more": False})
    videos: list[VideoFacts] = good(tiktok.videos(grant.access_token, 50))
    assert [(video.external_id, video.views, video.likes) for video in videos] == [("3", 1, None)]
