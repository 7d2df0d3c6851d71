"""Who may agree, withdraw and decide in a dispute, and what a refusal says and leaves alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import (
    Conflict,
    InvalidInput,
    InvalidTransition,
    NotFound,
    NotPermitted,
)
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Dispute
from marketplace.payouts.rules.disputes import DisputeReason, DisputeState
from tests.factories.money import make_accepted, make_earning, pay_in
from tests.services.agreeing import posted
from tests.services.books import written
from tests.services.disputing import LATER, agree, decide, dispute, say, unaccepted


@pytest.fixture
def campaign(session: Session, campaign: Campaign, alice: Actor) -> Campaign:
    pay_in(session, campaign, by=alice)
    return campaign


@pytest.fixture
def opened(session: Session, campaign: Campaign, alice: Actor, bea: Actor) -> Dispute:
    """A dispute of the brand about a fee, which both sides have said their word on."""
    work = make_accepted(session, campaign, by=alice, creator=bea)
    make_earning(session, work, matured=False)
    made = dispute(session, work, alice, share=2_500)
    say(session, made, bea, share=7_500)
    return made


def standing(session: Session, opened: Dispute) -> tuple[object, ...]:
    """All that a refusal must leave as it was."""
    session.refresh(opened)
    held = session.get_one(Deliverable, opened.deliverable_id).disputed_at
    steps = [each.id for each in queries.steps_of_dispute(session, opened.id)]
    news = len(posted(session, "DisputeMoved"))
    return opened.state, opened.result_bps, opened.closed_at, held, steps, news, written(session)


@pytest.mark.parametrize("share", [0, None])
def test_only_staff_decide(
    session: Session, opened: Dispute, alice: Actor, bea: Actor, carl: Actor, share: int | None
) -> None:
    before = standing(session, opened)
    for side in (alice, bea):
        with pytest.raises(NotPermitted) as refused:
            decide(session, opened, side, share)
        assert refused.value.act == "decide for both sides; staff can"
    with pytest.raises(NotFound):
        decide(session, opened, carl, share)
    assert standing(session, opened) == before


def test_nobody_of_staff_decides_for_their_own_side(
    session: Session, opened: Dispute, stella: Actor
) -> None:
    before = standing(session, opened)
    of_the_brand = replace(stella, brands={opened.brand_id: Role.VIEWER})
    the_creator = replace(stella, creator_id=opened.creator_id)
    for member in (of_the_brand, the_creator):
        with pytest.raises(NotPermitted) as refused:
            decide(session, opened, member, 0)
        assert refused.value.act == "decide on a dispute of your own side; a colleague has to"
    assert standing(session, opened) == before


def test_staff_with_a_brand_and_a_creator_of_their_own_decide_for_others(
    session: Session, opened: Dispute, mallory: Actor, carl: Actor, stella: Actor
) -> None:
    elsewhere = replace(stella, brands=mallory.brands, creator_id=carl.creator_id)

    decide(session, opened, elsewhere, 2_500)

    assert opened.state is DisputeState.DECIDED


@pytest.mark.parametrize(
    ("share", "words", "problem"),
    [
        (None, "It shows.", {"share": "Say how much of it is the creator’s."}),
        (-1, "It shows.", {"share": "The creator’s part is between 0 and 100 percent."}),
        (10_001, "It shows.", {"share": "The creator’s part is between 0 and 100 percent."}),
        (0, "  ", {"reason": "Write what happened, in 2,000 letters at most."}),
    ],
)
def test_a_decision_that_cannot_be_meant_is_refused_at_its_field(
    session: Session,
    opened: Dispute,
    stella: Actor,
    share: int | None,
    words: str,
    problem: dict[str, str],
) -> None:
    before = standing(session, opened)

    with pytest.raises(InvalidInput) as refused, session.begin_nested():
        payouts.decide_dispute(
            session, dispute_id=opened.id, share_bps=share, words=words, actor=stella, now=LATER
        )

    assert refused.value.problems == problem
    assert standing(session, opened) == before


def test_staff_decide_neither_before_the_answer_nor_a_second_time(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, stella: Actor
) -> None:
    draft = unaccepted(session, campaign, alice, bea, DeliverableState.LIVE)
    asked = dispute(session, draft, bea, reason=DisputeReason.OTHER, share=5_000)
    before = standing(session, asked)
    for share in (0, None):
        with pytest.raises(InvalidTransition), session.begin_nested():
            decide(session, asked, stella, share)
    assert standing(session, asked) == before
    say(session, asked, alice)

    decide(session, asked, stella, None)

    after = standing(session, asked)
    for share in (0, None):
        with pytest.raises(InvalidTransition), session.begin_nested():
            decide(session, asked, stella, share)
    assert standing(session, asked) == after


@pytest.mark.parametrize(("who", "taken"), [("bea", 7_500), ("alice", 2_500), ("bea", 2_501)])
def test_nobody_agrees_to_their_own_number_or_to_one_that_was_not_named(
    session: Session, opened: Dispute, alice: Actor, bea: Actor, who: str, taken: int
) -> None:
    before = standing(session, opened)

    with pytest.raises(Conflict) as refused:
        agree(session, opened, {"alice": alice, "bea": bea}[who], taken)

    assert refused.value.reason == (
        "The other side has named another number since; look at it again"
    )
    assert standing(session, opened) == before


@pytest.mark.parametrize(("who", "taken"), [("bea", 2_500), ("alice", 7_500)])
def test_either_side_agrees_to_the_number_of_the_other(
    session: Session, opened: Dispute, alice: Actor, bea: Actor, who: str, taken: int
) -> None:
    agree(session, opened, {"alice": alice, "bea": bea}[who], taken)

    assert (opened.state, opened.result_bps) == (DisputeState.SETTLED, taken)


@pytest.mark.parametrize("share", [-1, 10_001])
def test_nobody_agrees_to_more_than_all_or_less_than_nothing(
    session: Session, opened: Dispute, bea: Actor, share: int
) -> None:
    before = standing(session, opened)

    with pytest.raises(InvalidInput) as refused:
        agree(session, opened, bea, share)

    assert list(refused.value.problems) == ["share"]
    assert standing(session, opened) == before


def test_who_speaks_for_neither_side_agrees_to_nothing_and_withdraws_nothing(
    session: Session, opened: Dispute, vic: Actor, fiona: Actor, stella: Actor, mallory: Actor
) -> None:
    before = standing(session, opened)
    for onlooker in (vic, fiona, stella):
        for act in (
            lambda actor: agree(session, opened, actor, 7_500),
            lambda actor: say(session, opened, actor),
            lambda actor: payouts.withdraw_dispute(
                session, dispute_id=opened.id, actor=actor, now=LATER
            ),
        ):
            with pytest.raises(NotPermitted) as refused:
                act(onlooker)
            assert refused.value.act == (
                "speak in this dispute; its creator, and owners or managers can"
            )
    with pytest.raises(NotFound):
        agree(session, opened, mallory, 7_500)
    assert standing(session, opened) == before


def test_only_whoever_opened_it_withdraws_it_and_is_told_so(
    session: Session, opened: Dispute, bea: Actor
) -> None:
    before = standing(session, opened)

    with pytest.raises(NotPermitted) as refused:
        payouts.withdraw_dispute(session, dispute_id=opened.id, actor=bea, now=LATER)

    assert refused.value.act == ("withdraw this dispute: the other side opened it, yours can agree")
    assert standing(session, opened) == before
