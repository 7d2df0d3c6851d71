"""Entries as the columns of one call: their accounts without repetition, and their lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from marketplace.kernel.money import Money
from marketplace.ledger.chart import CHART, Side
from marketplace.ledger.rules import AccountRef, Entry, EntryKind, InsufficientBalance
from marketplace.store.arrays import of_ids, of_numbers, of_texts


def lay_out(entries: Iterable[Entry]) -> Layout:
    """Lay out the postings of these entries, which are told in this order."""
    layout = Layout()
    for number, entry in enumerate(entries, start=1):
        layout.add(number, entry)
    return layout


class Layout:
    """Accounts and lines, all by place from 1."""

    def __init__(self) -> None:
        self._places: dict[tuple[int, int, str], int] = {}
        self._refs: list[tuple[AccountRef, str]] = []
        self._entries: list[int] = []
        self._lines: list[int] = []
        self._debits: list[int] = []
        self._credits: list[int] = []
        self._kinds: list[EntryKind] = []
        self._currencies: list[str] = []
        self._amounts: list[int] = []

    def place(self, ref: AccountRef, currency: str) -> int:
        """Return the place of an account; one that was not named before gets the next."""
        # Numbers, because an id's own hash and comparison are Python's.
        places, key = self._places, (ref.code, ref.owner.int, currency)
        found = places.get(key)
        if found is None:
            self._refs.append((ref, currency))
            found = places[key] = len(places) + 1
        return found

    def add(self, number: int, entry: Entry) -> None:
        """Lay out the postings of the entry with this number."""
        for line, pair in enumerate(entry.pairs, start=1):
            amount = pair.amount
            self._entries.append(number)
            self._lines.append(line)
            self._debits.append(self.place(pair.debit, amount.currency))
            self._credits.append(self.place(pair.credit, amount.currency))
            self._kinds.append(entry.kind)
            self._currencies.append(amount.currency)
            self._amounts.append(amount.minor)

    def accounts_asked(self) -> dict[str, str]:
        """The accounts as parameters of a call."""
        return {
            "codes": of_numbers([ref.code.value for ref, _ in self._refs]),
            "owners": of_ids([ref.owner for ref, _ in self._refs]),
            "account_currencies": of_texts([currency for _, currency in self._refs]),
        }

    def lines_told(self) -> dict[str, str]:
        """The lines as parameters of a call."""
        return {
            "places": of_numbers(self._entries),
            "lines": of_numbers(self._lines),
            "debits": of_numbers(self._debits),
            "credits": of_numbers(self._credits),
            "line_kinds": of_texts(self._kinds),
            "currencies": of_texts(self._currencies),
            "amounts": of_numbers(self._amounts),
        }

    def watched(self) -> dict[int, int]:
        """What has to be on an account in the end so that it was never below zero, by place.

        Left out is what only grows or only falls: zero is enough for it in the end.
        """
        grows = self._grows()
        if not any(grows[place] for place in set(self._debits).intersection(self._credits)):
            return {}
        moved, lowest = [0] * len(grows), [0] * len(grows)
        for change in self._changes():
            for place, minor in change.items():
                moved[place] += minor
                lowest[place] = min(lowest[place], moved[place])
        return {
            place: moved[place] - low
            for place, low in enumerate(lowest)
            if low < min(moved[place], 0)
        }

    def shortage(self, held: Sequence[int | None]) -> InsufficientBalance | None:
        """Return the refusal that names the first account an entry takes too much from, if any."""
        left = [0, *(each or 0 for each in held)]
        for change in self._changes():
            for place, minor in change.items():
                if left[place] + minor < 0:
                    ref, currency = self._refs[place - 1]
                    return InsufficientBalance(
                        ref, available=Money(left[place], currency), needed=Money(-minor, currency)
                    )
                left[place] += minor
        return None

    def _grows(self) -> list[int]:
        """By place: 1 for what grows by debit, -1 by credit, 0 for what has no floor."""
        grows = [0]
        for ref, _ in self._refs:
            line = CHART[ref.code]
            grows.append(0 if not line.strict else 1 if line.side is Side.DEBIT else -1)
        return grows

    def _changes(self) -> Iterator[dict[int, int]]:
        """What each entry in turn does to its accounts that have a floor, by place."""
        grows = self._grows()
        change: dict[int, int] = {}
        last = 1
        for number, debit, credit, minor in zip(
            self._entries, self._debits, self._credits, self._amounts, strict=True
        ):
            if number != last:
                yield change
                change, last = {}, number
            if grows[debit]:
                change[debit] = change.get(debit, 0) + grows[debit] * minor
            if grows[credit]:
                change[credit] = change.get(credit, 0) - grows[credit] * minor
        yield change
