"""`flask columns build`: the market as columns, made anew."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from marketplace.kernel.clock import utc_now
from marketplace.matching import service as matching
from marketplace.matching.columns import BrokenColumns, Busy
from marketplace.store.session import reading

group = AppGroup("columns", help="The market as columns, from which it is ranked.")


@group.command("build")
def build() -> None:
    """Read every creator and make the columns anew.

    The old ones answer until the new ones are whole. Nobody needs this but who wants to see it: a
    job keeps the columns up to date, and makes them where they are missing.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.completed:,.0f} creators"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("Reading the market", total=None)
        try:
            with reading() as session:
                built = matching.build_columns(
                    session,
                    now=utc_now(),
                    progress=lambda done, of: progress.update(task, completed=done, total=of),
                )
        except (Busy, BrokenColumns) as refusal:
            raise click.ClickException(f"The columns were not made: {refusal}.") from refusal
    click.echo(f"{built.rows:,} creators are in the columns now.")
    if built.refused:
        click.echo(f"{built.refused:,} audiences were set aside: their shares cannot be.", err=True)
