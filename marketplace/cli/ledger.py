"""``flask ledger``: look after the books from a terminal."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from marketplace.ledger.checks import CheckResult
from marketplace.reconciliation import checks
from marketplace.store.session import reading

group = AppGroup("ledger", help="Look after the books.")


@group.command("check")
def check() -> None:
    """Run every named invariant and say how it stands; fails when one is broken."""
    with reading() as session:
        results = checks.run_all(session)
    for result in results:
        click.echo(f"{_verdict(result):6} {result.name:4} {result.title} ({result.figure})")
        for finding in result.findings:
            click.echo(f"            {finding.subject}: {finding.text}")
    broken = [result.name for result in results if result.broken]
    if broken:
        raise click.ClickException(f"broken: {', '.join(broken)}")


def _verdict(result: CheckResult) -> str:
    if result.passed:
        return "ok"
    return "BROKEN" if result.broken else "ALARM"
