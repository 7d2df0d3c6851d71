"""Writing journal entries: once, in balance, and never below zero."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, NotFound
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import queries
from marketplace.ledger.chart import CHART, Side, check_owners
from marketplace.ledger.models import JournalEntry
from marketplace.ledger.rules import (
    AccountRef,
    Entry,
    EntryKind,
    InsufficientBalance,
    MalformedEntry,
    Pair,
    actor_name,
    check_entry,
    reversed_pairs,
)
from marketplace.ledger.service.periods import accounting_zone
from marketplace.ledger.service.statements import CLAIM_AND_POST, FIND_AND_LOCK, OPEN

Account = tuple[AccountRef, str]
"""A ledger account by what it is: its reference and its currency."""


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
    moved on.
    """
    undone = session.get(JournalEntry, entry_id)
    if undone is None:
        raise NotFound("journal entry")
    if undone.kind is EntryKind.REVERSAL:
        raise Conflict("A reversal is not reversed; write the entry anew")
    entry = Entry(
        EntryKind.REVERSAL,
        f"reverse:{undone.idem_key}",
        reversed_pairs(queries.pairs_of(session, entry_id)),
        memo=memo,
    )
    return _write(session, [entry], occurred_at=occurred_at, actor=actor, reverses_id=entry_id)[0]


def lock_accounts(session: Session, *, refs: Sequence[AccountRef], currency: str) -> None:
    """Lock the balances of these accounts in the house's order, before several entries.

    One call locks the accounts of its own entries. A service that writes by more than one call
    does this first with all of them, so that two such services cannot wait for each other.
    """
    if refs:
        _find_and_lock(session, dict.fromkeys((ref, currency) for ref in refs))


class _Line(NamedTuple):
    """A posting to be: its entry's place, its own in the entry, and those of its two accounts."""

    entry: int
    line: int
    debit: int
    credit: int
    pair: Pair


def _write(
    session: Session,
    entries: Sequence[Entry],
    *,
    occurred_at: datetime,
    actor: Actor,
    reverses_id: int | None = None,
) -> list[int]:
    told = _by_key(entries)
    for entry in told.values():
        _check(entry, occurred_at)

    def write(some: Mapping[str, Entry]) -> dict[str, int]:
        return _write_or_find(
            session, some, occurred_at=occurred_at, by=actor_name(actor), reverses_id=reverses_id
        )

    try:
        ids = write(told)
    except InsufficientBalance:
        # An event that is in the books already takes nothing more from anybody.
        ids = _found(session, told)
        if not ids:
            raise
        ids |= write({key: entry for key, entry in told.items() if key not in ids})
    return [ids[entry.idem_key] for entry in entries]


def _write_or_find(
    session: Session,
    told: Mapping[str, Entry],
    *,
    occurred_at: datetime,
    by: str,
    reverses_id: int | None,
) -> dict[str, int]:
    """Write entries, by key, and return the ids of all.

    1. Find the accounts, open those that do not exist yet (what does not exist cannot be locked),
       and lock every balance with a floor, in the order of account ids.
    2. Refuse when a balance would fall below zero; after the lock nobody else can change it.
    3. Claim the keys and write the postings of what was claimed; a trigger moves the balances.
    4. What was not claimed has been written before: it must have been the same event.
    """
    if not told:
        return {}
    places, lines = _laid_out(told.values())
    account_ids, held = _find_and_lock(session, places)
    _check_floors(lines, list(places), held)
    # One statement writes one entry or nothing. Of many it may find some written, unlike ours.
    with session.begin_nested() if len(told) > 1 else nullcontext():
        rows = session.connection().execute(
            CLAIM_AND_POST,
            {
                "public_ids": [new_id() for _ in told],
                "kinds": [entry.kind.value for entry in told.values()],
                "keys": list(told),
                "times": [entry.occurred_at or occurred_at for entry in told.values()],
                "sources": [entry.source_ref for entry in told.values()],
                "memos": [entry.memo for entry in told.values()],
                "actor": by,
                "zone": accounting_zone(),
                "reverses_id": reverses_id,
                "places": [line.entry for line in lines],
                "lines": [line.line for line in lines],
                "debits": [account_ids[line.debit] for line in lines],
                "credits": [account_ids[line.credit] for line in lines],
                "debit_codes": [line.pair.debit.code.value for line in lines],
                "credit_codes": [line.pair.credit.code.value for line in lines],
                "currencies": [line.pair.amount.currency for line in lines],
                "amounts": [line.pair.amount.minor for line in lines],
            },
        )
        ids: dict[str, int] = {row.idem_key: row.id for row in rows}
        if len(ids) < len(told):
            ids |= _found(session, {key: told[key] for key in told if key not in ids})
    return ids


def _laid_out(entries: Iterable[Entry]) -> tuple[dict[Account, int], list[_Line]]:
    """The accounts without repetition and the postings that name them, all by place from 1."""
    places: dict[Account, int] = {}
    lines = []
    for number, entry in enumerate(entries, start=1):
        for line, pair in enumerate(entry.pairs, start=1):
            currency = pair.amount.currency
            debit = places.setdefault((pair.debit, currency), len(places) + 1)
            credit = places.setdefault((pair.credit, currency), len(places) + 1)
            lines.append(_Line(number, line, debit, credit, pair))
    return places, lines


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


def _find_and_lock(
    session: Session, accounts: Iterable[Account]
) -> tuple[dict[int, int], dict[int, int]]:
    """Return ids and balances by place, in minor units; only what has a floor has a balance."""
    refs, currencies = zip(*accounts, strict=True)
    asked = {
        "codes": [ref.code.value for ref in refs],
        "owners": [ref.owner for ref in refs],
        "currencies": list(currencies),
    }
    connection = session.connection()
    rows = connection.execute(FIND_AND_LOCK, asked).all()
    if sum(place is not None for place, _, _ in rows) < len(refs):
        connection.execute(OPEN, asked)
        rows = connection.execute(FIND_AND_LOCK, asked).all()
    ids = {place: key for place, key, _ in rows if place is not None}
    held = {key: minor for place, key, minor in rows if place is None}
    return ids, {place: held[key] for place, key in ids.items() if key in held}


def _check_floors(
    lines: Iterable[_Line], accounts: Sequence[Account], balances: Mapping[int, int]
) -> None:
    """Raise InsufficientBalance for the first account that an entry takes too much from."""
    held = dict(balances)
    sign = {
        place: 1 if CHART[accounts[place - 1][0].code].side is Side.DEBIT else -1 for place in held
    }
    for _, of_one in groupby(lines, key=attrgetter("entry")):
        change: dict[int, int] = {}
        for line in of_one:
            for place, debited in ((line.debit, 1), (line.credit, -1)):
                if place in held:
                    moved = debited * sign[place] * line.pair.amount.minor
                    change[place] = change.get(place, 0) + moved
        for place, moved in change.items():
            if held[place] + moved < 0:
                ref, currency = accounts[place - 1]
                raise InsufficientBalance(
                    ref, available=Money(held[place], currency), needed=Money(-moved, currency)
                )
            held[place] += moved
