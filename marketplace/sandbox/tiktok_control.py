"""The switches of the sandbox TikTok, under /tiktok/control. JSON only; the real one has none."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, Final

import httpx
from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import BadRequest, Conflict, HTTPException, NotFound, UnsupportedMediaType

from marketplace.sandbox.store import Document
from marketplace.sandbox.tiktok_grants import living_grants, revoke_all
from marketplace.sandbox.tiktok_videos import (
    PRIVATE,
    PUBLIC,
    REMOVED,
    account_by_handle,
    counts_at,
    make_account,
    publish,
    share_url,
    videos_of,
)
from marketplace.sandbox.tiktok_world import (
    ACCOUNT,
    ENDPOINTS,
    VIDEO,
    ScriptedAnswer,
    TikTokWorld,
    clean_handle,
    log_id,
)

WEBHOOK_SECONDS: Final = 5
MOST_COUNT: Final = 10**12
LONGEST_DELAY: Final = 60
KNOWN_ANSWERS: Final[Mapping[str, tuple[int, str | None]]] = {
    "rate_limit": (429, "rate_limit_exceeded"),
    "internal_error": (500, "internal_error"),
    "access_token_invalid": (401, "access_token_invalid"),
    "scope_not_authorized": (401, "scope_not_authorized"),
    "error_with_200": (200, "internal_error"),
    "ok_with_500": (500, "ok"),
    "html_502": (502, None),
}


def add(pages: Blueprint, world: TikTokWorld) -> None:
    """Add the switches to the blueprint."""
    switches = Blueprint("control", __name__, url_prefix="/control")
    _add_account_switches(switches, world)
    _add_video_switches(switches, world)
    _add_wire_switches(switches, world)

    @switches.errorhandler(HTTPException)
    def refuse(error: HTTPException) -> tuple[Response, int]:
        return jsonify(error=error.description), error.code or 500

    pages.register_blueprint(switches)


def _add_account_switches(switches: Blueprint, world: TikTokWorld) -> None:
    @switches.post("/accounts")
    def create_account() -> tuple[Response, int]:
        wish = _wish("handle", "display_name", "followers", "past_videos")
        handle = _handle(wish)
        with world.store.transaction():
            if account_by_handle(world, handle) is not None:
                raise Conflict("this handle is taken")
            account = make_account(
                world,
                handle=handle,
                display_name=str(wish.get("display_name") or handle),
                followers=_whole(wish, "followers", default=10_000),
                past_videos=_whole(wish, "past_videos", default=0, most=100),
            )
        return _account_answer(world, account), 201

    @switches.get("/accounts/<handle>")
    def show_account(handle: str) -> Response:
        return _account_answer(world, _account(world, handle))

    @switches.post("/accounts/<handle>/rename")
    def rename(handle: str) -> Response:
        wish = _wish("handle")
        with world.store.transaction():
            account = _account(world, handle)
            fresh = _handle(wish)
            if account_by_handle(world, fresh) is not None:
                raise Conflict("this handle is taken")
            account = {**account, "handle": fresh}
            world.store.put(ACCOUNT, account["open_id"], account)
        return _account_answer(world, account)

    @switches.post("/accounts/<handle>/revoke")
    def revoke(handle: str) -> Response:
        _wish()
        return jsonify(revoked=revoke_all(world, _account(world, handle)["open_id"]))

    @switches.post("/accounts/<handle>/webhook")
    def webhook(handle: str) -> Response:
        reason = _whole(_wish("reason"), "reason", default=1, most=5)
        status = send_removed(world, _account(world, handle)["open_id"], reason=reason)
        if status is None:
            raise Conflict("SANDBOX_TIKTOK_WEBHOOK_URL is not set, or nobody answers there")
        return jsonify(answered=status)


def _add_video_switches(switches: Blueprint, world: TikTokWorld) -> None:
    @switches.post("/videos")
    def publish_video() -> tuple[Response, int]:
        wish = _wish("handle", "description", "total_views", "age_seconds", "like_bps")
        account = _account(world, str(wish.get("handle", "")))
        total = _whole(wish, "total_views") if "total_views" in wish else None
        video = publish(
            world,
            account,
            description=str(wish.get("description", "")),
            age_seconds=_whole(wish, "age_seconds", default=0, most=10**8),
            total_views=total,
            like_bps=_whole(wish, "like_bps", most=10_000) if "like_bps" in wish else None,
        )
        return _video_answer(world, account, video), 201

    @switches.get("/videos/<key>")
    def show_video(key: str) -> Response:
        video = _video(world, key)
        return _video_answer(world, world.store.get(ACCOUNT, video["open_id"]) or {}, video)

    @switches.post("/videos/<key>/visibility")
    def set_visibility(key: str) -> Response:
        visibility = _wish("visibility").get("visibility")
        if visibility not in (PUBLIC, PRIVATE, REMOVED):
            raise BadRequest("visibility is public, private or removed")
        with world.store.transaction():
            video = {**_video(world, key), "visibility": visibility}
            world.store.put(VIDEO, key, video)
        return _video_answer(world, world.store.get(ACCOUNT, video["open_id"]) or {}, video)


def _add_wire_switches(switches: Blueprint, world: TikTokWorld) -> None:
    @switches.post("/script")
    def script() -> Response:
        world.script.add(_scripted(_wish(*_SCRIPT_NAMES)))
        return jsonify(done=True)

    @switches.delete("/script")
    def unscript() -> Response:
        world.script.clear()
        return jsonify(done=True)

    @switches.get("/calls")
    def calls() -> Response:
        path = request.args.get("path")
        return jsonify(calls=[call for call in list(world.calls) if path in (None, call["path"])])


def send_removed(world: TikTokWorld, open_id: str, *, reason: int) -> int | None:
    """Tell the product that an account has withdrawn its grant; return the HTTP status it gave.

    None when no address is set or nobody answers. Sent once, signed as TikTok signs.
    """
    url = world.settings.webhook_url
    if not url:
        return None
    raw = json.dumps(
        {
            "client_key": world.settings.client_key,
            "event": "authorization.removed",
            "create_time": world.now,
            "user_openid": open_id,
            "content": json.dumps({"reason": reason}, separators=(",", ":")),
        }
    ).encode()
    signature = signature_of(raw, secret=world.settings.client_secret, at=world.now)
    try:
        answer = httpx.post(
            url,
            content=raw,
            headers={"Content-Type": "application/json", "TikTok-Signature": signature},
            timeout=WEBHOOK_SECONDS,
            trust_env=False,
        )
    except httpx.HTTPError:
        return None
    return answer.status_code


def signature_of(raw: bytes, *, secret: str, at: int) -> str:
    """Return the header that TikTok would send with this body at this second."""
    mark = hmac.new(secret.encode(), f"{at}.".encode() + raw, hashlib.sha256).hexdigest()
    return f"t={at},s={mark}"


_SCRIPT_NAMES: Final = (
    "path", "answer", "status", "text", "json", "headers", "times", "after", "delay_seconds"
)  # fmt: skip


def _scripted(wish: Mapping[str, Any]) -> ScriptedAnswer:
    path, name, headers = wish.get("path"), wish.get("answer"), wish.get("headers", {})
    if path not in ENDPOINTS:
        raise BadRequest(f"path is one of {', '.join(ENDPOINTS)}")
    if name is not None and name not in KNOWN_ANSWERS:
        raise BadRequest(f"answer is one of {', '.join(KNOWN_ANSWERS)}")
    if not isinstance(headers, dict):
        raise BadRequest("headers is an object of texts")
    status, code = KNOWN_ANSWERS[name] if name else (_whole(wish, "status", default=200), None)
    content_type, body = "application/json", ""
    if code is not None:
        error = {"code": code, "message": "scripted", "log_id": log_id()}
        body = json.dumps({"data": {}, "error": error})
    elif "json" in wish:
        body = json.dumps(wish["json"])
    else:
        content_type = "text/html; charset=utf-8"
        body = str(wish.get("text", "<html><body>Bad gateway</body></html>"))
    return ScriptedAnswer(
        path=path,
        status=status,
        body=body,
        content_type=content_type,
        headers={str(key): str(value) for key, value in headers.items()},
        times=_whole(wish, "times", default=1, most=10_000),
        after=_whole(wish, "after", default=0, most=10_000),
        delay_seconds=_whole(wish, "delay_seconds", default=0, most=LONGEST_DELAY),
    )


def _wish(*known: str) -> dict[str, Any]:
    """Return the JSON object that was sent; a browser form cannot send one."""
    if not request.is_json:
        raise UnsupportedMediaType("send application/json")
    wish = request.get_json()
    if not isinstance(wish, dict):
        raise BadRequest("send a JSON object")
    unknown = set(wish) - set(known)
    if unknown:
        raise BadRequest(f"not known: {', '.join(sorted(unknown))}")
    return wish


def _handle(wish: Mapping[str, Any]) -> str:
    handle = clean_handle(str(wish.get("handle", "")))
    if handle is None:
        raise BadRequest("a handle has 2 to 24 letters, digits, _ and ., and no . at the end")
    return handle


def _whole(wish: Mapping[str, Any], name: str, *, default: int = 0, most: int = MOST_COUNT) -> int:
    value = wish.get(name, default)
    if type(value) is not int or not 0 <= value <= most:
        raise BadRequest(f"{name} is a whole number from 0 to {most}")
    return value


def _account(world: TikTokWorld, handle: str) -> Document:
    found = account_by_handle(world, clean_handle(handle) or "")
    if found is None:
        raise NotFound("no such account")
    return found


def _video(world: TikTokWorld, key: str) -> Document:
    found = world.store.get(VIDEO, key)
    if found is None:
        raise NotFound("no such video")
    return found


def _account_answer(world: TikTokWorld, account: Document) -> Response:
    videos = videos_of(world, account["open_id"], with_private=True)
    return jsonify(
        open_id=account["open_id"],
        handle=account["handle"],
        display_name=account["display_name"],
        followers=account["followers"],
        grants=len(living_grants(world, account["open_id"])),
        videos=[video["id"] for video in videos],
    )


def _video_answer(world: TikTokWorld, account: Document, video: Document) -> Response:
    return jsonify(
        id=video["id"],
        share_url=share_url(account["handle"], video["id"]),
        visibility=video["visibility"],
        create_time=video["create_time"],
        total_views=video["total_views"],
        **counts_at(video, world.now),
    )
