"""What cannot be done of a sweep does not hold up the rest of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final
from uuid import UUID

import structlog
from rq.timeouts import BaseTimeoutException
from sqlalchemy.orm import Session

from marketplace.processor.ports import NoSuchObject, ProcessorUnavailable
from marketplace.store.session import reading, transaction
from workers.runtime import TryLater

log = structlog.get_logger("workers")

AT_ONCE: Final = 500
NAMED: Final = 5
"""So many of what could not be done are named where it is said that a sweep failed."""


class NotAll(Exception):
    """Some of a sweep could not be done; the rest was. failed: the ids of what was not."""

    def __init__(self, failed: Sequence[str]) -> None:
        more = f" and {len(failed) - NAMED:,} more" if len(failed) > NAMED else ""
        super().__init__(f"could not be done: {', '.join(failed[:NAMED])}{more}")
        self.failed = tuple(failed)


class Each:
    """Lets one thing after the other be done; what raises is logged with its id and left."""

    def __init__(self) -> None:
        self.failed: list[str] = []

    @contextmanager
    def __call__(self, thing: object) -> Iterator[None]:
        """Do what concerns one thing. thing: its id. What concerns them all is raised as it is."""
        try:
            yield
        except Exception as error:
            if _concerns_all(error):
                raise
            log.exception("left_undone", thing=str(thing))
            self.failed.append(str(thing))


@contextmanager
def each_alone() -> Iterator[Each]:
    """Hand out an ``Each`` for the things of a sweep; raises NotAll at its end if some failed."""
    each = Each()
    yield each
    if each.failed:
        raise NotAll(each.failed)


def together(
    each: Each, ids: Sequence[UUID], act: Callable[[Session, Sequence[UUID]], object]
) -> None:
    """Act on all in one transaction; where that raises, on either half in one of its own."""
    if len(ids) < 2:
        for one in ids:
            with each(one), transaction() as session:
                act(session, ids)
        return
    try:
        with transaction() as session:
            act(session, ids)
    except Exception as error:
        if _concerns_all(error):
            raise
        log.warning("in_halves", things=len(ids), error=f"{type(error).__name__}: {error}")
        middle = len(ids) // 2
        together(each, ids[:middle], act)
        together(each, ids[middle:], act)


def batch_by_batch(
    ask: Callable[[Session, UUID | None], Sequence[UUID]],
    act: Callable[[Session, Sequence[UUID]], object],
) -> None:
    """Act on everything by its ids, a batch a transaction. ask: for the batch after one of them.

    Raises NotAll when everything else is done.
    """
    last: UUID | None = None
    with each_alone() as each:
        while True:
            with reading() as session:
                batch = ask(session, last)
            if not batch:
                return
            together(each, batch, act)
            last = batch[-1]


def until_none_is_due(
    act: Callable[[Session, Sequence[UUID] | None], int],
    due: Callable[[Session], Sequence[UUID]],
) -> None:
    """Act on what is due until nothing is, a batch a transaction.

    act: on as many as it takes of all that is due, or of these alone; returns how many those were.
    due: asked for all that is due once a batch has raised; NotAll is raised when the rest is done.
    """
    try:
        while True:
            with transaction() as session:
                if act(session, None) == 0:
                    return
    except Exception as error:
        if _concerns_all(error):
            raise
        log.warning("in_halves", error=f"{type(error).__name__}: {error}")
    with reading() as session:
        left = due(session)
    with each_alone() as each:
        for first in range(0, len(left), AT_ONCE):
            together(each, left[first : first + AT_ONCE], act)


def _concerns_all(error: Exception) -> bool:
    """Whether to go on would be idle: the outside world is not there, or the time is over."""
    if isinstance(error, NoSuchObject):
        return False
    return isinstance(error, TryLater | ProcessorUnavailable | BaseTimeoutException)
