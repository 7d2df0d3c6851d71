"""One call to TikTok: strict about time, size and shape, and every trouble made a Failure."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from marketplace.creators.ports import Failure, FailureKind, FailureScope

CONNECT_SECONDS: Final = 5
READ_SECONDS: Final = 20
LARGEST_BODY_BYTES: Final = 2 * 1024 * 1024
USER_AGENT: Final = "Fairview/0.1"
DEFAULT_WAIT: Final = timedelta(seconds=60)
LONGEST_WAIT: Final = timedelta(days=1)

_K: Final = FailureKind
_S: Final = FailureScope
_BY_CODE: Final[Mapping[str, tuple[FailureKind, FailureScope]]] = {
    "access_token_invalid": (_K.AUTH_EXPIRED, _S.CONNECTION),
    "scope_not_authorized": (_K.SCOPE_MISSING, _S.CONNECTION),
    "scope_permission_missed": (_K.SCOPE_MISSING, _S.CONNECTION),
    "invalid_params": (_K.REQUEST_REJECTED, _S.APP),
    "rate_limit_exceeded": (_K.RATE_LIMITED, _S.APP),
    "internal_error": (_K.PROVIDER_UNAVAILABLE, _S.APP),
    # the token endpoint's own words
    "invalid_grant": (_K.AUTH_REVOKED, _S.CONNECTION),
    "access_denied": (_K.AUTH_REVOKED, _S.CONNECTION),
    "invalid_client": (_K.REQUEST_REJECTED, _S.APP),
    "unauthorized_client": (_K.REQUEST_REJECTED, _S.APP),
    "invalid_request": (_K.REQUEST_REJECTED, _S.APP),
    "invalid_scope": (_K.REQUEST_REJECTED, _S.APP),
    "unsupported_grant_type": (_K.REQUEST_REJECTED, _S.APP),
    "server_error": (_K.PROVIDER_UNAVAILABLE, _S.APP),
    "temporarily_unavailable": (_K.PROVIDER_UNAVAILABLE, _S.APP),
}


@dataclass(frozen=True, slots=True)
class JsonAnswer:
    """A good answer. data: its ``data`` object, or the whole body of the token endpoints."""

    status: int
    data: Mapping[str, Any] = field(repr=False)
    raw: bytes = field(repr=False)
    request_id: str | None


def checked_base(base: str) -> str:
    """Return the address without a trailing slash; ValueError unless https or on this machine."""
    parts = urlsplit(base)
    local = _is_loopback(parts.hostname)
    if not parts.hostname or (parts.scheme != "https" and not (parts.scheme == "http" and local)):
        raise ValueError(f"TikTok's address must be https: {base}")
    return base.rstrip("/")


def bad_response(
    status: int | None,
    detail: str,
    request_id: str | None = None,
    *,
    scope: FailureScope = FailureScope.APP,
) -> Failure:
    """Return the failure for an answer that cannot be read."""
    return Failure(_K.BAD_RESPONSE, scope, "", status, request_id=request_id, detail=detail)


class Http:
    """Calls below one base address. Never raises for what a platform or a network does."""

    def __init__(self, base: str, *, timeout_seconds: float, clock: Callable[[], datetime]) -> None:
        self._base = base
        self._whole_seconds = timeout_seconds
        self._clock = clock
        self._direct = _is_loopback(urlsplit(base).hostname)
        self._tls = httpx.create_ssl_context()

    def get(self, path: str, token: str, fields: Sequence[str]) -> JsonAnswer | Failure:
        """Ask for fields."""
        return self._data_call("GET", path, token, fields)

    def post(
        self, path: str, token: str, fields: Sequence[str], body: Mapping[str, Any]
    ) -> JsonAnswer | Failure:
        """Ask for fields with a JSON body."""
        return self._data_call("POST", path, token, fields, json=dict(body))

    def ask_openly(self, path: str, question: Mapping[str, str]) -> JsonAnswer | Failure:
        """Ask what anybody may; its data are the whole body. NOT_VISIBLE for any other 4xx."""
        answer = self._call("GET", path, params=dict(question))
        if isinstance(answer, Failure):
            return answer
        status, headers, raw = answer
        body = _object(raw)
        if body is not None and _is_good(status):
            return JsonAnswer(status, body, raw, None)
        refused = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
        if refused and status != HTTPStatus.TOO_MANY_REQUESTS:
            return Failure(_K.NOT_VISIBLE, _S.ITEM, "", status)
        return self._unreadable(status, headers, None)

    def form(self, path: str, values: Mapping[str, str]) -> JsonAnswer | Failure:
        """Send a form to one of the token endpoints, whose errors are written differently."""
        answer = self._call("POST", path, data=dict(values))
        if isinstance(answer, Failure):
            return answer
        status, headers, raw = answer
        body = _object(raw)
        code = body.get("error") if body is not None else None
        if isinstance(code, dict):  # some refusals come in the envelope of the data calls
            code = code.get("code") if code.get("code") != "ok" else None
        request_id = _request_id(body)
        if code:
            return self._failure(str(code), status, headers, request_id)
        if body is None or not _is_good(status):
            return self._unreadable(status, headers, request_id)
        return JsonAnswer(status, body, raw, request_id)

    def _data_call(
        self, method: str, path: str, token: str, fields: Sequence[str], **more: Any
    ) -> JsonAnswer | Failure:
        answer = self._call(
            method,
            path,
            params={"fields": ",".join(fields)},
            headers={"Authorization": f"Bearer {token}"},
            **more,
        )
        if isinstance(answer, Failure):
            return answer
        status, headers, raw = answer
        body = _object(raw)
        error = body.get("error") if body is not None else None
        if body is None or not isinstance(error, dict) or not isinstance(error.get("code"), str):
            return self._unreadable(status, headers, None)
        request_id = _request_id(error)
        if error["code"] != "ok":
            return self._failure(error["code"], status, headers, request_id)
        if not _is_good(status):
            return self._unreadable(status, headers, request_id)
        data = body.get("data")
        if not isinstance(data, dict):
            return bad_response(status, "no data", request_id)
        return JsonAnswer(status, data, raw, request_id)

    def _call(
        self, method: str, path: str, **question: Any
    ) -> tuple[int, httpx.Headers, bytes] | Failure:
        stop_at = time.monotonic() + self._whole_seconds
        timeout = httpx.Timeout(
            min(READ_SECONDS, self._whole_seconds),
            connect=min(CONNECT_SECONDS, self._whole_seconds),
        )
        raw = bytearray()
        try:
            # A client for each call: a kept connection would not survive the workers' forks.
            with (
                httpx.Client(
                    timeout=timeout,
                    verify=self._tls,
                    follow_redirects=False,
                    trust_env=not self._direct,
                    headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
                ) as client,
                client.stream(method, self._base + path, **question) as response,
            ):
                for piece in response.iter_bytes():
                    raw += piece
                    if len(raw) > LARGEST_BODY_BYTES:
                        return bad_response(response.status_code, "body over 2 MiB")
                    if time.monotonic() > stop_at:
                        return _unavailable("timeout")
                return response.status_code, response.headers, bytes(raw)
        except httpx.DecodingError:
            return bad_response(None, "content encoding")
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as trouble:
            return _unavailable(type(trouble).__name__)

    def _failure(
        self, code: str, status: int, headers: httpx.Headers, request_id: str | None
    ) -> Failure:
        by_status = {
            HTTPStatus.UNAUTHORIZED: (_K.AUTH_EXPIRED, _S.CONNECTION),
            HTTPStatus.TOO_MANY_REQUESTS: (_K.RATE_LIMITED, _S.APP),
        }
        guess = (_K.BAD_RESPONSE, _S.APP)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            guess = (_K.PROVIDER_UNAVAILABLE, _S.APP)
        elif status in by_status:
            guess = by_status[HTTPStatus(status)]
        kind, scope = _BY_CODE.get(code, guess)
        return Failure(
            kind,
            scope,
            code[:100],
            status,
            retry_at=self._retry_at(headers) if kind is _K.RATE_LIMITED else None,
            request_id=request_id,
        )

    def _unreadable(self, status: int, headers: httpx.Headers, request_id: str | None) -> Failure:
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            return self._failure("", status, headers, request_id)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return Failure(_K.PROVIDER_UNAVAILABLE, _S.APP, "", status, request_id=request_id)
        return bad_response(status, "not the answer that is documented", request_id)

    def _retry_at(self, headers: httpx.Headers) -> datetime:
        """Return when to come back: as told, at most a day ahead; otherwise after a minute."""
        now = self._clock()
        told = headers.get("Retry-After", "").strip()
        wait = DEFAULT_WAIT
        if told.isascii() and told.isdigit():
            wait = timedelta(seconds=min(int(told[:9]), 10**6))
        elif told:
            try:
                moment = parsedate_to_datetime(told)
                wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
            except ValueError:
                wait = DEFAULT_WAIT
        return now + min(max(wait, timedelta(seconds=1)), LONGEST_WAIT)


def _object(raw: bytes) -> dict[str, Any] | None:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _request_id(body: Mapping[str, Any] | None) -> str | None:
    found = body.get("log_id") if body is not None else None
    return found[:100] if isinstance(found, str) else None


def _is_good(status: int) -> bool:
    return HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES


def _unavailable(detail: str) -> Failure:
    return Failure(_K.PROVIDER_UNAVAILABLE, _S.APP, "", detail=detail)


def _is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False
