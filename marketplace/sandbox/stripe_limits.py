"""Limits on values that the parameter types cannot say: amounts, currencies, metadata."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from babel.core import get_global

from marketplace.sandbox.stripe_errors import StripeRefusal

LARGEST_AMOUNT: Final = 99_999_999_99
METADATA_KEYS: Final = 50
METADATA_KEY_LENGTH: Final = 40
METADATA_VALUE_LENGTH: Final = 500

_HOST_AND_PORT: Final = re.compile(r"[A-Za-z0-9.-]+(:[0-9]+)?|\[[0-9A-Fa-f:]+\](:[0-9]+)?")


def amount_of(params: Mapping[str, Any], *, name: str = "amount") -> int:
    """Return the amount; refuses one that is missing, not positive or absurdly large."""
    amount = params.get(name)
    if amount is None:
        raise StripeRefusal(
            f"Missing required param: {name}.", code="parameter_missing", param=name
        )
    if amount < 1:
        raise StripeRefusal(
            "Invalid positive integer", code="parameter_invalid_integer", param=name
        )
    if amount > LARGEST_AMOUNT:
        raise StripeRefusal(
            f"Amount must be no more than {LARGEST_AMOUNT}", code="amount_too_large", param=name
        )
    return int(amount)


def currency_of(text: str, *, param: str = "currency") -> str:
    """Return the currency in lower case; refuses one that does not exist."""
    if text.upper() not in get_global("all_currencies"):
        raise StripeRefusal(f"Invalid currency: {text}", param=param)
    return text.lower()


def check_address(text: str | None, *, param: str) -> None:
    """Refuse what is no web address that a browser may be sent to."""
    if text is None:
        return
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not _HOST_AND_PORT.fullmatch(parts.netloc):
        raise StripeRefusal("Not a valid URL", code="url_invalid", param=param)


def check_metadata(metadata: Mapping[str, Any] | None) -> None:
    """Refuse more keys, longer keys or longer values than Stripe keeps."""
    for key, value in (metadata or {}).items():
        if len(key) > METADATA_KEY_LENGTH:
            raise StripeRefusal(
                f"Metadata keys must be under {METADATA_KEY_LENGTH} characters.", param="metadata"
            )
        if len(str(value)) > METADATA_VALUE_LENGTH:
            raise StripeRefusal(
                f"Metadata values must have up to {METADATA_VALUE_LENGTH} characters, but "
                f"you passed in a value that is {len(str(value))} characters.",
                param=f"metadata[{key}]",
            )
    if metadata and len(metadata) > METADATA_KEYS:
        raise StripeRefusal(
            f"You can only have up to {METADATA_KEYS} metadata keys.", param="metadata"
        )
