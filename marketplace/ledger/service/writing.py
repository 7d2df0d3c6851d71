"""Writing journal entries: once, in balance, and never below zero."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

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
    _find_and_lock(session, ((ref, currency) for ref in refs))


@dataclass(frozen=True, slots=True)
class _Accounts:
    """The accounts of some entries as the database has them.

    places: where each stands in the list that was asked for, from 1. ids, held: by place; only
    what has a floor is held, in minor units.
    """

    places: dict[Account, int]
    ids: dict[int, int]
    held: dict[int, int]


def _write(
    session: Session,
    entries: Sequence[Entry],
    *,
    occurred_at: datetime,
    actor: Actor,
    reverses_id: int | None = None,
) -> list[int]:
    """Write entries.

    1. Find the accounts, open those that do not exist yet (what does not exist cannot be locked),
       and lock every balance with a floor, in the order of account ids.
    2. Refuse when a balance would fall below zero; after the lock nobody else can change it.
    3. Claim the keys and write the postings of what was claimed; a trigger moves the balances.
    4. What was not claimed has been written before: it must have been the same event.
    """
    told = _by_key(entries)
    by = actor_name(actor)
    for entry in told.values():
        _check(entry, occurred_at)
    if not told:
        return []
    accounts = _find_and_lock(
        session,
        (
            (ref, pair.amount.currency)
            for entry in told.values()
            for pair in entry.pairs
            for ref in (pair.debit, pair.credit)
        ),
    )
    fresh = told
    try:
        _check_floors(told.values(), accounts)
    except InsufficientBalance:
        # An event that is in the books already takes nothing more from anybody.
        before = queries.written_as(session, list(told))
        fresh = {key: entry for key, entry in told.items() if key not in before}
        _check_floors(fresh.values(), accounts)
    # One statement writes one entry or nothing. Of many it may find some written, unlike ours.
    with session.begin_nested() if len(told) > 1 else nullcontext():
        ids = _claim_and_post(
            session, fresh, accounts, occurred_at=occurred_at, by=by, reverses_id=reverses_id
        )
        if len(ids) < len(told):
            for key, known in queries.written_as(
                session, [k for k in told if k not in ids]
            ).items():
                if (known.kind, known.pairs) != (told[key].kind, told[key].pairs):
                    raise Conflict(f"Another entry was written as {key}")
                ids[key] = known.id
    return [ids[entry.idem_key] for entry in entries]


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


def _find_and_lock(session: Session, wanted: Iterable[Account]) -> _Accounts:
    places = {account: place for place, account in enumerate(dict.fromkeys(wanted), start=1)}
    asked = {
        "codes": [ref.code.value for ref, _ in places],
        "owners": [ref.owner for ref, _ in places],
        "currencies": [currency for _, currency in places],
    }
    connection = session.connection()
    rows = connection.execute(FIND_AND_LOCK, asked).all()
    if sum(place is not None for place, _, _ in rows) < len(places):
        connection.execute(OPEN, asked)
        rows = connection.execute(FIND_AND_LOCK, asked).all()
    ids = {place: key for place, key, _ in rows if place is not None}
    held = {key: minor for place, key, minor in rows if place is None}
    return _Accounts(places, ids, {place: held[key] for place, key in ids.items() if key in held})


def _check_floors(entries: Iterable[Entry], accounts: _Accounts) -> None:
    """Raise InsufficientBalance for the first account that an entry takes too much from."""
    held = dict(accounts.held)
    for entry in entries:
        change: dict[Account, int] = {}
        for pair in entry.pairs:
            for ref, side in ((pair.debit, Side.DEBIT), (pair.credit, Side.CREDIT)):
                if CHART[ref.code].strict:
                    account = (ref, pair.amount.currency)
                    grows = CHART[ref.code].side is side
                    moved = pair.amount.minor if grows else -pair.amount.minor
                    change[account] = change.get(account, 0) + moved
        for (ref, currency), moved in change.items():
            place = accounts.places[ref, currency]
            if held[place] + moved < 0:
                raise InsufficientBalance(
                    ref, available=Money(held[place], currency), needed=Money(-moved, currency)
                )
            held[place] += moved


def _claim_and_post(
    session: Session,
    entries: Mapping[str, Entry],
    accounts: _Accounts,
    *,
    occurred_at: datetime,
    by: str,
    reverses_id: int | None,
) -> dict[str, int]:
    """Write what nobody has written before, and return the ids of that, by key."""
    of_all = list(entries.values())
    lines = [
        (n, line, pair)
        for n, entry in enumerate(of_all, start=1)
        for line, pair in enumerate(entry.pairs, start=1)
    ]
    places = accounts.places
    rows = session.connection().execute(
        CLAIM_AND_POST,
        {
            "public_ids": [new_id() for _ in of_all],
            "kinds": [entry.kind.value for entry in of_all],
            "keys": list(entries),
            "times": [entry.occurred_at or occurred_at for entry in of_all],
            "sources": [entry.source_ref for entry in of_all],
            "memos": [entry.memo for entry in of_all],
            "actor": by,
            "zone": accounting_zone(),
            "reverses_id": reverses_id,
            "places": [n for n, _, _ in lines],
            "lines": [line for _, line, _ in lines],
            "debits": [accounts.ids[places[p.debit, p.amount.currency]] for _, _, p in lines],
            "credits": [accounts.ids[places[p.credit, p.amount.currency]] for _, _, p in lines],
            "debit_codes": [p.debit.code.value for _, _, p in lines],
            "credit_codes": [p.credit.code.value for _, _, p in lines],
            "currencies": [p.amount.currency for _, _, p in lines],
            "amounts": [p.amount.minor for _, _, p in lines],
        },
    )
    return {row.idem_key: row.id for row in rows}
