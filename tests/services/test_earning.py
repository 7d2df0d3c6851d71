"""What a fee leaves in the books and in its row when it is earned, and when it is payable."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import CollaborationState
from marketplace.deliverables import queries as deliverable_queries
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState, EndingState
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.errors import Conflict
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger import service as books
from marketplace.ledger.queries import EntryView
from marketplace.ledger.rules import Code, events
from marketplace.payouts import service as payouts
from marketplace.payouts.rules import EarningKind, EarningState
from tests.conftest import NOON
from tests.factories.collaborations import VIDEO, make_collaboration, terms
from tests.factories.deliverables import walk
from tests.factories.ledger import usd
from tests.services.agreeing import posted
from tests.services.books import balance
from tests.services.ending import ask
from tests.services.paying_out import WEEK, accepted

EVENING = NOON + timedelta(hours=6)
OTHER_VIDEO = replace(VIDEO, description="A tour of the kitchen")
NO_TAX = Money(0, "USD")


@pytest.fixture
def agreed(session: Session, campaign: Campaign, alice: Actor, bea: Actor) -> Collaboration:
    """One video for 400.00."""
    return make_collaboration(session, campaign=campaign, creator=bea, by=alice)


def entry(session: Session, key: str) -> EntryView:
    session.flush()
    found = ledger.entry_by_key(session, key)
    assert found is not None
    return found


def test_a_fee_is_booked_when_its_work_was_accepted_and_says_what_for(
    session: Session, agreed: Collaboration, bea: Actor
) -> None:
    work = accepted(session, agreed.id)
    work.accepted_at = EVENING

    earning = payouts.earn(session, deliverable_id=work.id)

    booked = entry(session, f"earn:{work.id}:1")
    assert (booked.occurred_at, booked.actor) == (EVENING, "system")
    assert booked.memo == "Fee for “A recipe in a minute”"
    assert (earning.kind, earning.deliverable_id) == (EarningKind.FEE, work.id)
    assert (earning.creator_id, earning.campaign_id) == (bea.creator_id, agreed.campaign_id)
    assert (earning.currency, earning.withheld_minor) == ("USD", 0)
    assert (earning.earned_at, earning.payable_at) == (EVENING, EVENING + WEEK)
    assert posted(session, "FeeEarned") == [{"earning_id": str(earning.id)}]


def test_work_that_is_not_accepted_earns_nothing(
    session: Session, agreed: Collaboration, alice: Actor, bea: Actor
) -> None:
    work = walk(session, agreed, by=alice, creator=bea, to=DeliverableState.LIVE)

    with pytest.raises(Conflict) as refusal:
        payouts.earn(session, deliverable_id=work.id)

    assert refusal.value.reason == "Only an accepted deliverable earns its fee"
    assert balance(session, Code.COMMITTED, agreed.id) == usd(40_000)


def test_each_work_earns_its_own_part_of_the_fee(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    two = terms(fee=usd(40_001), deliverables=(VIDEO, OTHER_VIDEO))
    agreed = make_collaboration(session, campaign=campaign, creator=bea, by=alice, offered=two)
    works = both_accepted(session, agreed)

    first, second = (payouts.earn(session, deliverable_id=work.id) for work in works)

    assert (first.fee_minor, second.fee_minor) == (
        agreed.offer.deliverables[0]["fee_minor"],
        agreed.offer.deliverables[1]["fee_minor"],
    )
    assert first.fee + second.fee == usd(40_001)
    assert balance(session, Code.COMMITTED, agreed.id) == usd(0)
    assert entry(session, f"earn:{works[1].id}:1").memo == "Fee for “A tour of the kitchen”"


def both_accepted(session: Session, agreed: Collaboration) -> list[Deliverable]:
    works = deliverable_queries.deliverables_of(session, collaboration_id=agreed.id)
    for work in works:
        work.state, work.accepted_at = DeliverableState.ACCEPTED, NOON
    session.flush()
    return list(works)


def test_no_more_of_the_platform_fee_is_earned_than_the_brand_has_paid(
    session: Session, agreed: Collaboration
) -> None:
    work = accepted(session, agreed.id)
    returned = events.fee_returned(
        campaign_id=agreed.campaign_id, number="1", fee=usd(3_990), tax=NO_TAX
    )
    books.write_entry(session, returned, occurred_at=NOON, actor=SYSTEM)

    payouts.earn(session, deliverable_id=work.id)

    assert balance(session, Code.FEE_UNEARNED, agreed.campaign_id) == usd(0)
    assert balance(session, Code.FEE_EARNED) == usd(2_010)


def test_what_matures_is_booked_for_the_day_it_was_due_the_oldest_first(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, carl: Actor
) -> None:
    earnings = [
        payouts.earn(
            session,
            deliverable_id=accepted(
                session,
                make_collaboration(session, campaign=campaign, creator=who, by=alice).id,
            ).id,
        )
        for who in (carl, bea)
    ]
    session.flush()
    late = NOON + WEEK + timedelta(days=3)

    made = [payouts.mature_due(session, now=late, limit=1) for _ in range(3)]

    assert made == [1, 1, 0]
    assert {earning.state for earning in earnings} == {EarningState.PAYABLE}
    matured = [entry(session, f"mature:{earning.id}") for earning in earnings]
    assert [each.occurred_at for each in matured] == [NOON + WEEK] * 2
    assert [each.actor for each in matured] == ["system"] * 2
    assert matured[0].id < matured[1].id
    assert posted(session, "PayoutsWanted") == [
        {"creator_id": str(carl.creator_id)},
        {"creator_id": str(bea.creator_id)},
    ]


def test_a_creator_is_rung_for_once_however_much_matures(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    two = terms(deliverables=(VIDEO, OTHER_VIDEO))
    agreed = make_collaboration(session, campaign=campaign, creator=bea, by=alice, offered=two)
    for work in both_accepted(session, agreed):
        payouts.earn(session, deliverable_id=work.id)
    session.flush()

    assert payouts.mature_due(session, now=NOON + WEEK) == 2

    assert posted(session, "PayoutsWanted") == [{"creator_id": str(bea.creator_id)}]


# The end of a collaboration


def test_a_collaboration_is_complete_once_all_of_it_is_accepted_and_booked(
    session: Session, campaign: Campaign, agreed: Collaboration, alice: Actor, carl: Actor
) -> None:
    other = accepted(
        session, make_collaboration(session, campaign=campaign, creator=carl, by=alice).id
    )
    payouts.earn(session, deliverable_id=other.id)
    session.flush()
    assert not payouts.complete(session, collaboration_id=agreed.id, now=EVENING)
    work = accepted(session, agreed.id)
    assert not payouts.complete(session, collaboration_id=agreed.id, now=EVENING)
    payouts.earn(session, deliverable_id=work.id)
    session.flush()

    assert payouts.complete(session, collaboration_id=agreed.id, now=EVENING)
    assert not payouts.complete(session, collaboration_id=agreed.id, now=EVENING + WEEK)

    assert (agreed.state, agreed.ended_at) == (CollaborationState.COMPLETED, EVENING)


def test_a_collaboration_that_still_owes_work_is_not_complete(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    two = terms(deliverables=(VIDEO, OTHER_VIDEO))
    agreed = make_collaboration(session, campaign=campaign, creator=bea, by=alice, offered=two)
    first, second = both_accepted(session, agreed)
    second.state, second.accepted_at = DeliverableState.LIVE, None
    payouts.earn(session, deliverable_id=first.id)
    session.flush()

    assert not payouts.complete(session, collaboration_id=agreed.id, now=EVENING)

    assert (agreed.state, agreed.ended_at) == (CollaborationState.ACTIVE, None)


def test_a_wish_to_end_is_overtaken_when_everything_was_accepted(
    session: Session, campaign: Campaign, agreed: Collaboration, alice: Actor, bea: Actor
) -> None:
    work = walk(session, agreed, by=alice, creator=bea, to=DeliverableState.LIVE)
    wish = ask(session, agreed, bea, release=40_000)
    assert wish.state is EndingState.ASKED
    deliverables.accept(session, actor=alice, deliverable_id=work.id, now=NOON)
    payouts.earn(session, deliverable_id=work.id)
    session.flush()

    assert payouts.complete(session, collaboration_id=agreed.id, now=EVENING)

    assert (wish.state, wish.answered_at) == (EndingState.OVERTAKEN, EVENING)
