"""What a dispute about a fee writes: each entry and each row, to the cent, and for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import CollaborationState, Terms
from marketplace.deliverables import queries as works
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.errors import InvalidTransition
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import events
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Earning
from marketplace.payouts.rules import EarningKind, EarningState
from marketplace.payouts.rules.disputes import DisputeReason
from tests.factories.campaigns import NOON
from tests.factories.collaborations import BONUS, TERMS, VIDEO
from tests.factories.ledger import usd
from tests.factories.money import make_accepted, make_earning, pay_in
from tests.services.agreeing import posted
from tests.services.books import broken, told, written
from tests.services.disputing import (
    HOLD_ENDS,
    LATER,
    agree,
    decide,
    dispute,
    fee_of,
    keep_tax,
    money,
    say,
    unaccepted,
)

S = DeliverableState
DAY = timedelta(days=1)
REVIEW_OVER = NOON + timedelta(days=6)
TWO = replace(
    TERMS,
    fee=usd(40_001),
    deliverables=(VIDEO, replace(VIDEO, description="A tour of the kitchen")),
)
"""Two videos, the one for a cent more than the other."""


@pytest.fixture
def campaign(session: Session, campaign: Campaign, alice: Actor) -> Campaign:
    """A campaign with 1,000.00 and the 100.00 of the platform fee."""
    pay_in(session, campaign, by=alice)
    return campaign


@pytest.fixture
def taxed(session: Session, bea: Actor, stella: Actor) -> None:
    keep_tax(session, bea, stella)


def first_of_two(session: Session, campaign: Campaign, alice: Actor, bea: Actor) -> Deliverable:
    """The first of two videos, accepted and earned."""
    made = make_accepted(session, campaign, by=alice, creator=bea, offered=TWO)
    make_earning(session, made, matured=False)
    return made


def with_views(offered: Terms) -> Terms:
    """The same with up to 300.01 for views."""
    return replace(offered, bonus=replace(BONUS, cap=usd(30_001)))


def who(actor: Actor) -> str:
    return f"user:{actor.user_id}"


# What is in its hold window


@pytest.mark.usefixtures("taxed")
def test_a_fee_is_undone_and_what_is_left_of_it_earned_anew(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    work = first_of_two(session, campaign, alice, bea)
    opened = dispute(session, work, alice, share=7_500)

    agree(session, opened, bea, 7_500)

    assert told(session, f"reverse:earn:{work.id}:1") == (
        LATER,
        who(bea),
        "As a dispute has ended",
        ["2040/2030 19001", "4010/2030 1000", "4010/2100 2000"],
    )
    assert told(session, f"earn:{work.id}:2") == (
        LATER,
        who(bea),
        "Fee for “A recipe in a minute”",
        ["2030/2040 14251", "2030/4010 750", "2100/4010 1500"],
    )
    assert told(session, f"uncommit:{work.collaboration_id}:3") == (
        LATER,
        who(bea),
        "What a dispute gave back",
        ["2030/2020 5000"],
    )
    fee = fee_of(session, work)
    assert (fee.fee, fee.platform_share, fee.net) == (usd(15_001), usd(750), usd(14_251))
    assert (fee.withheld_minor, fee.state, fee.dispute_id) == (
        1_425,
        EarningState.PENDING,
        opened.id,
    )
    assert broken(session) == []


@pytest.mark.parametrize("place", [0, 1])
def test_each_work_is_divided_by_its_own_part_of_the_fee(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, place: int
) -> None:
    first = make_accepted(session, campaign, by=alice, creator=bea, offered=TWO)
    owed = works.deliverables_of(session, collaboration_id=first.collaboration_id)
    work = owed[place]
    work.state, work.accepted_at = S.ACCEPTED, NOON
    session.flush()
    whole = make_earning(session, work, matured=False).fee
    assert whole == usd([20_001, 20_000][place])
    opened = dispute(session, work, alice, share=7_500)

    agree(session, opened, bea, 7_500)

    left = [15_001, 15_000][place]
    assert fee_of(session, work).fee == usd(left)
    assert told(session, f"uncommit:{work.collaboration_id}:3")[3] == [
        f"2030/2020 {whole.minor - left}"
    ]
    assert broken(session) == []


@pytest.mark.usefixtures("taxed")
def test_where_nothing_is_left_nothing_is_earned_anew(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, stella: Actor
) -> None:
    work = first_of_two(session, campaign, alice, bea)
    opened = dispute(session, work, alice)
    say(session, opened, bea)
    before = written(session)

    decide(session, opened, stella, 0)

    assert told(session, f"reverse:earn:{work.id}:1")[:2] == (LATER, who(stella))
    assert told(session, f"uncommit:{work.collaboration_id}:3")[3] == ["2030/2020 20001"]
    assert written(session) == (before[0] + 2, before[1] + 4)
    fee = fee_of(session, work)
    assert (fee.state, fee.fee_minor, fee.withheld_minor) == (EarningState.TAKEN_BACK, 0, 0)
    assert (fee.is_disputed, fee.dispute_id) == (False, opened.id)


def test_a_second_end_of_the_same_dispute_is_refused_and_writes_nothing(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, stella: Actor
) -> None:
    work = first_of_two(session, campaign, alice, bea)
    opened = dispute(session, work, alice, share=5_000)
    say(session, opened, bea, share=6_000)
    agree(session, opened, alice, 6_000)
    before = (written(session), money(session, work), fee_of(session, work).fee_minor)
    assert before[2] == 12_001

    with pytest.raises(InvalidTransition):
        agree(session, opened, bea, 5_000)
    with pytest.raises(InvalidTransition):
        decide(session, opened, stella, 0)
    with pytest.raises(InvalidTransition):
        payouts.withdraw_dispute(session, dispute_id=opened.id, actor=alice, now=LATER)

    assert (written(session), money(session, work), fee_of(session, work).fee_minor) == before


@pytest.mark.parametrize(("share", "left", "entries"), [(9_999, 19_999, 3), (10_000, 20_001, 0)])
def test_a_share_next_to_the_whole_is_divided_and_the_whole_is_not(
    session: Session,
    campaign: Campaign,
    alice: Actor,
    bea: Actor,
    stella: Actor,
    share: int,
    left: int,
    entries: int,
) -> None:
    work = first_of_two(session, campaign, alice, bea)
    opened = dispute(session, work, alice, share=0)
    say(session, opened, bea)
    before = written(session)

    decide(session, opened, stella, share)

    assert fee_of(session, work).fee_minor == left
    assert written(session)[0] == before[0] + entries


def test_of_a_fee_that_is_left_no_more_tax_is_kept_back_than_there_is(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, stella: Actor
) -> None:
    small = replace(TERMS, fee=usd(10))
    work = make_accepted(session, campaign, by=alice, creator=bea, offered=small)
    fee = make_earning(session, work, matured=False)
    fee.withheld = fee.net
    session.flush()
    assert (fee.net_minor, fee.withheld_minor) == (9, 9)
    opened = dispute(session, work, alice, share=5_000)
    say(session, opened, bea)

    decide(session, opened, stella, 5_000)

    assert (fee.fee_minor, fee.net_minor, fee.withheld_minor) == (5, 4, 4)
    assert broken(session) == []


def test_what_the_books_do_not_know_is_not_divided(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    work = make_accepted(session, campaign, by=alice, creator=bea)
    session.add(
        Earning(
            kind=EarningKind.FEE,
            deliverable_id=work.id,
            campaign_id=work.campaign_id,
            creator_id=work.creator_id,
            fee_minor=40_000,
            platform_share_minor=2_000,
            net_minor=38_000,
            currency="USD",
            state=EarningState.PENDING,
            earned_at=NOON,
            payable_at=HOLD_ENDS,
        )
    )
    session.flush()
    opened = dispute(session, work, alice, share=5_000)

    with pytest.raises(LookupError, match=r"^an earned fee has its entry$"):
        agree(session, opened, bea, 5_000)


# Work that was not accepted


@pytest.mark.usefixtures("taxed")
def test_unaccepted_work_earns_its_part_and_gives_back_the_rest_and_the_bonus(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    offered = with_views(TERMS)
    work = unaccepted(session, campaign, alice, bea, S.IN_REVIEW, offered=offered)
    opened = dispute(
        session, work, bea, reason=DisputeReason.NOT_REVIEWED, share=10_000, now=REVIEW_OVER
    )
    say(session, opened, alice, share=3_333, now=REVIEW_OVER)

    agree(session, opened, bea, 3_333, now=REVIEW_OVER + DAY)

    assert told(session, f"earn:{work.id}:1") == (
        REVIEW_OVER + DAY,
        who(bea),
        "Fee for “A recipe in a minute”",
        ["2030/2040 12665", "2030/4010 667", "2100/4010 1333"],
    )
    assert told(session, f"uncommit:{work.collaboration_id}:3") == (
        REVIEW_OVER + DAY,
        who(bea),
        "What a dispute gave back",
        ["2030/2020 56669"],
    )
    fee = fee_of(session, work)
    assert (fee.fee, fee.platform_share, fee.net) == (usd(13_332), usd(667), usd(12_665))
    assert (fee.withheld_minor, fee.state) == (1_267, EarningState.PENDING)
    assert (fee.earned_at, fee.payable_at) == (REVIEW_OVER + DAY, REVIEW_OVER + DAY)
    assert (fee.dispute_id, fee.is_disputed) == (opened.id, False)
    assert posted(session, "FeeEarned") == [{"earning_id": str(fee.id)}]
    assert (work.state, work.accepted_at) == (S.ACCEPTED, REVIEW_OVER + DAY)
    assert (work.answer_by, work.disputed_at) == (None, None)
    agreed = session.get_one(Collaboration, work.collaboration_id)
    assert (agreed.state, agreed.ended_at, agreed.released_minor) == (
        CollaborationState.COMPLETED,
        REVIEW_OVER + DAY,
        56_669,
    )
    assert broken(session) == []


def test_work_whose_part_would_be_rounded_away_is_called_off(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, stella: Actor
) -> None:
    work = unaccepted(
        session, campaign, alice, bea, S.IN_REVIEW, offered=replace(TERMS, fee=usd(40))
    )
    opened = dispute(
        session, work, bea, reason=DisputeReason.NOT_REVIEWED, share=10_000, now=REVIEW_OVER
    )
    say(session, opened, alice, now=REVIEW_OVER)

    decide(session, opened, stella, 100, now=REVIEW_OVER)

    assert work.state is S.CANCELLED
    assert session.scalars(select(Earning)).all() == []
    assert told(session, f"uncommit:{work.collaboration_id}:3")[3] == ["2030/2020 40"]
    agreed = session.get_one(Collaboration, work.collaboration_id)
    assert (agreed.state, agreed.ended_at) == (CollaborationState.CANCELLED, REVIEW_OVER)
    assert broken(session) == []


@pytest.mark.parametrize("share", [0, 5_000])
def test_while_other_work_is_owed_the_collaboration_goes_on(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, stella: Actor, share: int
) -> None:
    work = unaccepted(session, campaign, alice, bea, S.IN_REVIEW, offered=with_views(TWO))
    opened = dispute(
        session, work, bea, reason=DisputeReason.NOT_REVIEWED, share=10_000, now=REVIEW_OVER
    )
    say(session, opened, alice, now=REVIEW_OVER)

    decide(session, opened, stella, share, now=REVIEW_OVER)

    back = {0: 20_001 + 15_001, 5_000: 10_000 + 15_001}[share]
    assert told(session, f"uncommit:{work.collaboration_id}:3")[3] == [f"2030/2020 {back}"]
    agreed = session.get_one(Collaboration, work.collaboration_id)
    assert (agreed.state, agreed.ended_at) == (CollaborationState.ACTIVE, None)
    assert money(session, work)["promised"] == usd(20_000 + 15_000)
    assert broken(session) == []


def test_no_more_of_the_platform_fee_is_earned_than_the_brand_has_paid(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    work = unaccepted(session, campaign, alice, bea, S.IN_REVIEW)
    returned = events.fee_returned(campaign_id=campaign.id, number="1", fee=usd(8_500), tax=usd(0))
    ledger.write_entry(session, returned, occurred_at=NOON, actor=SYSTEM)
    opened = dispute(
        session, work, bea, reason=DisputeReason.NOT_REVIEWED, share=5_000, now=REVIEW_OVER
    )

    agree(session, opened, alice, 5_000, now=REVIEW_OVER)

    assert told(session, f"earn:{work.id}:1")[3] == [
        "2030/2040 19000",
        "2030/4010 1000",
        "2100/4010 1500",
    ]
    assert broken(session) == []
