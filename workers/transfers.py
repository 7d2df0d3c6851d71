"""Compare the last days of transfers at the processor with our calls, both ways."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

import structlog

from marketplace.payouts.ports import TransferFacts
from marketplace.processor import queries
from marketplace.processor.ports import ProcessorUnavailable
from marketplace.processor.rules import CallKind, compare_day
from marketplace.store.session import reading, transaction
from workers.processor import take_over
from workers.runtime import Run, TryLater
from workers.sweeping import each_alone
from workers.telling import tell_staff

log = structlog.get_logger("transfers")

SPAN: Final = timedelta(days=3)
"""Every night looks at so much, so that the two before it may fail or be missed."""


def compare_transfers(run: Run) -> None:
    """Take over what the last days made and we do not know of; tell staff of what should not be.

    A transfer of our call is taken over, also of one that counted as refused. One that nobody here
    made is in suspense by the statement; one of ours that is not there is missing. Safe to run at
    any time.
    """
    until_at = datetime.combine(run.now.date(), time(), run.now.tzinfo)
    from_at = until_at - SPAN
    try:
        made = list(run.gateways.payments.transfers(from_at=from_at, until_at=until_at))
        _compare(run, made, from_at, until_at)
    except ProcessorUnavailable as unavailable:
        raise TryLater from unavailable


def _compare(run: Run, made: list[TransferFacts], from_at: datetime, until_at: datetime) -> None:
    with reading() as session:
        ours = queries.results_of(
            session,
            kind=CallKind.TRANSFER,
            call_ids={each.call_id for each in made if each.call_id is not None},
            ended_from=from_at,
            ended_until=until_at,
        )
    found = compare_day({each.transfer_id: each.call_id for each in made}, ours)
    with each_alone() as each:
        for transfer_id, call_id in found.to_take_over:
            with each(transfer_id):
                take_over(run, call_id=call_id, remote_id=transfer_id)
        for transfer_id in found.strangers:
            with each(transfer_id):
                _tell_of_stranger(run, transfer_id)
        for transfer_id, call_id in found.missing:
            with each(transfer_id):
                _look_for_missing(run, transfer_id, call_id)


def _tell_of_stranger(run: Run, transfer_id: str) -> None:
    _alarm(
        run,
        kind="transfer_unknown",
        title="A transfer that nobody here has made",
        about=transfer_id,
        text=f"{transfer_id} left our balance and is no payout of ours. It is in suspense.",
        path="/staff/suspense",
    )


def _look_for_missing(run: Run, transfer_id: str, call_id: UUID) -> None:
    if run.gateways.payments.has_transfer(transfer_id):
        return  # it was made on another day than we heard of it
    _alarm(
        run,
        kind="transfer_missing",
        title="A transfer of ours is not at the processor",
        about=transfer_id,
        text=f"We have booked {transfer_id} as sent, and the processor does not know it.",
        path=f"/staff/calls/{call_id}",
    )


def _alarm(run: Run, *, kind: str, title: str, about: str, text: str, path: str) -> None:
    log.error(kind, transfer=about)
    with transaction() as session:
        tell_staff(session, kind=kind, title=title, text=text, path=path, about=about, now=run.now)
