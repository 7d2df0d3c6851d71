"""What a payout leaves in the books, in its row and in its steps, from beginning to end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.kernel.actor import Actor
from marketplace.ledger import queries as ledger
from marketplace.ledger.queries import EntryView
from marketplace.ledger.rules import Code
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Earning, Freeze, Payout, PayoutAccount, PayoutStep
from marketplace.payouts.ports import TransferFacts
from marketplace.payouts.rules import EarningState, PayoutEvent, PayoutState
from marketplace.processor import queries as calls
from marketplace.processor.models import ProcessorCall
from marketplace.processor.rules import CallKind, CallState
from tests.conftest import NOON
from tests.factories.campaigns import make_campaign
from tests.factories.collaborations import make_collaboration, terms
from tests.factories.ledger import usd
from tests.factories.money import make_payout_account
from tests.services.agreeing import posted
from tests.services.books import balance
from tests.services.paying_out import WEEK, accepted

DUE = NOON + WEEK
SENT_AT = DUE + timedelta(hours=2)
NOTE = "It had counted as refused, and tr_9 paid it after all."


def earn(
    session: Session, campaign: Campaign, alice: Actor, creator: Actor, fee: int = 40_000
) -> Earning:
    agreed = make_collaboration(
        session, campaign=campaign, creator=creator, by=alice, offered=terms(fee=usd(fee))
    )
    earning = payouts.earn(session, deliverable_id=accepted(session, agreed.id).id)
    session.flush()
    payouts.mature_due(session, now=DUE)
    session.flush()
    return earning


@pytest.fixture
def account(session: Session, bea: Actor) -> PayoutAccount:
    return make_payout_account(session, bea)


@pytest.fixture
def earning(session: Session, campaign: Campaign, alice: Actor, bea: Actor) -> Earning:
    """380.00 of Bea's, of which 10.00 are kept back as tax."""
    made = earn(session, campaign, alice, bea)
    made.withheld_minor = 1_000
    session.flush()
    return made


@pytest.fixture
def payout(session: Session, account: PayoutAccount, earning: Earning) -> Payout:
    (made,) = gather(session, earning)
    return made


def gather(session: Session, *earnings: Earning) -> list[Payout]:
    made = payouts.gather(
        session, creator_ids=[earning.creator_id for earning in earnings], now=DUE
    )
    session.flush()
    return made


def call_of(session: Session, payout: Payout) -> ProcessorCall:
    call = calls.call_for(session, kind=CallKind.TRANSFER, subject_id=payout.id)
    assert call is not None
    return call


def conclude(session: Session, payout: Payout, state: CallState, **said: str) -> ProcessorCall:
    """The processor's answer, heard of twice."""
    call = call_of(session, payout)
    call.state, call.remote_id = state, said.pop("remote_id", None)
    for name, text in said.items():
        setattr(call, name, text)
    for _ in range(2):
        payouts.conclude_transfer(session, call=call, now=SENT_AT)
        session.flush()
    return call


def entry(session: Session, key: str) -> EntryView:
    found = ledger.entry_by_key(session, key)
    assert found is not None
    return found


def told(session: Session, key: str) -> tuple[object, ...]:
    """When, by whom and what an entry moved."""
    found = entry(session, key)
    pairs = [
        f"{pair.debit.code.value}/{pair.credit.code.value} {pair.amount.minor}"
        for pair in ledger.pairs_of(session, found.id)
    ]
    return found.occurred_at, found.actor, pairs


def steps(session: Session, payout: Payout) -> list[tuple[object, ...]]:
    rows = session.scalars(
        select(PayoutStep).where(PayoutStep.payout_id == payout.id).order_by(PayoutStep.id)
    )
    return [(row.event, row.state, row.happened_at, row.note) for row in rows]


RESERVED = (PayoutEvent.RESERVE, PayoutState.RESERVED, DUE, "")

# Reserved


def test_a_payout_is_written_down_with_its_tax_its_account_and_its_moment(
    session: Session, payout: Payout, account: PayoutAccount, earning: Earning
) -> None:
    session.refresh(payout)

    assert (payout.creator_id, payout.payout_account_id) == (earning.creator_id, account.id)
    assert (payout.amount, payout.withheld) == (usd(37_000), usd(1_000))
    assert (payout.state, payout.problem, payout.reversed_minor) == (PayoutState.RESERVED, "", 0)
    assert (payout.reserved_at, payout.ended_at) == (DUE, None)
    assert (earning.state, earning.payout_id) == (EarningState.PAYING, payout.id)
    assert told(session, f"payout:{payout.id}:reserve") == (
        DUE,
        "system",
        ["2050/2060 37000", "2050/2080 1000"],
    )
    assert steps(session, payout) == [RESERVED]
    assert call_of(session, payout).planned_at == DUE


