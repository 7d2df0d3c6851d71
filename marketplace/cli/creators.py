"""`flask creators import`: creators, their past videos and who watches them from files."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

import click
from flask.cli import AppGroup
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from marketplace.cli.creator_files import CreatorFile, FileKind, FileRefused, Row, open_file
from marketplace.creators import service as creators
from marketplace.creators.service import (
    AudienceRow,
    CoAudienceRow,
    CreatorRow,
    Taken,
    VideoRow,
)
from marketplace.kernel.clock import utc_now
from marketplace.store.session import transaction

group = AppGroup("creators", help="Creators in the market.")


@dataclass(slots=True)
class _Refusals:
    """Says each refusal on a line of its own and counts them."""

    path: Path
    count: int = 0

    def __call__(self, line: int, column: str, reason: str) -> None:
        self.count += 1
        click.echo(f"{self.path}:{line} {column}: {reason}", err=True)


@group.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def import_files(files: Sequence[Path]) -> None:
    """Load creators, their past videos and who watches them from CSV, plain or gzip.

    What a file holds is told by its first line; files of creators are read first. Each row that
    cannot be taken is said on a line of standard error: file, line, column, reason. The rest of its
    file is taken in one transaction. The same files a second time change nothing.
    """
    refused = 0
    with ExitStack() as stack:
        opened = []
        for path in files:
            try:
                found = open_file(path)
            except FileRefused as refusal:
                refused += _say_refused(path, refusal)
                continue
            stack.callback(found.close)
            opened.append(found)
        for found in sorted(opened, key=lambda each: each.kind is not FileKind.CREATORS):
            refused += _import_one(found, now=utc_now())
    if refused:
        sys.exit(1)


def _import_one(found: CreatorFile, *, now: datetime) -> int:
    """Take one file and say what came of it; returns how many rows, or files, were refused."""
    if found.extra:
        click.echo(f"{found.path}: passed over unknown columns: {', '.join(found.extra)}", err=True)
    refuse = _Refusals(found.path)
    try:
        with transaction() as session:
            rows = _with_progress(found, found.rows(refuse=refuse, now=now))
            if found.kind is FileKind.CREATORS:
                taken = creators.import_creators(
                    session, cast("Iterator[CreatorRow]", rows), refuse=refuse, now=now
                )
            elif found.kind is FileKind.VIDEOS:
                taken = creators.import_videos(
                    session, cast("Iterator[VideoRow]", rows), refuse=refuse
                )
            elif found.kind is FileKind.AUDIENCES:
                taken = creators.import_audiences(
                    session, cast("Iterator[AudienceRow]", rows), refuse=refuse
                )
            else:
                taken = creators.import_co_audiences(
                    session, cast("Iterator[CoAudienceRow]", rows), refuse=refuse
                )
    except FileRefused as refusal:
        return refuse.count + _say_refused(found.path, refusal)
    click.echo(_summary(found, taken, refused=refuse.count))
    return refuse.count


def _with_progress(found: CreatorFile, rows: Iterator[Row]) -> Iterator[Row]:
    """The rows, with a bar on standard error that follows the file; none where nobody looks."""
    size = found.path.stat().st_size
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rows]:,} rows"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(found.path.name, total=size, rows=0)
        count = 0
        for row in rows:
            count += 1
            if count % 2_000 == 0:
                progress.update(task, completed=found.position(), rows=count)
            yield row
        progress.update(
            task,
            completed=size,
            rows=count,
            description=f"{found.path.name}: writing to the market",
        )


def _summary(found: CreatorFile, taken: Taken, *, refused: int) -> str:
    return (
        f"{found.path}: {taken.taken:,} {found.kind.noun} taken, {taken.unchanged:,} unchanged, "
        f"{refused:,} refused"
    )


def _say_refused(path: Path, refusal: FileRefused) -> int:
    where = f"{path}:{refusal.line}" if refusal.line else f"{path}"
    column = f" {refusal.column}" if refusal.column else ""
    click.echo(f"{where}{column}: {refusal.reason}; nothing of this file was taken", err=True)
    return 1
