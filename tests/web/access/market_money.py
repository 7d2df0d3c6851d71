"""The money of the market: paid, sent back, taken back, asked for, and known to nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.campaigns import service as campaigns
from marketplace.funding import service as funding
from marketplace.kernel.actor import SYSTEM, Actor, Role
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.models import JournalEntry
from marketplace.ledger.rules import AccountRef, Code, events
from marketplace.payouts import service as payouts
from marketplace.processor.models import ProcessorCall
from marketplace.processor.rules import CallKind
from marketplace.reconciliation import queries as reconciliation
from marketplace.treasury import service as treasury
from tests.conftest import NOON
from tests.factories import accounts, chargebacks, money, terms
from tests.factories.campaigns import BUDGET, make_campaign
from tests.web.access.world import World


def pay(session: Session, world: World) -> None:
    """An earning, a payout, and a statement that does not agree with the books."""
    alice, bea = world.people["owner"], world.people["creator"]
    paid = make_campaign(session, brand=world.ids["acme"], by=alice, name="Paid work")
    money.pay_in(session, paid, by=alice, charge_id="ch_paid")
    done = money.make_accepted(session, paid, by=alice, creator=bea, video_id="7345678901234567812")
    money.make_earning(session, done)
    money.make_payout_account(session, bea)
    payout = money.make_payout(session, bea)
    asked = money.ask_for_money(session, world.ids["published"], by=alice)
    money.read_statement(
        session,
        money.statement_line("txn_odd", source=None, amount=Money(-10, "USD"), kind="stripe_fee"),
        balances=[Money(-10, "USD")],
    )
    freeze = payouts.freeze(
        session,
        actor=Actor(user_id=alice.user_id, is_staff=True),
        creator_id=world.ids["other_id"],
        reason="Two people share an account.",
        now=money.HOLD_OVER,
    )
    call = session.scalars(
        select(ProcessorCall).where(ProcessorCall.kind == CallKind.CHECKOUT)
    ).first()
    entry_id = session.scalars(select(JournalEntry.id).order_by(JournalEntry.id)).first()
    assert call is not None
    world.ids |= {
        "payout_id": payout.id,
        "paid_work": done.id,
        "funding_id": asked.id,
        "freeze_id": freeze.id,
        "break_id": reconciliation.open_breaks(session)[0].id,
        "call_id": call.id,
        "entry_id": entry_id,
    }


def send_back(session: Session, world: World) -> None:
    """A refund that goes by bank transfer, and money in the brand's wallet."""
    alice = world.people["owner"]
    for name in ("Old soup", "Older soup"):
        campaign = make_campaign(session, brand=world.ids["acme"], by=alice, name=name)
        money.pay_in(session, campaign, by=alice, charge_id=name, at=NOON - timedelta(days=400))
        campaigns.close(session, campaign_id=campaign.id, actor=alice, now=NOON)
        (refund,) = funding.refund_unspent(session, actor=alice, campaign_id=campaign.id, now=NOON)
        session.flush()
        world.ids["refund_id"] = refund.id
        if name == "Old soup":
            funding.give_up_bank_transfer(
                session, actor=world.people["staff"], refund_id=refund.id, reason="No.", now=NOON
            )


def take_back(session: Session, world: World) -> None:
    """A chargeback to answer, a fraud warning, and a brand that owes."""
    alice = world.people["owner"]
    campaign = make_campaign(session, brand=world.ids["acme"], by=alice, name="Fritters")
    money.pay_in(session, campaign, by=alice, charge_id="ch_fritters")
    opened = replace(chargebacks.OPENED, charge_id="ch_fritters", evidence_due_by=None)
    world.ids["chargeback_id"] = chargebacks.tell(session, opened).id
    other = make_campaign(session, brand=world.ids["acme"], by=alice, name="Broth")
    money.pay_in(session, other, by=alice, charge_id="ch_broth")
    warned = replace(chargebacks.WARNING, charge_id="ch_broth")
    world.ids["warning_id"] = chargebacks.warn(session, warned).id

    lender = accounts.make_brand(session, name="Owing Oats")
    owner = accounts.make_member(session, brand=lender, role=Role.OWNER)
    spent = make_campaign(session, brand=lender, by=owner, name="Oats")
    old = NOON - timedelta(days=400)
    money.pay_in(session, spent, by=owner, charge_id="ch_oats", at=old)
    (refund,) = funding.take_back(
        session,
        actor=owner,
        campaign_id=spent.id,
        budget=BUDGET,
        asked_as=new_id(),
        now=NOON,
    )
    funding.give_up_bank_transfer(
        session, actor=world.people["staff"], refund_id=refund.id, reason="No.", now=NOON
    )
    lost = replace(chargebacks.LOST, dispute_id="du_oats", charge_id="ch_oats")
    chargebacks.tell(session, lost)
    world.ids["owing"] = lender.id


def ask_finance(session: Session, world: World) -> None:
    """What one member of staff has asked for, and money that nobody knows."""
    colleague = Actor(
        user_id=accounts.make_user(
            session, name="Colleague", email="colleague@example.test", is_staff=True
        ).id,
        is_staff=True,
    )
    for name, by in (("request_id", colleague), ("own_request", world.people["staff"])):
        asked = treasury.ask_adjustment(
            session,
            actor=by,
            account=AccountRef(Code.BRAND_FUNDS, world.ids["brand_id"]),
            more=True,
            against=Code.GOODWILL,
            amount=Money(1_000, "USD"),
            reason="A voucher for the late start.",
            now=NOON,
        )
        world.ids[name] = asked.id
    world.ids["version_id"] = terms.set_terms(
        session, by=colleague, at=NOON + timedelta(days=30), now=NOON, hold_days=14
    )
    world.ids["case_id"] = money.make_case(
        session, deliverable_id=world.ids["paid_work"], amount=Money(4_000, "USD")
    ).id
    entry_id = ledger.write_entry(
        session,
        events.unidentified(
            stripe_balance_transaction_id="txn_known_to_nobody",
            source_ref=None,
            net=Money(-700, "USD"),
        ),
        occurred_at=NOON,
        actor=SYSTEM,
    )
    world.ids["movement_id"] = session.get_one(JournalEntry, entry_id).public_id
