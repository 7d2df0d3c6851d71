"""Stripe's refusals, in Stripe's shape."""

from __future__ import annotations

from typing import Any, Final

INVALID_REQUEST: Final = "invalid_request_error"
IDEMPOTENCY: Final = "idempotency_error"
API_ERROR: Final = "api_error"


class StripeRefusal(Exception):
    """An answer other than 2xx."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = INVALID_REQUEST,
        code: str | None = None,
        param: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.kind = kind
        self.code = code
        self.param = param

    def body(self) -> dict[str, Any]:
        """Return the JSON document that Stripe would answer."""
        error: dict[str, Any] = {"message": self.message, "type": self.kind}
        if self.code is not None:
            error["code"] = self.code
            error["doc_url"] = f"https://docs.stripe.com/error-codes#{self.code.replace('_', '-')}"
        if self.param is not None:
            error["param"] = self.param
        return {"error": error}


def no_such(what: str, key: str, *, param: str = "id", status: int = 404) -> StripeRefusal:
    """Return the refusal for an object that is not there."""
    return StripeRefusal(
        f"No such {what}: '{key}'", status=status, code="resource_missing", param=param
    )


def unknown_address(method: str, path: str) -> StripeRefusal:
    """Return the refusal for an address that the sandbox does not answer."""
    return StripeRefusal(
        f"Unrecognized request URL ({method}: {path}). The sandbox plays only a part of the API.",
        status=404,
    )
