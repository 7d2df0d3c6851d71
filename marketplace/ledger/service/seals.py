"""Sealing finished days, in the database and beside it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from marketplace.ledger import queries
from marketplace.ledger.models import LedgerSeal
from marketplace.ledger.offline import FIRST, FORMAT, day_hash, leaf_of, proof_of, root_of

SEAL_FILE: Final = "seals.log"


def seal_finished_days(session: Session) -> list[date]:
    """Seal every day that is over and not sealed, the oldest first; returns them.

    A day is one of UTC, by the database's own clock, and holds what was recorded on it, whenever
    that occurred. Days without entries between others are sealed too. Safe to run at any time.

    ``take_the_books`` was called in a transaction of its own before, so that whoever was writing
    when the day ended has ended too; nobody has to wait while the rows of the day are read.
    """
    today: date = session.execute(
        text("SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date")
    ).scalar_one()
    last = session.scalars(select(LedgerSeal).order_by(LedgerSeal.day.desc()).limit(1)).first()
    if last is None:
        previous, day = FIRST, queries.first_day(session) or today
    else:
        previous, day = last.hash, last.day + timedelta(days=1)
    done = []
    while day < today:
        leaves = [leaf_of(entry) for entry in queries.recorded_on(session, day)]
        root = root_of(leaves).hex()
        digest = day_hash(day=f"{day}", count=len(leaves), root=root, previous=previous)
        session.add(
            LedgerSeal(
                day=day,
                entry_count=len(leaves),
                root=root,
                previous_hash=previous,
                hash=digest,
                leaves=b"".join(leaves),
            )
        )
        done.append(day)
        previous, day = digest, day + timedelta(days=1)
    session.flush()  # in the order of days
    return done


def write_seals(seals: Sequence[LedgerSeal], folder: Path) -> int:
    """Append to the file outside the database every seal that is newer than its last line.

    Each line has day, count and hash. A last line that was cut short, as by a full disk, is written
    anew. Called after the seals are committed; returns how many.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / SEAL_FILE
    _end_with_a_whole_line(path)
    known = read_seals(folder)
    fresh = [seal for seal in seals if not known or f"{seal.day}" > known[-1][0]]
    with path.open("a", encoding="ascii") as file:
        for seal in fresh:
            file.write(f"{seal.day} {seal.entry_count} {seal.hash}\n")
        file.flush()
        os.fsync(file.fileno())
    return len(fresh)


def _end_with_a_whole_line(path: Path) -> None:
    if not path.exists():
        return
    with path.open("rb+") as file:
        file.truncate(file.read().rfind(b"\n") + 1)


def read_seals(folder: Path) -> list[tuple[str, str, str]]:
    """Return day, count and hash of each line of the file; none where there is no file."""
    path = folder / SEAL_FILE
    if not path.exists():
        return []
    found = []
    for line in path.read_text(encoding="ascii", errors="replace").splitlines():
        day, count, digest = (*line.split(" "), "", "")[:3]
        found.append((day, count, digest))
    return found


def export_entries(session: Session, owners: Sequence[UUID]) -> dict[str, Any]:
    """Return every entry about these owners, with the proof that each is in its sealed day.

    The balances of the owners' accounts go with it, so that a missing entry shows.
    """
    sealed = {f"{seal.day}": seal for seal in queries.seals(session)}
    days: dict[str, Any] = {}
    entries: list[dict[str, Any]] = []
    for entry in queries.recorded_about(session, owners):
        leaf, seal = leaf_of(entry), sealed.get(entry["recorded_at"][:10])
        if seal is None:
            entries.append({"entry": entry, "day": None, "place": None, "proof": []})
            continue
        leaves = _leaves(seal)
        day = f"{seal.day}"
        days[day] = {
            "count": seal.entry_count,
            "root": seal.root,
            "previous": seal.previous_hash,
            "hash": seal.hash,
        }
        place = leaves.index(leaf) if leaf in leaves else 0
        proof = [each.hex() for each in proof_of(leaves, place)]
        entries.append({"entry": entry, "day": day, "place": place, "proof": proof})
    return {
        "format": FORMAT,
        "days": days,
        "entries": entries,
        "balances": queries.totals_about(session, owners),
    }


def _leaves(seal: LedgerSeal) -> list[bytes]:
    return [seal.leaves[at : at + 32] for at in range(0, len(seal.leaves), 32)]
