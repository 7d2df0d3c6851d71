"""Sort what Stripe raises: done, refused, not run or unknown. By type and code, never by prose."""

from __future__ import annotations

from typing import Final

import stripe

from marketplace.gateways.stripe_currencies import CannotBeSent
from marketplace.processor.ports import Answer
from marketplace.processor.rules import Outcome

GONE: Final = frozenset({"account_invalid", "resource_missing"})
"""Codes of an account that is closed, or that its owner has disconnected from us."""
NOT_RUN_CODES: Final = frozenset({"idempotency_key_in_use", "lock_timeout", "rate_limit"})


def answer_for(error: Exception) -> Answer:
    """Return what an exception raised by a send means for the call.

    Anything that is not Stripe's own, raised after the send began, is unknown: the library can
    fail on an answer that it has already received.
    """
    if isinstance(error, CannotBeSent):
        return Answer(Outcome.REFUSED, code="amount_cannot_be_sent", text=str(error))
    if not isinstance(error, stripe.StripeError):
        return Answer(Outcome.UNKNOWN, code=type(error).__name__, text=str(error)[:500])
    return Answer(
        _outcome(error),
        code=code_of(error) or type(error).__name__,
        text=(error.user_message or "")[:500],
        http_status=error.http_status,
        request_id=error.request_id,
    )


def _outcome(error: stripe.StripeError) -> Outcome:
    status = error.http_status
    if isinstance(error, stripe.IdempotencyError):
        return Outcome.MISUSED
    if isinstance(error, stripe.APIConnectionError) or status is None or status >= 500:
        return Outcome.UNKNOWN
    if status == 429 or code_of(error) in NOT_RUN_CODES:
        return Outcome.NOT_RUN
    if status in {401, 403}:
        return Outcome.UNAUTHORISED
    return Outcome.REFUSED if 400 <= status < 500 else Outcome.UNKNOWN


def code_of(error: stripe.StripeError) -> str | None:
    """Return the code; for some answers the library leaves it in the body alone."""
    if error.code:
        return error.code
    inner = error.error
    return inner.code if inner is not None else None


def is_gone(error: stripe.StripeError) -> bool:
    """True when a connected account is one that we may not see any more."""
    return error.http_status in {403, 404} and code_of(error) in GONE
