"""Prizes that went back stay while an entry may ask for more of them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.challenges import service
from marketplace.challenges.models import Challenge, ChallengeEntry
from marketplace.collaborations.models import RestingFunds
from marketplace.collaborations.rules import FreeMoney, Rest, RestReason
from marketplace.deliverables.models import Deliverable
from marketplace.funding import queries
from marketplace.funding import service as funding
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Dispute, Earning
from marketplace.payouts.rules import EarningKind
from marketplace.payouts.rules.disputes import DisputeReason
from tests.conftest import NOON, _creator
from tests.factories.challenges import COUNTED, enter, make_challenge, usd
from tests.services.books import broken
from tests.services.disputing import agree, dispute
from tests.services.resting import SECOND, take, take_all

END = COUNTED + timedelta(minutes=5)
OVER = END + timedelta(days=7)
LAST = OVER - SECOND


@pytest.fixture
def dana(session: Session) -> Actor:
    return _creator(session, "dana")


@pytest.fixture
def challenge(session: Session, acme: Brand, alice: Actor, bea: Actor, carl: Actor) -> Challenge:
    """900.00 of 1,000.00 in prizes: 500.00 to Carl, 200.00 to Bea, and 200.00 to nobody."""
    made = make_challenge(session, brand=acme, by=alice)
    enter(session, made, bea, video_id="71", views=[(COUNTED, 5_000)])
    enter(session, made, carl, video_id="72", views=[(COUNTED, 9_000)])
    award(session, made)
    return made


@pytest.fixture
def campaign(challenge: Challenge) -> Campaign:
    return challenge.campaign


def award(session: Session, challenge: Challenge) -> bool:
    done = service.award(session, challenge_id=challenge.id, now=END)
    session.flush()
    return done


def entry_of(session: Session, creator: Actor) -> Deliverable:
    owned = select(ChallengeEntry).where(ChallengeEntry.creator_id == creator.creator_id)
    return session.get_one(Deliverable, session.scalars(owned).one().deliverable_id)


def wants_more(session: Session, creator: Actor, share: int = 10_000) -> Dispute:
    entry, reason = entry_of(session, creator), DisputeReason.PRIZE_COUNT
    return dispute(session, entry, creator, reason=reason, share=share, now=LAST)


def left(session: Session, campaign: Campaign) -> FreeMoney:
    return queries.unspent_of(session, campaign, now=LAST).left


def test_what_nobody_won_rests_until_no_entry_can_ask_for_more(
    session: Session, campaign: Campaign, challenge: Challenge
) -> None:
    rest = Rest(RestReason.PRIZES, usd(20_000), OVER)
    assert left(session, campaign) == FreeMoney(usd(30_000), (rest,))
    assert queries.unspent_of(session, campaign, now=OVER).left == FreeMoney(usd(30_000))

    assert not award(session, challenge)
    assert left(session, campaign).rests == (rest,)


def test_a_dispute_on_the_last_day_finds_all_of_it_and_is_paid(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    take_all(session, campaign, alice, resting=usd(20_000), now=LAST)

    opened = wants_more(session, bea)
    assert (opened.stake, opened.set_aside) == (usd(30_000), usd(20_000))
    take_all(session, campaign, alice, resting=usd(0), now=OVER)
    opened.creator_share_bps = 6_666
    agree(session, opened, alice, 6_666, now=OVER)

    more = session.scalars(select(Earning).where(Earning.kind == EarningKind.AWARDED)).one()
    assert (more.fee_minor, more.creator_id) == (19_998, bea.creator_id)
    assert left(session, campaign) == FreeMoney(usd(2))
    assert broken(session) == []


def test_a_second_later_it_goes_back_and_a_dispute_is_too_late(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    take_all(session, campaign, alice, resting=usd(20_000), now=LAST)

    with pytest.raises(Conflict, match="about a prize while it is held"):
        dispute(
            session,
            entry_of(session, bea),
            bea,
            reason=DisputeReason.PRIZE_COUNT,
            share=1,
            now=OVER,
        )
    take(session, campaign, alice, usd(20_000), now=OVER)

    assert left(session, campaign) == FreeMoney(usd(0))


def test_the_closed_campaign_sends_back_the_rest_first_and_it_a_week_later(
    session: Session, campaign: Campaign, alice: Actor
) -> None:
    def ask(now: datetime) -> list[int]:
        found = funding.refund_unspent(session, actor=alice, campaign_id=campaign.id, now=now)
        session.flush()
        return [each.amount_minor for each in found]

    assert ask(LAST) == [11_000]
    with pytest.raises(Conflict, match=r"USD 200\.00 rests .* dispute the prizes of a challenge"):
        ask(LAST)
    assert ask(OVER) == [22_000]
    with pytest.raises(Conflict, match="nothing left"):
        ask(OVER)


def test_no_more_rests_than_entries_can_ask_for(
    session: Session, acme: Brand, alice: Actor, bea: Actor, carl: Actor
) -> None:
    made = make_challenge(session, brand=acme, by=alice)
    enter(session, made, carl, video_id="72", views=[(COUNTED, 9_000)])
    award(session, made)  # 500.00 to Carl, which is the most

    assert left(session, made.campaign) == FreeMoney(usd(50_000))
    assert session.get(RestingFunds, made.campaign_id) is None


def test_a_prize_that_is_given_up_rests_for_the_other_entries(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, carl: Actor
) -> None:
    taken = dispute(session, entry_of(session, carl), alice, share=8_000, now=LAST)
    agree(session, taken, carl, 8_000, now=LAST)
    assert left(session, campaign) == FreeMoney(
        usd(40_000), (Rest(RestReason.PRIZES, usd(30_000), OVER),)
    )

    opened = wants_more(session, bea)

    assert opened.set_aside == usd(30_000)
    assert left(session, campaign) == FreeMoney(usd(10_000))
    assert broken(session) == []


def test_given_up_after_the_hold_window_it_is_free(
    session: Session, campaign: Campaign, alice: Actor, carl: Actor
) -> None:
    taken = dispute(session, entry_of(session, carl), alice, share=8_000, now=LAST)
    agree(session, taken, carl, 8_000, now=OVER)

    assert queries.unspent_of(session, campaign, now=OVER).left == FreeMoney(usd(40_000))


def test_what_one_entry_asked_for_and_did_not_get_rests_for_the_next(
    session: Session, acme: Brand, alice: Actor, bea: Actor, carl: Actor, dana: Actor
) -> None:
    made = make_challenge(session, brand=acme, by=alice)
    for place, who in enumerate((carl, bea, dana)):
        views = [(COUNTED, 9_000 - place)]
        enter(session, made, who, video_id=f"7{place}", views=views)
    award(session, made)  # 500.00, 200.00 and 50.00; 150.00 to nobody
    assert left(session, made.campaign).resting == usd(15_000)

    opened = wants_more(session, bea, 1_000)
    assert opened.set_aside == usd(25_000)
    assert left(session, made.campaign) == FreeMoney(usd(0))
    agree(session, opened, alice, 1_000, now=LAST)

    assert left(session, made.campaign) == FreeMoney(
        usd(22_000), (Rest(RestReason.PRIZES, usd(22_000), OVER),)
    )
    assert wants_more(session, dana).set_aside == usd(22_000)
    assert broken(session) == []


def test_a_dispute_that_is_withdrawn_leaves_it_at_rest(
    session: Session, campaign: Campaign, bea: Actor
) -> None:
    for _ in range(2):
        opened = wants_more(session, bea)
        assert left(session, campaign).resting == usd(0)
        payouts.withdraw_dispute(session, dispute_id=opened.id, actor=bea, now=LAST)
        session.flush()

    assert left(session, campaign).resting == usd(30_000)


def test_prizes_of_a_challenge_that_nobody_joined_are_free_at_once(
    session: Session, acme: Brand, alice: Actor
) -> None:
    made = make_challenge(session, brand=acme, by=alice)
    service.call_off(session, campaign_id=made.campaign_id, actor=alice, now=NOON)
    session.flush()

    assert queries.unspent_of(session, made.campaign, now=NOON).left == FreeMoney(usd(100_000))
