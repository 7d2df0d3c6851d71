"""The pages of the sandbox TikTok that people see: consent, a profile, a video."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from marketplace.sandbox.store import Document
from marketplace.sandbox.tiktok_control import send_removed
from marketplace.sandbox.tiktok_grants import living_grants, new_code, revoke_all
from marketplace.sandbox.tiktok_videos import (
    PRIVATE,
    PUBLIC,
    REMOVED,
    account_by_handle,
    accounts,
    as_embed,
    as_user,
    counts_at,
    key_in,
    met_account,
    publish,
    share_url,
    short_code,
    videos_of,
)
from marketplace.sandbox.tiktok_world import (
    ACCOUNT,
    BASIC,
    SCOPES,
    VIDEO,
    TikTokWorld,
    clean_handle,
)

SCOPE_TEXTS: Final[Mapping[str, str]] = {
    BASIC: "Read your name and picture",
    "user.info.profile": "Read your handle and profile",
    "user.info.stats": "Read your follower and like counts",
    "video.list": "Read your public videos and their numbers",
}
ACCOUNTS_OFFERED: Final = 8
LONGEST_DESCRIPTION: Final = 150
USER_DISCONNECTED: Final = 1
_FOUND: Final = 302
_SEE_OTHER: Final = 303
_QUESTION: Final = frozenset(
    {"client_key", "response_type", "scope", "redirect_uri", "state", "disable_auto_auth"}
)


def add(pages: Blueprint, world: TikTokWorld) -> None:
    """Add the pages to the blueprint."""
    _add_consent(pages, world)
    _add_profile(pages, world)
    _add_video(pages, world)


def _add_consent(pages: Blueprint, world: TikTokWorld) -> None:
    @pages.get("/v2/auth/authorize/")
    def consent() -> BaseResponse:
        return _wrong_question(world) or _consent_page(world)

    @pages.post("/v2/auth/authorize/")
    def answer_consent() -> BaseResponse:
        wrong = _wrong_question(world)
        if wrong is not None:
            return wrong
        answer = request.form.get("answer")
        if answer == "deny":
            return _back(error="access_denied", error_description="The account holder said no.")
        if answer not in ("allow", "allow_part"):
            return _consent_page(world, trouble="Press one of the three buttons.")
        account, trouble = _chosen_account(world)
        if account is None:
            return _consent_page(world, trouble=trouble)
        asked = _asked_scopes()
        ticked = set(request.form.getlist("scope")) | {BASIC}
        granted = asked if answer == "allow" else [scope for scope in asked if scope in ticked]
        code = new_code(
            world,
            open_id=account["open_id"],
            scopes=granted,
            redirect_uri=request.args["redirect_uri"],
        )
        return _back(code=code, scopes=",".join(granted))


def _add_profile(pages: Blueprint, world: TikTokWorld) -> None:
    @pages.get("/")
    def home() -> BaseResponse:
        return _page("tiktok_home.html", accounts=accounts(world))

    @pages.get("/@<handle>")
    def profile(handle: str) -> BaseResponse:
        account = account_by_handle(world, handle)
        return _nothing() if account is None else _profile_page(world, account)

    @pages.post("/@<handle>")
    def publish_video(handle: str) -> BaseResponse:
        account = account_by_handle(world, handle)
        if account is None:
            return _nothing()
        description = " ".join(request.form.get("description", "").split())
        if not description:
            return _profile_page(world, account, trouble="Write what the video is about.")
        if len(description) > LONGEST_DESCRIPTION:
            return _profile_page(
                world,
                account,
                trouble=f"A description has {LONGEST_DESCRIPTION} characters at most.",
                description=description,
            )
        video = publish(world, account, description=description)
        return redirect(
            url_for("tiktok.video", handle=handle, key=video["id"], fresh="yes"), code=_SEE_OTHER
        )

    @pages.post("/@<handle>/disconnect")
    def disconnect(handle: str) -> BaseResponse:
        account = account_by_handle(world, handle)
        if account is None:
            return _nothing()
        if revoke_all(world, account["open_id"]):
            send_removed(world, account["open_id"], reason=USER_DISCONNECTED)
        return redirect(url_for("tiktok.profile", handle=handle), code=_SEE_OTHER)


def _add_video(pages: Blueprint, world: TikTokWorld) -> None:
    @pages.get("/@<handle>/video/<key>")
    def video(handle: str, key: str) -> BaseResponse:
        found = _found_video(world, handle, key)
        if found is None:
            return _nothing()
        return _page(
            "tiktok_video.html",
            handle=handle,
            video=found,
            counts=counts_at(found, world.now),
            address=share_url(handle, key),
            short=f"https://vm.tiktok.com/{short_code(key)}/",
            is_fresh="fresh" in request.args,
        )

    @pages.get("/oembed")
    def embed() -> BaseResponse:
        at = re.fullmatch(r"/@([^/]+)/video/(\d+)", urlsplit(request.args.get("url", "")).path)
        found = _found_video(world, *at.groups()) if at else None
        account = account_by_handle(world, at.group(1)) if at else None
        if found is None or account is None or found["visibility"] != PUBLIC:
            return make_response({"code": 400, "message": "Something went wrong"}, 400)
        return make_response(as_embed(account, found))

    @pages.get("/t/<code>")
    def short_link(code: str) -> BaseResponse:
        found = world.store.get(VIDEO, key_in(code) or "")
        account = world.store.get(ACCOUNT, found["open_id"]) if found else None
        if found is None or account is None or found["visibility"] == REMOVED:
            return _nothing()
        return redirect(f"{share_url(account['handle'], found['id'])}?_r=1", code=_FOUND)

    @pages.post("/@<handle>/video/<key>")
    def change_video(handle: str, key: str) -> BaseResponse:
        wanted = request.form.get("visibility")
        with world.store.transaction():
            found = _found_video(world, handle, key)
            if found is None or wanted not in (PUBLIC, PRIVATE, REMOVED):
                return _nothing()
            world.store.put(VIDEO, key, {**found, "visibility": wanted})
        if wanted == REMOVED:
            return redirect(url_for("tiktok.profile", handle=handle), code=_SEE_OTHER)
        return redirect(url_for("tiktok.video", handle=handle, key=key), code=_SEE_OTHER)


def _wrong_question(world: TikTokWorld) -> BaseResponse | None:
    """Return the answer to a question that cannot be put to anybody, or None for a good one.

    What may be wrong with the client itself stays on a page; the rest goes back to the product.
    """
    asked = request.args
    trouble = world.settings.redirect_trouble(asked.get("redirect_uri", ""))
    if asked.get("client_key") != world.settings.client_key:
        trouble = "client_key is not known"
    elif not asked.get("state"):
        trouble = "state is missing"
    elif not set(asked) <= _QUESTION:
        trouble = f"not known: {', '.join(sorted(set(asked) - _QUESTION))}"
    if trouble is not None:
        return _page("tiktok_error.html", status=400, trouble=trouble)
    if asked.get("response_type") != "code":
        return _back(error="unsupported_response_type", error_description="Only code is known.")
    scopes = _asked_scopes()
    if BASIC not in scopes or not set(scopes) <= set(SCOPES):
        return _back(error="invalid_scope", error_description="A scope is not known.")
    return None


def _asked_scopes() -> list[str]:
    return list(dict.fromkeys(request.args.get("scope", "").split(",")))


def _chosen_account(world: TikTokWorld) -> tuple[Document | None, str]:
    """Return who signs in, or None with what is wrong. A typed handle goes before a chosen one."""
    typed = request.form.get("handle", "").strip()
    if typed:
        handle = clean_handle(typed)
        if handle is None:
            return None, "A handle has 2 to 24 letters, digits, _ and ., and no . at the end."
        return met_account(world, handle), ""
    return world.store.get(ACCOUNT, request.form.get("account", "")), "Choose who you are."


def _consent_page(world: TikTokWorld, *, trouble: str | None = None) -> Response:
    offered = accounts(world)[:ACCOUNTS_OFFERED]
    return _page(
        "tiktok_consent.html",
        status=422 if trouble else 200,
        leads_to=request.args["redirect_uri"],
        accounts=offered,
        chosen=request.form.get("account") or offered[0]["open_id"],
        typed=request.form.get("handle", ""),
        scopes=[(scope, SCOPE_TEXTS[scope]) for scope in _asked_scopes()],
        basic=BASIC,
        site=urlsplit(request.args["redirect_uri"]).netloc,
        trouble=trouble,
    )


def _profile_page(
    world: TikTokWorld, account: Document, *, trouble: str | None = None, description: str = ""
) -> Response:
    now = world.now
    return _page(
        "tiktok_profile.html",
        status=422 if trouble else 200,
        account=account,
        user=as_user(world, account),
        videos=[
            {**video, **counts_at(video, now)}
            for video in videos_of(world, account["open_id"], with_private=True)
        ],
        grants=len(living_grants(world, account["open_id"])),
        trouble=trouble,
        description=description,
    )


def _found_video(world: TikTokWorld, handle: str, key: str) -> Document | None:
    account = account_by_handle(world, handle)
    if account is None:
        return None
    found = world.store.get(VIDEO, key, scope=account["open_id"])
    return None if found is None or found["visibility"] == REMOVED else found


def _back(**answer: str) -> BaseResponse:
    """Lead back to the product with its own state."""
    values = urlencode({**answer, "state": request.args["state"]})
    return redirect(f"{request.args['redirect_uri']}?{values}", code=_SEE_OTHER)


def _nothing() -> Response:
    return _page("nothing.html", status=404)


def _page(name: str, *, status: int = 200, leads_to: str = "", **values: Any) -> Response:
    """Render a page. leads_to: address outside that its form ends up at."""
    response = make_response(render_template(name, **values), status)
    parts = urlsplit(leads_to)
    outside = f" {parts.scheme}://{parts.netloc}" if leads_to else ""
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self'{outside}"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
