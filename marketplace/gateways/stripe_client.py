"""What every gateway to Stripe shares: clients, and the errors of reads."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

import stripe
from stripe import StripeClient

from marketplace.processor.ports import NoSuchObject, ProcessorUnavailable

SEND_TIMEOUT_SECONDS: Final = 20
READ_RETRIES: Final = 2


def sending_client(api_key: str, api_base: str) -> StripeClient:
    """Return a client for calls that change something: it tries once and leaves the rest to us."""
    return _client(api_key, api_base, retries=0)


def reading_client(api_key: str, api_base: str) -> StripeClient:
    """Return a client for reads, which the library may repeat."""
    return _client(api_key, api_base, retries=READ_RETRIES)


def _client(api_key: str, api_base: str, *, retries: int) -> StripeClient:
    return StripeClient(
        api_key,
        base_addresses={"api": api_base},
        max_network_retries=retries,
        http_client=stripe.RequestsClient(timeout=SEND_TIMEOUT_SECONDS),
    )


class reads:  # noqa: N801  # used like a function
    """Turn Stripe's errors on a read into one that the rooms know."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, stripe.StripeError):
            sort = (
                NoSuchObject if error.http_status == HTTPStatus.NOT_FOUND else ProcessorUnavailable
            )
            raise sort(error.code or type(error).__name__) from error
