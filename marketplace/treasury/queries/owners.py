"""Whose an account is: looked for by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, literal, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.causes.models import Organisation
from marketplace.creators.models import Creator
from marketplace.creators.queries import is_called
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.chart import CHART, OwnerKind
from marketplace.ledger.models import LedgerAccount
from marketplace.ledger.rules import AccountRef, Code
from marketplace.store.names import is_named


@dataclass(frozen=True, slots=True)
class FoundOwner:
    """Somebody or something that owns ledger accounts. about: tells two of one name apart."""

    id: UUID
    name: str
    about: str


@dataclass(frozen=True, slots=True)
class FoundOwners:
    """The first of those who were found, by name. are_all: False where there are more."""

    first: Sequence[FoundOwner]
    are_all: bool = True


_OWNERS: Final[dict[OwnerKind, Select[UUID, str, str]]] = {
    OwnerKind.BRAND: select(Brand.id, Brand.name, Brand.country),
    OwnerKind.CAMPAIGN: select(Campaign.id, Campaign.name, Brand.name).join(
        Brand, Brand.id == Campaign.brand_id
    ),
    OwnerKind.ORGANISATION: select(Organisation.id, Organisation.name, Organisation.country),
    OwnerKind.CREATOR: select(Creator.id, Creator.display_name, Creator.country),
}
_CALLED: Final[dict[OwnerKind, Callable[[Session, str], ColumnElement[bool]]]] = {
    OwnerKind.BRAND: lambda _, text: is_named(Brand.name_words, text),
    OwnerKind.CAMPAIGN: lambda _, text: is_named(Campaign.name_words, text),
    OwnerKind.ORGANISATION: lambda _, text: is_named(Organisation.name_words, text),
    OwnerKind.CREATOR: is_called,
}
FEW: Final = 10
LOOKED_AT: Final = 2_000
"""Of more than so many nobody is looked for further: they are not in the order of all names."""


def owners_found(session: Session, code: Code, text: str) -> FoundOwners:
    """The first owners of accounts of this code who are called what the text says, by name.

    Where more than LOOKED_AT are, it is the first of so many of them: one has to say more.
    """
    kind = CHART[code].owner
    if kind not in _CALLED:
        return FoundOwners([])
    called = _OWNERS[kind].where(_CALLED[kind](session, text)).limit(LOOKED_AT).subquery()
    number, name, _about = called.c
    rows = session.execute(select(called).order_by(name, number).limit(FEW + 1))
    found = [FoundOwner(*row) for row in rows]
    return FoundOwners(found[:FEW], len(found) <= FEW)


def owner_named(session: Session, account: AccountRef) -> FoundOwner | None:
    """Who owns an account; None for the platform's own. Raises InvalidInput for nobody."""
    line = CHART[account.code]
    if not line.owned:
        return None
    statement = _OWNERS.get(line.owner, select(literal(None), literal(""), literal("")))
    row = session.execute(statement.where(statement.selected_columns[0] == account.owner)).first()
    if row is None:
        raise InvalidInput({"owner": f"Choose which {line.owner} it is about."})
    return FoundOwner(*row)


def currencies(session: Session) -> list[str]:
    """The currencies of the books; US dollars before anything was booked."""
    found = session.scalars(
        select(LedgerAccount.currency).distinct().order_by(LedgerAccount.currency)
    ).all()
    return list(found) or ["USD"]


def balances_by_currency(session: Session, account: AccountRef) -> list[Money]:
    """What an account holds, one amount for each currency it was ever used in."""
    used = session.scalars(
        select(LedgerAccount.currency)
        .where(LedgerAccount.code == account.code, LedgerAccount.owner_id == account.owner)
        .order_by(LedgerAccount.currency)
    )
    return [ledger.balance_of(session, account, currency=each) for each in used.all()]
