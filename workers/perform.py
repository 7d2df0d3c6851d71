"""What RQ calls: rebuild the message, open the app context, run the job, sort its errors."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

import structlog
from flask import Flask
from sqlalchemy import update

from marketplace.app import start_app
from marketplace.config import Settings
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import MarketplaceError
from marketplace.store.outbox import OutboxMessage
from marketplace.store.session import reading, transaction
from workers.alarms import tell_sweep_failed
from workers.routes import message_named, route_named
from workers.runtime import Run, TryLater
from workers.schedule import sweep_named

log = structlog.get_logger("workers")


@cache
def the_app() -> Flask:
    """Return this process's product, made once."""
    return start_app(Settings.from_env())


def perform(message_id: str, message_name: str, job_name: str, body: dict[str, Any]) -> None:
    """Run one job for one message; may run more than once.

    A refusal by a rule is final: it is written to the message for the operator to see. Anything
    else is written too and raised, so that RQ rings again.
    """
    message = message_named(message_name).from_json(body)
    route = route_named(message_name, job_name)
    told = log.bind(message=message_name, message_id=message_id, job=job_name)
    with the_app().app_context():
        if route.is_letter and _went_out(message_id):
            told.info("job_done_before")
            return
        try:
            route.job(message, new_run())
        except MarketplaceError as refusal:
            told.warning("job_refused", reason=str(refusal))
            _write_failure(message_id, job_name, str(refusal))
        except TryLater:
            told.info("job_waits")
            raise
        except Exception as error:
            told.exception("job_failed")
            _write_failure(message_id, job_name, f"{type(error).__name__}: {error}")
            raise
        else:
            if route.is_letter:
                _note_that_it_went_out(message_id)
            _forget_failure(message_id, job_name)
            told.info("job_done")


def sweep(name: str) -> None:
    """Run one periodic job; where it fails staff are told, and RQ counts it as failed."""
    with the_app().app_context():
        run = new_run()
        try:
            sweep_named(name)(run)
        except TryLater:
            log.info("sweep_waits", sweep=name)  # for its next time on the clock
        except Exception as error:
            log.exception("sweep_failed", sweep=name)
            tell_sweep_failed(run, name=name, error=error)
            raise
        else:
            log.info("sweep_done", sweep=name)


def new_run() -> Run:
    """Return what a job body is handed, with the present moment."""
    app = the_app()
    return Run(
        settings=app.extensions["settings"],
        gateways=app.extensions["gateways"],
        now=utc_now(),
    )


def _went_out(message_id: str) -> bool:
    with reading() as session:
        message = session.get(OutboxMessage, UUID(message_id))
        return message is not None and message.mailed_at is not None


def _note_that_it_went_out(message_id: str) -> None:
    with transaction() as session:
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id == UUID(message_id))
            .values(mailed_at=utc_now())
        )


def _forget_failure(message_id: str, job_name: str) -> None:
    """A job that went through at last is no longer for the operator to see."""
    with transaction() as session:
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id == UUID(message_id), OutboxMessage.failed_job == job_name)
            .values(failed_job=None, failure=None)
        )


def _write_failure(message_id: str, job_name: str, failure: str) -> None:
    with transaction() as session:
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id == UUID(message_id))
            .values(failed_job=job_name, failure=failure[:2_000])
        )
