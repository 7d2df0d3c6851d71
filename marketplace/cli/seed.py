"""The demo's market: a small honest world to click through. All of it is invented."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from marketplace.accounts import service as accounts
from marketplace.accounts.models import BrandMember, User
from marketplace.accounts.rules import Link
from marketplace.cli import seed_causes, seed_groups, seed_past, seed_story, seed_world
from marketplace.cli.seed_market import Seeded, write_creators
from marketplace.creators.models import Creator, CreatorSource
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.clock import demo_offset, set_back, skip_ahead, utc_now
from marketplace.reconciliation.checks import runs
from marketplace.store.rows import update_rows
from marketplace.store.session import transaction

CREATORS: Final = 200
PASSWORD: Final = "see the whole market"  # noqa: S105 - of the demo's invented people

Say = Callable[[str], None]
Past = Callable[[seed_story.Cast], None]


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Somebody to sign in as. what: what there is to see, in a few words."""

    persona: str
    email: str
    password: str
    what: str


DEMO_ACCOUNTS: Final = (
    DemoAccount(
        "Brand owner", "olive@tinandthyme.test", PASSWORD, "Campaigns, matches, applications"
    ),
    DemoAccount("Brand finance", "femi@tinandthyme.test", PASSWORD, "Funding and billing"),
    DemoAccount("Creator", "ines@creators.test", PASSWORD, "Briefs that fit, an offer to answer"),
    DemoAccount("Second creator", "tilda@creators.test", PASSWORD, "An invitation, applications"),
    DemoAccount("Finance staff", "stella@fairview.test", PASSWORD, "Ledger, payouts, breaks"),
    DemoAccount("Second staff", "theo@fairview.test", PASSWORD, "Approves what the first asks for"),
)
_CREATOR_EMAILS: Final = ("ines@creators.test", "tilda@creators.test")


def seed_if_empty(say: Say, *, past: Past | None = None) -> bool:
    """Fill an empty installation and say how it goes.

    past: plays what has happened in the market so far, between the day its people signed up and
    now. It moves the demo's clock, so nothing else may run meanwhile. Returns False, and leaves
    everything as it is, where anybody has signed up already.
    """
    today = utc_now()
    with transaction() as session:
        if session.scalar(select(exists().where(User.id.is_not(None)))):
            say(_left_alone())
            return False
        if past is not None:
            set_back(seed_past.LENGTH)
        say(f"Inventing {CREATORS} creators with their videos and audiences …")
        world = list(seed_world.creators(CREATORS))
        seeded = write_creators(session, world, now=today)
        say("Making three brands and the people of the demo …")
        cast = _cast(session, world, seeded, now=utc_now())
    if past is not None:
        past(cast)
    say("Running the campaigns of today …")
    with transaction() as session:
        seed_groups.ask_to_be_found(session, cast.creators, now=utc_now())
        seed_story.tell(session, cast, now=utc_now())
        runs.begin(session, asked_by=None, now=utc_now())
    say(f"The market is open: {CREATORS} creators, {len(cast.brands)} brands.")
    return True


def _left_alone() -> str:
    ahead = demo_offset()
    if ahead >= timedelta(0):
        return "The market is there already; nothing was changed."
    skip_ahead(-ahead)  # whoever filled it was stopped on the way, and left the clock in the past
    return "The market is there in part: filling it was stopped. make fresh fills it anew."


def _cast(
    session: Session,
    world: list[seed_world.WorldCreator],
    seeded: list[Seeded],
    *,
    now: datetime,
) -> seed_story.Cast:
    olive = _person(session, "olive@tinandthyme.test", "Olive Marsh", now=now)
    femi = _person(session, "femi@tinandthyme.test", "Femi Adeyo", now=now)
    rurik = _person(session, "rurik@larkmoor.test", "Rurik Holt", now=now)
    pia = _person(session, "pia@pebblewash.test", "Pia Santer", now=now)
    staff = [
        accounts.make_staff(session, email=email, name=name, password=PASSWORD, now=now)
        for email, name in (
            ("stella@fairview.test", "Stella Kerr"),
            ("theo@fairview.test", "Theo Brandt"),
        )
    ]
    brands = tuple(
        _brand(session, owner, name=name, country=country, now=now)
        for owner, name, country in (
            (olive, "Tin & Thyme", "US"),
            (rurik, "Larkmoor Outfitters", "GB"),
            (pia, "Pebblewash", "DE"),
        )
    )
    session.add(
        BrandMember(brand_id=brands[0].brand_id, user_id=femi.id, role=Role.FINANCE, joined_at=now)
    )
    _join(session, world, seeded, now=now)
    return seed_story.Cast(
        brands=brands,
        creators=tuple(
            Actor(user_id=user_id, creator_id=creator_id)
            for creator_id, user_id in session.execute(
                select(Creator.id, Creator.user_id)
                .where(Creator.source == CreatorSource.SEEDED)
                .order_by(Creator.id)
            )
        ),
        others=tuple(Actor(user_id=user.id) for user in (femi, *staff)),
        staff=(
            Actor(user_id=staff[0].id, is_staff=True),
            Actor(user_id=staff[1].id, is_staff=True),
        ),
        causes=seed_causes.enter(session, Actor(user_id=staff[0].id, is_staff=True), now=now),
    )


def _person(session: Session, email: str, name: str, *, now: datetime) -> User:
    user = accounts.sign_up(session, email=email, name=name, password=PASSWORD, now=now)
    assert user is not None  # the installation was empty a moment ago
    session.flush()  # confirming looks the person up again
    return accounts.confirm_email(session, link=Link(user.id, user.link_serial), now=now)


def _brand(
    session: Session, owner: User, *, name: str, country: str, now: datetime
) -> seed_story.BrandSide:
    brand = accounts.create_brand(
        session, actor=Actor(user_id=owner.id), name=name, country=country, website="", now=now
    )
    return seed_story.BrandSide(
        brand_id=brand.id, owner=Actor(user_id=owner.id, brands={brand.id: Role.OWNER})
    )


def _join(
    session: Session,
    world: list[seed_world.WorldCreator],
    seeded: list[Seeded],
    *,
    now: datetime,
) -> None:
    """Give every invented creator an account; two of them are in the demo and have a password."""
    users = []
    for number, one in enumerate(world):
        if number < len(_CREATOR_EMAILS):
            users.append(_person(session, _CREATOR_EMAILS[number], one.name, now=now))
            continue
        user = User(
            email=f"{one.handle}@creators.test",
            name=one.name,
            password_hash="",  # nobody signs in as them until they set one
            link_serial=0,
            session_serial=0,
            email_confirmed_at=now,
            created_at=now,
        )
        session.add(user)
        users.append(user)
    session.flush()  # the creators' rows point at the people's
    update_rows(
        session,
        Creator,
        [
            {"id": place.creator_id, "user_id": user.id}
            for place, user in zip(seeded, users, strict=True)
        ],
    )
