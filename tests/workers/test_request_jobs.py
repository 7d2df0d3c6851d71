"""Who hears of what finance asks for."""

from __future__ import annotations

from sqlalchemy import select

from marketplace.accounts.models import Brand, User
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.ledger.rules import AccountRef, Code
from marketplace.notifications.models import Notification
from marketplace.treasury import service as treasury
from tests.conftest import make_person
from tests.factories.ledger import make_brand_funds, usd
from tests.workers.conftest import World


def test_everybody_who_may_approve_a_request_hears_of_it_once_and_whoever_asked_does_not(
    world: World, acme: Brand, stella: Actor
) -> None:
    theo = make_person(world.session, "theo", is_staff=True)
    make_brand_funds(world.session, brand_id=acme.id, amount=usd(5_000))
    treasury.ask_adjustment(
        world.session,
        actor=stella,
        account=AccountRef(Code.BRAND_FUNDS, acme.id),
        more=True,
        against=Code.GOODWILL,
        amount=usd(1_000),
        reason="A voucher.",
        now=utc_now(),
    )

    world.drain(mail=True)
    world.drain(mail=True)

    told = world.session.execute(
        select(User.email, Notification.title, Notification.text)
        .join(User, User.id == Notification.user_id)
        .where(Notification.kind == "request_asked")
    ).all()
    assert told == [
        (theo.email, "Stella asks for a second person", "Adjustment of USD 10.00. A voucher.")
    ]
