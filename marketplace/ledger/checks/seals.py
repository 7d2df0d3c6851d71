"""Whether the books are still what was sealed, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from marketplace.ledger import queries
from marketplace.ledger.checks.base import Finding
from marketplace.ledger.models import LedgerSeal
from marketplace.ledger.offline import FIRST, day_hash, leaf_of, root_of


def broken_seals(
    session: Session, outside: Sequence[tuple[str, str, str]] | None
) -> Iterator[Finding]:
    """Recompute every seal from the rows of its day; yields what is wrong, the oldest day first.

    outside: day, count and hash of each seal as kept outside the database; None where nothing is.
    """
    kept = {day: (count, digest) for day, count, digest in outside or ()}
    previous, before = FIRST, None
    for seal in queries.seals(session):
        day = f"{seal.day}"
        if before is not None and (seal.day - before).days != 1:
            yield Finding(f"seal of {day}", f"There is no seal between it and {before}.")
        if seal.previous_hash != previous:
            yield Finding(f"seal of {day}", "It does not continue the seal before it.")
        if seal.hash != day_hash(
            day=day, count=seal.entry_count, root=seal.root, previous=seal.previous_hash
        ):
            yield Finding(f"seal of {day}", "Its hash does not follow from its count and root.")
        yield from _changed_rows(session, seal)
        if outside is not None:
            written = kept.pop(day, None)
            if written is None:
                yield Finding(f"seal of {day}", "It is missing in the file outside the database.")
            elif written != (f"{seal.entry_count}", seal.hash):
                yield Finding(f"seal of {day}", "It differs from the file outside the database.")
        previous, before = seal.hash, seal.day
    for day in kept:
        yield Finding(f"seal of {day}", "It is in the file outside the database, and not in it.")


def _changed_rows(session: Session, seal: LedgerSeal) -> Iterator[Finding]:
    """The first row of a day that is not what was sealed; those after it say nothing new."""
    sealed = [seal.leaves[at : at + 32] for at in range(0, len(seal.leaves), 32)]
    if root_of(sealed).hex() != seal.root:
        yield Finding(f"seal of {seal.day}", "Its root does not follow from its leaves.")
    count, first = 0, None
    for place, entry in enumerate(queries.recorded_on(session, seal.day)):
        count += 1
        leaf = leaf_of(entry)
        if first is not None or (place < len(sealed) and leaf == sealed[place]):
            continue
        if leaf in sealed[place:]:
            told = f"A row before it, sealed on {seal.day}, is gone."
        elif place >= len(sealed):
            told = f"It was added to {seal.day} after that day was sealed."
        else:
            told = f"It is not what was sealed on {seal.day}."
        first = Finding(f"journal entry {entry['id']}", told)
    if first is not None:
        yield first
    elif count < len(sealed):
        yield Finding(
            f"seal of {seal.day}", f"{len(sealed) - count} of its rows, the last ones, are gone."
        )
