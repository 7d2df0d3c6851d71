"""``flask ledger``: look after the books from a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import UUID

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from marketplace.accounts import queries as accounts
from marketplace.campaigns.models import Campaign
from marketplace.collaborations.queries import collaborations_of_campaign
from marketplace.config import Settings
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import Conflict, InvalidInput
from marketplace.kernel.money import in_words, parse_money
from marketplace.ledger import queries
from marketplace.ledger import service as ledger
from marketplace.ledger.checks import CheckResult, broken_seals
from marketplace.ledger.rules import Code, events, parse_month
from marketplace.reconciliation import checks
from marketplace.store.session import at_one_moment, reading, transaction

BANKS: Final = (Code.BANK_OPERATING, Code.BANK_CLIENT_MONEY)
group = AppGroup("ledger", help="Look after the books.")


@group.command("check")
def check() -> None:
    """Run every named invariant and say how it stands; fails when one is broken."""
    with at_one_moment() as session:
        results = checks.run_all(session)
    for result in results:
        click.echo(f"{_verdict(result):6} {result.name:4} {result.title} ({result.figure})")
        for finding in result.findings:
            click.echo(f"            {finding.subject}: {finding.text}")
    broken = [result.name for result in results if result.broken]
    if broken:
        raise click.ClickException(f"broken: {', '.join(broken)}")


@group.command("verify")
def verify() -> None:
    """Recompute every seal from the rows of its day; fails, naming the first row that changed."""
    folder = _seal_folder()
    outside = ledger.read_seals(folder)
    with at_one_moment() as session:
        count = len(queries.seals(session))
        findings = list(broken_seals(session, outside))
    if not count and not outside:
        click.echo("No day is sealed yet.")
        return
    for finding in findings:
        click.echo(f"{finding.subject}: {finding.text}")
    if findings:
        raise click.ClickException(f"the books are not what was sealed ({len(findings)} findings)")
    click.echo(f"{count} sealed days hold, in the database and in {folder}.")


@group.command("export")
@click.option("--campaign", "campaign_id", type=click.UUID, required=True)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(campaign_id: UUID, file: Path) -> None:
    """Write a campaign's entries, with their proofs, into a file that is checked without us."""
    with at_one_moment() as session:
        if session.get(Campaign, campaign_id) is None:
            raise click.ClickException(f"There is no campaign {campaign_id}.")
        agreed = collaborations_of_campaign(session, campaign_id)
        told = ledger.export_entries(session, [campaign_id, *(each.id for each in agreed)])
    try:
        file.write_text(json.dumps({"campaign": str(campaign_id), **told}, indent=1) + "\n")
    except OSError as problem:
        raise click.ClickException(f"{file} cannot be written: {problem.strerror}.") from problem
    click.echo(
        f"{len(told['entries'])} entries are in {file}. Check it anywhere with"
        f" python -m marketplace.ledger.offline {file}"
    )


@group.command("periods")
def periods() -> None:
    """Say which months were closed and opened again, the newest first."""
    with reading() as session:
        steps = queries.period_steps(session)
    for step in steps:
        reason = f": {step.reason}" if step.reason else ""
        click.echo(f"{step.month:%Y-%m} {step.state} {step.at:%Y-%m-%d %H:%M} {step.actor}{reason}")
    if not steps:
        click.echo("No month is closed yet.")


@group.command("close-period")
@click.argument("month")
@click.option("--by", "email", required=True, help="The member of staff who closes it.")
def close_period(month: str, email: str) -> None:
    """Close the books of a month, written as 2026-11."""
    with said_plainly(), transaction() as session:
        ledger.close_period(
            session, month=parse_month(month), actor=_staff(session, email), now=utc_now()
        )
    click.echo(f"{month} is closed: what comes late is booked on the first open day.")


@group.command("open-period")
@click.argument("month")
@click.option("--by", "email", required=True, help="The member of staff who opens it.")
@click.option("--reason", required=True, help="For those who read the books later.")
def open_period(month: str, email: str, reason: str) -> None:
    """Open the month that was closed last again."""
    with said_plainly(), transaction() as session:
        ledger.reopen_period(
            session, month=parse_month(month), actor=_staff(session, email), reason=reason
        )
    click.echo(f"{month} is open again.")


@group.command("open-bank")
@click.argument("account", type=click.Choice([str(code.value) for code in BANKS]))
@click.argument("amount")
@click.argument("currency")
@click.option("--by", "email", required=True, help="The member of staff who says so.")
def open_bank(account: str, amount: str, currency: str, email: str) -> None:
    """Book what was in the bank when these books began, once for each account and currency.

    ACCOUNT: 1030 is the bank account with our own money, 1040 that with money of brands and
    creators. What is at the processor is read from the processor.
    """
    code = Code(int(account))
    with said_plainly(), transaction() as session:
        actor = _staff(session, email)
        entry = events.opened(
            name=f"{account}:{currency.upper()}",
            account=code,
            amount=parse_money(amount, currency.upper()),
        )
        if queries.entry_by_key(session, entry.idem_key) is not None:
            raise Conflict(f"What {account} began with in {currency.upper()} is booked already")
        ledger.write_entry(session, entry, occurred_at=utc_now(), actor=actor)
    click.echo(f"{account} began with {in_words(entry.pairs[0].amount)}.")


@contextmanager
def said_plainly() -> Iterator[None]:
    """Turn a refusal into what a command says and ends with 1."""
    try:
        yield
    except InvalidInput as refusal:
        raise click.ClickException(" ".join(refusal.problems.values())) from refusal
    except Conflict as refusal:
        raise click.ClickException(f"{refusal.reason}.") from refusal


def _staff(session: Session, email: str) -> Actor:
    user = accounts.user_by_email(session, email)
    if user is None or not user.is_staff:
        raise InvalidInput({"by": f"{email} is no member of staff."})
    return Actor(user_id=user.id, is_staff=True)


def _seal_folder() -> Path:
    settings: Settings = current_app.extensions["settings"]
    return Path(settings.seal_folder)


def _verdict(result: CheckResult) -> str:
    if result.passed:
        return "ok"
    return "BROKEN" if result.broken else "ALARM"
