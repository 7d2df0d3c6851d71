"""The chain of every amount: the record that creator, brand and finance read alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import parts_of_offer
from marketplace.deliverables.models import Deliverable, DeliverableStep
from marketplace.deliverables.rules import DONE, DeliverableEvent
from marketplace.kernel.money import Money
from marketplace.payouts.models import BankPayout, PayoutAccount
from marketplace.payouts.queries import EarningLine, last_refusals
from marketplace.payouts.rules import PAUSE_AFTER_REFUSAL, EarningState, Waiting, may_pay_again
from marketplace.payouts.rules.chain import Account, Bank, Chain, Earned, Work, chain_of


@dataclass(frozen=True, slots=True)
class Promised:
    """A fee that both sides have agreed on and that is not earned yet."""

    deliverable: Deliverable
    campaign_name: str
    creator_name: str
    receives: Money
    chain: Chain


def chains_of(
    session: Session, lines: Sequence[EarningLine], *, now: datetime
) -> Mapping[UUID, Chain]:
    """Earning id -> its chain, for many at once in a few questions; for none, in no question."""
    if not lines:
        return {}
    earnings = [line.earning for line in lines]
    works = _works(session, [each.deliverable for each in earnings])
    creators = {each.creator_id for each in earnings}
    accounts = _accounts(session, creators)
    banks = _banks(session, creators)
    refusals = last_refusals(session, creators)
    return {
        line.earning.id: chain_of(
            works[line.earning.deliverable_id],
            _earned(line, refused_at=refusals.get(line.earning.creator_id), now=now),
            account=accounts.get(line.earning.creator_id, Account()),
            bank=_bank_after(line, banks.get(line.earning.creator_id, ())),
            now=now,
        )
        for line in lines
    }


def promised_to(session: Session, *, creator_id: UUID, now: datetime) -> list[Promised]:
    """What a creator has been promised and not earned yet, the earliest expected first."""
    return _promised(session, Deliverable.creator_id == creator_id, now)


def promised_in(session: Session, *, campaign_id: UUID, now: datetime) -> list[Promised]:
    """What is promised in a campaign and not earned yet, the earliest expected first."""
    return _promised(session, Deliverable.campaign_id == campaign_id, now)


def promised_under(session: Session, *, collaboration_id: UUID, now: datetime) -> list[Promised]:
    """What a collaboration has not earned yet, the earliest expected first."""
    return _promised(session, Deliverable.collaboration_id == collaboration_id, now)


def chain_of_deliverable(
    session: Session, deliverable: Deliverable, line: EarningLine | None, *, now: datetime
) -> Chain:
    """The chain of a deliverable's fee, earned or not."""
    if line is not None:
        return chains_of(session, [line], now=now)[line.earning.id]
    work = _works(session, [deliverable])[deliverable.id]
    account = _accounts(session, {deliverable.creator_id}).get(deliverable.creator_id, Account())
    return chain_of(work, None, account=account, bank=None, now=now)


def _promised(session: Session, which: ColumnElement[bool], now: datetime) -> list[Promised]:
    deliverables = session.scalars(
        select(Deliverable)
        .where(which, Deliverable.state.not_in(DONE))
        .options(
            joinedload(Deliverable.collaboration).options(
                joinedload(Collaboration.offer),
                joinedload(Collaboration.campaign),
                joinedload(Collaboration.creator),
            )
        )
    ).all()
    works = _works(session, deliverables)
    accounts = _accounts(session, {each.creator_id for each in deliverables})
    found = [
        Promised(
            deliverable=each,
            campaign_name=each.collaboration.campaign.name,
            creator_name=each.collaboration.creator.display_name,
            receives=parts_of_offer(each.collaboration.offer)[each.position - 1].creator_receives,
            chain=chain_of(
                works[each.id],
                None,
                account=accounts.get(each.creator_id, Account()),
                bank=None,
                now=now,
            ),
        )
        for each in deliverables
    ]
    return sorted(
        found, key=lambda each: (each.chain.expected_on or now.date(), each.deliverable.id)
    )


