"""The one door into the books."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, NotFound
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import queries
from marketplace.ledger.chart import CHART, Side, check_owners
from marketplace.ledger.models import JournalEntry, LedgerAccount, LedgerBalance, Posting
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
    if entry.kind is EntryKind.REVERSAL:
        raise MalformedEntry("a reversal is written by reverse_entry")
    return _write(session, entry, occurred_at=occurred_at, actor=actor, reverses_id=None)


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
    return _write(session, entry, occurred_at=occurred_at, actor=actor, reverses_id=entry_id)


def lock_accounts(session: Session, *, refs: Sequence[AccountRef], currency: str) -> None:
    """Lock the balances of these accounts in the house's order, before several entries.

    One entry locks its own accounts. A service that writes more than one calls this first with all
    of them, so that two such services cannot wait for each other.
    """
    with session.begin_nested():
        _lock(session, _open(session, [(ref, currency) for ref in refs]))


def _write(
    session: Session, entry: Entry, *, occurred_at: datetime, actor: Actor, reverses_id: int | None
) -> int:
    """Write an entry.

    1. Open the accounts that do not exist yet: what does not exist cannot be locked.
    2. Lock every balance with a floor, in the order of account ids.
    3. Claim the key; when an earlier entry has it, leave it at that one.
    4. Refuse when a balance would fall below zero; after the lock nobody else can change it.
    5. Write all postings in one statement; a trigger moves the balances.
    """
    check_entry(entry)
    check_owners(entry.pairs)
    if occurred_at.tzinfo is None:
        raise MalformedEntry("when it occurred needs a time zone")
    values = {
        "public_id": new_id(),
        "kind": entry.kind,
        "idem_key": entry.idem_key,
        "occurred_at": occurred_at,
        "accounting_date": occurred_at.astimezone(UTC).date(),
        "actor": actor_name(actor),
        "source_ref": entry.source_ref,
        "memo": entry.memo,
        "reverses_id": reverses_id,
    }
    with session.begin_nested():
        ids = _open(session, _accounts(entry.pairs))
        balances = _lock(session, ids)
        entry_id: int | None = session.scalar(
            insert(JournalEntry)
            .values(values)
            .on_conflict_do_nothing(index_elements=["idem_key"])
            .returning(JournalEntry.id)
        )
        if entry_id is None:
            return _written_before(session, entry)
        _check_floors(entry.pairs, balances)
        session.execute(
            insert(Posting).values(
                [
                    {
                        "entry_id": entry_id,
                        "line": line,
                        "debit_id": ids[pair.debit, pair.amount.currency],
                        "credit_id": ids[pair.credit, pair.amount.currency],
                        "debit_code": pair.debit.code,
                        "credit_code": pair.credit.code,
                        "kind": entry.kind,
                        "currency": pair.amount.currency,
                        "amount_minor": pair.amount.minor,
                    }
                    for line, pair in enumerate(entry.pairs, start=1)
                ]
            )
        )
        return entry_id


def _accounts(pairs: Sequence[Pair]) -> list[Account]:
    return [(ref, pair.amount.currency) for pair in pairs for ref in (pair.debit, pair.credit)]


def _open(session: Session, accounts: Sequence[Account]) -> dict[Account, int]:
    """The ids of these accounts; those that do not exist yet are made."""
    wanted = sorted(set(accounts), key=lambda a: (a[0].code, a[0].owner, a[1]))
    ids = _ids(session, wanted)
    missing = [account for account in wanted if account not in ids]
    if missing:
        session.execute(
            insert(LedgerAccount)
            .values(
                [
                    {
                        "code": ref.code,
                        "owner_id": ref.owner,
                        "currency": currency,
                        "strict": CHART[ref.code].strict,
                        "owned": CHART[ref.code].owned,
                    }
                    for ref, currency in missing
                ]
            )
            .on_conflict_do_nothing()
        )
        ids |= _ids(session, missing)
    return ids


def _ids(session: Session, accounts: Sequence[Account]) -> dict[Account, int]:
    rows = session.execute(
        select(
            LedgerAccount.id, LedgerAccount.code, LedgerAccount.owner_id, LedgerAccount.currency
        ).where(
            tuple_(LedgerAccount.code, LedgerAccount.owner_id, LedgerAccount.currency).in_(
                [(ref.code, ref.owner, currency) for ref, currency in accounts]
            )
        )
    )
    return {(AccountRef(code, owner), currency): key for key, code, owner, currency in rows}


def _lock(session: Session, ids: dict[Account, int]) -> dict[Account, int]:
    """Lock the balances with a floor and return what they hold, in minor units."""
    rows = session.execute(
        select(LedgerBalance.account_id, LedgerBalance.balance_minor)
        .where(LedgerBalance.account_id.in_(ids.values()))
        .order_by(LedgerBalance.account_id)
        .with_for_update()
    )
    held = {row.account_id: row.balance_minor for row in rows}
    return {account: held[key] for account, key in ids.items() if key in held}


def _check_floors(pairs: Sequence[Pair], balances: dict[Account, int]) -> None:
    """Raise InsufficientBalance for the first account the pairs take too much from."""
    change = dict.fromkeys(balances, 0)
    for pair in pairs:
        for ref, side in ((pair.debit, Side.DEBIT), (pair.credit, Side.CREDIT)):
            account = (ref, pair.amount.currency)
            if account in change:
                grows = CHART[ref.code].side is side
                change[account] += pair.amount.minor if grows else -pair.amount.minor
    for (ref, currency), moved in change.items():
        held = balances[ref, currency]
        if held + moved < 0:
            raise InsufficientBalance(
                ref, available=Money(held, currency), needed=Money(-moved, currency)
            )


def _written_before(session: Session, entry: Entry) -> int:
    known = session.scalars(
        select(JournalEntry).where(JournalEntry.idem_key == entry.idem_key)
    ).one()
    if known.kind is not entry.kind or tuple(queries.pairs_of(session, known.id)) != entry.pairs:
        raise Conflict(f"Another entry was written as {entry.idem_key}")
    return known.id
