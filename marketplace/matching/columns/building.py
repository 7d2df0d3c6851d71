"""Making a version of the columns from PostgreSQL, and bringing the present one up to date."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.creators import queries as creators
from marketplace.matching.columns import folder as store
from marketplace.matching.columns.context import SAMPLE, Context, context_of
from marketplace.matching.columns.encode import Encoded, encode
from marketplace.matching.columns.folder import BrokenColumns, Version
from marketplace.matching.columns.kept_context import read_context, write_context
from marketplace.matching.columns.layout import SHORT_LISTS, put
from marketplace.matching.columns.rows import find_rows
from marketplace.matching.columns.torn import Maps

CHUNK: Final = 5_000
PATCH_LEAST: Final = 5_000
PATCH_SHARE: Final = 10
"""With more than one in so many changed, everybody is read again."""
READ_AGAIN_AFTER: Final = timedelta(days=2)
"""A version that nobody has refreshed for so long is built anew; marks are kept longer."""

Progress = Callable[[int, int], None]
"""Told how many of how many creators are done."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build or a refresh did. refused: audiences whose shares cannot be."""

    rows: int
    changed: int
    refused: int = 0
    is_new: bool = False


def build(
    session: Session, folder: Path, *, now: datetime, progress: Progress = lambda _done, _of: None
) -> Built:
    """Make a new version of the columns and let it count, in one step.

    Until then, and when it fails, the old one stays as it is. Raises Busy, and BrokenColumns where
    it could not be written.
    """
    with store.writing(folder):
        return _build(session, folder, now=now, progress=progress)


def refresh(
    session: Session, folder: Path, *, now: datetime, progress: Progress = lambda _done, _of: None
) -> Built:
    """Bring the columns up to date: change the rows of whom something has changed.

    Builds anew where there are none, where something of them is missing, where they are old, and
    where very many have changed. Safe to call at any time. Raises what build raises.
    """
    with store.writing(folder):
        try:
            version = store.open_version(folder / store.current_name(folder), writable=True)
            if version.beat % 2:
                raise BrokenColumns("whoever changed them last was stopped on the way")
            _refuse_changed(version)
            try:
                return _patch(session, version, now=now)
            except Exception as wrong:  # what is made of zeros goes wrong in its own way
                if version.maps.are_cut or isinstance(wrong, OSError):
                    raise BrokenColumns("they were cut short, or the disk is full") from wrong
                raise
        except BrokenColumns:
            return _build(session, folder, now=now, progress=progress)


def _build(session: Session, folder: Path, *, now: datetime, progress: Progress) -> Built:
    mark = creators.present_mark(session)
    total = creators.creator_count(session)
    context = context_of(
        creators.facts_of_some(session, size=SAMPLE, now=now), currencies_in_market(session)
    )
    name = store.fresh_name(now)
    with store.making(folder / name):
        built = _fill(
            session, folder / name, context, mark=mark, total=total, now=now, progress=progress
        )
        store.swap(folder, name)
    store.delete_others(folder, name)
    return built


def _fill(
    session: Session,
    folder: Path,
    context: Context,
    *,
    mark: int,
    total: int,
    now: datetime,
    progress: Progress,
) -> Built:
    """Write every creator into a new version's folder, and then that it is whole."""
    capacity = store.capacity_for(total)
    maps = Maps()
    files = store.make_files(folder, capacity, maps)
    lists: dict[str, list[NDArray[Any]]] = {name: [] for name in SHORT_LISTS}
    rows = refused = 0
    last: UUID | None = None
    while found := creators.facts_after(session, last, size=CHUNK, now=now):
        found = found[: capacity - rows]  # who joins while this runs is marked, and comes later
        if not found:
            break
        made = encode(found, context, now=now)
        put(files, slice(rows, rows + len(made)), made.arrays)
        _refuse_torn(maps)
        for kind, parts in lists.items():
            part = made.lists[kind]
            part["row"] += rows
            parts.append(part)
        rows += len(made)
        refused += made.refused
        last = found[-1].creator_id
        progress(rows, max(rows, total))
    store.write_lists(folder, lists)
    write_context(folder / store.CONTEXT, context)
    store.finish(
        folder,
        maps,
        rows=rows,
        capacity=capacity,
        mark=mark,
        now=now,
        facts={"refused_audiences": refused, "sorted_rows": rows},
    )
    return Built(rows=rows, changed=rows, refused=refused, is_new=True)


