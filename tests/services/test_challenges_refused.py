"""What challenges refuse; each time nothing has changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.rules import CampaignState
from marketplace.challenges import queries, service
from marketplace.challenges.models import ChallengeEntry
from marketplace.challenges.rules.life import ChallengeState
from marketplace.challenges.rules.prizes import Promise
from marketplace.collaborations import queries as agreements
from marketplace.collaborations import service as collaborations
from marketplace.collaborations.models import Collaboration
from marketplace.creators.models import Platform
from marketplace.deliverables import queries as work
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.models import Deliverable, PublishedPost
from marketplace.deliverables.rules import DeliverableState, PostState
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import (
    Conflict,
    InvalidInput,
    InvalidTransition,
    NotFound,
    NotPermitted,
)
from marketplace.ledger.rules import Code
from marketplace.payouts import service as payout_service
from marketplace.payouts.queries.chains import promised_to
from marketplace.payouts.rules.disputes import DisputeReason
from tests.conftest import NOON
from tests.factories.campaigns import content, fund, make_campaign
from tests.factories.challenges import (
    BY_RANK,
    COUNTED,
    ENTRIES_UNTIL,
    draft_challenge,
    enter,
    join,
    make_challenge,
    paste,
    usd,
)
from tests.factories.creators import make_channel
from tests.factories.deliverables import channel_for
from tests.services.books import balance, written

LATE = datetime(2026, 11, 11, tzinfo=NOON.tzinfo)
"""Entries are closed."""


def counts(session: Session) -> tuple[Any, ...]:
    """What a refusal must leave as it was."""
    session.flush()
    tables = (ChallengeEntry, Collaboration, Deliverable, PublishedPost)
    rows = [session.scalar(select(func.count()).select_from(table)) for table in tables]
    return (*rows, written(session))


@pytest.mark.parametrize(
    ("promise", "until", "field"),
    [
        (replace(BY_RANK, pool=usd(0)), ENTRIES_UNTIL, "pool"),
        (replace(BY_RANK, pool=usd(84_999)), ENTRIES_UNTIL, "prizes"),
        (replace(BY_RANK, pool=usd(100_001)), ENTRIES_UNTIL, "pool"),
        (BY_RANK, date(2026, 11, 1), "entries_until"),
        (BY_RANK, date(2026, 11, 16), "entries_until"),
    ],
)
def test_a_promise_that_cannot_be_kept_is_not_written_down(
    session: Session, acme: Brand, alice: Actor, promise: Promise, until: date, field: str
) -> None:
    drafted = draft_challenge(session, brand=acme, by=alice)

    with pytest.raises(InvalidInput) as refusal:
        service.save_promise(
            session,
            campaign_id=drafted.campaign_id,
            promise=promise,
            entries_until=until,
            actor=alice,
            now=NOON,
        )

    assert list(refusal.value.problems) == [field]
    session.refresh(drafted)
    assert (drafted.promise, drafted.entries_until) == (BY_RANK, ENTRIES_UNTIL)


def test_a_challenge_does_not_open_without_its_money(
    session: Session, acme: Brand, alice: Actor
) -> None:
    drafted = draft_challenge(session, brand=acme, by=alice)
    fund(session, drafted.campaign, usd(89_999))
    before = written(session)

    short = r"has USD 899\.99 left and the prizes need USD 900\.00"
    with pytest.raises(Conflict, match=short), session.begin_nested():
        service.open_challenge(session, campaign_id=drafted.campaign_id, actor=alice, now=NOON)

    session.expire_all()
    assert drafted.state is ChallengeState.DRAFT
    assert drafted.campaign.state is CampaignState.DRAFT
    assert written(session) == before
    fund(session, drafted.campaign, usd(100), key="more")
    service.open_challenge(session, campaign_id=drafted.campaign_id, actor=alice, now=NOON)
    assert balance(session, Code.PRIZE_POOL, drafted.campaign_id) == usd(90_000)


def test_a_challenge_does_not_open_when_its_entries_have_closed(
    session: Session, acme: Brand, alice: Actor
) -> None:
    """Its first day is still today on an island, where a campaign may begin; in UTC it is over."""
    drafted = draft_challenge(session, brand=acme, by=alice)
    drafted.entries_until = drafted.campaign.starts_on
    fund(session, drafted.campaign, usd(90_000))
    before = written(session)

    with pytest.raises(InvalidInput) as refusal:
        service.open_challenge(
            session,
            campaign_id=drafted.campaign_id,
            actor=alice,
            now=datetime(2026, 11, 3, tzinfo=NOON.tzinfo),
        )

    assert list(refusal.value.problems) == ["entries_until"]
    assert written(session) == before


def test_a_challenge_is_not_published_past_its_prizes(
    session: Session, acme: Brand, alice: Actor
) -> None:
    drafted = draft_challenge(session, brand=acme, by=alice)
    fund(session, drafted.campaign, usd(90_000))

    with pytest.raises(Conflict, match="together with its prizes"):
        campaigns.publish(session, campaign_id=drafted.campaign_id, actor=alice, now=NOON)

    assert drafted.campaign.state is CampaignState.DRAFT


def test_other_campaigns_have_no_prizes(session: Session, acme: Brand, alice: Actor) -> None:
    ordinary = make_campaign(session, brand=acme, by=alice, state=CampaignState.DRAFT)

    with pytest.raises(Conflict, match="no challenge"):
        service.save_promise(
            session,
            campaign_id=ordinary.id,
            promise=BY_RANK,
            entries_until=ENTRIES_UNTIL,
            actor=alice,
            now=NOON,
        )

    assert queries.challenge_of(session, ordinary.id) is None


def test_nothing_of_an_open_challenge_changes(session: Session, acme: Brand, alice: Actor) -> None:
    opened = make_challenge(session, brand=acme, by=alice)

    with pytest.raises(InvalidTransition):
        service.save_promise(
            session,
            campaign_id=opened.campaign_id,
            promise=replace(BY_RANK, pool=usd(85_000)),
            entries_until=ENTRIES_UNTIL,
            actor=alice,
            now=NOON,
        )
    with pytest.raises(Conflict, match="do not change"):
        campaigns.save_brief(
            session,
            campaign_id=opened.campaign_id,
            content=content(summary="Something else"),
            actor=alice,
            now=NOON,
        )
    with pytest.raises(Conflict, match="called off"):
        campaigns.close(session, campaign_id=opened.campaign_id, actor=alice, now=NOON)
    with pytest.raises(InvalidTransition):
        service.open_challenge(session, campaign_id=opened.campaign_id, actor=alice, now=NOON)

    assert opened.pool == usd(90_000)
    assert opened.campaign.state is CampaignState.PUBLISHED


def test_another_brand_does_not_find_it(
    session: Session, acme: Brand, alice: Actor, mallory: Actor, vic: Actor
) -> None:
    drafted = draft_challenge(session, brand=acme, by=alice)
    fund(session, drafted.campaign, usd(90_000))

    for act in (service.open_challenge, service.call_off):
        with pytest.raises(NotFound):
            act(session, campaign_id=drafted.campaign_id, actor=mallory, now=NOON)
        with pytest.raises(NotPermitted):
            act(session, campaign_id=drafted.campaign_id, actor=vic, now=NOON)
    with pytest.raises(NotFound):
        queries.public_challenge(session, drafted.campaign_id)

    assert drafted.state is ChallengeState.DRAFT


def test_joining_twice_is_once(session: Session, acme: Brand, alice: Actor, bea: Actor) -> None:
    opened = make_challenge(session, brand=acme, by=alice)
    join(session, opened, bea)
    before = counts(session)

    with pytest.raises(Conflict, match="joined this challenge already"):
        join(session, opened, bea)

    assert counts(session) == before


def joining(session: Session, campaign_id: Any, actor: Actor, now: datetime = NOON) -> None:
    service.join(session, campaign_id=campaign_id, is_named=True, actor=actor, now=now)


def test_who_may_not_join(
    session: Session, acme: Brand, alice: Actor, bea: Actor, carl: Actor, stella: Actor
) -> None:
    opened = make_challenge(session, brand=acme, by=alice)
    of_acme = Actor(user_id=bea.user_id, creator_id=bea.creator_id, brands={acme.id: Role.VIEWER})
    make_channel(session, creator_id=bea.creator_id)  # type: ignore[arg-type]
    before = counts(session)

    with pytest.raises(NotPermitted, match="creators can"):
        joining(session, opened.campaign_id, alice)
    with pytest.raises(NotPermitted, match="your own brand"):
        joining(session, opened.campaign_id, of_acme)
    with pytest.raises(Conflict, match="Connect your TikTok account"):
        joining(session, opened.campaign_id, carl)
    assert bea.creator_id is not None
    payout_service.freeze(
        session, actor=stella, creator_id=bea.creator_id, reason="Bought views.", now=NOON
    )
    with pytest.raises(Conflict, match="Payouts to you are stopped"):
        joining(session, opened.campaign_id, bea)

    assert counts(session) == before


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (datetime(2026, 11, 1, 23, 59, tzinfo=NOON.tzinfo), "not opened yet"),
        (LATE, "are closed"),
        (COUNTED, "are closed"),
    ],
)
def test_outside_its_days_nobody_joins_and_nothing_is_handed_in(
    session: Session, acme: Brand, alice: Actor, bea: Actor, carl: Actor, now: datetime, words: str
) -> None:
    opened = make_challenge(session, brand=acme, by=alice)
    join(session, opened, bea)
    channel_for(session, carl)
    before = counts(session)

    with pytest.raises(Conflict, match=words):
        joining(session, opened.campaign_id, carl, now=now)
    with pytest.raises(Conflict, match=words):
        paste(session, opened, bea, video_id="71", at=now)

    assert counts(session) == before


def test_who_has_not_joined_hands_nothing_in(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    opened = make_challenge(session, brand=acme, by=alice)
    channel_for(session, bea)

    with pytest.raises(NotFound):
        paste(session, opened, bea, video_id="71")
    with pytest.raises(NotFound):
        service.show_name(session, campaign_id=opened.campaign_id, is_named=False, actor=bea)


def test_one_post_is_one_entry(
    session: Session, acme: Brand, alice: Actor, bea: Actor, carl: Actor
) -> None:
    opened = make_challenge(session, brand=acme, by=alice)
    enter(session, opened, bea, video_id="71")
    join(session, opened, carl)
    before = counts(session)

    with pytest.raises(InvalidInput, match="another deliverable"):
        paste(session, opened, carl, video_id="71")
    with pytest.raises(Conflict, match="checked or live already"):
        paste(session, opened, bea, video_id="72")

    assert counts(session) == before


def test_a_challenge_that_was_joined_cannot_be_called_off(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    opened = make_challenge(session, brand=acme, by=alice)
    join(session, opened, bea)
    before = written(session)

    with pytest.raises(Conflict, match="1 creator has joined, so the prizes stay promised"):
        service.call_off(session, campaign_id=opened.campaign_id, actor=alice, now=NOON)

    assert (opened.state, written(session)) == (ChallengeState.OPEN, before)


def test_nobody_negotiates_about_a_challenge(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    opened = make_challenge(session, brand=acme, by=alice)

    with pytest.raises(Conflict, match="This is a challenge"):
        collaborations.apply(
            session,
            campaign_id=opened.campaign_id,
            pitch="Me!",
            fee=usd(1_000),
            actor=bea,
            now=NOON,
        )
    assert bea.creator_id is not None
    with pytest.raises(Conflict, match="This is a challenge"):
        collaborations.invite(
            session,
            campaign_id=opened.campaign_id,
            creator_id=bea.creator_id,
            message="",
            actor=alice,
            now=NOON,
        )


def test_an_entry_is_no_agreement(session: Session, acme: Brand, alice: Actor, bea: Actor) -> None:
    """It is on no list of work, nobody accepts or ends it, and it has no fee."""
    opened = make_challenge(session, brand=acme, by=alice)
    post = enter(session, opened, bea, video_id="71")
    entry = session.scalars(select(ChallengeEntry)).one()
    agreed = session.get_one(Collaboration, entry.collaboration_id)
    assert bea.creator_id is not None

    for act in (
        lambda: agreements.collaboration_seen_by(session, alice, agreed.id),
        lambda: agreements.offer_seen_by(session, alice, agreed.offer_id),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(Conflict, match="judged by its views"):
        deliverables.accept(session, actor=alice, deliverable_id=entry.deliverable_id, now=NOON)
    with pytest.raises(Conflict, match="page of its challenge"):
        deliverables.paste_post(
            session,
            actor=bea,
            deliverable_id=entry.deliverable_id,
            platform=Platform.TIKTOK,
            external_id="72",
            address="https://www.tiktok.com/@bea/video/72",
            now=NOON,
        )
    with pytest.raises(Conflict, match="about a prize while it is held"):
        payout_service.open_dispute(
            session,
            deliverable_id=entry.deliverable_id,
            reason=DisputeReason.OTHER,
            share_bps=5_000,
            said=payout_service.Said("It was worth more."),
            actor=bea,
            now=NOON,
        )
    with pytest.raises(Conflict, match="has no fee"):
        payout_service.earn(session, deliverable_id=entry.deliverable_id)
    assert deliverables.accept_silent(session, now=NOON + timedelta(days=90)) == 0
    assert agreements.work_of_creator(session, creator_id=bea.creator_id) == []
    assert agreements.collaborations_of_creator(session, creator_id=bea.creator_id).rows == []
    assert agreements.collaborations_of_campaign(session, opened.campaign_id) == []
    live = [DeliverableState.LIVE]
    assert work.lines_for_creator(session, creator_id=bea.creator_id, states=live) == []
    assert work.lines_for_brands(session, brand_ids=[acme.id], states=live) == []
    assert promised_to(session, creator_id=bea.creator_id, now=NOON) == []
    assert agreements.outcomes(session, now=NOON + timedelta(days=400)) == []
    assert post.state is PostState.VERIFIED
