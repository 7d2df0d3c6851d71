"""The sandbox TikTok as one blueprint: Login Kit's token calls and the Display API.

Its pages are in ``tiktok_pages``, its switches in ``tiktok_control``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NoReturn

from flask import Blueprint, Response, jsonify, request

from marketplace.sandbox import tiktok_control, tiktok_pages
from marketplace.sandbox.store import Document, Store
from marketplace.sandbox.tiktok_grants import (
    ACCESS,
    DeadGrant,
    grant_of,
    redeem_code,
    redeem_refresh,
    revoke_token,
)
from marketplace.sandbox.tiktok_videos import PUBLIC, as_user, as_video, videos_of
from marketplace.sandbox.tiktok_world import (
    ACCOUNT,
    ENDPOINTS,
    USER_FIELDS,
    VIDEO,
    VIDEO_FIELDS,
    TikTokSettings,
    TikTokWorld,
    log_id,
)

MOST_IDS: Final = 20
MOST_PER_PAGE: Final = 20
DEFAULT_PER_PAGE: Final = 10
_LARGEST_CURSOR: Final = 2**63 - 1
_SECRET_FORM_FIELDS: Final = ("client_secret", "code", "refresh_token", "token")


class Refusal(Exception):
    """An answer of the Display API that is not ``ok``."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class OAuthRefusal(Exception):
    """An answer of the token endpoints that is not a token."""

    def __init__(self, code: str, description: str, *, status: int = 400) -> None:
        super().__init__(description)
        self.code, self.description, self.status = code, description, status


def blueprint(store: Store, settings: TikTokSettings) -> Blueprint:
    """Return everything under /tiktok over the sandbox's documents."""
    pages = Blueprint("tiktok", __name__, url_prefix="/tiktok")
    world = TikTokWorld(store, settings)
    _add_login_kit(pages, world)
    _add_display_api(pages, world)
    tiktok_pages.add(pages, world)
    tiktok_control.add(pages, world)

    @pages.before_request
    def note_call() -> Response | None:
        path = request.path.removeprefix("/tiktok")
        if path not in ENDPOINTS:
            return None
        form = {k: v for k, v in request.form.items() if k not in _SECRET_FORM_FIELDS}
        body = request.get_json(silent=True) if request.is_json else None
        query = request.args.to_dict()
        world.calls.append({"path": path, "query": query, "form": form, "json": body})
        scripted = world.script.take(path)
        return scripted.response() if scripted else None

    @pages.errorhandler(Refusal)
    def refuse(refusal: Refusal) -> tuple[Response, int]:
        error = {"code": refusal.code, "message": refusal.message, "log_id": log_id()}
        return jsonify(data={}, error=error), refusal.status

    @pages.errorhandler(OAuthRefusal)
    def refuse_oauth(refusal: OAuthRefusal) -> tuple[Response, int]:
        body = {"error": refusal.code, "error_description": refusal.description}
        return jsonify({**body, "log_id": log_id()}), refusal.status

    return pages


def _add_login_kit(pages: Blueprint, world: TikTokWorld) -> None:
    @pages.post("/v2/oauth/token/")
    def token() -> Response:
        form = _client_form(world.settings)
        match form.get("grant_type"):
            case "authorization_code":
                _only(form, "code", "redirect_uri")
            case "refresh_token":
                _only(form, "refresh_token")
            case _:
                raise OAuthRefusal("unsupported_grant_type", "this grant_type is not supported")
        try:
            if "code" in form:
                answer = redeem_code(world, form["code"], redirect_uri=form["redirect_uri"])
            else:
                answer = redeem_refresh(world, form["refresh_token"])
        except DeadGrant:
            raise OAuthRefusal("invalid_grant", "the code or token is no longer valid") from None
        return jsonify(answer)

    @pages.post("/v2/oauth/revoke/")
    def revoke() -> Response:
        form = _client_form(world.settings)
        if set(form) != {"client_key", "client_secret", "token"}:
            raise OAuthRefusal("invalid_request", "token is required, and nothing else")
        try:
            revoke_token(world, form["token"])
        except DeadGrant:
            raise OAuthRefusal("invalid_grant", "the token is no longer valid") from None
        return jsonify({})


