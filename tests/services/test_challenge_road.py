"""A challenge from its money to prizes that can be paid out, and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand, BrandMember
from marketplace.campaigns.rules import CampaignState
from marketplace.challenges import queries, service
from marketplace.challenges.models import Challenge, ChallengeEntry
from marketplace.challenges.rules.life import ChallengeState
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.queries import campaign_money
from marketplace.collaborations.rules import CollaborationState
from marketplace.creators.ports import Failure, FailureKind, FailureScope
from marketplace.deliverables.models import Deliverable, PublishedPost
from marketplace.deliverables.rules import DeliverableState, PostState
from marketplace.funding import queries as funding
from marketplace.kernel.actor import Actor, Role
from marketplace.ledger.rules import Code
from marketplace.metrics import service as metrics
from marketplace.payouts import queries as payouts
from marketplace.payouts import service as payout_service
from marketplace.payouts.models import Earning
from marketplace.payouts.queries.chains import chains_of
from marketplace.payouts.rules import EarningKind, EarningState
from marketplace.payouts.rules.chain import ChainStep, LinkState
from tests.conftest import NOON, _creator
from tests.factories.challenges import (
    BY_VIEWS,
    COUNTED,
    enter,
    join,
    make_challenge,
    paste,
    read,
    usd,
)
from tests.services.agreeing import posted
from tests.services.books import balance, broken, written

END = COUNTED + timedelta(minutes=5)
GONE = Failure(FailureKind.NOT_VISIBLE, FailureScope.ITEM, "ok")


@pytest.fixture
def dana(session: Session) -> Actor:
    return _creator(session, "dana")


def award(session: Session, challenge: Challenge) -> bool:
    done = service.award(session, challenge_id=challenge.id, now=END)
    session.flush()
    return done


def won(session: Session) -> list[tuple[int, int, EarningKind, EarningState]]:
    session.flush()
    earnings = session.scalars(select(Earning).order_by(Earning.fee_minor.desc(), Earning.id))
    return [(e.fee_minor, e.net_minor, e.kind, e.state) for e in earnings]


def test_prizes_by_place_go_the_whole_road(
    session: Session, acme: Brand, alice: Actor, bea: Actor, carl: Actor, dana: Actor
) -> None:
    challenge = make_challenge(session, brand=acme, by=alice)
    campaign = challenge.campaign
    assert balance(session, Code.PRIZE_POOL, campaign.id) == usd(90_000)
    assert campaign_money(session, campaign, now=NOON).committed == usd(90_000)
    assert campaign_money(session, campaign, now=NOON).available == usd(10_000)

    early, late = NOON + timedelta(days=1), COUNTED + timedelta(minutes=2)
    enter(session, challenge, bea, video_id="71", views=[(early, 900), (late, 5_000)])
    enter(session, challenge, carl, video_id="72", views=[(early, 9_000), (late, 9_100)])
    join(session, challenge, dana)
    now = queries.board_of(session, challenge, now=early)
    assert [(e.name, e.place, e.views, e.prize.minor) for e in now.lines] == [
        ("Carl", 1, 9_000, 50_000),
        ("Bea", 2, 900, 20_000),
    ]

    assert award(session, challenge)

    assert won(session) == [
        (50_000, 47_500, EarningKind.PRIZE, EarningState.PENDING),
        (20_000, 19_000, EarningKind.PRIZE, EarningState.PENDING),
    ]
    assert balance(session, Code.PRIZE_POOL, campaign.id) == usd(0)
    assert balance(session, Code.CREATOR_PENDING, carl.creator_id) == usd(47_500)
    assert balance(session, Code.CAMPAIGN_FUNDS, campaign.id) == usd(30_000)
    # our shares of the prizes, and the fee on top of them; the rest of that stays the campaign's
    assert balance(session, Code.FEE_EARNED) == usd(3_500 + 7_000)
    assert balance(session, Code.FEE_UNEARNED, campaign.id) == usd(3_000)
    # what nobody won rests while a creator may ask for more
    assert funding.unspent_of(session, campaign, now=END).total == usd(11_000)
    held_until = END + timedelta(days=7)
    assert funding.unspent_of(session, campaign, now=held_until).total == usd(33_000)
    assert campaign_money(session, campaign, now=END).earned == usd(70_000)
    assert (challenge.state, challenge.won_minor) == (ChallengeState.AWARDED, 70_000)
    assert campaign.state is CampaignState.CLOSED
    assert posted(session, "ChallengeAwarded") == [{"challenge_id": str(challenge.id)}]
    states = dict(session.execute(select(Collaboration.creator_id, Collaboration.state)).all())
    assert states == {
        bea.creator_id: CollaborationState.COMPLETED,
        carl.creator_id: CollaborationState.COMPLETED,
        dana.creator_id: CollaborationState.CANCELLED,
    }
    assert broken(session) == []


def test_awarding_twice_changes_nothing(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    challenge = make_challenge(session, brand=acme, by=alice)
    post = enter(session, challenge, bea, video_id="71", views=[(COUNTED, 5_000)])
    assert award(session, challenge)
    before = (written(session), won(session))

    read(session, post, (COUNTED + timedelta(days=1), 1))
    assert not award(session, challenge)

    assert (written(session), won(session)) == before
    board = queries.board_of(session, challenge, now=END + timedelta(days=2))
    assert [(e.place, e.views, e.prize) for e in board.lines] == [(1, 5_000, usd(50_000))]
    assert board.is_final


def test_a_prize_is_an_earning_like_any_other(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    challenge = make_challenge(session, brand=acme, by=alice)
    enter(session, challenge, bea, video_id="71", views=[(COUNTED, 5_000)])
    award(session, challenge)
    earning = session.scalars(select(Earning)).one()

    line = payouts.earning_line(session, deliverable_id=earning.deliverable_id, now=END)
    assert line is not None
    chain = chains_of(session, [line], now=END)[earning.id]
    assert [link.step for link in chain.links] == [
        ChainStep.AGREED, ChainStep.LIVE, ChainStep.EARNED, ChainStep.PAYABLE, ChainStep.ACCOUNT,
        ChainStep.SENT, ChainStep.BANK,
    ]  # fmt: skip
    assert next(link.step for link in chain.links if link.state is LinkState.NOW) == (
        ChainStep.PAYABLE
    )

    assert payout_service.mature_due(session, now=END + timedelta(days=7)) == 1
    session.flush()
    assert earning.state is EarningState.PAYABLE
    assert balance(session, Code.CREATOR_PAYABLE, bea.creator_id) == usd(47_500)
    assert payout_service.mature_due(session, now=END + timedelta(days=8)) == 0
    assert broken(session) == []


def test_the_pool_is_shared_by_views_and_nothing_is_left(
    session: Session, acme: Brand, alice: Actor, bea: Actor, carl: Actor, dana: Actor
) -> None:
    challenge = make_challenge(session, brand=acme, by=alice, promise=BY_VIEWS)
    enter(session, challenge, bea, video_id="71", views=[(COUNTED, 100)])
    enter(session, challenge, carl, video_id="72", views=[(COUNTED, 200)])
    enter(session, challenge, dana, video_id="73", views=[(COUNTED, 99)])

    assert award(session, challenge)

    assert [each[0] for each in won(session)] == [60_000, 30_000]
    assert challenge.won == challenge.pool
    assert balance(session, Code.CAMPAIGN_FUNDS, challenge.campaign_id) == usd(10_000)
    assert broken(session) == []


def test_what_a_cap_leaves_of_the_pool_is_the_campaigns_again(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    promise = replace(BY_VIEWS, cap=usd(40_000))
    challenge = make_challenge(session, brand=acme, by=alice, promise=promise)
    enter(session, challenge, bea, video_id="71", views=[(COUNTED, 5_000)])

    assert award(session, challenge)

    assert [each[0] for each in won(session)] == [40_000]
    assert balance(session, Code.CAMPAIGN_FUNDS, challenge.campaign_id) == usd(60_000)
    assert broken(session) == []


def test_a_challenge_that_nobody_entered_gives_everything_back(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    challenge = make_challenge(session, brand=acme, by=alice)
    join(session, challenge, bea)

    assert award(session, challenge)

    assert won(session) == []
    assert balance(session, Code.CAMPAIGN_FUNDS, challenge.campaign_id) == usd(100_000)
    assert challenge.state is ChallengeState.AWARDED
    assert broken(session) == []


def test_nothing_is_awarded_while_views_still_count(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    challenge = make_challenge(session, brand=acme, by=alice)
    enter(session, challenge, bea, video_id="71", views=[(NOON + timedelta(days=3), 5_000)])

    early = COUNTED - timedelta(seconds=1)
    assert not service.award(session, challenge_id=challenge.id, now=early)
    assert (challenge.state, won(session)) == (ChallengeState.OPEN, [])


def test_prizes_wait_for_the_last_reading_and_not_for_ever(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    challenge = make_challenge(session, brand=acme, by=alice)
    enter(session, challenge, bea, video_id="71", views=[(NOON + timedelta(days=3), 5_000)])

    assert not award(session, challenge)
    late = COUNTED + timedelta(days=7)
    assert service.award(session, challenge_id=challenge.id, now=late)

    session.flush()
    assert [e.views for e in session.scalars(select(ChallengeEntry))] == [5_000]


def test_a_post_that_is_gone_at_the_end_counts_nothing(
    session: Session, acme: Brand, alice: Actor, bea: Actor, carl: Actor
) -> None:
    challenge = make_challenge(session, brand=acme, by=alice)
    gone = enter(
        session, challenge, bea, video_id="71", views=[(COUNTED - timedelta(hours=3), 99_000)]
    )
    enter(session, challenge, carl, video_id="72", views=[(COUNTED, 100)])

    metrics.flag_gap(session, post_id=gone.id, failure=GONE, now=COUNTED)
    session.flush()
    assert not award(session, challenge), "one look that missed it is not yet the last word"
    metrics.flag_gap(session, post_id=gone.id, failure=GONE, now=COUNTED + timedelta(minutes=4))
    session.flush()
    assert gone.state is PostState.NOT_VISIBLE

    assert award(session, challenge)
    board = queries.board_of(session, challenge, now=END)
    assert [(e.name, e.place, e.prize) for e in board.lines] == [("Carl", 1, usd(50_000))]
    states = dict(session.execute(select(Deliverable.creator_id, Deliverable.state)).all())
    assert states == {
        bea.creator_id: DeliverableState.CANCELLED,
        carl.creator_id: DeliverableState.ACCEPTED,
    }
    assert broken(session) == []


def test_of_equal_views_the_earlier_hand_in_has_the_higher_prize(
    session: Session, acme: Brand, alice: Actor, bea: Actor, carl: Actor
) -> None:
    challenge = make_challenge(session, brand=acme, by=alice)
    later, earlier = NOON + timedelta(hours=5), NOON + timedelta(hours=4)
    enter(session, challenge, bea, video_id="71", at=later, views=[(COUNTED, 700)])
    enter(session, challenge, carl, video_id="72", at=earlier, views=[(COUNTED, 700)])

    assert award(session, challenge)

    board = queries.board_of(session, challenge, now=END)
    assert [(e.name, e.prize.minor) for e in board.lines] == [("Carl", 50_000), ("Bea", 20_000)]


def test_a_post_still_being_checked_at_the_end_is_waited_for(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    challenge = make_challenge(session, brand=acme, by=alice)
    join(session, challenge, bea)
    post = paste(session, challenge, bea, video_id="71")

    assert not award(session, challenge)
    late = COUNTED + timedelta(days=7)
    assert service.award(session, challenge_id=challenge.id, now=late)

    session.flush()
    session.refresh(post)
    assert (post.state, post.refusal) == (PostState.REFUSED, "The challenge is over.")
    assert won(session) == []


def test_who_became_one_of_the_brand_wins_nothing(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    challenge = make_challenge(session, brand=acme, by=alice)
    enter(session, challenge, bea, video_id="71", views=[(COUNTED, 5_000)])
    assert bea.user_id is not None
    session.add(
        BrandMember(brand_id=acme.id, user_id=bea.user_id, role=Role.VIEWER, joined_at=NOON)
    )
    session.flush()

    assert award(session, challenge)

    assert won(session) == []
    assert balance(session, Code.CAMPAIGN_FUNDS, challenge.campaign_id) == usd(100_000)


def test_a_challenge_that_nobody_joined_can_be_called_off_once(
    session: Session, acme: Brand, alice: Actor
) -> None:
    challenge = make_challenge(session, brand=acme, by=alice)

    service.call_off(session, campaign_id=challenge.campaign_id, actor=alice, now=NOON)
    session.flush()

    assert challenge.state is ChallengeState.CALLED_OFF
    assert challenge.campaign.state is CampaignState.CLOSED
    assert balance(session, Code.CAMPAIGN_FUNDS, challenge.campaign_id) == usd(100_000)
    assert funding.unspent_of(session, challenge.campaign, now=NOON).total == usd(110_000)
    assert broken(session) == []
    assert session.scalars(select(PublishedPost)).all() == []
