"""What the tests of payouts ask again and again."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Earning, Payout, PayoutAccount
from marketplace.payouts.ports import AccountFacts
from marketplace.processor.models import ProcessorCall
from marketplace.processor.rules import CallState
from tests.conftest import NOON

WEEK = timedelta(days=7)


def accepted(session: Session, collaboration_id: object) -> Deliverable:
    made = session.scalars(
        select(Deliverable).where(Deliverable.collaboration_id == collaboration_id)
    ).one()
    made.state, made.accepted_at = DeliverableState.ACCEPTED, NOON
    session.flush()
    return made


def open_account(session: Session, creator: Actor, *, active: bool = True) -> PayoutAccount:
    account = payouts.open_account(
        session, actor=creator, country="US", email="bea@example.test", now=NOON
    )
    account.stripe_account_id = "acct_bea"
    session.flush()
    payouts.record_account(
        session,
        facts=AccountFacts("acct_bea", transfers_active=active, requirements=()),
        now=NOON,
    )
    session.flush()
    return account


def payable(session: Session, deliverable: Deliverable) -> Earning:
    earning = payouts.earn(session, deliverable_id=deliverable.id)
    session.flush()
    payouts.mature_due(session, now=NOON + WEEK)
    session.flush()
    return earning


def ended(session: Session, payout: Payout, state: CallState, remote_id: str | None) -> None:
    call = session.scalars(select(ProcessorCall).where(ProcessorCall.subject_id == payout.id)).one()
    call.state, call.remote_id = state, remote_id
    call.error_text = None if remote_id else "This account cannot be paid."
    payouts.conclude_transfer(session, call=call, now=NOON + WEEK)
    session.flush()
