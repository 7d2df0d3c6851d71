"""The books: trial balance, accounts, journal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final
from uuid import UUID

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.accounts import queries as accounts
from marketplace.kernel.errors import NotFound
from marketplace.kernel.ids import NIL
from marketplace.kernel.money import Money
from marketplace.ledger import queries
from marketplace.ledger.chart import CHART
from marketplace.ledger.queries import EntryView, TrialLine
from marketplace.ledger.rules import AccountRef, Code, EntryKind
from marketplace.reconciliation.queries import names_of, owner_names
from marketplace.store.paging import PAGE_SIZE
from marketplace.store.session import at_one_moment, reading
from marketplace.web import access
from marketplace.web.asked import Asked
from marketplace.web.staff.blueprint import bp

LARGEST_ID: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """All codes of one currency with both totals."""

    currency: str
    lines: list[TrialLine]
    debit: Money
    credit: Money


@bp.get("/ledger")
def ledger() -> ResponseReturnValue:
    """Do the books balance, and what is on each account?"""
    with reading() as session:
        lines = queries.trial_balance(session)
    balances = [
        _with_totals(currency, list(of)) for currency, of in groupby(lines, lambda x: x.currency)
    ]
    wanted = request.args.get("currency", "")
    return render_template(
        "staff/ledger.html",
        balances=[each for each in balances if wanted in ("", each.currency)],
        currencies=[each.currency for each in balances],
        wanted=wanted,
        chart=CHART,
    )


@bp.get("/ledger/accounts/<int:code>/<currency>")
def account(code: int, currency: str) -> ResponseReturnValue:
    """What moved on this account? An account that many own lists its owners first."""
    if code not in list(Code) or not re.fullmatch("[A-Z]{3}", currency):
        abort(404)
    line = CHART[Code(code)]
    asked = Asked()
    owner = asked.value("owner", UUID, "“{}” is not the id of an owner.")
    if line.owned and owner is None:
        return _owners(line.code, currency, asked.problems)
    before = asked.value("before", _position, "“{}” is no place in the account.")
    ref = AccountRef(line.code, owner or NIL)
    with at_one_moment() as session:
        rows = queries.statement(
            session, ref, currency=currency, limit=PAGE_SIZE + 1, before=before
        )
        shown = rows[:PAGE_SIZE]
        return render_template(
            "staff/ledger_account.html",
            line=line,
            names=CHART,
            ref=ref,
            currency=currency,
            balance=queries.balance_of(session, ref, currency=currency),
            rows=shown,
            older=_written(shown[-1].position) if len(rows) > PAGE_SIZE else None,
            first=before is None,
            problems=asked.problems,
            owners=owner_names(session, [ref, *(row.other for row in shown)]),
        )


@bp.get("/ledger/entries")
def journal() -> ResponseReturnValue:
    """What was written, when and why?"""
    asked = Asked()
    kind = asked.one_of("kind", EntryKind, "kind of entry")
    code = asked.value("code", lambda text: Code(int(text)), "There is no account “{}”.")
    owner = asked.value("owner", UUID, "“{}” is not the id of an owner.")
    source = request.args.get("source") or None
    before = asked.value("before", _number, "“{}” is no place in the journal.")
    with reading() as session:
        found = queries.entries(
            session,
            kind=kind,
            code=code,
            owner=owner,
            source_ref=source,
            limit=PAGE_SIZE + 1,
            before=before,
        )
        shown = found[:PAGE_SIZE]
        return render_template(
            "staff/journal.html",
            entries=shown,
            older=shown[-1].id if len(found) > PAGE_SIZE else None,
            first=before is None,
            asked={"kind": kind, "code": code, "owner": owner, "source": source},
            kinds=list(EntryKind),
            chart=CHART,
            problems=asked.problems,
            owners=names_of(session, {*_owners_in(shown), *([owner] if owner else [])}),
        )


def _owners_in(entries: Sequence[EntryView]) -> set[UUID]:
    return {line.ref.owner for each in entries for line in each.lines}


@bp.get(f"/ledger/entries/<int(max={LARGEST_ID}):entry_id>")
def entry(entry_id: int) -> ResponseReturnValue:
    """Who wrote this entry, when and why, and what did it move?"""
    with reading() as session:
        found = queries.entry(session, entry_id)
        return render_template(
            "staff/entry.html",
            entry=found,
            who=_who(session, found.actor),
            owners=owner_names(session, (line.ref for line in found.lines)),
        )


def _owners(code: Code, currency: str, problems: list[str]) -> str:
    with reading() as session:
        page = queries.owned_accounts(session, code, currency=currency, page=access.page_number())
        return render_template(
            "staff/ledger_owners.html",
            line=CHART[code],
            currency=currency,
            page=page,
            problems=problems,
            owners=owner_names(session, (row.ref for row in page.rows)),
        )


def _with_totals(currency: str, lines: list[TrialLine]) -> TrialBalance:
    nothing = Money(0, currency)
    return TrialBalance(
        currency=currency,
        lines=lines,
        debit=sum((line.debit for line in lines), nothing),
        credit=sum((line.credit for line in lines), nothing),
    )


def _who(session: Session, actor: str) -> str:
    """Return who wrote an entry, for a person to read."""
    if actor == "system":
        return "The system, by itself"
    try:
        return accounts.user_by_id(session, UUID(actor.removeprefix("user:"))).name
    except NotFound:
        return "Somebody whose account is gone"


def _position(text: str) -> tuple[int, int]:
    entry_id, _, line = text.partition(".")
    return _number(entry_id), _number(line)


def _number(text: str) -> int:
    """Return a number that the database can hold; raises ValueError."""
    number = int(text)
    if not 0 <= number <= LARGEST_ID:
        raise ValueError
    return number


def _written(position: tuple[int, int]) -> str:
    return f"{position[0]}.{position[1]}"
