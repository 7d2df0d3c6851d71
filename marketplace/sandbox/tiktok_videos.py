"""Accounts of the sandbox TikTok and their videos, whose numbers grow with the clock."""

from __future__ import annotations

import hashlib
import math
import random
import secrets
from html import escape
from typing import Any, Final
from urllib.parse import quote

from marketplace.sandbox.store import Document
from marketplace.sandbox.tiktok_world import ACCOUNT, VIDEO, TikTokWorld, fresh_text

HOUR: Final = 3_600
DAY: Final = 24 * HOUR
PAST_VIDEOS: Final = 12
"""How many videos an account has that was just met."""
MAIDEN_ACCOUNTS: Final = ("maya.cooks", "theo.trains", "ines.inks")
PUBLIC, PRIVATE, REMOVED = "public", "private", "removed"

_SUBJECTS: Final = (
    ("Three pans, one pot", "#cooking #onepot"),
    ("What I learned in a year of this", "#lifelessons"),
    ("Before and after, no cuts", "#process #satisfying"),
    ("You asked how I do it", "#howto #tutorial"),
    ("A small thing that changed my week", "#smallthings"),
    ("Rating every one I own", "#rating #collection"),
    ("The mistake everybody makes", "#tips"),
    ("A day with me", "#dayinthelife #vlog"),
)
_SOUNDS: Final = ("Kitchen Radio - Mo Vell", "Slow Sunday - The Lanes", "Two Steps - Ada Quay")
_EARLY_SHARE: Final = 0.8
"""Part of a video's views that comes fast; the rest comes ten times as slowly."""


def met_account(world: TikTokWorld, handle: str) -> Document:
    """Return the account with this handle, made with a past where there is none yet."""
    with world.store.transaction():
        known = account_by_handle(world, handle)
        if known is not None:
            return known
        chance = random.Random(handle)  # noqa: S311
        return make_account(
            world,
            handle=handle,
            display_name=handle.replace(".", " ").replace("_", " ").strip().title() or handle,
            followers=round(math.exp(chance.uniform(math.log(4_000), math.log(250_000)))),
            past_videos=PAST_VIDEOS,
        )


def make_account(
    world: TikTokWorld, *, handle: str, display_name: str, followers: int, past_videos: int
) -> Document:
    """Write an account, with videos of the last ninety days."""
    chance = random.Random(handle)  # noqa: S311
    open_id = fresh_text("-000", 28)
    account = {
        "open_id": open_id,
        "union_id": fresh_text("", 32),
        "handle": handle,
        "display_name": display_name,
        "bio": "A made-up account of the sandbox.",
        "is_verified": followers >= 1_000_000,
        "followers": followers,
        "following": chance.randint(40, 900),
        "created": world.now,
    }
    with world.store.transaction():
        world.store.put(ACCOUNT, open_id, account)
        for place in range(past_videos):
            age = int((90 - place * 88 / max(past_videos, 1)) * DAY) - chance.randint(0, DAY)
            line, tags = chance.choice(_SUBJECTS)
            publish(world, account, description=f"{line} {tags}", age_seconds=age)
    return account


def publish(
    world: TikTokWorld,
    account: Document,
    *,
    description: str,
    age_seconds: int = 0,
    total_views: int | None = None,
    like_bps: int | None = None,
) -> Document:
    """Write a public video; its numbers begin at nothing and grow from its time of creation.

    total_views: what it will reach in the end; made from the followers when None.
    like_bps: how many likes it gets for 10,000 views; drawn when None.
    """
    created = world.now - age_seconds
    key = str((created << 32) | secrets.randbits(32))
    chance = random.Random(_seed(account["handle"], description, str(age_seconds)))  # noqa: S311
    reach = max(account["followers"], 50) * math.exp(chance.gauss(-0.7, 0.8))
    video = {
        "id": key,
        "open_id": account["open_id"],
        "description": description[:150],
        "create_time": created,
        "created": created,
        "duration": chance.randint(9, 75),
        "visibility": PUBLIC,
        "total_views": round(reach) if total_views is None else total_views,
        "pace_seconds": chance.randint(10 * HOUR, 40 * HOUR),
        "like_bps": chance.randint(900, 1_850) if like_bps is None else like_bps,
        "comment_bps": chance.randint(15, 110),
        "share_bps": chance.randint(15, 160),
        "sound": chance.choice((*_SOUNDS, f"original sound - {account['handle']}")),
    }
    world.store.put(VIDEO, key, video, scope=account["open_id"])
    return video


def views_at(video: Document, now: int) -> int:
    """Return the views at a moment: never falling, never above the video's total."""
    age = max(now - video["create_time"], 0)
    pace = video["pace_seconds"]
    early = -math.expm1(-age / pace)
    late = -math.expm1(-age / (10 * pace))
    return int(video["total_views"] * (_EARLY_SHARE * early + (1 - _EARLY_SHARE) * late))


