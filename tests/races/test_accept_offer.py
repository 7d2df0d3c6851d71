"""Two tabs, or two creators, accept at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier
from uuid import UUID

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand, BrandMember
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import Exclusive
from marketplace.creators.models import Creator, CreatorSource, Exclusivity
from marketplace.deliverables import service
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import Conflict
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.rules import AccountRef, Code
from tests.conftest import make_person
from tests.factories.campaigns import NOON, fund, make_campaign
from tests.factories.collaborations import TERMS, make_application, make_offer


def creator(session: Session, name: str) -> Actor:
    user = make_person(session, name)
    row = Creator(
        id=new_id(),
        user_id=user.id,
        display_name=name.title(),
        source=CreatorSource.SIGNED_UP,
        topics=[],
        created_at=NOON,
    )
    session.add(row)
    session.flush()
    return Actor(user_id=user.id, creator_id=row.id)


def offers(session: Session, *, creators: list[str], cents: int) -> list[tuple[UUID, Actor]]:
    """Return an open offer of 400 dollars to each creator, in one campaign with so much money."""
    brand = Brand(id=new_id(), name="Acme Kitchen", country="US", created_at=NOON)
    owner = make_person(session, "alice")
    session.add(brand)
    session.flush()
    session.add(BrandMember(brand_id=brand.id, user_id=owner.id, role=Role.OWNER, joined_at=NOON))
    alice = Actor(user_id=owner.id, brands={brand.id: Role.OWNER})
    campaign = make_campaign(session, brand=brand, by=alice)
    fund(session, campaign, Money(cents, "USD"))
    made = []
    for name in creators:
        actor = creator(session, name)
        application = make_application(session, campaign=campaign, creator=actor)
        offer = make_offer(session, application=application, by=alice)
        made.append((offer.id, actor))
    session.commit()
    return made


def at_once(engine: Engine, tries: list[tuple[UUID, Actor]]) -> list[str]:
    """Accept all of them in threads that start together; return what each was told."""
    start = Barrier(len(tries))

    def accept(offer_id: UUID, actor: Actor) -> str:
        with Session(engine) as session:
            start.wait(timeout=120)
            try:
                service.accept_offer(session, offer_id=offer_id, actor=actor, now=NOON)
            except Conflict as refusal:
                return refusal.reason
            session.commit()
            return "agreed"

    def attempt(each: tuple[UUID, Actor]) -> str:
        return accept(*each)

    with ThreadPoolExecutor(len(tries)) as pool:
        return sorted(pool.map(attempt, tries))


def agreed_and_left(engine: Engine) -> tuple[int, Money]:
    with Session(engine) as session:
        count = session.scalar(select(func.count()).select_from(Collaboration)) or 0
        campaign_id = session.scalars(select(Collaboration.campaign_id)).first()
        assert campaign_id is not None
        left = ledger.balance_of(
            session, AccountRef(Code.CAMPAIGN_FUNDS, campaign_id), currency="USD"
        )
        return count, left


def test_two_tabs_that_accept_at_once_agree_once(engine: Engine) -> None:
    with Session(engine) as session:
        [offer] = offers(session, creators=["bea"], cents=100_000)

    told = at_once(engine, [offer] * 4)

    assert told == ["This offer was agreed already"] * 3 + ["agreed"]
    assert agreed_and_left(engine) == (1, Money(60_000, "USD"))


def test_the_same_money_is_not_promised_to_two_creators(engine: Engine) -> None:
    with Session(engine) as session:
        both = offers(session, creators=["bea", "carl"], cents=50_000)

    told = at_once(engine, both)

    assert told == [
        "The campaign has USD 100.00 left and this offer needs USD 400.00; "
        "the brand must add funds first",
        "agreed",
    ]
    assert agreed_and_left(engine) == (1, Money(10_000, "USD"))


def test_a_creator_who_accepts_two_exclusive_offers_at_once_is_bound_by_one(
    engine: Engine,
) -> None:
    """Both brands ask for food alone on the same days; their two campaigns are not the same row."""
    asked = replace(TERMS, exclusive=Exclusive("food", date(2026, 11, 10), date(2026, 12, 10)))
    with Session(engine) as session:
        bea = creator(session, "bea")
        made = []
        for name in ("acme", "larch"):
            brand = Brand(id=new_id(), name=name.title(), country="US", created_at=NOON)
            owner = make_person(session, f"owner-of-{name}")
            session.add(brand)
            session.flush()
            session.add(
                BrandMember(brand_id=brand.id, user_id=owner.id, role=Role.OWNER, joined_at=NOON)
            )
            by = Actor(user_id=owner.id, brands={brand.id: Role.OWNER})
            campaign = make_campaign(session, brand=brand, by=by)
            fund(session, campaign, TERMS.fee, key=name)
            application = make_application(session, campaign=campaign, creator=bea)
            offer = make_offer(session, application=application, by=by, offered=asked)
            made.append((offer.id, bea))
        session.commit()

    first, second = at_once(engine, made)

    assert first.startswith("You have promised to work for one brand alone in food until")
    assert second == "agreed"
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Exclusivity)) == 1
        assert session.scalar(select(func.count()).select_from(Collaboration)) == 1
