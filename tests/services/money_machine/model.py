"""The books as plain Python has them: amounts in a dict, and what may be in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

Account = tuple[int, UUID | None, str]
"""Code, whose it is (None for the platform's own), currency."""
Move = tuple[int, UUID | None, int, UUID | None, int, str]
"""Debit code and owner, credit code and owner, minor units, currency."""

OWNED: Final = frozenset(
    {1100, 1110, 1120, 2010, 2020, 2025, 2030, 2035, 2040, 2050, 2060, 2070, 2100, 2110, 2120}
)
"""What belongs to somebody, and so never falls below nothing."""
OF_CAMPAIGN: Final = frozenset({2020, 2025, 2030, 2035, 2100})


def grows_by_debit(code: int) -> bool:
    """Assets and expenses do; liabilities, equity and income grow by credit."""
    return code < 2000 or code >= 5000


@dataclass
class Books:
    """What every account holds, on the side on which it grows, and what was told."""

    held: dict[Account, int] = field(default_factory=lambda: defaultdict(int))
    told: dict[str, tuple[str, tuple[Move, ...]]] = field(default_factory=dict)

    def too_small(self, moves: Sequence[Move]) -> bool:
        """True when an account that belongs to somebody would fall below nothing."""
        return any(
            self.held[account] + change < 0
            for account, change in changes(moves).items()
            if account[0] in OWNED
        )

    def take(self, key: str, kind: str, moves: Sequence[Move]) -> None:
        """Write an event down."""
        self.told[key] = (kind, tuple(moves))
        for account, change in changes(moves).items():
            self.held[account] += change

    def strict(self) -> dict[Account, int]:
        """What is on the accounts that belong to somebody; empty ones are left out."""
        return {a: minor for a, minor in self.held.items() if a[0] in OWNED and minor}


def changes(moves: Sequence[Move]) -> dict[Account, int]:
    """Return what the moves do to each account, on the side on which it grows."""
    change: dict[Account, int] = defaultdict(int)
    for debit, of_debit, credit, of_credit, minor, currency in moves:
        change[debit, of_debit, currency] += minor if grows_by_debit(debit) else -minor
        change[credit, of_credit, currency] += -minor if grows_by_debit(credit) else minor
    return change


def broken_invariants(
    moves: Sequence[Move], held: dict[Account, int], campaign_of: dict[UUID, UUID]
) -> list[str]:
    """Return which of I1, I2, I3, I5, I6 and I7 do not hold; from first principles, not by rule.

    moves: every posting there ever was. held: what the accounts say they hold.
    """
    summed = changes(moves)
    currencies = {move[5] for move in moves}
    wrong = [f"I2 {account}" for account in held if held[account] != summed[account]]
    wrong += [f"I3 {a}" for a, minor in held.items() if a[0] in OWNED and minor < 0]
    for currency in sorted(currencies):
        of_side = {True: 0, False: 0}
        families = dict.fromkeys(range(1, 6), 0)
        for (code, _, of_currency), minor in summed.items():
            if of_currency == currency:
                of_side[grows_by_debit(code)] += minor
                families[code // 1000] += minor
        if of_side[True] != of_side[False]:
            wrong.append(f"I1 {currency}")
        if families[1] != families[2] + families[3] + families[4] - families[5]:
            wrong.append(f"I5 {currency}")
    return wrong + _campaigns(moves, summed, campaign_of) + _payouts(moves, held)


def _campaigns(
    moves: Sequence[Move], summed: dict[Account, int], campaign_of: dict[UUID, UUID]
) -> list[str]:
    """I6: what came into a campaign is in it still, or went out of it."""
    gap: dict[tuple[UUID, str], int] = defaultdict(int)

    def campaign(code: int, owner: UUID | None) -> UUID | None:
        if code not in OF_CAMPAIGN or owner is None:
            return None
        return campaign_of[owner] if code == 2030 else owner

    for debit, of_debit, credit, of_credit, minor, currency in moves:
        left, entered = campaign(debit, of_debit), campaign(credit, of_credit)
        if left is not None and left != entered:
            gap[left, currency] -= minor
        if entered is not None and left != entered:
            gap[entered, currency] += minor
    for (code, owner, currency), minor in summed.items():
        mine = campaign(code, owner)
        if mine is not None:
            gap[mine, currency] -= minor
    return [f"I6 {each}" for each, minor in gap.items() if minor]


def _payouts(moves: Sequence[Move], held: dict[Account, int]) -> list[str]:
    """I7: what was reserved for a payout has settled, was given back, or is in flight."""
    left: dict[Account, int] = defaultdict(int)
    for debit, of_debit, credit, of_credit, minor, currency in moves:
        if credit == 2060:
            left[2060, of_credit, currency] += minor
        if debit == 2060:
            left[2060, of_debit, currency] -= minor
    return [f"I7 {each}" for each, minor in left.items() if held.get(each, 0) != minor]
