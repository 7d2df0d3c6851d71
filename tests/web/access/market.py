"""One market with something of everything in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from marketplace.accounts.rules import LinkPurpose, make_link
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.rules import CampaignState
from marketplace.collaborations import service as collaborations
from marketplace.creators import service as creators
from marketplace.creators.models import Platform
from marketplace.creators.rules.subjects import Subject
from marketplace.deliverables import queries
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.rules import DeliverableState, EndingReason
from marketplace.kernel.actor import NOBODY, SYSTEM, Actor, Role
from marketplace.kernel.clock import CLOCK_FILE_VARIABLE
from marketplace.kernel.files import StoredFile
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.matching import service as matching
from marketplace.matching.queries import PlanWish
from marketplace.matching.rules.planner.correction import CountSource
from marketplace.matching.rules.planner.limits import Limits
from marketplace.notifications import service as notices
from marketplace.store.inbox import keep_once
from marketplace.store.outbox import OutboxMessage
from marketplace.store.session import db
from tests.conftest import NOON
from tests.factories import accounts, money
from tests.factories import creators as creator_rows
from tests.factories.campaigns import BUDGET, content, fund, make_campaign
from tests.factories.collaborations import TERMS, make_application, make_offer
from tests.factories.deliverables import channel_for, make_deliverable, make_readings, paste
from tests.web.access import (
    market_causes,
    market_challenges,
    market_disputes,
    market_money,
    market_views,
)
from tests.web.access.world import VISITORS, World

S = DeliverableState

A_VIDEO: Final = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * 64
"""The first bytes of an MP4 file."""
A_PICTURE: Final = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64
"""The first bytes of a PNG file."""


@contextmanager
def opened(database_url: str, app: Flask, clock: Path) -> Iterator[World]:
    """Open the market in a transaction that is undone at the end; it is NOON while it is open."""
    engine = create_engine(database_url, poolclass=NullPool)
    with pytest.MonkeyPatch.context() as patch, engine.connect() as connection:
        clock.write_text(str(int((NOON - datetime.now(UTC)).total_seconds()) + 60))
        patch.setenv(CLOCK_FILE_VARIABLE, str(clock))
        outer = connection.begin()
        with app.app_context():
            engines = db._app_engines[app]
            real = engines[None]
            engines[None] = connection  # type: ignore[assignment]  # a bind may be a connection
        world = World(app=app, connection=connection)
        try:
            with Session(
                connection, join_transaction_mode="create_savepoint", expire_on_commit=False
            ) as session:
                _people(session, world)
                _negotiations(session, world)
                _work(session, world)
                _endings(session, world)
                market_money.pay(session, world)
                market_money.send_back(session, world)
                market_money.take_back(session, world)
                market_money.ask_finance(session, world)
                market_causes.give(session, world)
                market_disputes.disagree(session, world, acme=world.ids["acme"])
                market_challenges.challenge(session, world)
                market_views.question(session, world)
                _small_things(session, world)
                session.commit()
            yield world
        finally:
            engines[None] = real
            outer.rollback()


def _people(session: Session, world: World) -> None:
    acme = accounts.make_brand(session, name="Acme Kitchen", country="US")
    foods = accounts.make_brand(session, name="Rival Foods", country="US")
    users = {
        name: accounts.make_user(
            session, name=name.title(), email=f"{name}@example.test", is_staff=name == "staff"
        )
        for name in (*VISITORS[1:], "leaver")
    }
    world.emails = {name: user.email for name, user in users.items()}
    world.people = {"nobody": NOBODY}
    roles = {each.value: each for each in Role} | {"leaver": Role.VIEWER}
    for name, role in roles.items():
        member = accounts.make_member(session, brand=acme, role=role, user=users[name])
        world.people[name] = member
    world.people["rival"] = accounts.make_member(
        session, brand=foods, role=Role.OWNER, user=users["rival"]
    )
    for name in ("creator", "other"):
        made = creator_rows.make_creator(session, display_name=name.title(), user_id=users[name].id)
        world.people[name] = Actor(user_id=users[name].id, creator_id=made.id)
        world.ids[f"{name}_id"] = made.id
    planned = accounts.make_user(session, name="Planned", email="planned@example.test")
    world.ids["planned_id"] = creator_rows.make_planned_creator(
        session, "Planned", views=30_000, fee_minor=30_000, user_id=planned.id
    ).id
    world.ids["listed_id"] = creator_rows.make_creator(session, display_name="Listed").id
    world.people["staff"] = Actor(user_id=users["staff"].id, is_staff=True)
    world.people["new"] = Actor(user_id=users["new"].id)
    world.ids |= {"acme": acme, "brand_id": acme.id, "user_id": users["leaver"].id}


def _negotiations(session: Session, world: World) -> None:
    """Campaigns in every state, and what is on the table in them."""
    acme, alice, bea = world.ids["acme"], world.people["owner"], world.people["creator"]

    def campaign(name: str, *, funded: bool = True, **changes: Any) -> Any:
        made = make_campaign(session, brand=acme, by=alice, name=name, **changes)
        if funded:
            fund(session, made, BUDGET, key=name)
        return made

    published = campaign("Beans in a minute", funded=False)
    money.pay_in(session, published, by=alice, charge_id="ch_beans")
    invitation = collaborations.invite(
        session,
        campaign_id=published.id,
        creator_id=world.ids["creator_id"],
        message="Your soup!",
        actor=alice,
        now=NOON,
    )
    draft = campaign("A draft", funded=False, state=CampaignState.DRAFT)
    amended = campaign("Amended")
    campaigns.save_brief(
        session,
        campaign_id=amended.id,
        content=replace(content(), summary="Cook our beans outside."),
        actor=alice,
        now=NOON,
    )
    unsaid = campaign("For what", funded=False)
    unsaid.category = None
    closed = campaign("Closed", funded=False)
    money.pay_in(session, closed, by=alice, charge_id="ch_closed")
    campaigns.close(session, campaign_id=closed.id, actor=alice, now=NOON)

    application = make_application(session, campaign=campaign("Soups"), creator=bea)
    asked = make_application(session, campaign=campaign("Salads"), creator=bea)
    offer = make_offer(session, application=asked, by=alice)
    haggled = make_application(session, campaign=campaign("Stews"), creator=bea)
    countered = make_offer(session, application=haggled, by=alice)
    session.flush()
    counter = collaborations.counter_offer(
        session, offer_id=countered.id, terms=TERMS, actor=bea, now=NOON
    )
    session.flush()
    world.ids |= {
        "campaign_id": published.id,
        "unsaid": unsaid.id,
        "draft": draft.id,
        "amended": amended.id,
        "closed": closed.id,
        "invitation": invitation.id,
        "application_id": application.id,
        "offer_id": offer.id,
        "counter": counter.id,
        "published": published,
    }


def _work(session: Session, world: World) -> None:
    """A collaboration with a deliverable at every step of its life."""
    acme, alice, bea = world.ids["acme"], world.people["owner"], world.people["creator"]
    for place, state in enumerate((S.AWAITING_SUBMISSION, S.APPROVED, S.LIVE)):
        owed = make_deliverable(
            session,
            brand=acme,
            by=alice,
            creator=bea,
            state=state,
            video_id=f"734567890123456780{place}",
            campaign_name=f"Work {state.value}",
        )
        world.ids[state.value] = owed.id
        world.ids["collaboration_id"] = owed.collaboration_id
    reviewed = make_deliverable(
        session, brand=acme, by=alice, creator=bea, campaign_name="Work in review"
    )
    key = f"{new_id().hex}.mp4"
    (Path(world.app.extensions["settings"].upload_folder) / key).write_bytes(A_VIDEO)
    handed = deliverables.submit(
        session,
        actor=bea,
        deliverable_id=reviewed.id,
        link=None,
        file=StoredFile(key, "draft.mp4", "video/mp4", len(A_VIDEO)),
        done=range(3),
        note="",
        now=NOON,
    )
    session.flush()
    counted = make_deliverable(
        session,
        brand=acme,
        by=alice,
        creator=bea,
        state=S.ACCEPTED,
        video_id="7345678901234567821",
        campaign_name="Work counted",
    )
    counted.collaboration.campaign.starts_on = NOON.date()
    campaigns.close(session, campaign_id=counted.campaign_id, actor=alice, now=NOON)
    count = matching.keep_count(
        session,
        campaign_id=counted.campaign_id,
        people=9_000,
        in_target=True,
        predicted=10_000,
        creators=1,
        source=CountSource.PLATFORM,
        sample=None,
        counted_on=NOON.date(),
        note="",
        entered_by=world.ids["user_id"],
        now=NOON,
    )
    bound = matching.ask_bound(
        session,
        campaign_id=world.ids["campaign_id"],
        wish=PlanWish(limits=Limits(budget_minor=50_000)),
        actor=alice,
        now=NOON,
    )
    world.ids |= {"counted": counted.campaign_id, "count_id": count.id, "bound_id": bound.id}
    checked = make_deliverable(
        session,
        brand=acme,
        by=alice,
        creator=bea,
        state=S.APPROVED,
        campaign_name="Work being checked",
    )
    paste(session, checked, creator=bea, video_id="7345678901234567811")
    post = queries.standing_post(session, deliverable_id=world.ids[S.LIVE.value])
    assert post is not None
    make_readings(session, post, 100, 900, start=NOON - timedelta(days=3))
    world.ids |= {
        "deliverable_id": reviewed.id,
        "submission_id": handed.id,
        "checked": checked.id,
    }


def _endings(session: Session, world: World) -> None:
    """Wishes to end a collaboration: asked by either side, declined by either, and with staff."""
    alice, bea = world.people["owner"], world.people["creator"]

    def ask(by: Actor, work: str) -> UUID:
        owed = queries.deliverable_seen_by(session, SYSTEM, world.ids[work])
        ending = deliverables.ask_to_end(
            session,
            collaboration_id=owed.collaboration_id,
            reason=EndingReason.PLANS_CHANGED,
            note="",
            release=Money(40_000, "USD"),
            actor=by,
            now=NOON,
        )
        session.flush()
        return ending.id

    def decline(by: Actor, ending_id: UUID) -> UUID:
        deliverables.decline_to_end(
            session, ending_id=ending_id, answer="Nearly done.", actor=by, now=NOON
        )
        return ending_id

    world.ids |= {
        "asked_by_creator": ask(bea, "deliverable_id"),
        "asked_by_brand": ask(alice, S.APPROVED.value),
        "declined_by_creator": decline(bea, ask(alice, "checked")),
        "declined_by_brand": decline(alice, ask(bea, S.LIVE.value)),
        "with_staff": decline(bea, ask(alice, S.AWAITING_SUBMISSION.value)),
    }
    deliverables.call_staff(session, ending_id=world.ids["with_staff"], actor=alice, now=NOON)


def _small_things(session: Session, world: World) -> None:
    """A channel, an audience, a notification, a failed job and the links of our e-mails."""
    alice, bea = world.people["owner"], world.people["creator"]
    channel = channel_for(session, bea)
    creator_rows.make_audience(session, channel_id=channel.id)
    picture = f"{new_id().hex}.png"
    (Path(world.app.extensions["settings"].upload_folder) / picture).write_bytes(A_PICTURE)
    proof = creator_rows.make_proof(session, channel_id=channel.id, file_key=picture)
    creator_rows.make_video(session, channel_id=channel.id, hashtags=["beer", "vape"])
    creator_rows.make_rate(session, creator_id=world.ids["creator_id"])
    assert alice.user_id is not None
    assert world.people["new"].user_id is not None
    told = notices.tell(
        session,
        user_id=alice.user_id,
        kind="draft_handed_in",
        title="A draft waits",
        text="Bea has handed in a draft.",
        path="/brand/deliverables",
        now=NOON,
    )
    failed = OutboxMessage(
        id=new_id(),
        name="PayoutSettled",
        body={"payout_id": str(new_id())},
        relayed_at=NOON,
        failed_job="payouts.tell_settled",
        failure="NotFound: payout",
    )
    session.add(failed)
    invited = accounts.make_invitation(
        session, brand=world.ids["acme"], invited_by=alice, email=world.emails["new"]
    )
    state = creators.start_connect(session, actor=bea, platform=Platform.TIKTOK, now=NOON)
    assert told is not None
    world.ids |= {
        "channel_id": channel.id,
        "proof_id": proof.id,
        "objection_id": creator_rows.object_to(session, bea, Subject.TOBACCO).id,
        "notification_id": told.id,
        "message_id": failed.id,
        "inbox_id": keep_once(
            session,
            sender="stripe",
            sender_id="evt_1",
            kind="transfer.created",
            body={},
            now=NOON,
        ),
        "member_invitation": invited.id,
        "state": state,
        "confirm": _link(world, LinkPurpose.CONFIRM_EMAIL, world.people["new"].user_id),
        "reset": _link(world, LinkPurpose.RESET_PASSWORD, world.people["new"].user_id),
        "join": _link(world, LinkPurpose.JOIN_BRAND, invited.id),
    }


def _link(world: World, purpose: LinkPurpose, subject_id: UUID) -> str:
    return make_link(str(world.app.config["SECRET_KEY"]), purpose=purpose, subject_id=subject_id)
