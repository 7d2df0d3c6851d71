"""Money on its whole way, booked by the services' own verbs, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.collaborations.rules import Terms
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState
from marketplace.funding import service as funding
from marketplace.funding.models import Funding
from marketplace.funding.ports import ChargeFacts
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import events
from marketplace.payouts import service as payouts
from marketplace.payouts.models import ClawbackCase, Earning, Payout, PayoutAccount
from marketplace.payouts.ports import AccountFacts
from marketplace.payouts.rules import CaseOrigin
from marketplace.payouts.rules.accounts import Requirement
from marketplace.processor import queries as calls
from marketplace.processor import service as processor
from marketplace.processor.models import ProcessorCall
from marketplace.processor.ports import Answer
from marketplace.processor.rules import CallKind, Outcome
from marketplace.reconciliation import service as reconciliation
from marketplace.reconciliation.models import ProcessorStatement
from marketplace.reconciliation.ports import StatementLineFacts
from tests.factories.campaigns import BUDGET, NOON, make_campaign
from tests.factories.collaborations import TERMS, make_collaboration
from tests.factories.deliverables import VIDEO_ID, walk

HOLD_OVER: Final = NOON + timedelta(days=8)
CHARGE_FEE: Final = Money(3_220, "USD")


def ask_for_money(
    session: Session, campaign: Campaign, *, by: Actor, budget: Money = BUDGET
) -> Funding:
    """Return a funding that waits for its checkout page."""
    asked = funding.request_funding(
        session,
        actor=by,
        campaign_id=campaign.id,
        budget=Money(budget.minor, campaign.currency),
        return_base="http://localhost",
        now=NOON,
    )
    session.flush()
    return asked


def make_paid_campaign(session: Session, *, brand: Brand, by: Actor) -> Campaign:
    """A published campaign with 1,000.00 and the 100.00 of the platform fee."""
    made = make_campaign(session, brand=brand, by=by)
    pay_in(session, made, by=by)
    return made


def pay_in(
    session: Session,
    campaign: Campaign,
    *,
    by: Actor,
    budget: Money = BUDGET,
    charged: Money | None = None,
    fee: Money = CHARGE_FEE,
    charge_id: str = "ch_1",
    at: datetime = NOON,
    method: str = "card",
) -> Funding:
    """Return a funding whose card was charged, 10 % on top. charged: other than what was asked."""
    asked = ask_for_money(session, campaign, by=by, budget=budget)
    paid = funding.record_paid(
        session,
        funding_id=asked.id,
        charge=ChargeFacts(
            charge_id=charge_id,
            payment_intent_id=f"pi_{charge_id}",
            balance_transaction_id=f"txn_{charge_id}",
            amount=charged or asked.total,
            processor_fee=Money(fee.minor, campaign.currency),
            charged_at=at,
            available_on=at + timedelta(days=2),
            method=method,
            funding_id=asked.id,
        ),
        now=at,
    )
    session.flush()
    return paid


def make_accepted(
    session: Session,
    campaign: Campaign,
    *,
    by: Actor,
    creator: Actor,
    video_id: str = VIDEO_ID,
    offered: Terms = TERMS,
) -> Deliverable:
    """Return an accepted deliverable of 400.00 in a campaign that has the money for it."""
    agreed = make_collaboration(
        session, campaign=campaign, creator=creator, by=by, offered=offered, funded=True
    )
    return walk(
        session, agreed, by=by, creator=creator, to=DeliverableState.ACCEPTED, video_id=video_id
    )


def make_earning(session: Session, deliverable: Deliverable, *, matured: bool = True) -> Earning:
    """Return the fee of an accepted deliverable, payable unless told otherwise."""
    earning = payouts.earn(session, deliverable_id=deliverable.id)
    session.flush()
    if matured:
        payouts.mature_due(session, now=HOLD_OVER)
        session.flush()
    return earning


def make_payout_account(
    session: Session,
    creator: Actor,
    *,
    active: bool = True,
    requirements: Sequence[str] = (),
    account_id: str = "acct_bea",
) -> PayoutAccount:
    """Return a creator's account as the processor made it."""
    account = payouts.open_account(
        session, actor=creator, country="US", email="bea@example.test", now=NOON
    )
    session.flush()
    call = _call_of(session, CallKind.ACCOUNT, account)
    answer(session, call, Answer(Outcome.DONE, remote_id=account_id), now=NOON)
    payouts.conclude_account(session, call=call, now=NOON)
    payouts.record_account(
        session,
        facts=AccountFacts(
            account_id,
            transfers_active=active,
            requirements=tuple(Requirement(code) for code in requirements),
        ),
        now=NOON,
    )
    session.flush()
    return account


