"""Outliving what is away for a while: whoever waits says so, and goes on by itself."""

from __future__ import annotations

from typing import Final

import structlog
from redis.exceptions import RedisError
from sqlalchemy.exc import OperationalError
from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_exponential

AWAY: Final = (RedisError, OperationalError)
"""What is raised while Redis or PostgreSQL cannot be reached."""


def patiently(name: str) -> Retrying:
    """Return what calls a function until neither Redis nor PostgreSQL is away.

    name: whose line in the log says that it waits, like ``relay``.
    """
    log = structlog.get_logger(name)
    event = f"{name}_waits"

    def say(state: RetryCallState) -> None:
        log.warning(event, reason=str(state.outcome.exception()) if state.outcome else "")

    return Retrying(
        retry=retry_if_exception_type(AWAY),
        wait=wait_exponential(multiplier=0.5, max=30),
        before_sleep=say,
    )
