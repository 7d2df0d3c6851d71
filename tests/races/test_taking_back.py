"""Money goes back, or is taken back, from several sides at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID, uuid4

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand, BrandMember
from marketplace.funding import service as funding
from marketplace.funding.models import Refund
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import JournalEntry
from marketplace.ledger.rules import AccountRef, Code
from tests.conftest import make_person
from tests.factories.campaigns import NOON, make_campaign
from tests.factories.chargebacks import OPENED, WON
from tests.factories.money import pay_in


def funded(engine: Engine) -> tuple[UUID, Actor]:
    """A campaign of a brand with 1,000.00 in it, and the brand's owner."""
    with Session(engine) as session:
        brand = Brand(id=new_id(), name="Acme Kitchen", country="US", created_at=NOON)
        owner = make_person(session, "alice")
        session.add(brand)
        session.flush()
        session.add(
            BrandMember(brand_id=brand.id, user_id=owner.id, role=Role.OWNER, joined_at=NOON)
        )
        alice = Actor(user_id=owner.id, brands={brand.id: Role.OWNER})
        campaign = make_campaign(session, brand=brand, by=alice)
        pay_in(session, campaign, by=alice)
        session.commit()
        return campaign.id, alice


def at_once(engine: Engine, acts: list[Callable[[Session], object]]) -> list[str]:
    """Run all of them in threads that start together; return what each came to."""
    start = Barrier(len(acts))

    def attempt(act: Callable[[Session], object]) -> str:
        with Session(engine) as session:
            start.wait(timeout=120)
            try:
                act(session)
            except InvalidInput as refusal:
                return refusal.problems["amount"]
            session.commit()
            return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(attempt, acts))


def taking(campaign_id: UUID, alice: Actor, minor: int, once: UUID) -> Callable[[Session], object]:
    return lambda session: funding.take_back(
        session,
        actor=alice,
        campaign_id=campaign_id,
        budget=Money(minor, "USD"),
        asked_as=once,
        now=NOON,
    )


def left(engine: Engine, campaign_id: UUID) -> tuple[int, Money]:
    """How many refunds there are, and what the campaign still has."""
    with Session(engine) as session:
        count = session.scalar(select(func.count()).select_from(Refund)) or 0
        funds = AccountRef(Code.CAMPAIGN_FUNDS, campaign_id)
        return count, ledger.balance_of(session, funds, currency="USD")


def test_one_form_sent_from_four_tabs_at_once_takes_back_once(engine: Engine) -> None:
    campaign_id, alice = funded(engine)

    told = at_once(engine, [taking(campaign_id, alice, 60_000, uuid4())] * 4)

    assert told == ["done"] * 4
    assert left(engine, campaign_id) == (1, Money(40_000, "USD"))


def test_two_forms_cannot_take_back_the_same_money(engine: Engine) -> None:
    campaign_id, alice = funded(engine)

    told = at_once(engine, [taking(campaign_id, alice, 60_000, uuid4()) for _ in range(2)])

    assert told == ["Only USD 400.00 is unspent.", "done"]
    assert left(engine, campaign_id) == (1, Money(40_000, "USD"))


def test_news_of_a_chargeback_told_by_four_at_once_are_booked_once(engine: Engine) -> None:
    campaign_id, _ = funded(engine)

    def hear(session: Session) -> object:
        return funding.record_chargeback(session, facts=OPENED, now=NOON)

    def hear_the_end(session: Session) -> object:
        return funding.record_chargeback(session, facts=WON, now=NOON)

    told = at_once(engine, [hear, hear_the_end, hear, hear_the_end])

    assert told == ["done"] * 4
    with Session(engine) as session:
        keys = session.scalars(
            select(JournalEntry.idem_key).where(JournalEntry.idem_key.like("dp:%"))
        ).all()
    assert sorted(keys) == ["dp:du_1:reinstated", "dp:du_1:withdrawn"]
    assert left(engine, campaign_id) == (0, Money(100_000, "USD"))
