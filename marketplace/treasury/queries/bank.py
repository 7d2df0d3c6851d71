"""Our own money: how much there is, where it is, and how long other people's lies with us."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.checks import once
from marketplace.store.paging import Page, page_of
from marketplace.treasury.models import BankMove, ProcessorSetting
from marketplace.treasury.rules.own_money import BankMoveState, Direction, OwnMoney, own_money


def own_money_by_currency(session: Session) -> list[OwnMoney]:
    """How much of what is at the processor is ours, one row a currency."""
    currencies = sorted({line.currency for line in once(session, ledger.trial_balance)})
    return [own_money_in(session, currency) for currency in currencies]


def own_money_in(session: Session, currency: str) -> OwnMoney:
    """How much of what is at the processor in one currency is ours."""
    asked = session.scalar(
        select(func.coalesce(func.sum(BankMove.amount_minor), 0)).where(
            BankMove.direction == Direction.TO_BANK,
            BankMove.state == BankMoveState.REQUESTED,
            BankMove.currency == currency,
        )
    )
    balances = {
        line.code: line.balance
        for line in once(session, ledger.trial_balance)
        if line.currency == currency
    }
    return own_money(balances, asked=Money(int(asked or 0), currency), currency=currency)


def bank_moves(session: Session, *, page: int) -> Page[BankMove]:
    """Every payout and top-up of ours, the last asked for first."""
    statement = (
        select(BankMove)
        .options(joinedload(BankMove.asker))
        .order_by(BankMove.asked_at.desc(), BankMove.id)
    )
    return page_of(session, statement, number=page)


def bank_move_by_id(session: Session, move_id: UUID) -> BankMove:
    """A payout or top-up of ours by its id; raises NotFound."""
    found = session.scalar(
        select(BankMove).where(BankMove.id == move_id).options(joinedload(BankMove.asker))
    )
    if found is None:
        raise NotFound("payout or top-up")
    return found


def moves_to_look_at(session: Session) -> Sequence[UUID]:
    """Payouts and top-ups that are under way."""
    return session.scalars(
        select(BankMove.id).where(BankMove.state == BankMoveState.UNDER_WAY).order_by(BankMove.id)
    ).all()


def moves_at(session: Session, stripe_ids: Collection[str]) -> Sequence[UUID]:
    """The payouts and top-ups that the processor knows by these ids."""
    return session.scalars(
        select(BankMove.id).where(BankMove.stripe_id.in_(stripe_ids)).order_by(BankMove.id)
    ).all()


def setting(session: Session, name: str) -> ProcessorSetting | None:
    """How something is set at the processor, as we last read it."""
    return session.get(ProcessorSetting, name)
