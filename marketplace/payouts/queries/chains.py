"""The chain of every amount: the record that creator, brand and finance read alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session, joinedload

from marketplace.collaborations.models import Offer
from marketplace.collaborations.rules import parts_of_offer
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DONE
from marketplace.kernel.money import Money
from marketplace.payouts.models import BankPayout, PayoutAccount
from marketplace.payouts.queries.facts import told_with
from marketplace.payouts.queries.lines import EarningLine
from marketplace.payouts.rules import PAUSE_AFTER_REFUSAL, EarningState, Waiting, may_pay_again
from marketplace.payouts.rules.chain import Chain, chain_of
from marketplace.payouts.rules.disputes import Disputed
from marketplace.payouts.rules.known import Account, Bank, Earned, Work


@dataclass(frozen=True, slots=True)
class Promised:
    """A fee that both sides have agreed on and that is not earned yet; never a prize."""

    deliverable: Deliverable
    campaign_name: str
    creator_name: str
    receives: Money
    chain: Chain


def chains_of(
    session: Session, lines: Sequence[EarningLine], *, now: datetime
) -> Mapping[UUID, Chain]:
    """Earning id -> its chain, for many at once; what is paid is asked about in one question."""
    paid = {line.earning.creator_id for line in lines if line.paid_at is not None}
    banks = _banks(session, paid) if paid else {}
    return {
        line.earning.id: chain_of(
            line.work,
            _earned(line, now=now),
            account=line.account,
            bank=_bank_after(line, banks.get(line.earning.creator_id, ())),
            now=now,
            dispute=line.dispute,
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
    told = session.execute(told_with(Deliverable.id).where(Deliverable.id == deliverable.id)).one()
    return _unearned(told, now)


def _promised(session: Session, which: ColumnElement[bool], now: datetime) -> list[Promised]:
    rows = session.execute(
        told_with(Deliverable, Offer).where(
            which, Deliverable.state.not_in(DONE), Deliverable.fee_minor > 0
        )
    )
    found = [
        Promised(
            deliverable=row.Deliverable,
            campaign_name=row.campaign_name,
            creator_name=row.creator_name,
            receives=parts_of_offer(row.Offer)[row.Deliverable.position - 1].creator_receives,
            chain=_unearned(row, now),
        )
        for row in rows
    ]
    return sorted(
        found, key=lambda each: (each.chain.expected_on or now.date(), each.deliverable.id)
    )


def _unearned(told: Row[Any], now: datetime) -> Chain:
    return chain_of(
        Work(*told.work),
        None,
        account=Account(*told.account),
        bank=None,
        now=now,
        dispute=Disputed(*told.dispute) if told.dispute[0] is not None else None,
    )


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


def _earned(line: EarningLine, *, now: datetime) -> Earned:
    earning, refused_at = line.earning, line.refused_at
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
        next_look_at=line.next_look_at,
        stuck=line.waiting is Waiting.PERSON,
        kept=line.kept,
        left=earning.left - Money(upcoming, earning.currency),
        sent_at=line.paid_at if earning.state is EarningState.PAID else None,
        given_back=line.waiting is Waiting.GIVEN_BACK,
    )
