"""Money that comes back from creators: decided by two, kept back, reversed, forgiven."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.deliverables.models import Deliverable
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotPermitted
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import JournalEntry
from marketplace.ledger.rules import AccountRef, Code, InsufficientBalance
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.payouts.models import ClawbackCase, Earning, Payout, PayoutReversal
from marketplace.payouts.rules import (
    ACCOUNT_SHORT,
    EarningKind,
    EarningState,
    PayoutState,
    Recovery,
    ReversalState,
)
from marketplace.processor.models import ProcessorCall
from marketplace.processor.ports import Answer
from marketplace.processor.rules import CallState, Outcome
from marketplace.reconciliation import checks
from marketplace.store.outbox import OutboxMessage
from marketplace.treasury import service as treasury
from marketplace.treasury.models import FinanceRequest
from tests.factories.ledger import usd
from tests.factories.money import (
    HOLD_OVER,
    make_accepted,
    make_case,
    make_earning,
    make_paid_campaign,
    make_payout,
    make_payout_account,
    send_payout,
)
from tests.services.taking_back import LATER, gather, next_work, reverse

SENT = Answer(Outcome.DONE, remote_id="tr_1")


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_paid_campaign(session, brand=acme, by=alice)


@pytest.fixture
def paid(session: Session, campaign: Campaign, alice: Actor, bea: Actor) -> Deliverable:
    """Work of 400.00, of which 380.00 were sent to Bea."""
    done = make_accepted(session, campaign, by=alice, creator=bea)
    make_earning(session, done)
    make_payout_account(session, bea)
    send_payout(session, make_payout(session, bea), SENT)
    return done


@pytest.fixture
def payout(session: Session, paid: Deliverable) -> Payout:
    return session.scalars(select(Payout)).one()


def balance(session: Session, code: Code, owner: object = None) -> int:
    ref = AccountRef(code, owner) if owner else AccountRef(code)  # type: ignore[arg-type]
    return ledger.balance_of(session, ref, currency="USD").minor


def owed(session: Session, creator: Actor) -> int:
    return balance(session, Code.OWED_BY_CREATOR, creator.creator_id)


def broken(session: Session) -> list[str]:
    session.flush()
    return [result.name for result in checks.run_all(session) if result.broken]


def posted(session: Session, name: str) -> int:
    session.flush()
    return session.scalar(select(func.count()).where(OutboxMessage.name == name)) or 0


# A clawback.


def test_two_decide_and_the_campaign_has_its_money_at_once(
    session: Session, paid: Deliverable, bea: Actor, stella: Actor, theo: Actor
) -> None:
    before = balance(session, Code.CAMPAIGN_FUNDS, paid.campaign_id)
    asked = treasury.ask_clawback(
        session,
        actor=stella,
        deliverable_id=paid.id,
        amount=usd(4_000),
        reason="The post was deleted after a day",
        now=LATER,
    )
    session.flush()
    assert owed(session, bea) == 0
    assert session.scalars(select(ClawbackCase)).all() == []

    with pytest.raises(NotPermitted):
        treasury.approve(session, actor=stella, request_id=asked.id, now=LATER)
    treasury.approve(session, actor=theo, request_id=asked.id, now=LATER)
    session.flush()

    (case,) = session.scalars(select(ClawbackCase)).all()
    assert (case.id, case.creator_id, case.rest) == (asked.id, bea.creator_id, usd(4_000))
    assert owed(session, bea) == 4_000
    assert balance(session, Code.CAMPAIGN_FUNDS, paid.campaign_id) == before + 4_000
    assert posted(session, "ClawbackOpened") == 1
    assert broken(session) == []


@pytest.mark.parametrize("minor", [38_001, 100_000])
def test_no_more_is_taken_back_than_was_sent(
    session: Session, paid: Deliverable, stella: Actor, minor: int
) -> None:
    with pytest.raises(InvalidInput, match=r"At most USD 380\.00 was sent for it"):
        treasury.ask_clawback(
            session,
            actor=stella,
            deliverable_id=paid.id,
            amount=usd(minor),
            reason="All of it",
            now=LATER,
        )

    assert session.scalars(select(FinanceRequest)).all() == []


def test_what_is_owed_is_kept_back_from_the_next_payout_to_the_cent(
    session: Session, paid: Deliverable, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    case = make_case(session, deliverable_id=paid.id, amount=usd(4_000))
    earning = next_work(session, campaign, alice, bea)

    assert gather(session, bea) == [34_000]

    assert (earning.netted_minor, earning.left, earning.state) == (
        4_000,
        usd(34_000),
        EarningState.PAYING,
    )
    assert (case.rest, case.closed_at, owed(session, bea)) == (usd(0), LATER, 0)
    (step,) = queries.steps_of_case(session, case.id)
    assert (step.how, step.amount, step.earning_id) == (Recovery.NETTED, usd(4_000), earning.id)
    keys = session.scalars(select(JournalEntry.idem_key).order_by(JournalEntry.id)).all()
    assert keys.count(f"clawnet:{case.id}:1") == 1
    assert posted(session, "ClawbackSettled") == 1
    assert broken(session) == []


def test_more_is_owed_than_was_earned_and_nothing_goes_out(
    session: Session, paid: Deliverable, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    case = make_case(session, deliverable_id=paid.id, amount=usd(38_000))
    other = next_work(session, campaign, alice, bea)
    more = make_case(session, deliverable_id=other.deliverable_id, amount=usd(1_000))

    assert gather(session, bea) == []

    assert (other.state, other.left) == (EarningState.NETTED, usd(0))
    assert (case.rest, more.rest, owed(session, bea)) == (usd(0), usd(1_000), 1_000)
    assert broken(session) == []


def test_the_oldest_clawback_is_settled_first(
    session: Session, paid: Deliverable, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    first, second, third = (
        make_case(session, deliverable_id=paid.id, amount=usd(minor))
        for minor in (10_000, 5_000, 30_000)
    )
    next_work(session, campaign, alice, bea)

    assert gather(session, bea) == []

    assert [c.rest.minor for c in (first, second, third)] == [0, 0, 7_000]
    assert broken(session) == []


def test_a_refused_payout_is_gathered_again_less_what_was_kept_back(
    session: Session, paid: Deliverable, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    make_case(session, deliverable_id=paid.id, amount=usd(4_000))
    next_work(session, campaign, alice, bea)
    (made,) = payouts.gather(session, creator_ids=[bea.creator_id], now=HOLD_OVER)  # type: ignore[list-item]
    session.flush()
    send_payout(session, made, Answer(Outcome.REFUSED, code="account_invalid"))
    account = queries.account_of(session, made.creator_id)
    assert account is not None
    account.transfers_active = True

    assert gather(session, bea) == [34_000]
    assert broken(session) == []


def test_somebody_elses_debt_is_not_kept_back_from_anybody(
    session: Session, paid: Deliverable, campaign: Campaign, alice: Actor, carl: Actor
) -> None:
    case = make_case(session, deliverable_id=paid.id, amount=usd(4_000))
    next_work(session, campaign, alice, carl)
    make_payout_account(session, carl, account_id="acct_carl")

    assert gather(session, carl) == [38_000]
    assert case.rest == usd(4_000)


def test_a_clawback_is_forgiven_by_two(
    session: Session, paid: Deliverable, bea: Actor, stella: Actor, theo: Actor
) -> None:
    case = make_case(session, deliverable_id=paid.id, amount=usd(4_000))
    with pytest.raises((Conflict, InsufficientBalance)):
        treasury.ask_forgiveness(
            session, actor=stella, case_id=case.id, amount=usd(4_001), reason="Old.", now=LATER
        )
    asked = treasury.ask_forgiveness(
        session, actor=stella, case_id=case.id, amount=usd(4_000), reason="Old.", now=LATER
    )
    session.flush()
    assert (case.rest, owed(session, bea)) == (usd(4_000), 4_000)

    treasury.approve(session, actor=theo, request_id=asked.id, now=LATER)
    session.flush()

    assert (case.rest, owed(session, bea)) == (usd(0), 0)
    assert balance(session, Code.LOSSES) == 4_000
    assert broken(session) == []


# A reversal.


def test_a_payout_taken_back_is_payable_again_and_frozen(
    session: Session, payout: Payout, bea: Actor, stella: Actor
) -> None:
    made = reverse(session, stella, payout, 38_000)

    assert (made.state, made.stripe_reversal_id) == (ReversalState.DONE, "trr_38000")
    assert (payout.state, payout.reversed_minor) == (PayoutState.REVERSED, 38_000)
    assert balance(session, Code.CREATOR_PAYABLE, bea.creator_id) == 38_000
    returned = session.scalars(select(Earning).where(Earning.kind == EarningKind.RETURNED)).one()
    assert (returned.state, returned.left) == (EarningState.PAYABLE, usd(38_000))
    assert gather(session, bea) == []
    freeze = queries.freeze_of(session, payout.creator_id)
    assert freeze is not None
    payouts.unfreeze(session, actor=stella, freeze_id=freeze.id, now=LATER)
    session.flush()
    assert gather(session, bea) == [38_000]
    assert broken(session) == []


def test_a_payout_is_taken_back_in_parts_and_never_more(
    session: Session, payout: Payout, stella: Actor
) -> None:
    reverse(session, stella, payout, 8_000)
    assert (payout.state, payout.reversed_minor) == (PayoutState.PARTLY_REVERSED, 8_000)

    with pytest.raises(InvalidInput, match=r"At most USD 300\.00"):
        reverse(session, stella, payout, 30_001)
    reverse(session, stella, payout, 30_000)
    with pytest.raises(Conflict, match="Only a payout that has settled"):
        reverse(session, stella, payout, 1)

    assert payout.state is PayoutState.REVERSED
    assert broken(session) == []


def test_an_empty_account_refuses_for_good_and_says_so(
    session: Session, payout: Payout, stella: Actor
) -> None:
    entries = session.scalar(select(func.count()).select_from(JournalEntry))
    refusal = Answer(Outcome.REFUSED, code=ACCOUNT_SHORT, text="Too little there.")

    made = reverse(session, stella, payout, 38_000, reply=refusal)

    assert (made.state, made.problem_code) == (ReversalState.REFUSED, ACCOUNT_SHORT)
    assert (payout.state, payout.reversed_minor) == (PayoutState.SETTLED, 0)
    assert session.scalar(select(func.count()).select_from(JournalEntry)) == entries
    assert posted(session, "ReversalEnded") == 1
    assert broken(session) == []


def test_a_clawback_is_recovered_out_of_a_payout(
    session: Session, paid: Deliverable, payout: Payout, bea: Actor, stella: Actor
) -> None:
    case = make_case(session, deliverable_id=paid.id, amount=usd(4_000))

    with pytest.raises(Conflict, match="Less than that is left"):
        reverse(session, stella, payout, 4_001, case=case)
    reverse(session, stella, payout, 4_000, case=case)

    assert (case.rest, owed(session, bea)) == (usd(0), 0)
    assert balance(session, Code.CREATOR_PAYABLE, bea.creator_id) == 0
    assert queries.steps_of_case(session, case.id)[0].how is Recovery.REVERSED
    assert queries.freeze_of(session, payout.creator_id) is None
    assert broken(session) == []


def test_what_a_reversal_will_bring_is_not_kept_back_as_well(
    session: Session,
    paid: Deliverable,
    payout: Payout,
    campaign: Campaign,
    alice: Actor,
    bea: Actor,
    stella: Actor,
) -> None:
    case = make_case(session, deliverable_id=paid.id, amount=usd(4_000))
    reverse(session, stella, payout, 3_000, case=case, reply=Answer(Outcome.UNKNOWN))
    next_work(session, campaign, alice, bea)

    assert gather(session, bea) == [37_000]

    assert case.rest == usd(3_000)
    call = session.scalars(select(ProcessorCall).where(ProcessorCall.kind == "reversal")).one()
    call.state, call.remote_id = CallState.SUCCEEDED, "trr_late"
    payouts.conclude_reversal(session, call=call, now=LATER)
    assert (case.rest, owed(session, bea)) == (usd(0), 0)
    assert broken(session) == []


def test_only_staff_take_money_back(
    session: Session, payout: Payout, paid: Deliverable, alice: Actor, bea: Actor
) -> None:
    for actor in (alice, bea, Actor()):
        with pytest.raises(NotPermitted):
            payouts.ask_reversal(
                session, actor=actor, payout_id=payout.id, amount=usd(1), reason="x", now=LATER
            )
        with pytest.raises(NotPermitted):
            treasury.ask_clawback(
                session, actor=actor, deliverable_id=paid.id, amount=usd(1), reason="x", now=LATER
            )

    assert session.scalars(select(PayoutReversal)).all() == []
    assert session.scalars(select(FinanceRequest)).all() == []


def test_a_reversal_needs_a_reason(session: Session, payout: Payout, stella: Actor) -> None:
    with pytest.raises(InvalidInput, match="Say why"):
        payouts.ask_reversal(
            session, actor=stella, payout_id=payout.id, amount=Money(1, "USD"), reason="", now=LATER
        )

    assert session.scalars(select(PayoutReversal)).all() == []
