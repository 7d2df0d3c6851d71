"""The invariants of double entry, recounted from the postings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import Select, and_, case, func, literal, or_, select, true
from sqlalchemy.orm import Session, aliased

from marketplace.kernel.counts import counted
from marketplace.kernel.money import Money, in_words
from marketplace.ledger import queries
from marketplace.ledger.chart import CHART, Family, Side, family
from marketplace.ledger.checks.base import Check, Finding, once
from marketplace.ledger.models import (
    JournalEntry,
    LedgerAccount,
    LedgerBalance,
    Posting,
    PostingRule,
)
from marketplace.ledger.rules import EntryKind


def _find_unbalanced(session: Session) -> list[Finding]:
    return [
        Finding(f"currency {currency}", f"Debits and credits differ by {in_words(gap)}.")
        for currency, gap in _gaps(session).items()
        if gap
    ] + [
        Finding(f"journal entry {entry_id}", "It has no postings.")
        for entry_id in session.scalars(_EMPTY)
    ]


def _gaps(session: Session) -> dict[str, Money]:
    gaps: dict[str, Money] = {}
    for line in once(session, queries.recounted_trial_balance):
        gap = gaps.get(line.currency, Money(0, line.currency))
        gaps[line.currency] = gap + line.debit - line.credit
    return gaps


def _misfits() -> Select[Any]:
    """Every posting that its entry, its accounts or the grammar do not know, and why."""
    debit, credit = aliased(LedgerAccount), aliased(LedgerAccount)
    fits = {
        "Its entry is gone, or of another kind.": JournalEntry.kind == Posting.kind,
        "Its currency or codes are not those of its accounts.": and_(
            debit.code == Posting.debit_code,
            credit.code == Posting.credit_code,
            debit.currency == Posting.currency,
            credit.currency == Posting.currency,
        ),
        "The grammar of money has no such movement.": PostingRule.kind.is_not(None),
    }
    why = case(*((fit.is_not(true()), words) for words, fit in fits.items()))
    return (
        select(Posting.entry_id, Posting.line, why.label("why"))
        .outerjoin(JournalEntry, JournalEntry.id == Posting.entry_id)
        .outerjoin(debit, debit.id == Posting.debit_id)
        .outerjoin(credit, credit.id == Posting.credit_id)
        .outerjoin(
            PostingRule,
            and_(
                PostingRule.kind == Posting.kind,
                PostingRule.debit_code == Posting.debit_code,
                PostingRule.credit_code == Posting.credit_code,
            ),
        )
        .where(why.is_not(None))
        .order_by(Posting.entry_id, Posting.line)
    )


def _lame() -> Select[Any]:
    undone, undoing = aliased(Posting), aliased(Posting)
    pairs = (
        select(literal(1))
        .select_from(undone)
        .join(
            undoing,
            (undoing.line == undone.line)
            & (undoing.debit_id == undone.credit_id)
            & (undoing.credit_id == undone.debit_id)
            & (undoing.amount_minor == undone.amount_minor),
        )
        .where(undone.entry_id == JournalEntry.reverses_id, undoing.entry_id == JournalEntry.id)
    )
    lines = aliased(Posting)
    counts = [
        select(func.count())
        .select_from(pairs.correlate(JournalEntry).subquery())
        .scalar_subquery(),
        *(
            select(func.count(lines.line)).where(lines.entry_id == of).scalar_subquery()
            for of in (JournalEntry.reverses_id, JournalEntry.id)
        ),
    ]
    return (
        select(JournalEntry.id)
        .where(
            JournalEntry.kind == EntryKind.REVERSAL,
            or_(counts[0] != counts[1], counts[0] != counts[2]),
        )
        .order_by(JournalEntry.id)
    )


def _recount() -> Select[Any]:
    """Every strict account whose cached balance is not what its postings add up to."""
    grows = case(
        (LedgerAccount.code.in_([c for c, ln in CHART.items() if ln.side is Side.DEBIT]), 1),
        else_=-1,
    )
    sums = queries.recounted_by_account()
    counted = func.coalesce(sums.c.minor, 0) * grows
    return (
        select(
            LedgerAccount.id,
            LedgerAccount.currency,
            LedgerBalance.balance_minor,
            counted.label("counted"),
        )
        .outerjoin(LedgerBalance, LedgerBalance.account_id == LedgerAccount.id)
        .outerjoin(sums, sums.c.account_id == LedgerAccount.id)
        .where(LedgerAccount.strict, LedgerBalance.balance_minor.is_distinct_from(counted))
        .order_by(LedgerAccount.id)
    )


def _find_drift(session: Session) -> list[Finding]:
    return [
        Finding(
            f"ledger account {row.id}",
            f"The kept balance is {_words_or_none(row.balance_minor, row.currency)},"
            f" its postings say {in_words(Money(int(row.counted), row.currency))}.",
        )
        for row in session.execute(_RECOUNT)
    ]


def _words_or_none(minor: int | None, currency: str) -> str:
    return "missing" if minor is None else in_words(Money(minor, currency))


def _find_negative(session: Session) -> list[Finding]:
    return [
        Finding(
            f"ledger account {row.id}",
            f"Its balance is {in_words(Money(row.balance_minor, row.currency))}.",
        )
        for row in session.execute(_NEGATIVE)
    ]


def _find_unequal(session: Session) -> list[Finding]:
    return [
        Finding(
            f"currency {currency}",
            f"Assets are {in_words(of[Family.ASSETS])},"
            f" the other side is {in_words(_other_side(of))}.",
        )
        for currency, of in _families(session).items()
        if of[Family.ASSETS] != _other_side(of)
    ]


def _families(session: Session) -> dict[str, dict[Family, Money]]:
    books: dict[str, dict[Family, Money]] = {}
    for line in once(session, queries.recounted_trial_balance):
        of = books.setdefault(line.currency, {f: Money(0, line.currency) for f in Family})
        of[family(line.code)] += line.balance
    return books


def _other_side(of: Mapping[Family, Money]) -> Money:
    return of[Family.LIABILITIES] + of[Family.EQUITY] + of[Family.INCOME] - of[Family.EXPENSES]


def _equation_figure(session: Session) -> str:
    return (
        "; ".join(f"assets {in_words(of[Family.ASSETS])}" for of in _families(session).values())
        or "no postings yet"
    )


def _find_twice(session: Session) -> list[Finding]:
    return [
        Finding(key, f"It was written {count} times.") for key, count in session.execute(_TWICE)
    ]


def _find_misfits(session: Session) -> list[Finding]:
    return [
        Finding(f"journal entry {row.entry_id}, posting {row.line}", row.why)
        for row in session.execute(_MISFITS)
    ]


def _find_lame_reversals(session: Session) -> list[Finding]:
    return [
        Finding(f"journal entry {entry_id}", "It is not the mirror of the entry it reverses.")
        for entry_id in session.scalars(_LAME)
    ]


def _count_of(statement: Select[int], one: str, many: str) -> Callable[[Session], str]:
    return lambda session: counted(session.scalar(statement) or 0, one, many)


_EMPTY: Final = (
    select(JournalEntry.id)
    .where(~select(Posting.line).where(Posting.entry_id == JournalEntry.id).exists())
    .order_by(JournalEntry.id)
)
_NEGATIVE: Final = (
    select(LedgerAccount.id, LedgerAccount.currency, LedgerBalance.balance_minor)
    .join(LedgerBalance, LedgerBalance.account_id == LedgerAccount.id)
    .where(LedgerBalance.balance_minor < 0)
    .order_by(LedgerAccount.id)
)
_TWICE: Final = (
    select(JournalEntry.idem_key, func.count())
    .group_by(JournalEntry.idem_key)
    .having(func.count() > 1)
    .order_by(JournalEntry.idem_key)
)
_RECOUNT: Final = _recount()
_MISFITS: Final = _misfits()
_LAME: Final = _lame()
_ENTRIES: Final = select(func.count()).select_from(JournalEntry)
_POSTINGS: Final = select(func.count()).select_from(Posting)
_BALANCES: Final = select(func.count()).select_from(LedgerBalance)

CHECKS: Final = (
    Check(
        "I1",
        "Debits equal credits in every currency, and no entry is empty",
        _find_unbalanced,
        _count_of(_ENTRIES, "entry", "entries"),
        held="Each posting names both its sides and one positive amount (constraint).",
    ),
    Check(
        "I2",
        "Every kept balance is what its postings add up to",
        _find_drift,
        _count_of(_BALANCES, "balance", "balances"),
        held="A trigger adds every posting to the balances of its accounts.",
    ),
    Check(
        "I3",
        "Nobody’s account is below zero",
        _find_negative,
        _count_of(_BALANCES, "balance", "balances"),
        held="A constraint refuses a balance below zero at once.",
    ),
    Check(
        "I5",
        "Assets equal liabilities, equity and result in every currency",
        _find_unequal,
        _equation_figure,
        held="It follows from postings that name both sides.",
    ),
    Check(
        "I9",
        "Every event is in the books at most once",
        _find_twice,
        _count_of(_ENTRIES, "entry", "entries"),
        held="A unique key on the event’s own name.",
    ),
    Check(
        "I11",
        "Every posting fits its entry, its accounts and the grammar of money",
        _find_misfits,
        _count_of(_POSTINGS, "posting", "postings"),
        held="A trigger looks all three up before a posting is kept; none of them ever changes.",
    ),
    Check(
        "I12",
        "Every reversal mirrors the entry it undoes",
        _find_lame_reversals,
        _count_of(_ENTRIES.where(JournalEntry.kind == EntryKind.REVERSAL), "reversal", "reversals"),
        held="One function writes reversals, and each entry is reversed once (unique key).",
    ),
)
