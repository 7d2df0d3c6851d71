"""From an accepted deliverable to money at the creator."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, NotFound
from marketplace.ledger.models import JournalEntry
from marketplace.ledger.rules import Code
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Earning, Payout
from marketplace.payouts.ports import AccountFacts
from marketplace.payouts.rules import EarningState, PayoutState, Waiting
from marketplace.processor.models import ProcessorCall
from marketplace.processor.rules import CallKind, CallState
from marketplace.store.outbox import OutboxMessage
from tests.conftest import NOON
from tests.factories.campaigns import make_campaign
from tests.factories.collaborations import VIDEO, make_collaboration, terms
from tests.factories.ledger import usd
from tests.services.books import balance, broken
from tests.services.paying_out import WEEK, accepted, ended, open_account, payable


@pytest.fixture
def deliverable(session: Session, acme: Brand, alice: Actor, bea: Actor) -> Deliverable:
    """An accepted deliverable worth 400.00."""
    campaign = make_campaign(session, brand=acme, by=alice)
    collaboration = make_collaboration(session, campaign=campaign, creator=bea, by=alice)
    return accepted(session, collaboration.id)


def posted(session: Session, name: str) -> int:
    session.flush()
    return len(session.scalars(select(OutboxMessage.id).where(OutboxMessage.name == name)).all())


def test_an_accepted_deliverable_earns_its_fee_less_the_platforms_share(
    session: Session, deliverable: Deliverable, bea: Actor
) -> None:
    earning = payouts.earn(session, deliverable_id=deliverable.id)
    session.flush()

    assert (earning.fee, earning.platform_share, earning.net) == (
        usd(40_000),
        usd(2_000),
        usd(38_000),
    )
    assert (earning.state, earning.payable_at) == (EarningState.PENDING, NOON + WEEK)
    assert balance(session, Code.COMMITTED, deliverable.collaboration_id) == usd(0)
    assert balance(session, Code.CREATOR_PENDING, bea.creator_id) == usd(38_000)
    # The creator's 20.00 and the brand's 40.00 on top.
    assert balance(session, Code.FEE_EARNED) == usd(6_000)
    assert balance(session, Code.FEE_UNEARNED, deliverable.campaign_id) == usd(0)
    assert broken(session) == []


def test_a_deliverable_earns_once(session: Session, deliverable: Deliverable, bea: Actor) -> None:
    first = payouts.earn(session, deliverable_id=deliverable.id)
    session.flush()
    second = payouts.earn(session, deliverable_id=deliverable.id)

    assert second is first
    assert balance(session, Code.CREATOR_PENDING, bea.creator_id) == usd(38_000)
    assert posted(session, "FeeEarned") == 1


def test_work_that_is_not_accepted_earns_nothing(
    session: Session, deliverable: Deliverable
) -> None:
    deliverable.state = DeliverableState.LIVE
    session.flush()

    with pytest.raises(Conflict, match="Only an accepted deliverable"):
        payouts.earn(session, deliverable_id=deliverable.id)

    assert session.scalars(select(Earning)).all() == []


def test_a_fee_stays_pending_to_the_last_moment_of_the_hold_window(
    session: Session, deliverable: Deliverable
) -> None:
    earning = payouts.earn(session, deliverable_id=deliverable.id)
    session.flush()

    assert payouts.mature_due(session, now=NOON + WEEK - timedelta(microseconds=1)) == 0
    assert earning.state is EarningState.PENDING


def test_after_the_hold_window_a_fee_is_payable_once(
    session: Session, deliverable: Deliverable, bea: Actor
) -> None:
    earning = payable(session, deliverable)

    assert payouts.mature_due(session, now=NOON + WEEK) == 0
    assert earning.state is EarningState.PAYABLE
    assert balance(session, Code.CREATOR_PENDING, bea.creator_id) == usd(0)
    assert balance(session, Code.CREATOR_PAYABLE, bea.creator_id) == usd(38_000)
    assert posted(session, "PayoutsWanted") == 1


def test_payable_money_is_reserved_and_a_transfer_is_planned(
    session: Session, deliverable: Deliverable, bea: Actor
) -> None:
    open_account(session, bea)
    earning = payable(session, deliverable)

    (payout,) = payouts.gather(session, creator_ids=[earning.creator_id], now=NOON + WEEK)
    session.flush()

    assert (payout.amount, payout.state) == (usd(38_000), PayoutState.RESERVED)
    assert (earning.state, earning.payout_id) == (EarningState.PAYING, payout.id)
    assert balance(session, Code.CREATOR_PAYABLE, bea.creator_id) == usd(0)
    assert balance(session, Code.PAYOUT_IN_FLIGHT, payout.id) == usd(38_000)
    call = session.scalars(
        select(ProcessorCall).where(ProcessorCall.kind == CallKind.TRANSFER)
    ).one()
    assert call.params == {
        "payout_id": str(payout.id),
        "account_id": "acct_bea",
        "amount_minor": 38_000,
        "currency": "USD",
    }
    assert broken(session) == []


def test_payable_money_is_gathered_once(
    session: Session, deliverable: Deliverable, bea: Actor
) -> None:
    open_account(session, bea)
    earning = payable(session, deliverable)
    payouts.gather(session, creator_ids=[earning.creator_id], now=NOON + WEEK)
    session.flush()

    assert payouts.gather(session, creator_ids=[earning.creator_id], now=NOON + WEEK) == []
    assert len(session.scalars(select(Payout)).all()) == 1


def test_nothing_is_paid_without_an_account(session: Session, deliverable: Deliverable) -> None:
    earning = payable(session, deliverable)

    assert payouts.gather(session, creator_ids=[earning.creator_id], now=NOON + WEEK) == []
    assert earning.state is EarningState.PAYABLE


def test_nothing_is_paid_to_an_account_that_is_not_ready(
    session: Session, deliverable: Deliverable, bea: Actor
) -> None:
    open_account(session, bea, active=False)
    earning = payable(session, deliverable)

    assert payouts.gather(session, creator_ids=[earning.creator_id], now=NOON + WEEK) == []


def test_little_money_waits_for_more(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice)
    small = terms(fee=usd(1_052), deliverables=(VIDEO,))
    collaboration = make_collaboration(
        session, campaign=campaign, creator=bea, by=alice, offered=small
    )
    open_account(session, bea)
    earning = payable(session, accepted(session, collaboration.id))

    assert earning.net == usd(999)
    assert payouts.gather(session, creator_ids=[earning.creator_id], now=NOON + WEEK) == []
    (line,) = queries.earnings_of_creator(
        session, creator_id=earning.creator_id, page=1, now=NOON
    ).rows
    assert line.waiting is Waiting.BELOW_MINIMUM


def test_a_sent_payout_is_settled_once(
    session: Session, deliverable: Deliverable, bea: Actor
) -> None:
    open_account(session, bea)
    earning = payable(session, deliverable)
    (payout,) = payouts.gather(session, creator_ids=[earning.creator_id], now=NOON + WEEK)
    session.flush()
    before = balance(session, Code.PROCESSOR_BALANCE)

    ended(session, payout, CallState.SUCCEEDED, "tr_1")
    ended(session, payout, CallState.SUCCEEDED, "tr_1")

    assert (payout.state, payout.stripe_transfer_id) == (PayoutState.SETTLED, "tr_1")
    assert earning.state is EarningState.PAID
    assert balance(session, Code.PAYOUT_IN_FLIGHT, payout.id) == usd(0)
    assert balance(session, Code.PROCESSOR_BALANCE) == before - usd(38_000)
    sources = session.scalars(
        select(JournalEntry.source_ref).where(JournalEntry.source_ref == "tr_1")
    ).all()
    assert sources == ["tr_1"]
    assert posted(session, "PayoutSettled") == 1
    assert broken(session) == []


def test_a_refused_payout_gives_the_money_back_and_pauses_the_account(
    session: Session, deliverable: Deliverable, bea: Actor
) -> None:
    account = open_account(session, bea)
    earning = payable(session, deliverable)
    (payout,) = payouts.gather(session, creator_ids=[earning.creator_id], now=NOON + WEEK)
    session.flush()

    ended(session, payout, CallState.REFUSED, None)
    ended(session, payout, CallState.REFUSED, None)

    assert (payout.state, payout.problem) == (
        PayoutState.RETURNED,
        "This account cannot be paid.",
    )
    assert (earning.state, earning.payout_id) == (EarningState.PAYABLE, None)
    assert balance(session, Code.CREATOR_PAYABLE, bea.creator_id) == usd(38_000)
    assert account.transfers_active is False
    assert posted(session, "PayoutFailed") == 1
    assert payouts.gather(session, creator_ids=[earning.creator_id], now=NOON + WEEK) == []
    assert broken(session) == []


def test_an_account_that_becomes_ready_rings_for_its_money(
    session: Session, deliverable: Deliverable, bea: Actor
) -> None:
    open_account(session, bea, active=False)
    earning = payable(session, deliverable)
    rung = posted(session, "PayoutsWanted")

    ready = AccountFacts("acct_bea", transfers_active=True, requirements=())
    payouts.record_account(session, facts=ready, now=NOON)

    assert posted(session, "PayoutsWanted") == rung + 1
    assert len(payouts.gather(session, creator_ids=[earning.creator_id], now=NOON + WEEK)) == 1


def test_the_chain_of_a_fee_is_the_same_for_everybody(
    session: Session, deliverable: Deliverable, bea: Actor
) -> None:
    earning = payouts.earn(session, deliverable_id=deliverable.id)
    session.flush()

    def seen() -> set[Waiting]:
        return {
            queries.earnings_of_creator(session, creator_id=earning.creator_id, page=1, now=NOON)
            .rows[0]
            .waiting,
            queries.earnings_of_campaign(session, campaign_id=earning.campaign_id, page=1, now=NOON)
            .rows[0]
            .waiting,
            queries.all_earnings(session, state=None, page=1, now=NOON).rows[0].waiting,
        }

    assert seen() == {Waiting.HOLD}
    payouts.mature_due(session, now=NOON + WEEK)
    session.flush()
    assert seen() == {Waiting.NO_ACCOUNT}
    account = open_account(session, bea, active=False)
    assert seen() == {Waiting.ACCOUNT_NOT_READY}
    account.transfers_active = True
    session.flush()
    assert seen() == {Waiting.NEXT_RUN}
    (payout,) = payouts.gather(session, creator_ids=[earning.creator_id], now=NOON + WEEK)
    session.flush()
    assert seen() == {Waiting.SENDING}
    ended(session, payout, CallState.SUCCEEDED, "tr_1")
    assert seen() == {Waiting.NOTHING}


def test_the_sums_of_a_creator_say_where_each_cent_is(
    session: Session, deliverable: Deliverable, bea: Actor
) -> None:
    payable(session, deliverable)
    assert bea.creator_id is not None

    (sums,) = queries.sums_of(session, bea.creator_id)

    assert (sums.currency, sums.pending, sums.payable, sums.paying, sums.paid) == (
        "USD",
        usd(0),
        usd(38_000),
        usd(0),
        usd(0),
    )


def test_a_payout_is_for_its_creator_and_staff_alone(
    session: Session,
    deliverable: Deliverable,
    bea: Actor,
    carl: Actor,
    alice: Actor,
    stella: Actor,
) -> None:
    open_account(session, bea)
    earning = payable(session, deliverable)
    (payout,) = payouts.gather(session, creator_ids=[earning.creator_id], now=NOON + WEEK)
    session.flush()

    assert queries.payout_seen_by(session, bea, payout.id) is payout
    assert queries.payout_seen_by(session, stella, payout.id) is payout
    for stranger in (carl, alice):
        with pytest.raises(NotFound):
            queries.payout_seen_by(session, stranger, payout.id)


def test_due_dates_come_from_the_offer(session: Session, deliverable: Deliverable) -> None:
    assert deliverable.draft_due_on == date(2026, 11, 16)
    assert deliverable.publish_by_on == date(2026, 11, 23)
    assert deliverable.fee == usd(40_000)
