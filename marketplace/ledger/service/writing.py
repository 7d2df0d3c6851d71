"""Writing journal entries: once, in balance, and never below zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, NotFound
from marketplace.kernel.ids import new_id
from marketplace.ledger import queries
from marketplace.ledger.chart import check_owners
from marketplace.ledger.models import JournalEntry
from marketplace.ledger.rules import (
    AccountRef,
    Entry,
    EntryKind,
    MalformedEntry,
    actor_name,
    check_entry,
    check_free,
    reversed_pairs,
)
from marketplace.ledger.service.layout import Layout, lay_out
from marketplace.ledger.service.periods import accounting_zone
from marketplace.ledger.service.statements import FIND_AND_LOCK, WRITE
from marketplace.store.arrays import of_ids, of_moments, of_numbers, of_texts


def write_entry(session: Session, entry: Entry, *, occurred_at: datetime, actor: Actor) -> int:
    """Write one event into the books and return the journal entry's id.

    The second time with the same key and the same pairs nothing is written and the first entry's id
    is returned; with another kind or other pairs it raises Conflict. Raises InsufficientBalance
    when an account with a floor would fall below zero; the caller's transaction stays usable.
    Raises MalformedEntry for what no rule allows.

    occurred_at: aware.
    """
    return write_entries(session, [entry], occurred_at=occurred_at, actor=actor)[0]


def write_entries(
    session: Session, entries: Sequence[Entry], *, occurred_at: datetime, actor: Actor
) -> list[int]:
    """Write many events into the books, all or none, and return their ids in the given order.

    The books are then as if each had been written by itself, one after the other, with everything
    ``write_entry`` promises; it only takes a few statements, however many there are. A refusal
    writes none of them; it names the first entry's account that would fall below zero.

    occurred_at: aware; for every entry that does not say it itself.
    """
    for entry in entries:
        if entry.kind is EntryKind.REVERSAL:
            raise MalformedEntry("a reversal is written by reverse_entry")
    return _write(session, entries, occurred_at=occurred_at, actor=actor)


def reverse_entry(
    session: Session, *, entry_id: int, occurred_at: datetime, actor: Actor, memo: str = ""
) -> int:
    """Undo an entry by a new one with swapped sides, and return the new one's id.

    The second time nothing is written and the first reversal's id is returned. Raises NotFound,
    Conflict for an entry that is a reversal itself, and InsufficientBalance when the money has
    moved on. Raises MalformedEntry where it would take a campaign's funds: of them only events
    that ask what is free do.
    """
    undone = session.get(JournalEntry, entry_id)
    if undone is None:
        raise NotFound("journal entry")
    if undone.kind is EntryKind.REVERSAL:
        raise Conflict("A reversal is not reversed; write the entry anew")
    pairs = reversed_pairs(queries.pairs_of(session, entry_id))
    check_free(EntryKind.REVERSAL, pairs, None)
    entry = Entry(EntryKind.REVERSAL, f"reverse:{undone.idem_key}", pairs, memo=memo)
    return _write(session, [entry], occurred_at=occurred_at, actor=actor, reverses_id=entry_id)[0]


def lock_accounts(session: Session, *, refs: Sequence[AccountRef], currency: str) -> None:
    """Lock the balances of these accounts in the house's order, before several entries.

    One call locks the accounts of its own entries. A service that writes by more than one call
    does this first with all of them, so that two such services cannot wait for each other.
    """
    if refs:
        layout = Layout()
        for ref in refs:
            layout.place(ref, currency)
        session.connection().execute(FIND_AND_LOCK, layout.accounts_asked())


def _write(
    session: Session,
    entries: Sequence[Entry],
    *,
    occurred_at: datetime,
    actor: Actor,
    reverses_id: int | None = None,
) -> list[int]:
    """Write entries and return the ids of all.

    1. One call finds the accounts, opening those that do not exist yet, claims the keys and writes
       the postings; a trigger moves the balances, in the order of account ids. It writes all of
       them, or none.
    2. None where a key is taken: what is in the books already must have been the same event, and
       takes nothing more from anybody. The rest is written by itself.
    3. None where an account would fall below its floor: the first one is named. Everything is
       locked by then, so where a rival has filled it up since, the next call goes through.
    """
    told = _by_key(entries)
    for entry in told.values():
        _check(entry, occurred_at)
    ids: dict[str, int] = {}
    fresh: Mapping[str, Entry] = told
    locked = False
    while fresh:
        layout = lay_out(fresh.values())
        written = _told_at_once(
            session,
            layout,
            fresh,
            occurred_at=occurred_at,
            by=actor_name(actor),
            reverses_id=reverses_id,
        )
        if written.ids is not None:
            ids |= zip(fresh, written.ids, strict=True)
            break
        known = _found(session, fresh)
        if not known:
            if refusal := layout.shortage(written.held):
                raise refusal
            if locked:
                raise RuntimeError("the database refuses what the balances allow")
            locked = True
        ids |= known
        fresh = {key: entry for key, entry in fresh.items() if key not in known}
    return [ids[entry.idem_key] for entry in entries]


def _told_at_once(
    session: Session,
    layout: Layout,
    told: Mapping[str, Entry],
    *,
    occurred_at: datetime,
    by: str,
    reverses_id: int | None,
) -> Row[Any]:
    entries, watched = told.values(), layout.watched()
    return (
        session.connection()
        .execute(
            WRITE,
            {
                "actor": by,
                "reverses_id": reverses_id,
                "zone": accounting_zone(),
                **layout.accounts_asked(),
                "watched": of_numbers(watched),
                "enough": of_numbers(watched.values()),
                "public_ids": of_ids([new_id() for _ in told]),
                "kinds": of_texts([entry.kind for entry in entries]),
                "keys": of_texts(told),
                "times": of_moments([entry.occurred_at or occurred_at for entry in entries]),
                "sources": of_texts([entry.source_ref for entry in entries]),
                "memos": of_texts([entry.memo for entry in entries]),
                **layout.lines_told(),
            },
        )
        .one()
    )


def _found(session: Session, told: Mapping[str, Entry]) -> dict[str, int]:
    """The ids of what was written before; raises Conflict where it was another event."""
    ids = {}
    for key, known in queries.written_as(session, list(told)).items():
        if (known.kind, known.pairs) != (told[key].kind, told[key].pairs):
            raise Conflict(f"Another entry was written as {key}")
        ids[key] = known.id
    return ids


def _by_key(entries: Sequence[Entry]) -> dict[str, Entry]:
    told: dict[str, Entry] = {}
    for entry in entries:
        first = told.setdefault(entry.idem_key, entry)
        if first is not entry and (first.kind, first.pairs) != (entry.kind, entry.pairs):
            raise Conflict(f"Another entry was written as {entry.idem_key}")
    return told


def _check(entry: Entry, occurred_at: datetime) -> None:
    check_entry(entry)
    check_owners(entry.pairs)
    if (entry.occurred_at or occurred_at).tzinfo is None:
        raise MalformedEntry("when it occurred needs a time zone")
