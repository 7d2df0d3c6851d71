"""Chargebacks and fraud warnings: news in any order, booked once."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.funding import service as funding
from marketplace.funding.models import Charge, Chargeback
from marketplace.funding.ports import ChargebackFacts
from marketplace.funding.rules import WarningState
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import JournalEntry
from marketplace.ledger.rules import AccountRef, Code
from marketplace.reconciliation import checks
from marketplace.store.outbox import OutboxMessage
from marketplace.terms.models import TermsLimit, TermsVersion
from tests.conftest import NOON
from tests.factories.chargebacks import (
    DUE,
    INQUIRY,
    LOST,
    OPENED,
    REVIEW,
    WARNING,
    WON,
    C,
    taken,
    tell,
    warn,
)
from tests.factories.collaborations import make_collaboration
from tests.factories.money import pay_in


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def balance(session: Session, code: Code, owner: UUID | None = None) -> Money:
    ref = AccountRef(code) if owner is None else AccountRef(code, owner)
    return ledger.balance_of(session, ref, currency="USD")


def broken(session: Session) -> list[str]:
    return [result.name for result in checks.run_all(session) if result.broken]


def keys(session: Session, like: str) -> list[str]:
    return list(
        session.scalars(
            select(JournalEntry.idem_key)
            .where(JournalEntry.idem_key.like(like))
            .order_by(JournalEntry.id)
        )
    )


def posted(session: Session, name: str) -> list[dict[str, Any]]:
    session.flush()
    rows = session.scalars(
        select(OutboxMessage).where(OutboxMessage.name == name).order_by(OutboxMessage.id)
    )
    return [row.body for row in rows]


@pytest.fixture
def funded(session: Session, alice: Actor, bea: Actor, campaign: Campaign) -> Campaign:
    """1,000.00 and 100.00 of fee paid in by ch_1; 400.00 promised, 600.00 unspent."""
    pay_in(session, campaign, by=alice)
    make_collaboration(session, campaign=campaign, creator=bea, by=alice, funded=True)
    return campaign


def where(session: Session, campaign: Campaign, found: Chargeback) -> list[int]:
    """Unspent, frozen, unearned fee, taken, and owed by the brand."""
    return [
        balance(session, Code.CAMPAIGN_FUNDS, campaign.id).minor,
        balance(session, Code.CAMPAIGN_FROZEN, campaign.id).minor,
        balance(session, Code.FEE_UNEARNED, campaign.id).minor,
        balance(session, Code.CHARGEBACK_OPEN, found.id).minor,
        balance(session, Code.OWED_BY_BRAND, found.brand_id).minor,
    ]


def test_a_chargeback_takes_its_money_and_freezes_what_is_left(
    session: Session, funded: Campaign
) -> None:
    at_processor = balance(session, Code.PROCESSOR_BALANCE)
    found = tell(session, OPENED)

    assert (found.state, found.fee, found.frozen) == (C.NEEDS_RESPONSE, usd(1_500), usd(60_000))
    assert found.evidence_due_by == DUE
    assert where(session, funded, found) == [0, 60_000, 10_000, 110_000, 0]
    assert balance(session, Code.CHARGEBACK_FEES) == usd(1_500)
    assert balance(session, Code.PROCESSOR_BALANCE) == at_processor - usd(111_500)
    assert keys(session, "dp:%") == ["dp:du_1:withdrawn"]
    assert session.scalars(select(Charge)).one().charged_back_minor == 110_000
    assert [each["state"] for each in posted(session, "ChargebackTurned")] == ["needs_response"]
    assert broken(session) == []


def test_what_creators_were_promised_stays_theirs(session: Session, funded: Campaign) -> None:
    collaboration_id = (
        session.scalars(select(JournalEntry.idem_key).where(JournalEntry.idem_key.like("commit:%")))
        .one()
        .split(":")[1]
    )
    tell(session, OPENED, LOST)

    assert balance(session, Code.COMMITTED, UUID(collaboration_id)) == usd(40_000)


@pytest.mark.parametrize("fee_back", [0, 1_500])
def test_a_chargeback_that_is_won_is_as_if_it_had_not_been(
    session: Session, funded: Campaign, fee_back: int
) -> None:
    at_processor = balance(session, Code.PROCESSOR_BALANCE)
    won = replace(WON, reinstated=taken(110_000, -fee_back))
    found = tell(session, OPENED, REVIEW, won)

    assert (found.state, found.frozen, found.ended_at) == (C.WON, usd(0), NOON)
    assert where(session, funded, found) == [60_000, 0, 10_000, 0, 0]
    assert balance(session, Code.CHARGEBACK_FEES) == usd(1_500 - fee_back)
    assert balance(session, Code.PROCESSOR_BALANCE) == at_processor - usd(1_500 - fee_back)
    assert session.scalars(select(Charge)).one().charged_back_minor == 0
    assert broken(session) == []


def test_a_chargeback_that_is_lost_is_paid_from_what_is_left_and_the_brand_owes_the_rest(
    session: Session, funded: Campaign
) -> None:
    found = tell(session, OPENED, LOST)

    # 600.00 frozen, and of the fee of 100.00 what the promised 400.00 do not keep.
    assert found.owed == usd(44_000)
    assert where(session, funded, found) == [0, 0, 4_000, 0, 44_000]
    assert keys(session, "dp:%") == ["dp:du_1:withdrawn", "dp:du_1:lost"]
    assert broken(session) == []


def test_a_campaign_without_promises_pays_for_its_whole_chargeback(
    session: Session, alice: Actor, campaign: Campaign
) -> None:
    pay_in(session, campaign, by=alice)
    found = tell(session, OPENED, LOST)

    assert where(session, campaign, found) == [0, 0, 0, 0, 0]


def test_the_tax_on_a_fee_that_nobody_can_earn_pays_too(
    session: Session, alice: Actor, campaign: Campaign
) -> None:
    first = session.scalars(select(TermsVersion)).first()
    assert first is not None
    columns = {each.name: getattr(first, each.name) for each in TermsVersion.__table__.columns}
    taxed = columns | {"id": new_id(), "valid_from": NOON, "fee_tax_bps": 1_900}
    names = {each.name for each in TermsLimit.__table__.columns if not each.name.endswith("id")}
    limits = {name: getattr(first.limits[0], name) for name in names} | {"currency": "USD"}
    session.add(TermsVersion(**taxed, limits=[TermsLimit(**limits)]))
    session.flush()
    pay_in(session, campaign, by=alice)
    assert balance(session, Code.SALES_TAX) == usd(1_900)
    whole = replace(OPENED, amount=usd(111_900), withdrawn=taken(111_900, 1_500))
    found = tell(session, whole, replace(whole, state=C.LOST))

    assert where(session, campaign, found) == [0, 0, 0, 0, 0]
    assert balance(session, Code.SALES_TAX) == usd(0)
    assert broken(session) == []


def test_money_that_came_since_pays_before_the_brand_owes(
    session: Session, alice: Actor, funded: Campaign
) -> None:
    tell(session, OPENED)
    pay_in(session, funded, by=alice, budget=usd(30_000), charge_id="ch_2")
    found = tell(session, LOST)

    # 600.00 frozen, 300.00 since, 90.00 of fee; 110.00 are owed.
    assert where(session, funded, found) == [0, 0, 4_000, 0, 11_000]
    assert broken(session) == []


@pytest.mark.parametrize("order", list(permutations([OPENED, REVIEW, WON])))
def test_news_in_any_order_come_to_the_same_books(
    session: Session, funded: Campaign, order: tuple[ChargebackFacts, ...]
) -> None:
    found = tell(session, *order, WON)

    assert found.state is C.WON
    assert keys(session, "dp:%") == ["dp:du_1:withdrawn", "dp:du_1:reinstated"]
    assert where(session, funded, found) == [60_000, 0, 10_000, 0, 0]


@pytest.mark.parametrize("late", [OPENED, REVIEW, INQUIRY, replace(WON, reinstated=None)])
def test_what_is_lost_stays_lost_whatever_is_told_later(
    session: Session, funded: Campaign, late: ChargebackFacts
) -> None:
    before = tell(session, LOST)
    entries = keys(session, "%")
    found = tell(session, late)

    assert (found.id, found.state) == (before.id, C.LOST)
    assert keys(session, "%") == entries
    assert where(session, funded, found) == [0, 0, 4_000, 0, 44_000]


def test_a_win_counts_once_the_money_is_back(session: Session, funded: Campaign) -> None:
    found = tell(session, OPENED, replace(WON, reinstated=None))
    assert found.state is C.NEEDS_RESPONSE

    assert tell(session, WON).state is C.WON


def test_a_win_that_gives_back_more_than_was_taken_is_left_to_a_person(
    session: Session, funded: Campaign
) -> None:
    found = tell(session, OPENED, replace(WON, reinstated=taken(110_001)))

    assert found.state is C.NEEDS_RESPONSE
    assert keys(session, "dp:%") == ["dp:du_1:withdrawn"]


def test_an_inquiry_moves_nothing_but_freezes_until_it_is_over(
    session: Session, funded: Campaign
) -> None:
    found = tell(session, INQUIRY)
    assert (found.state, found.frozen) == (C.INQUIRY, usd(60_000))
    assert where(session, funded, found) == [0, 60_000, 10_000, 0, 0]

    tell(session, replace(INQUIRY, state=C.CLOSED))

    assert found.state is C.CLOSED
    assert where(session, funded, found) == [60_000, 0, 10_000, 0, 0]
    assert keys(session, "efw:%") == ["efw:du_1", "efw:du_1:over"]
    assert broken(session) == []


def test_an_inquiry_that_becomes_a_chargeback_freezes_nothing_twice(
    session: Session, funded: Campaign
) -> None:
    found = tell(session, INQUIRY, OPENED)

    assert (found.state, found.frozen) == (C.NEEDS_RESPONSE, usd(60_000))
    assert where(session, funded, found) == [0, 60_000, 10_000, 110_000, 0]
    tell(session, WON)
    assert where(session, funded, found) == [60_000, 0, 10_000, 0, 0]


def test_a_chargeback_of_a_part_freezes_no_more_than_that_part(
    session: Session, funded: Campaign
) -> None:
    part = replace(OPENED, amount=usd(10_000), withdrawn=taken(10_000, 1_500))
    found = tell(session, part)
    assert where(session, funded, found) == [50_000, 10_000, 10_000, 10_000, 0]

    tell(session, replace(part, state=C.LOST))
    assert where(session, funded, found) == [50_000, 0, 10_000, 0, 0]
    assert broken(session) == []


def test_a_chargeback_of_no_charge_of_ours_changes_nothing(
    session: Session, funded: Campaign
) -> None:
    entries = keys(session, "%")

    for facts in (replace(OPENED, charge_id="ch_x"), replace(OPENED, amount=Money(5, "EUR"))):
        assert funding.record_chargeback(session, facts=facts, now=NOON) is None

    assert keys(session, "%") == entries
    assert session.scalars(select(Chargeback)).all() == []


def test_money_that_is_being_charged_back_is_not_refunded(
    session: Session, alice: Actor, funded: Campaign
) -> None:
    pay_in(session, funded, by=alice, budget=usd(30_000), charge_id="ch_2")
    tell(session, replace(OPENED, amount=usd(50_000), withdrawn=taken(50_000, 1_500)))

    refunds = funding.take_back(
        session,
        actor=alice,
        campaign_id=funded.id,
        budget=usd(30_000),
        asked_as=uuid4(),
        now=NOON,
    )

    charges = [session.get_one(Charge, each.charge_id).stripe_charge_id for each in refunds]
    assert charges == ["ch_2"]


def frozen(session: Session, campaign: Campaign) -> Money:
    return balance(session, Code.CAMPAIGN_FROZEN, campaign.id)


def test_a_fraud_warning_freezes_until_nothing_is_left_to_be_done(
    session: Session, funded: Campaign
) -> None:
    warned = warn(session)
    assert (warned.state, warned.frozen) == (WarningState.OPEN, usd(60_000))
    assert frozen(session, funded) == usd(60_000)

    warn(session, replace(WARNING, actionable=False))

    assert warned.state is WarningState.OVER
    assert frozen(session, funded) == usd(0)
    assert keys(session, "efw:%") == ["efw:issfr_1", "efw:issfr_1:over"]
    assert broken(session) == []


def test_staff_free_the_money_once_when_a_warning_was_nothing(
    session: Session, funded: Campaign, stella: Actor, alice: Actor
) -> None:
    warned = warn(session)

    def dismiss(actor: Actor, note: str) -> None:
        funding.dismiss_warning(session, actor=actor, warning_id=warned.id, note=note, now=NOON)

    with pytest.raises(NotPermitted):
        dismiss(alice, "It was us.")
    with pytest.raises(InvalidInput):
        dismiss(stella, "")
    assert frozen(session, funded) == usd(60_000)

    dismiss(stella, "They called.")
    with pytest.raises(Conflict):
        dismiss(stella, "They called.")

    assert (warned.note, warned.ended_by) == ("They called.", stella.user_id)
    assert frozen(session, funded) == usd(0)


def test_a_warning_that_becomes_a_chargeback_hands_over_what_it_froze(
    session: Session, funded: Campaign
) -> None:
    warned = warn(session)
    found = tell(session, OPENED)

    assert (warned.state, warned.frozen) == (WarningState.OVER, usd(0))
    assert found.frozen == usd(60_000)
    warn(session, replace(WARNING, actionable=False))
    assert frozen(session, funded) == usd(60_000)
    tell(session, WON)
    assert frozen(session, funded) == usd(0)
    assert broken(session) == []
