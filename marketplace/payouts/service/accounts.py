"""The accounts at the processor that creators are paid to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.creators import queries as creators
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidInput, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.payouts.messages import PayoutsWanted
from marketplace.payouts.models import PayoutAccount
from marketplace.payouts.ports import AccountFacts
from marketplace.processor import service as processor
from marketplace.processor.models import ProcessorCall
from marketplace.processor.rules import CallKind, CallState
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post


def open_account(
    session: Session, *, actor: Actor, country: str, email: str, now: datetime
) -> PayoutAccount:
    """Ask the processor for an account to pay this creator to; made by a job right after.

    The second time it returns the first one. Raises NotPermitted, InvalidInput.
    """
    if actor.creator_id is None:
        raise NotPermitted("open a payout account; only creators have one")
    if len(country) != 2 or not country.isascii() or not country.isalpha():
        raise InvalidInput({"country": "Choose the country your bank account is in."})
    made = session.scalar(
        insert(PayoutAccount)
        .values(
            id=new_id(),
            creator_id=actor.creator_id,
            country=country.upper(),
            transfers_active=False,
            requirements=[],
            opened_at=now,
        )
        .on_conflict_do_nothing(index_elements=["creator_id"])
        .returning(PayoutAccount.id)
    )
    account = session.scalars(
        select(PayoutAccount).where(PayoutAccount.creator_id == actor.creator_id)
    ).one()
    if made is not None:
        creator = creators.creator_by_id(session, actor.creator_id)
        processor.plan(
            session,
            kind=CallKind.ACCOUNT,
            subject_id=account.id,
            params={
                "payout_account_id": str(account.id),
                "country": account.country,
                "email": email,
                "display_name": creator.display_name,
            },
            now=now,
        )
    return account


def conclude_account(session: Session, *, call: ProcessorCall, now: datetime) -> None:
    """Keep the id of the account the processor made."""
    account = lock_row(session, PayoutAccount, call.subject_id)
    if call.state is CallState.SUCCEEDED and account.stripe_account_id is None:
        account.stripe_account_id = call.remote_id
        account.checked_at = now


def record_account(session: Session, *, facts: AccountFacts, now: datetime) -> None:
    """Keep how an account stands now; when it can take money, whatever waits for it is rung.

    An account we do not know changes nothing.
    """
    account = session.scalar(
        select(PayoutAccount)
        .where(PayoutAccount.stripe_account_id == facts.account_id)
        .with_for_update()
    )
    if account is None:
        return
    account.transfers_active = facts.transfers_active
    account.requirements = list(facts.requirements)
    account.checked_at = now
    if facts.transfers_active:
        post(session, PayoutsWanted(creator_id=account.creator_id))
