"""The columns on the disk: one folder a version, swapped as one, opened by every process.

``<folder>/current`` names the version that counts. A version's folder holds a file for each column
with some room at its end, ``manifest.json`` with what there should be, and ``pulse``, the only file
that says how many rows there are now. Its beat is odd while rows are being changed, and whoever
reads compares it before and after. It also says when each file was last changed by who keeps them.

A file that is missing or too short is found before each use. One that is cut short meanwhile
(:mod:`torn`), or that somebody else has changed at any time, is found after it. PostgreSQL answers
then, and the next job builds anew.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.columns.layout import (
    COLUMNS,
    FORMAT_VERSION,
    SHORT_LISTS,
    Arrays,
    Lists,
    in_order,
)
from marketplace.matching.columns.torn import Maps

PULSE: Final = np.dtype(
    [
        ("beat", "<u8"), ("rows", "<u8"), ("mark", "<u8"), ("at", "<f8"),
        ("changed", "<i8", (len(COLUMNS) + len(SHORT_LISTS),)),
    ]
)  # fmt: skip
CURRENT: Final = "current"
MANIFEST: Final = "manifest.json"
CONTEXT: Final = "context.npz"
HEADROOM: Final = 16
"""One row in so many is kept free at the end for creators who join before the next build."""
HEADROOM_LEAST: Final = 1_024


class BrokenColumns(Exception):
    """There are no columns, or something of them is missing; the reason in a sentence."""


class Busy(Exception):
    """Somebody else is writing the columns."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version, opened. arrays: with the room at the end. lists: the short ones, by name.

    maps: the files that arrays and pulse are. lists_changed: when each list was last changed, as it
    was before it was read.
    """

    folder: Path
    manifest: Mapping[str, Any]
    maps: Maps
    arrays: Arrays
    lists: Lists
    lists_changed: Sequence[int]
    pulse: NDArray[Any]

    @property
    def is_as_written(self) -> bool:
        """False when somebody else has changed a file. Tells nothing while the beat is odd."""
        changed = [*self.maps.changed_at()[: len(COLUMNS)], *self.lists_changed]
        return bool(changed == self.pulse["changed"][0].tolist())

    @property
    def capacity(self) -> int:
        """How many rows there is room for."""
        return int(self.manifest["capacity"])

    @property
    def beat(self) -> int:
        """Even and the same while nothing was changed."""
        return int(self.pulse["beat"][0])

    @property
    def rows(self) -> int:
        """How many creators there are now."""
        return int(self.pulse["rows"][0])

    @property
    def mark(self) -> int:
        """What was committed before this transaction number is in here."""
        return int(self.pulse["mark"][0])

    @property
    def refreshed_at(self) -> datetime:
        """When it was last brought up to date."""
        return datetime.fromtimestamp(float(self.pulse["at"][0]), UTC)


def capacity_for(rows: int) -> int:
    """Return how much room to make for so many creators."""
    return rows + max(HEADROOM_LEAST, rows // HEADROOM)


def current_name(folder: Path) -> str:
    """Return the name of the version that counts; raises BrokenColumns when there is none."""
    try:
        return (folder / CURRENT).read_text(encoding="ascii").strip()
    except (OSError, ValueError) as missing:
        raise BrokenColumns("there are no columns yet") from missing


def check(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Look whether every file of a version is there and long enough; raises BrokenColumns."""
    for name, size in manifest["sizes"].items():
        try:
            there = os.stat(f"{folder}/{name}").st_size  # noqa: PTH116  # on every page: the short way
        except OSError as missing:
            raise BrokenColumns(f"{name} is missing") from missing
        if there != size:
            raise BrokenColumns(f"{name} has {there:,} bytes, not {size:,}")


