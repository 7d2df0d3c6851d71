"""A brand's bill: all that it ever paid stands in one of the lines, to the cent."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.funding import queries
from marketplace.funding import service as funding
from marketplace.funding.queries import Bill
from marketplace.kernel.actor import Actor
from marketplace.kernel.ids import new_id
from marketplace.ledger.rules import AccountRef, Code
from marketplace.payouts.models import ClawbackCase
from marketplace.processor.ports import Answer
from marketplace.processor.rules import Outcome
from marketplace.terms.models import TermsLimit, TermsVersion
from marketplace.terms.rules import Bearer
from marketplace.treasury import service as treasury
from tests.conftest import NOON
from tests.factories.campaigns import make_campaign
from tests.factories.chargebacks import LOST, OPENED, WON, tell
from tests.factories.ledger import usd
from tests.factories.money import (
    make_accepted,
    make_case,
    make_earning,
    make_payout,
    make_payout_account,
    pay_in,
    send_payout,
)


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    """1,000.00 paid in, with 100.00 of fee, 19.00 of tax on it, and the processor's part."""
    first = session.scalars(select(TermsVersion)).first()
    assert first is not None
    columns = {each.name: getattr(first, each.name) for each in TermsVersion.__table__.columns}
    dear = {
        "id": new_id(),
        "valid_from": NOON,
        "fee_tax_bps": 1_900,
        "processor_fees_by": Bearer.BRAND,
    }
    names = {each.name for each in TermsLimit.__table__.columns if not each.name.endswith("id")}
    limits = {name: getattr(first.limits[0], name) for name in names} | {"currency": "USD"}
    session.add(TermsVersion(**(columns | dear), limits=[TermsLimit(**limits)]))
    session.flush()
    made = make_campaign(session, brand=acme, by=alice)
    pay_in(session, made, by=alice)
    return made


def bill_of(session: Session, brand: Brand) -> Bill:
    session.flush()
    (bill,) = queries.bills_of(session, brand_id=brand.id)
    assert bill.unexplained == usd(0)
    return bill


def test_taxes_and_the_processors_fee_are_lines_of_their_own(
    session: Session, acme: Brand, campaign: Campaign
) -> None:
    bill = bill_of(session, acme)

    assert bill.taxes == usd(1_900)
    assert bill.processor_fees.minor > 0
    assert bill.paid_in == usd(111_900) + bill.processor_fees
    assert bill.held == usd(110_000)


def test_what_a_creator_gives_back_was_not_spent_after_all(
    session: Session, acme: Brand, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    work = make_accepted(session, campaign, by=alice, creator=bea)
    make_earning(session, work)
    make_payout_account(session, bea)
    send_payout(session, make_payout(session, bea), Answer(Outcome.DONE, remote_id="tr_1"))
    assert bill_of(session, acme).spent == usd(44_000)

    make_case(session, deliverable_id=work.id, amount=usd(9_000))

    bill = bill_of(session, acme)
    assert (bill.spent, bill.unspent) == (usd(35_000), usd(69_000))
    assert session.scalars(select(ClawbackCase.amount_minor)).all() == [9_000]


def test_a_refund_under_way_and_what_staff_put_right_stand_in_the_bill(
    session: Session, acme: Brand, campaign: Campaign, alice: Actor, stella: Actor, theo: Actor
) -> None:
    funding.take_back(
        session,
        actor=alice,
        campaign_id=campaign.id,
        budget=usd(20_000),
        asked_as=uuid4(),
        now=NOON,
    )
    asked = treasury.ask_adjustment(
        session,
        actor=stella,
        account=AccountRef(Code.BRAND_FUNDS, acme.id),
        more=True,
        against=Code.GOODWILL,
        amount=usd(2_500),
        reason="For the trouble.",
        now=NOON,
    )
    session.flush()
    treasury.approve(session, actor=theo, request_id=asked.id, now=NOON)

    bill = bill_of(session, acme)
    assert (bill.refunded, bill.corrected, bill.wallet) == (usd(22_380), usd(2_500), usd(2_500))


def test_a_debt_that_was_written_off_and_a_win_after_that_stay_explained(
    session: Session, acme: Brand, campaign: Campaign, alice: Actor, bea: Actor, stella: Actor,
    theo: Actor,
) -> None:  # fmt: skip
    make_accepted(session, campaign, by=alice, creator=bea)
    tell(session, OPENED, LOST)
    owed = bill_of(session, acme).owed
    assert owed.minor > 0
    asked = treasury.ask_write_off(
        session, actor=stella, brand_id=acme.id, amount=owed, reason="Gone.", now=NOON
    )
    session.flush()
    treasury.approve(session, actor=theo, request_id=asked.id, now=NOON)
    assert bill_of(session, acme).corrected == owed

    tell(session, WON)

    bill = bill_of(session, acme)
    assert (bill.corrected, bill.charged_back, bill.owed) == (usd(0), usd(0), usd(0))