def test_each_creator_has_one_payout_of_all_that_is_theirs(
    session: Session,
    campaign: Campaign,
    account: PayoutAccount,
    earning: Earning,
    acme: Brand,
    alice: Actor,
    bea: Actor,
    carl: Actor,
) -> None:
    soups = make_campaign(session, brand=acme, by=alice, name="Soups")
    more = earn(session, soups, alice, bea, 2_000)
    his = earn(session, campaign, alice, carl)
    make_payout_account(session, carl, account_id="acct_carl")

    made = gather(session, earning, his)

    assert {(each.creator_id, each.amount.minor, each.withheld_minor) for each in made} == {
        (bea.creator_id, 38_900, 1_000),
        (carl.creator_id, 38_000, 0),
    }
    hers, _ = sorted(made, key=lambda each: each.creator_id != bea.creator_id)
    assert {earning.payout_id, more.payout_id} == {hers.id}
    assert [call_of(session, each).params["account_id"] for each in made] == [
        "acct_bea" if each is hers else "acct_carl" for each in made
    ]
    assert gather(session, earning, his) == []


@pytest.mark.parametrize(("fee", "paid"), [(1_053, [1_000]), (1_052, [])])
def test_the_smallest_payout_is_sent_and_a_cent_less_is_not(
    session: Session,
    campaign: Campaign,
    account: PayoutAccount,
    alice: Actor,
    bea: Actor,
    fee: int,
    paid: list[int],
) -> None:
    small = earn(session, campaign, alice, bea, fee)

    assert [each.amount.minor for each in gather(session, small)] == paid
    assert (small.state is EarningState.PAYING) is bool(paid)


def test_an_account_that_the_processor_has_not_made_yet_is_paid_nothing(
    session: Session, account: PayoutAccount, earning: Earning
) -> None:
    account.stripe_account_id = None
    session.flush()

    assert gather(session, earning) == []
    assert earning.state is EarningState.PAYABLE


def test_nobody_is_paid_when_nobody_is_named(
    session: Session, account: PayoutAccount, earning: Earning
) -> None:
    assert gather(session) == []
    assert earning.state is EarningState.PAYABLE


def test_a_creator_who_was_refused_is_paid_again_after_an_hour(
    session: Session, payout: Payout, account: PayoutAccount, earning: Earning
) -> None:
    conclude(session, payout, CallState.REFUSED)
    account.transfers_active = True

    for minutes, made in ((59, 0), (60, 1)):
        later = SENT_AT + timedelta(minutes=minutes)
        again = payouts.gather(session, creator_ids=[earning.creator_id], now=later)
        assert len(again) == made


# Sent


def test_what_was_sent_is_booked_when_the_answer_came(
    session: Session, payout: Payout, earning: Earning
) -> None:
    conclude(session, payout, CallState.SUCCEEDED, remote_id="tr_1")

    assert told(session, f"payout:{payout.id}:settle") == (SENT_AT, "system", ["2060/1010 37000"])
    assert entry(session, f"payout:{payout.id}:settle").source_ref == "tr_1"
    assert (payout.ended_at, payout.problem) == (SENT_AT, "")
    assert steps(session, payout) == [
        RESERVED,
        (PayoutEvent.SETTLE, PayoutState.SETTLED, SENT_AT, ""),
    ]
    assert earning.state is EarningState.PAID
    assert posted(session, "PayoutSettled") == [{"payout_id": str(payout.id)}]
    assert posted(session, "PayoutFailed") == []


def test_the_end_of_one_payout_moves_no_other(
    session: Session,
    campaign: Campaign,
    payout: Payout,
    earning: Earning,
    alice: Actor,
    carl: Actor,
) -> None:
    his = earn(session, campaign, alice, carl)
    make_payout_account(session, carl, account_id="acct_carl")
    (other,) = gather(session, his)

    conclude(session, payout, CallState.SUCCEEDED, remote_id="tr_1")

    assert (earning.state, his.state) == (EarningState.PAID, EarningState.PAYING)
    assert (payout.state, other.state) == (PayoutState.SETTLED, PayoutState.RESERVED)