def _works(session: Session, deliverables: Sequence[Deliverable]) -> dict[UUID, Work]:
    ids = {each.id for each in deliverables}
    taken: dict[tuple[UUID, DeliverableEvent], datetime] = {}
    for step in session.scalars(
        select(DeliverableStep)
        .where(
            DeliverableStep.deliverable_id.in_(ids),
            DeliverableStep.event.in_((DeliverableEvent.APPROVE, DeliverableEvent.CONFIRM_POST)),
        )
        .order_by(DeliverableStep.happened_at)
    ):
        taken[step.deliverable_id, step.event] = step.happened_at
    agreed = {
        collaboration.id: collaboration
        for collaboration in session.scalars(
            select(Collaboration)
            .where(Collaboration.id.in_({each.collaboration_id for each in deliverables}))
            .options(joinedload(Collaboration.offer))
        )
    }
    return {
        each.id: Work(
            state=each.state,
            agreed_at=agreed[each.collaboration_id].agreed_at,
            draft_due_on=each.draft_due_on,
            publish_by_on=each.publish_by_on,
            hold_days=agreed[each.collaboration_id].offer.hold_days,
            answer_by=each.answer_by,
            approved_at=taken.get((each.id, DeliverableEvent.APPROVE)),
            live_at=taken.get((each.id, DeliverableEvent.CONFIRM_POST)),
        )
        for each in deliverables
    }


def _accounts(session: Session, creator_ids: Collection[UUID]) -> dict[UUID, Account]:
    """Creator id -> how their account stands; the open one, where there is one."""
    found: dict[UUID, Account] = {}
    for account in session.scalars(
        select(PayoutAccount)
        .where(PayoutAccount.creator_id.in_(creator_ids))
        .order_by(PayoutAccount.closed_at.asc().nulls_last())
    ):
        closed = account.closed_at is not None
        found[account.creator_id] = Account(
            exists=not closed,
            active=account.transfers_active,
            paused=account.paused_at is not None,
            under_review=account.under_review,
            closed=closed,
            ready_at=account.ready_at,
        )
    return found


def _banks(session: Session, creator_ids: Collection[UUID]) -> dict[UUID, list[BankPayout]]:
    """Creator id -> payments to their bank, newest first."""
    found: dict[UUID, list[BankPayout]] = {}
    for payout in session.scalars(
        select(BankPayout)
        .join(BankPayout.payout_account)
        .where(PayoutAccount.creator_id.in_(creator_ids))
        .options(joinedload(BankPayout.payout_account))
        .order_by(BankPayout.made_at.desc())
    ):
        found.setdefault(payout.payout_account.creator_id, []).append(payout)
    return found


def _bank_after(line: EarningLine, payouts: Sequence[BankPayout]) -> Bank | None:
    """The first payment to the bank after an amount came, or a later one that makes up for it."""
    if line.paid_at is None:
        return None
    later = [each for each in payouts if each.made_at >= line.paid_at]
    if not later:
        return None
    carried = next((each for each in reversed(later) if each.failure_code == ""), later[0])
    return Bank(carried.state, carried.arrives_on)


def _earned(line: EarningLine, *, refused_at: datetime | None, now: datetime) -> Earned:
    earning, call = line.earning, line.call
    paused = refused_at is not None and not may_pay_again(refused_at=refused_at, now=now)
    short = line.smallest - (line.together - line.owed)
    below = line.waiting in (Waiting.BELOW_MINIMUM, Waiting.CLAWBACK) and short.minor > 0
    upcoming = sum(each.amount.minor for each in line.kept if not each.taken)
    return Earned(
        state=earning.state,
        earned_at=earning.earned_at,
        payable_at=earning.payable_at,
        missing=short if below else None,
        frozen=line.waiting is Waiting.FROZEN,
        paused_until=refused_at + PAUSE_AFTER_REFUSAL if refused_at and paused else None,
        unclear=line.waiting is Waiting.UNCLEAR,
        next_look_at=call.next_try_at if call is not None else None,
        stuck=line.waiting is Waiting.PERSON,
        kept=line.kept,
        left=earning.left - Money(upcoming, earning.currency),
        sent_at=line.paid_at if earning.state is EarningState.PAID else None,
    )
