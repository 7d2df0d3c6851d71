"""Creators' accounts at the processor, and what reaches their banks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.creators.models import Creator
from marketplace.kernel.errors import NotFound
from marketplace.payouts.models import (
    BankPayout,
    PayoutAccount,
)


def account_of(session: Session, creator_id: UUID) -> PayoutAccount | None:
    """The creator's payout account: the open one, else the last that was closed."""
    return session.scalar(
        select(PayoutAccount)
        .where(PayoutAccount.creator_id == creator_id)
        .order_by(PayoutAccount.closed_at.desc().nulls_first())
        .limit(1)
    )


def account_by_id(session: Session, payout_account_id: UUID) -> PayoutAccount:
    """A payout account by its id; raises NotFound."""
    found = session.get(PayoutAccount, payout_account_id)
    if found is None:
        raise NotFound("payout account")
    return found


def account_at(session: Session, stripe_account_id: str) -> PayoutAccount | None:
    """The payout account that the processor knows by this id."""
    return session.scalar(
        select(PayoutAccount).where(PayoutAccount.stripe_account_id == stripe_account_id)
    )


def accounts_at(
    session: Session, stripe_account_ids: Collection[str | None]
) -> Sequence[PayoutAccount]:
    """The payout accounts that the processor knows by these ids."""
    return session.scalars(
        select(PayoutAccount).where(PayoutAccount.stripe_account_id.in_(stripe_account_ids))
    ).all()


def open_accounts(session: Session) -> Sequence[PayoutAccount]:
    """Accounts that exist at the processor and are not closed."""
    return session.scalars(
        select(PayoutAccount)
        .where(PayoutAccount.stripe_account_id.is_not(None), PayoutAccount.closed_at.is_(None))
        .order_by(PayoutAccount.id)
    ).all()


def accounts_not_ready(session: Session) -> Sequence[PayoutAccount]:
    """Accounts that exist at the processor and cannot take transfers yet."""
    return session.scalars(
        select(PayoutAccount).where(
            PayoutAccount.stripe_account_id.is_not(None),
            PayoutAccount.transfers_active.is_(False),
            PayoutAccount.closed_at.is_(None),
        )
    ).all()


def bank_payouts_of(session: Session, creator_id: UUID) -> Sequence[BankPayout]:
    """The newest payments from a creator's account at the processor to their bank."""
    return session.scalars(
        select(BankPayout)
        .join(BankPayout.payout_account)
        .where(PayoutAccount.creator_id == creator_id)
        .order_by(BankPayout.made_at.desc(), BankPayout.id.desc())
        .limit(5)
    ).all()


def bank_payout_by_id(session: Session, bank_payout_id: UUID) -> BankPayout:
    """A payment to a creator's bank by our own id of it; raises NotFound."""
    found = session.get(BankPayout, bank_payout_id, options=[joinedload(BankPayout.payout_account)])
    if found is None:
        raise NotFound("payment to a bank")
    return found


def user_of(session: Session, creator_id: UUID) -> UUID | None:
    """The person behind a creator; None for one who has not signed up."""
    return session.scalar(select(Creator.user_id).where(Creator.id == creator_id))
