"""A dispute about what was earned: opened, answered, run out, withdrawn, and refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.collaborations.rules import Party
from marketplace.deliverables.models import Deliverable
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import (
    Conflict,
    InvalidInput,
    InvalidTransition,
    NotFound,
    NotPermitted,
)
from marketplace.kernel.files import StoredFile
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Dispute
from marketplace.payouts.rules import EarningState
from marketplace.payouts.rules.disputes import DisputeAbout, DisputeReason, DisputeState
from marketplace.payouts.service import Said
from tests.conftest import damage
from tests.factories.deliverables import VIDEO_ID
from tests.factories.ledger import usd
from tests.factories.money import make_accepted, make_earning, make_paid_campaign
from tests.services.agreeing import posted
from tests.services.disputing import (
    HOLD_ENDS,
    LATER,
    PROOF,
    WORDS,
    agree,
    all_checks_pass,
    decide,
    dispute,
    fee_of,
    mature,
    money,
    said_in,
    say,
)
from tests.services.paying_out import open_account

OTHER_VIDEO = str(int(VIDEO_ID) + 1)
DAY = timedelta(days=1)


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_paid_campaign(session, brand=acme, by=alice)


@pytest.fixture
def work(session: Session, campaign: Campaign, alice: Actor, bea: Actor) -> Deliverable:
    """A live post accepted at noon: 400.00, in its hold window for a week."""
    made = make_accepted(session, campaign, by=alice, creator=bea)
    make_earning(session, made, matured=False)
    return made


def test_a_dispute_says_what_is_at_stake_and_who_answers_by_when(
    session: Session, work: Deliverable, alice: Actor
) -> None:
    opened = dispute(session, work, alice, share=2_500)

    assert (opened.state, opened.about) == (DisputeState.ASKED, DisputeAbout.HELD)
    assert (opened.stake, opened.opened_by, opened.number) == (usd(40_000), Party.BRAND, 1)
    assert (opened.brand_share_bps, opened.creator_share_bps) == (2_500, None)
    assert (opened.opened_at, opened.due_at) == (LATER, LATER + 5 * DAY)
    assert work.disputed_at == LATER
    (step,) = queries.steps_of_dispute(session, opened.id)
    assert (step.words, step.link, step.share_bps) == (WORDS, PROOF, 2_500)
    assert posted(session, "DisputeMoved") == [{"step_id": str(step.id)}]


def test_a_disputed_fee_is_not_released_and_not_paid_while_others_go_on(
    session: Session, campaign: Campaign, work: Deliverable, alice: Actor, bea: Actor, carl: Actor
) -> None:
    other = make_accepted(session, campaign, by=alice, creator=carl, video_id=OTHER_VIDEO)
    make_earning(session, other, matured=False)
    open_account(session, bea)
    dispute(session, work, alice)

    assert mature(session, HOLD_ENDS) == 1
    assert mature(session, HOLD_ENDS + 30 * DAY) == 0

    assert fee_of(session, work).state is EarningState.PENDING
    assert fee_of(session, other).state is EarningState.PAYABLE
    assert bea.creator_id is not None
    assert payouts.gather(session, creator_ids=[bea.creator_id], now=HOLD_ENDS) == []


def test_the_database_itself_keeps_a_disputed_fee_from_becoming_payable(
    session: Session, work: Deliverable, alice: Actor
) -> None:
    dispute(session, work, alice)
    with pytest.raises(IntegrityError, match="disputed_stays_in_its_hold_window"):
        damage(session, "UPDATE earnings SET state = 'payable'")


def test_the_answer_in_time_brings_in_staff_with_days_of_their_own(
    session: Session, work: Deliverable, alice: Actor, bea: Actor
) -> None:
    opened = dispute(session, work, alice)

    say(session, opened, bea, share=10_000, now=LATER + DAY)
    say(session, opened, alice, share=5_000, now=LATER + 2 * DAY)

    assert (opened.state, opened.due_at) == (DisputeState.WITH_STAFF, LATER + 6 * DAY)
    assert (opened.brand_share_bps, opened.creator_share_bps) == (5_000, 10_000)
    assert said_in(session, opened) == ["open", "answer", "say"]


def test_more_words_of_the_side_that_opened_it_are_no_answer(
    session: Session, work: Deliverable, alice: Actor
) -> None:
    opened = dispute(session, work, alice)

    say(session, opened, alice)

    assert (opened.state, opened.due_at) == (DisputeState.ASKED, LATER + 5 * DAY)


def test_silence_brings_in_staff_once_and_a_day_before_somebody_is_reminded(
    session: Session, work: Deliverable, alice: Actor
) -> None:
    opened = dispute(session, work, alice)
    end = LATER + 5 * DAY

    def move_on(days: int) -> int:
        moved = payouts.move_disputes_on(session, now=LATER + days * DAY)
        session.flush()
        return moved

    assert [move_on(3), move_on(4), move_on(4)] == [0, 1, 0]
    assert posted(session, "DisputeRunsOut") == [
        {"dispute_id": str(opened.id), "due_at": end.isoformat()}
    ]
    assert [move_on(5), move_on(5)] == [1, 0]
    assert (opened.state, opened.due_at) == (DisputeState.WITH_STAFF, end + 5 * DAY)
    assert said_in(session, opened) == ["open", "run_out"]


def test_a_withdrawn_dispute_leaves_everything_as_it_was(
    session: Session, work: Deliverable, alice: Actor
) -> None:
    before = money(session, work)
    opened = dispute(session, work, alice)

    payouts.withdraw_dispute(session, dispute_id=opened.id, actor=alice, now=LATER + DAY)
    session.flush()
    with pytest.raises(InvalidTransition):
        payouts.withdraw_dispute(session, dispute_id=opened.id, actor=alice, now=LATER + DAY)

    fee = fee_of(session, work)
    assert (opened.state, opened.closed_at) == (DisputeState.WITHDRAWN, LATER + DAY)
    assert (fee.is_disputed, fee.dispute_id, fee.payable_at) == (False, None, HOLD_ENDS)
    assert (work.disputed_at, money(session, work)) == (None, before)
    assert mature(session, HOLD_ENDS) == 1
    assert all_checks_pass(session)


def test_what_was_due_meanwhile_is_payable_from_the_end_of_the_dispute(
    session: Session, work: Deliverable, alice: Actor
) -> None:
    opened = dispute(session, work, alice)
    late = HOLD_ENDS + 3 * DAY

    payouts.withdraw_dispute(session, dispute_id=opened.id, actor=alice, now=late)
    session.flush()

    assert fee_of(session, work).payable_at == late
    assert mature(session, late) == 1


def test_after_a_withdrawal_the_brand_may_open_another_in_time(
    session: Session, work: Deliverable, alice: Actor
) -> None:
    first = dispute(session, work, alice)
    payouts.withdraw_dispute(session, dispute_id=first.id, actor=alice, now=LATER)
    session.flush()

    assert dispute(session, work, alice).number == 2


# Refusals: each leaves everything as it was


def nothing_has_begun(session: Session, work: Deliverable) -> bool:
    return (
        session.scalars(select(Dispute.id)).all() == []
        and work.disputed_at is None
        and not fee_of(session, work).is_disputed
    )


def test_the_window_closes_with_the_hold_window(
    session: Session, work: Deliverable, alice: Actor
) -> None:
    with pytest.raises(Conflict, match="until the hold window is over"):
        dispute(session, work, alice, now=HOLD_ENDS)
    mature(session, HOLD_ENDS)
    with pytest.raises(Conflict, match="until the hold window is over"):
        dispute(session, work, alice, now=LATER)
    assert nothing_has_begun(session, work)


def test_a_second_dispute_about_the_same_work_is_refused(
    session: Session, work: Deliverable, alice: Actor, bea: Actor
) -> None:
    dispute(session, work, alice)
    with pytest.raises(Conflict) as refused:
        dispute(session, work, alice)
    assert str(refused.value) == "There is an open dispute about this work already; answer there"
    with pytest.raises(Conflict, match="open dispute about this work already"):
        dispute(session, work, bea, reason=DisputeReason.OTHER, share=10_000)


def test_nobody_disputes_again_what_was_settled(
    session: Session, work: Deliverable, alice: Actor, bea: Actor
) -> None:
    opened = dispute(session, work, alice, share=5_000)
    agree(session, opened, bea, 5_000)
    with pytest.raises(Conflict, match="once about the same money"):
        dispute(session, work, alice)


def test_only_the_two_sides_may_open_one(
    session: Session,
    work: Deliverable,
    mallory: Actor,
    carl: Actor,
    vic: Actor,
    fiona: Actor,
    stella: Actor,
) -> None:
    for stranger in (mallory, carl):
        with pytest.raises(NotFound):
            dispute(session, work, stranger)
    for onlooker in (vic, fiona, stella):
        with pytest.raises(NotPermitted):
            dispute(session, work, onlooker)
    assert nothing_has_begun(session, work)


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("words", {"words": "   "}),
        ("words", {"words": "x" * 2_001}),
        ("link", {"link": "http://drive.example/1"}),
        ("share", {"share": 10_001}),
        ("share", {"share": -1}),
        ("share", {"share": 10_000}),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_field(
    session: Session, work: Deliverable, alice: Actor, field: str, given: dict[str, object]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        dispute(session, work, alice, **given)  # type: ignore[arg-type]
    assert list(refused.value.problems) == [field]
    assert nothing_has_begun(session, work)


def test_a_proof_that_cannot_be_shown_is_refused(
    session: Session, work: Deliverable, alice: Actor
) -> None:
    program = StoredFile("abc.exe", "views.exe", "application/x-msdownload", 10)
    with pytest.raises(InvalidInput) as refused:
        payouts.open_dispute(
            session,
            deliverable_id=work.id,
            reason=DisputeReason.OTHER,
            share_bps=0,
            said=Said(WORDS, proof=program),
            actor=alice,
            now=LATER,
        )
    assert list(refused.value.problems) == ["file"]
    assert nothing_has_begun(session, work)


def test_the_creator_has_nothing_to_dispute_in_what_is_theirs(
    session: Session, work: Deliverable, bea: Actor
) -> None:
    with pytest.raises(Conflict, match="not accepted"):
        dispute(session, work, bea, reason=DisputeReason.OTHER, share=10_000)
    assert nothing_has_begun(session, work)


def test_only_the_other_side_agrees_and_only_to_the_number_it_was_shown(
    session: Session, work: Deliverable, alice: Actor, bea: Actor, carl: Actor
) -> None:
    opened = dispute(session, work, alice, share=5_000)
    before = money(session, work)

    with pytest.raises(Conflict, match="another number"):
        agree(session, opened, bea, 6_000)
    with pytest.raises(Conflict, match="another number"):
        agree(session, opened, alice, 5_000)
    with pytest.raises(InvalidInput):
        agree(session, opened, bea, 10_100)
    with pytest.raises(NotFound):
        agree(session, opened, carl, 5_000)

    assert (opened.state, money(session, work)) == (DisputeState.ASKED, before)


def test_the_other_side_cannot_withdraw_it(
    session: Session, work: Deliverable, alice: Actor, bea: Actor
) -> None:
    opened = dispute(session, work, alice)
    with pytest.raises(NotPermitted, match="the other side opened it"):
        payouts.withdraw_dispute(session, dispute_id=opened.id, actor=bea, now=LATER)
    assert opened.state is DisputeState.ASKED


def test_staff_decide_once_and_not_before_the_other_side_had_its_time(
    session: Session, work: Deliverable, alice: Actor, bea: Actor, stella: Actor
) -> None:
    opened = dispute(session, work, alice)
    with pytest.raises(InvalidTransition):
        decide(session, opened, stella, 0)
    say(session, opened, bea)
    for side in (alice, bea):
        with pytest.raises(NotPermitted):
            decide(session, opened, side, 0)

    decide(session, opened, stella, 0)

    with pytest.raises(InvalidTransition):
        decide(session, opened, stella, 10_000)
    assert (opened.state, opened.result_bps) == (DisputeState.DECIDED, 0)


def test_a_member_of_staff_does_not_decide_for_their_own_brand(
    session: Session, work: Deliverable, alice: Actor, bea: Actor, stella: Actor
) -> None:
    opened = dispute(session, work, alice)
    say(session, opened, bea)
    both = Actor(user_id=stella.user_id, is_staff=True, brands={work.brand_id: Role.VIEWER})
    with pytest.raises(NotPermitted, match="own side"):
        decide(session, opened, both, 0)
    assert opened.state is DisputeState.WITH_STAFF


def test_held_money_needs_a_number_from_staff(
    session: Session, work: Deliverable, alice: Actor, bea: Actor, stella: Actor
) -> None:
    opened = dispute(session, work, alice)
    say(session, opened, bea)
    with pytest.raises(InvalidInput):
        decide(session, opened, stella, None)
    assert opened.state is DisputeState.WITH_STAFF