def counts_at(video: Document, now: int) -> dict[str, int]:
    """Return the four counts at a moment, in TikTok's words."""
    views = views_at(video, now)
    return {
        "view_count": views,
        "like_count": views * video["like_bps"] // 10_000,
        "comment_count": views * video["comment_bps"] // 10_000,
        "share_count": views * video["share_bps"] // 10_000,
    }


def account_by_handle(world: TikTokWorld, handle: str) -> Document | None:
    """Return the account that has this handle now."""
    found = world.store.newest(ACCOUNT, equal={"handle": handle.lower()}, limit=1)
    return found[0] if found else None


def accounts(world: TikTokWorld) -> list[Document]:
    """Return all accounts, newest first; three are there from the beginning."""
    with world.store.transaction():
        if not world.store.newest(ACCOUNT, limit=1):
            for handle in reversed(MAIDEN_ACCOUNTS):
                met_account(world, handle)
        return world.store.newest(ACCOUNT)


def videos_of(world: TikTokWorld, open_id: str, *, with_private: bool = False) -> list[Document]:
    """Return an account's videos, latest creation first; removed ones never."""
    wanted = (PUBLIC, PRIVATE) if with_private else (PUBLIC,)
    found = [v for v in world.store.newest(VIDEO, scope=open_id) if v["visibility"] in wanted]
    return sorted(found, key=lambda video: (video["create_time"], video["id"]), reverse=True)


def share_url(handle: str, key: str) -> str:
    """Return a video's address in the shape of the real site."""
    return f"https://www.tiktok.com/@{handle}/video/{key}"


def short_code(key: str) -> str:
    """Return the code of a video's short link."""
    return f"ZM{int(key):X}"


def key_in(code: str) -> str | None:
    """Return the video's id in the code of a short link, None in what is no such code."""
    try:
        return str(int(code.removeprefix("ZM"), 16)) if code.startswith("ZM") else None
    except ValueError:
        return None


def as_user(world: TikTokWorld, account: Document) -> dict[str, Any]:
    """Return every field that the interface can tell of an account."""
    videos = videos_of(world, account["open_id"])
    likes = sum(counts_at(video, world.now)["like_count"] for video in videos)
    picture = "https://p16.sandbox.example/avatar.jpeg"
    return {
        "open_id": account["open_id"],
        "union_id": account["union_id"],
        "avatar_url": picture,
        "avatar_url_100": picture,
        "avatar_large_url": picture,
        "display_name": account["display_name"],
        "bio_description": account["bio"],
        "profile_deep_link": f"https://vm.tiktok.com/{account['union_id'][:9]}/",
        "is_verified": account["is_verified"],
        "username": account["handle"],
        "follower_count": account["followers"],
        "following_count": account["following"],
        "likes_count": likes,
        "video_count": len(videos),
    }


def as_video(world: TikTokWorld, account: Document, video: Document) -> dict[str, Any]:
    """Return every field that the interface can tell of a video."""
    key = video["id"]
    return {
        "id": key,
        "create_time": video["create_time"],
        "cover_image_url": f"https://p16.sandbox.example/{key}.jpeg",
        "share_url": share_url(account["handle"], key),
        "embed_link": f"https://www.tiktok.com/embed/v2/{key}",
        "embed_html": "",
        "video_description": video["description"],
        "title": video["description"],
        "duration": video["duration"],
        "height": 1920,
        "width": 1080,
        **counts_at(video, world.now),
    }


def as_embed(account: Document, video: Document) -> dict[str, Any]:
    """Return the answer of the site's oEmbed, with the markup that names the sound."""
    handle, key = account["handle"], video["id"]
    sound = video.get("sound", f"original sound - {handle}")  # it was there before sounds were
    path = quote(sound.lower().replace(" ", "-"))
    return {
        "version": "1.0",
        "type": "video",
        "title": video["description"],
        "author_url": f"https://www.tiktok.com/@{handle}",
        "author_name": account["display_name"],
        "html": (
            f'<blockquote class="tiktok-embed" cite="{share_url(handle, key)}"><section>'
            f'<a href="https://www.tiktok.com/@{handle}">@{handle}</a>'
            f"<p>{escape(video['description'])}</p>"
            f'<a href="https://www.tiktok.com/music/{path}-{_seed(sound)}">♬ {escape(sound)}</a>'
            "</section></blockquote>"
        ),
        "thumbnail_url": f"https://p16.sandbox.example/{key}.jpeg",
        "thumbnail_width": 576,
        "thumbnail_height": 1024,
        "provider_url": "https://www.tiktok.com",
        "provider_name": "TikTok",
    }


def _seed(*texts: str) -> int:
    return int.from_bytes(hashlib.sha256("\n".join(texts).encode()).digest()[:8])