# Refused


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"error_text": "No such account.", "error_code": "account_invalid"}, "No such account."),
        ({"error_code": "account_invalid"}, "account_invalid"),
        ({}, ""),
    ],
)
def test_what_was_refused_is_given_back_with_its_tax_and_says_why(
    session: Session,
    payout: Payout,
    account: PayoutAccount,
    earning: Earning,
    bea: Actor,
    said: dict[str, str],
    problem: str,
) -> None:
    before = len(posted(session, "PayoutAccountChanged"))

    conclude(session, payout, CallState.REFUSED, **said)

    assert told(session, f"payout:{payout.id}:release") == (
        SENT_AT,
        "system",
        ["2060/2050 37000", "2080/2050 1000"],
    )
    assert balance(session, Code.CREATOR_PAYABLE, bea.creator_id) == usd(38_000)
    assert (payout.state, payout.problem) == (PayoutState.RETURNED, problem)
    assert (payout.ended_at, payout.stripe_transfer_id) == (SENT_AT, None)
    assert steps(session, payout)[1:] == [
        (PayoutEvent.RETURN, PayoutState.RETURNED, SENT_AT, problem)
    ]
    assert (earning.state, earning.payout_id) == (EarningState.PAYABLE, None)
    assert account.transfers_active is False
    assert posted(session, "PayoutAccountChanged")[before:] == [
        {"payout_account_id": str(account.id)}
    ]
    assert posted(session, "PayoutFailed") == [{"payout_id": str(payout.id)}]
    assert posted(session, "PayoutSettled") == []


def test_a_success_without_a_transfer_is_no_success(
    session: Session, payout: Payout, earning: Earning
) -> None:
    conclude(session, payout, CallState.SUCCEEDED)

    assert (payout.state, earning.state) == (PayoutState.RETURNED, EarningState.PAYABLE)


# Refused, and paid after all


def transfer(call: ProcessorCall) -> TransferFacts:
    return TransferFacts("tr_9", call.id, usd(37_000), "txn_9", SENT_AT)


def found_paid(session: Session, payout: Payout) -> ProcessorCall:
    call = conclude(session, payout, CallState.REFUSED)
    call.state, call.remote_id = CallState.SUCCEEDED, "tr_9"
    for _ in range(2):
        payouts.conclude_transfer(session, call=call, now=SENT_AT)
        payouts.book_found_paid(session, payout_id=payout.id, transfer=transfer(call), now=SENT_AT)
        session.flush()
    return call


def test_what_was_paid_after_all_is_set_aside_and_stops_its_creator(
    session: Session, payout: Payout, earning: Earning
) -> None:
    found_paid(session, payout)

    assert told(session, "bt:txn_9") == (SENT_AT, "system", ["1900/1010 37000"])
    assert entry(session, "bt:txn_9").source_ref == "tr_9"
    assert (payout.state, payout.stripe_transfer_id) == (PayoutState.RETURNED, "tr_9")
    assert steps(session, payout)[2:] == [
        (PayoutEvent.FIND_PAID, PayoutState.RETURNED, SENT_AT, NOTE)
    ]
    (stopped,) = session.scalars(select(Freeze)).all()
    assert (stopped.creator_id, stopped.reason) == (earning.creator_id, NOTE)
    assert (stopped.frozen_by, stopped.frozen_at) == (None, SENT_AT)


def test_a_creator_who_is_stopped_already_is_not_stopped_twice(
    session: Session, payout: Payout, earning: Earning, stella: Actor
) -> None:
    payouts.freeze(
        session, actor=stella, creator_id=earning.creator_id, reason="Looks odd.", now=DUE
    )

    found_paid(session, payout)

    stopped = queries.freeze_of(session, earning.creator_id)
    assert stopped is not None
    assert stopped.reason == "Looks odd."


def test_nothing_is_set_aside_for_a_payout_that_was_not_given_back(
    session: Session, payout: Payout
) -> None:
    call = call_of(session, payout)

    payouts.book_found_paid(session, payout_id=payout.id, transfer=transfer(call), now=SENT_AT)

    assert ledger.entry_by_key(session, "bt:txn_9") is None
