"""A prize is disputed in its hold window: by the brand, or by whoever should have won more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.challenges import service
from marketplace.challenges.models import Challenge, ChallengeEntry
from marketplace.collaborations.queries import campaign_money
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotFound
from marketplace.ledger.rules import Code
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Dispute, Earning
from marketplace.payouts.rules import EarningKind, EarningState
from marketplace.payouts.rules.disputes import DisputeAbout, DisputeReason, DisputeState
from tests.conftest import NOON
from tests.factories.challenges import BY_VIEWS, COUNTED, enter, join, make_challenge, paste, usd
from tests.services.books import balance, broken, written
from tests.services.disputing import agree, decide, dispute, mature, say

END = COUNTED + timedelta(minutes=5)
HELD_UNTIL = END + timedelta(days=7)
EARLY = NOON + timedelta(days=1)
LATER = END + timedelta(days=1)


@pytest.fixture
def challenge(session: Session, acme: Brand, alice: Actor, bea: Actor, carl: Actor) -> Challenge:
    """900.00 of 1,000.00 in prizes; Carl won the first, 500.00, and Bea the second, 200.00."""
    made = make_challenge(session, brand=acme, by=alice)
    enter(session, made, bea, video_id="71", views=[(EARLY, 900), (COUNTED, 5_000)])
    enter(session, made, carl, video_id="72", views=[(EARLY, 900), (COUNTED, 9_000)])
    award(session, made)
    return made


def award(session: Session, challenge: Challenge) -> None:
    service.award(session, challenge_id=challenge.id, now=END)
    session.flush()


def entry_of(session: Session, creator: Actor) -> Deliverable:
    owned = select(ChallengeEntry).where(ChallengeEntry.creator_id == creator.creator_id)
    return session.get_one(Deliverable, session.scalars(owned).one().deliverable_id)


def prize_of(session: Session, creator: Actor, kind: EarningKind = EarningKind.PRIZE) -> Earning:
    return session.scalars(
        select(Earning).where(Earning.creator_id == creator.creator_id, Earning.kind == kind)
    ).one()


def wants_more(session: Session, creator: Actor, share: int = 10_000) -> Dispute:
    entry = entry_of(session, creator)
    reason = DisputeReason.PRIZE_COUNT
    return dispute(session, entry, creator, reason=reason, share=share, now=LATER)


# The brand


def test_a_disputed_prize_stays_in_its_hold_window(
    session: Session, challenge: Challenge, alice: Actor, carl: Actor
) -> None:
    opened = dispute(session, entry_of(session, carl), alice, now=LATER)

    assert (opened.about, opened.stake, opened.set_aside) == (
        DisputeAbout.HELD, usd(50_000), usd(0)
    )  # fmt: skip
    assert mature(session, HELD_UNTIL) == 1  # the other one
    assert prize_of(session, carl).state is EarningState.PENDING
    payouts.withdraw_dispute(session, dispute_id=opened.id, actor=alice, now=HELD_UNTIL)
    assert mature(session, HELD_UNTIL) == 1
    assert broken(session) == []


def test_a_part_of_a_prize_goes_back_to_the_campaign_with_our_share_and_fee_on_it(
    session: Session, challenge: Challenge, alice: Actor, carl: Actor
) -> None:
    entry, campaign = entry_of(session, carl), challenge.campaign
    assert balance(session, Code.FEE_EARNED) == usd(3_500 + 7_000)
    opened = dispute(session, entry, alice, share=2_000, now=LATER)

    agree(session, opened, carl, 2_000, now=LATER)

    prize = prize_of(session, carl)
    assert (prize.fee_minor, prize.platform_share_minor, prize.net_minor) == (10_000, 500, 9_500)
    assert balance(session, Code.CREATOR_PENDING, carl.creator_id) == usd(9_500)
    assert balance(session, Code.CAMPAIGN_FUNDS, campaign.id) == usd(30_000 + 40_000)
    assert balance(session, Code.FEE_EARNED) == usd(3_500 + 7_000 - 2_000 - 4_000)
    assert balance(session, Code.FEE_UNEARNED, campaign.id) == usd(3_000 + 4_000)
    money = campaign_money(session, campaign, now=LATER)
    assert (money.funded, money.committed, money.earned) == (usd(100_000), usd(0), usd(30_000))
    assert broken(session) == []
    with pytest.raises(Conflict, match="once"):
        dispute(session, entry, alice, now=LATER)


def test_a_prize_that_was_cheated_for_is_taken_back_whole(
    session: Session, challenge: Challenge, alice: Actor, carl: Actor, stella: Actor
) -> None:
    opened = dispute(
        session, entry_of(session, carl), alice, reason=DisputeReason.VIEWS_LOOK_BOUGHT, now=LATER
    )
    say(session, opened, carl, now=LATER)

    decide(session, opened, stella, 0, now=LATER)

    prize = prize_of(session, carl)
    assert (prize.state, prize.net_minor) == (EarningState.TAKEN_BACK, 0)
    assert balance(session, Code.CAMPAIGN_FUNDS, challenge.campaign_id) == usd(80_000)
    assert balance(session, Code.CREATOR_PENDING, carl.creator_id) == usd(0)
    assert broken(session) == []


def test_after_the_hold_window_a_prize_is_not_disputed(
    session: Session, challenge: Challenge, alice: Actor, bea: Actor, carl: Actor
) -> None:
    before = written(session)
    for who, reason in ((alice, DisputeReason.OTHER), (bea, DisputeReason.PRIZE_COUNT)):
        entry = entry_of(session, carl if who is alice else bea)
        with pytest.raises(Conflict):
            dispute(session, entry, who, reason=reason, share=1, now=HELD_UNTIL)
    assert written(session) == before


# A creator


def test_a_creator_disputes_what_the_entry_could_have_won_beside_its_prize(
    session: Session, challenge: Challenge, bea: Actor
) -> None:
    opened = wants_more(session, bea)

    assert (opened.about, opened.stake) == (DisputeAbout.PRIZE, usd(30_000))
    assert opened.set_aside == usd(30_000)
    assert balance(session, Code.CAMPAIGN_FUNDS, challenge.campaign_id) == usd(0)
    assert not prize_of(session, bea).is_disputed
    assert broken(session) == []


def test_more_of_a_prize_is_earned_from_what_was_set_aside_and_payable_at_once(
    session: Session, challenge: Challenge, alice: Actor, bea: Actor
) -> None:
    opened = wants_more(session, bea)
    say(session, opened, alice, share=5_000, now=LATER)
    assert queries.creator_receives(session, opened, 5_000) == usd(14_250)

    agree(session, opened, bea, 5_000, now=LATER)

    more = prize_of(session, bea, EarningKind.AWARDED)
    assert (more.fee_minor, more.net_minor, more.payable_at) == (15_000, 14_250, LATER)
    assert prize_of(session, bea).net_minor == 19_000
    assert balance(session, Code.CREATOR_PENDING, bea.creator_id) == usd(19_000 + 14_250)
    assert balance(session, Code.CAMPAIGN_FUNDS, challenge.campaign_id) == usd(15_000)
    assert balance(session, Code.FEE_EARNED) == usd(3_500 + 7_000 + 750 + 1_500)
    money = campaign_money(session, challenge.campaign, now=LATER)
    assert (money.funded, money.committed, money.earned) == (usd(100_000), usd(0), usd(85_000))
    assert broken(session) == []


@pytest.mark.parametrize("how", ["withdrawn", "decided"])
def test_a_prize_that_stays_as_it_is_leaves_the_campaign_all_of_its_money(
    session: Session, challenge: Challenge, alice: Actor, bea: Actor, stella: Actor, how: str
) -> None:
    opened = wants_more(session, bea)
    if how == "withdrawn":
        payouts.withdraw_dispute(session, dispute_id=opened.id, actor=bea, now=LATER)
    else:
        say(session, opened, alice, now=LATER)
        decide(session, opened, stella, 0, now=LATER)

    session.flush()
    assert balance(session, Code.CAMPAIGN_FUNDS, challenge.campaign_id) == usd(30_000)
    assert opened.set_aside == usd(0)
    assert campaign_money(session, challenge.campaign, now=LATER).earned == usd(70_000)
    assert broken(session) == []


def test_who_won_the_most_has_nothing_to_dispute(
    session: Session, challenge: Challenge, carl: Actor
) -> None:
    with pytest.raises(Conflict, match="about a prize while it is held"):
        wants_more(session, carl)


def test_a_post_that_did_not_count_may_be_disputed_and_win(
    session: Session, acme: Brand, alice: Actor, bea: Actor, carl: Actor
) -> None:
    made = make_challenge(session, brand=acme, by=alice, promise=BY_VIEWS)
    enter(session, made, bea, video_id="71", views=[(COUNTED, 5_000)])
    join(session, made, carl)
    paste(session, made, carl, video_id="72")
    service.award(session, challenge_id=made.id, now=END + timedelta(days=8))
    session.flush()
    entry, now = entry_of(session, carl), END + timedelta(days=9)
    assert entry.state is DeliverableState.CANCELLED
    opened = dispute(session, entry, carl, reason=DisputeReason.PRIZE_COUNT, share=1_000, now=now)
    assert (opened.stake, opened.set_aside) == (usd(90_000), usd(10_000))

    agree(session, opened, alice, 1_000, now=now)

    assert entry.state is DeliverableState.ACCEPTED
    assert prize_of(session, carl, EarningKind.AWARDED).net_minor == 8_550
    assert balance(session, Code.CAMPAIGN_FUNDS, made.campaign_id) == usd(1_000)
    assert broken(session) == []


def test_who_handed_nothing_in_and_who_is_no_party_cannot_dispute(
    session: Session, acme: Brand, alice: Actor, bea: Actor, carl: Actor, mallory: Actor
) -> None:
    made = make_challenge(session, brand=acme, by=alice)
    enter(session, made, bea, video_id="71", views=[(COUNTED, 5_000)])
    join(session, made, carl)
    award(session, made)
    before = written(session)

    with pytest.raises(Conflict):
        wants_more(session, carl)
    with pytest.raises(NotFound):
        dispute(session, entry_of(session, bea), mallory, now=LATER)
    with pytest.raises(InvalidInput):
        dispute(session, entry_of(session, bea), alice, share=10_000, now=LATER)

    assert (session.scalars(select(Dispute)).all(), written(session)) == ([], before)


def test_before_the_prizes_are_awarded_there_is_nothing_to_dispute(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    made = make_challenge(session, brand=acme, by=alice)
    enter(session, made, bea, video_id="71", views=[(EARLY, 5_000)])
    for who in (alice, bea):
        for reason in (DisputeReason.OTHER, DisputeReason.PRIZE_COUNT):
            with pytest.raises(Conflict):
                dispute(session, entry_of(session, bea), who, reason=reason, share=1, now=EARLY)


def test_a_brand_sees_which_prizes_it_may_dispute(
    session: Session, challenge: Challenge, alice: Actor, bea: Actor, carl: Actor
) -> None:
    def which(now: object = LATER) -> set[object]:
        return set(queries.disputable_prizes(session, challenge.campaign_id, now=now))  # type: ignore[arg-type]  # a moment

    both = {entry_of(session, bea).id, entry_of(session, carl).id}
    assert (which(), which(HELD_UNTIL)) == (both, set())

    opened = dispute(session, entry_of(session, carl), alice, share=5_000, now=LATER)
    assert which() == {entry_of(session, bea).id}
    assert [each.id for each in queries.disputes_in(session, challenge.campaign_id)] == [opened.id]
    agree(session, opened, carl, 5_000, now=LATER)

    assert opened.state is DisputeState.SETTLED
    assert which() == {entry_of(session, bea).id}