def _patch(session: Session, version: Version, *, now: datetime) -> Built:
    if now - version.refreshed_at > READ_AGAIN_AFTER:
        raise BrokenColumns("they are too old to be patched")
    most = max(PATCH_LEAST, version.rows // PATCH_SHARE)
    marks = creators.marks_since(session, version.mark, most=most)
    if marks.next_mark < version.mark:  # transactions are counted upwards
        raise BrokenColumns("they are of another database, or of one that was restored since")
    if marks.creator_ids is None:
        raise BrokenColumns("too many creators have changed to patch them")
    context = read_context(version.folder / store.CONTEXT)
    changed = marks.creator_ids
    made = []
    for at in range(0, len(changed), CHUNK):
        found = creators.facts_of(session, changed[at : at + CHUNK], now=now)
        if any(name[-3:] not in context.currencies for each in found for name in each.rates):
            raise BrokenColumns("somebody asks in a currency that is new here")
        made.append(encode(found, context, now=now))
    _write(version, made, mark=marks.next_mark, now=now)
    return Built(
        rows=version.rows,
        changed=sum(len(each) for each in made),
        refused=sum(each.refused for each in made),
    )


def _write(version: Version, made: Sequence[Encoded], *, mark: int, now: datetime) -> None:
    """Put rows in their places, those of new creators at the end; the beat is odd meanwhile."""
    rows = version.rows
    places = []
    for each in made:
        at = find_rows(
            version.arrays["ids"][:, : version.rows],
            each.arrays["ids"],
            ordered=int(version.manifest["sorted_rows"]),
        )
        fresh = at < 0
        at[fresh] = np.arange(rows, rows + int(np.count_nonzero(fresh)))
        rows += int(np.count_nonzero(fresh))
        places.append(at)
    if rows > version.capacity:
        raise BrokenColumns("there is no room for those who have joined")
    _refuse_changed(version)
    version.pulse["beat"] += 1
    _refuse_torn(version.maps)  # nobody may have seen that beat
    for each, at in zip(made, places, strict=True):
        if len(at):
            put(version.arrays, at, each.arrays)
    if any(map(len, made)):
        _write_lists(version, made, places)
    version.pulse["rows"] = rows
    version.pulse["mark"] = mark
    version.pulse["at"] = now.timestamp()
    version.pulse["changed"] = store.changed_last(version.folder, version.maps)
    _refuse_torn(version.maps)
    version.pulse["beat"] += 1
    # Readers need not wait for the disk, on most file systems nothing changes by it.
    version.maps.settle()
    version.pulse["changed"] = store.changed_last(version.folder, version.maps)


def _write_lists(
    version: Version, made: Sequence[Encoded], places: Sequence[NDArray[np.intp]]
) -> None:
    changed = np.concatenate(places)
    lists = {}
    for name, old in version.lists.items():
        lists[name] = [old[~np.isin(old["row"], changed)]]
        for each, at in zip(made, places, strict=True):
            part = each.lists[name]
            part["row"] = at[part["row"]]
            lists[name].append(part)
    store.write_lists(version.folder, lists)


def _refuse_torn(maps: Maps) -> None:
    if maps.are_torn:
        raise BrokenColumns("a file was cut short while it was written, or its disk is full")


def _refuse_changed(version: Version) -> None:
    if not version.is_as_written:
        raise BrokenColumns("somebody else has changed a file")


def currencies_in_market(session: Session) -> list[str]:
    """Every currency that somebody has named a rate in."""
    return list(session.scalars(text("SELECT DISTINCT currency FROM rate_cards ORDER BY 1")))