def open_version(folder: Path, *, writable: bool = False) -> Version:
    """Return a version with its files mapped into memory; raises BrokenColumns."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT_VERSION:
            raise BrokenColumns("they have another format")
        check(folder, manifest)
        maps = Maps()
        lists_changed = _lists_changed(folder)
        return Version(
            folder,
            manifest,
            maps,
            arrays=_arrays(folder, int(manifest["capacity"]), maps, writable=writable),
            lists={
                name: np.load(folder / f"{name}.npy", allow_pickle=False) for name in SHORT_LISTS
            },
            lists_changed=lists_changed,
            pulse=np.frombuffer(maps.open(folder / "pulse", writable=writable), PULSE, count=1),
        )
    except (OSError, EOFError, ValueError, KeyError) as broken:
        raise BrokenColumns(f"they cannot be read: {broken}") from broken


def make_files(folder: Path, capacity: int, maps: Maps) -> Arrays:
    """Return the columns of a new version, empty, as files with room for so many creators."""
    folder.mkdir(parents=True, mode=0o700)
    for each in COLUMNS:
        with (folder / each.name).open("xb") as file:
            file.truncate(each.row_bytes * capacity)
    return _arrays(folder, capacity, maps, writable=True)


def _arrays(folder: Path, capacity: int, maps: Maps, *, writable: bool) -> Arrays:
    found = {}
    for each in COLUMNS:
        try:
            whole = maps.open(folder / each.name, writable=writable)
            numbers = np.frombuffer(whole, each.dtype, count=each.width * capacity)
        except ValueError as short:
            raise BrokenColumns(f"{each.name} was cut short: {short}") from short
        found[each.name] = numbers.reshape(each.shape(capacity))
    return found


def write_lists(folder: Path, parts: Mapping[str, Sequence[NDArray[Any]]]) -> None:
    """Write the short lists, each of its parts as a whole, in its order."""
    for name in SHORT_LISTS:
        fresh = folder / f"{name}.npy.new"
        with fresh.open("wb") as file:
            np.save(file, in_order(name, parts.get(name, ())), allow_pickle=False)
        fresh.replace(folder / f"{name}.npy")


def _lists_changed(folder: Path) -> list[int]:
    return [(folder / f"{name}.npy").stat().st_mtime_ns for name in SHORT_LISTS]


def changed_last(folder: Path, maps: Maps) -> list[int]:
    """Return when each column and each short list was last changed, as a pulse says it.

    maps: the columns in their order, and perhaps more.
    """
    return [*maps.changed_at()[: len(COLUMNS)], *_lists_changed(folder)]


def finish(
    folder: Path,
    maps: Maps,
    *,
    rows: int,
    capacity: int,
    mark: int,
    now: datetime,
    facts: Mapping[str, Any],
) -> None:
    """Write what says that a version is whole: its pulse and its manifest. maps: its columns."""
    maps.settle()
    changed = changed_last(folder, maps)
    pulse = np.array([(0, rows, mark, now.timestamp(), changed)], PULSE).tobytes()
    (folder / "pulse").write_bytes(pulse)
    sizes = {each.name: each.row_bytes * capacity for each in COLUMNS} | {"pulse": len(pulse)}
    manifest = {
        "format": FORMAT_VERSION,
        "rows": rows,
        "capacity": capacity,
        "built_at": now.isoformat(),
        "columns": {each.name: [each.dtype, list(each.shape(capacity))] for each in COLUMNS},
        "sizes": sizes | {CONTEXT: (folder / CONTEXT).stat().st_size},
        **facts,
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


@contextmanager
def making(folder: Path) -> Iterator[None]:
    """Make a new version's folder within the block, or leave nothing of it.

    Raises BrokenColumns where it cannot be written, as on a full disk.
    """
    try:
        yield
    except BaseException as stopped:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(stopped, OSError):
            raise BrokenColumns(f"they cannot be written: {stopped}") from stopped
        raise


def swap(folder: Path, name: str) -> None:
    """Let a version count from now on, in one step."""
    fresh = folder / f"{CURRENT}.new"
    fresh.write_text(name, encoding="ascii")
    fresh.replace(folder / CURRENT)


def delete_others(folder: Path, name: str) -> None:
    """Delete every version but one.

    Whoever still reads an older one has its files open, and keeps them until done.
    """
    for other in folder.iterdir():
        if other.is_dir() and other.name != name:
            shutil.rmtree(other, ignore_errors=True)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Be the only one who writes the columns.

    Raises Busy when somebody else is, BrokenColumns where nobody can, as on a disk that is full or
    read-only.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (folder / "lock").open("w")
    except OSError as refused:
        raise BrokenColumns(f"they cannot be written: {refused}") from refused
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            raise Busy("somebody else is writing the columns") from taken
        yield


def fresh_name(now: datetime) -> str:
    """Return a name that no version has ever had, so that nobody takes a new one for an old one."""
    return f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"