def _add_display_api(pages: Blueprint, world: TikTokWorld) -> None:
    @pages.get("/v2/user/info/")
    def user_info() -> Response:
        grant, account = _signed_in(world)
        known = [name for names in USER_FIELDS.values() for name in names]
        fields = _fields(known)
        for scope, names in USER_FIELDS.items():
            if not set(fields).isdisjoint(names):
                _need(grant, scope)
        user = as_user(world, account)
        return _ok({"user": {name: user[name] for name in fields}})

    @pages.post("/v2/video/list/")
    def video_list() -> Response:
        grant, account = _signed_in(world)
        _need(grant, "video.list")
        fields = _fields(VIDEO_FIELDS)
        body = _body({"cursor", "max_count"})
        cursor = _whole(body, "cursor", default=_LARGEST_CURSOR, most=_LARGEST_CURSOR)
        count = _whole(body, "max_count", default=DEFAULT_PER_PAGE, most=MOST_PER_PAGE)
        if count < 1:
            _reject("max_count must be from 1 to 20")
        older = [
            video
            for video in videos_of(world, account["open_id"])
            if video["create_time"] * 1_000 < cursor
        ]
        page = older[:count]
        # Never part videos of one second: the cursor could not point between them.
        while len(page) < len(older) and older[len(page)]["create_time"] == _last(page):
            page.append(older[len(page)])
        return _ok(
            {
                "videos": [_picked(as_video(world, account, video), fields) for video in page],
                "cursor": _last(page) * 1_000 if page else world.now * 1_000,
                "has_more": len(page) < len(older),
            }
        )

    @pages.post("/v2/video/query/")
    def video_query() -> Response:
        grant, account = _signed_in(world)
        _need(grant, "video.list")
        fields = _fields(VIDEO_FIELDS)
        filters = _body({"filters"}).get("filters")
        if not isinstance(filters, dict) or set(filters) != {"video_ids"}:
            _reject("filters must have video_ids, and nothing else")
        ids = filters["video_ids"]
        if (
            not isinstance(ids, list)
            or not 1 <= len(ids) <= MOST_IDS
            or not all(isinstance(key, str) and key.isdigit() for key in ids)
        ):
            _reject("video_ids must be a list of 1 to 20 ids, each a text of digits")
        found = [
            video
            for key in dict.fromkeys(ids)
            if (video := world.store.get(VIDEO, key, scope=account["open_id"]))
            and video["visibility"] == PUBLIC
        ]
        return _ok(
            {"videos": [_picked(as_video(world, account, video), fields) for video in found]}
        )


def _client_form(settings: TikTokSettings) -> dict[str, str]:
    if request.mimetype != "application/x-www-form-urlencoded" or request.args:
        raise OAuthRefusal("invalid_request", "send a form, and no query")
    form = request.form.to_dict()
    told = (form.get("client_key"), form.get("client_secret"))
    if told != (settings.client_key, settings.client_secret):
        raise OAuthRefusal("invalid_client", "client_key or client_secret is wrong", status=401)
    return form


def _only(form: Mapping[str, str], *names: str) -> None:
    if set(form) != {"client_key", "client_secret", "grant_type", *names}:
        raise OAuthRefusal("invalid_request", f"send {', '.join(names)}, and nothing else")


def _signed_in(world: TikTokWorld) -> tuple[Document, Document]:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        if scheme != "Bearer":
            raise DeadGrant
        grant = grant_of(world, token, use=ACCESS)
    except DeadGrant:
        raise Refusal(401, "access_token_invalid", "the access token is not valid") from None
    account = world.store.get(ACCOUNT, grant["open_id"])
    if account is None:
        raise Refusal(401, "access_token_invalid", "the account is gone")
    return grant, account


def _need(grant: Document, scope: str) -> None:
    if scope not in grant["scopes"]:
        raise Refusal(401, "scope_not_authorized", f"the account has not granted {scope}")


def _fields(known: tuple[str, ...] | list[str]) -> list[str]:
    if set(request.args) != {"fields"}:
        _reject("fields is required in the query, and nothing else")
    fields = request.args["fields"].split(",")
    if not set(fields) <= set(known):
        _reject("fields has names that are not known")
    return fields


def _body(known: set[str]) -> dict[str, Any]:
    if not request.is_json:
        _reject("send application/json")
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or not set(body) <= known:
        _reject("the body is not an object, or has names that are not known")
    return body


def _whole(body: Mapping[str, Any], name: str, *, default: int, most: int) -> int:
    value = body.get(name, default)
    if type(value) is not int or not 0 <= value <= most:
        _reject(f"{name} must be a whole number from 0 to {most}")
    return value


def _reject(message: str) -> NoReturn:
    raise Refusal(400, "invalid_params", message)


def _last(page: list[Document]) -> int:
    return int(page[-1]["create_time"])


def _picked(values: Mapping[str, Any], fields: list[str]) -> dict[str, Any]:
    return {name: values[name] for name in fields}


def _ok(data: Mapping[str, Any]) -> Response:
    return jsonify(data=data, error={"code": "ok", "message": "", "log_id": log_id()})