def make_payout(session: Session, creator: Actor) -> Payout:
    """Return the payout of everything payable, reserved and not sent yet."""
    assert creator.creator_id is not None
    (made,) = payouts.gather(session, creator_ids=[creator.creator_id], now=HOLD_OVER)
    session.flush()
    return made


def send_payout(session: Session, payout: Payout, reply: Answer) -> ProcessorCall:
    """Make the payout's transfer once, with this reply of the processor, and book what it means."""
    call = _call_of(session, CallKind.TRANSFER, payout)
    if answer(session, call, reply, now=HOLD_OVER):
        payouts.conclude_transfer(session, call=call, now=HOLD_OVER)
        session.flush()
    return call


def make_case(
    session: Session, *, deliverable_id: UUID, amount: Money, at: datetime = HOLD_OVER
) -> ClawbackCase:
    """Return what a creator has to give back of a deliverable, decided and booked."""
    deliverable = session.get_one(Deliverable, deliverable_id)
    case_id = new_id()
    decided = events.clawback_decided(
        case_id=case_id,
        creator_id=deliverable.creator_id,
        campaign_id=deliverable.campaign_id,
        amount=amount,
    )
    ledger.write_entry(session, decided, occurred_at=at, actor=SYSTEM)
    case = payouts.open_case(
        session,
        case_id=case_id,
        origin=CaseOrigin.DECIDED,
        deliverable_id=deliverable_id,
        amount=amount,
        reason="The post was deleted after a day",
        now=at,
    )
    session.flush()
    return case


def answer(session: Session, call: ProcessorCall, reply: Answer, *, now: datetime) -> bool:
    """Claim a call and record the reply; True when that ended it."""
    instruction = processor.claim(session, call_id=call.id, now=now)
    assert instruction is not None
    session.flush()
    ended = processor.record(session, instruction=instruction, answer=reply, now=now)
    session.flush()
    return ended is not None


def statement_line(
    line_id: str,
    *,
    source: str | None,
    amount: Money,
    fee: int = 0,
    kind: str = "charge",
    at: datetime = NOON,
) -> StatementLineFacts:
    """Return one balance transaction of the processor. fee: in minor units."""
    kept = Money(fee, amount.currency)
    return StatementLineFacts(
        line_id=line_id,
        kind=kind,
        source_id=source,
        amount=amount,
        fee=kept,
        net=amount - kept,
        occurred_at=at,
        available_on=at.date(),
        raw={"id": line_id},
    )


def read_statement(
    session: Session,
    *lines: StatementLineFacts,
    balances: Sequence[Money],
    at: datetime = HOLD_OVER,
) -> ProcessorStatement:
    """Return a reading of the processor's statement, paired with the ledger."""
    read = reconciliation.import_statement(
        session,
        lines=lines,
        balances={each.currency: each for each in balances},
        from_at=NOON - timedelta(days=2),
        until_at=at,
        now=at,
    )
    session.flush()
    reconciliation.reconcile(session, now=at)
    session.flush()
    return read


def _call_of(session: Session, kind: CallKind, row: PayoutAccount | Payout) -> ProcessorCall:
    call = calls.call_for(session, kind=kind, subject_id=row.id)
    assert call is not None
    return call
