"""What a dispute writes down of itself: its row, each step, and who hears of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.collaborations.rules import Party
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.files import StoredFile
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Dispute, DisputeStep
from marketplace.payouts.rules.disputes import (
    DisputeAbout,
    DisputeEvent,
    DisputeReason,
    DisputeState,
)
from marketplace.payouts.service import Said
from tests.factories.campaigns import NOON
from tests.factories.ledger import usd
from tests.factories.money import make_accepted, make_earning, pay_in
from tests.services.agreeing import posted
from tests.services.counting import VIDEOS
from tests.services.disputing import (
    LATER,
    PROOF,
    WORDS,
    accepted_work,
    agree,
    decide,
    dispute,
    fee_of,
    say,
    unaccepted,
)

DAY = timedelta(days=1)
REVIEW_OVER = NOON + timedelta(days=6)
PICTURE = StoredFile("a1b2.png", "gone.png", "image/png", 2_000)
S, E = DisputeState, DisputeEvent


@pytest.fixture
def campaign(session: Session, campaign: Campaign, alice: Actor) -> Campaign:
    pay_in(session, campaign, by=alice)
    return campaign


@pytest.fixture
def work(session: Session, campaign: Campaign, alice: Actor, bea: Actor) -> Deliverable:
    return accepted_work(session, campaign, alice, bea)


@pytest.fixture
def draft(session: Session, campaign: Campaign, alice: Actor, bea: Actor) -> Deliverable:
    """A draft that nobody has reviewed in time."""
    return unaccepted(session, campaign, alice, bea, DeliverableState.IN_REVIEW)


def last_step(session: Session, opened: Dispute) -> DisputeStep:
    session.flush()
    return queries.steps_of_dispute(session, opened.id)[-1]


def told(step: DisputeStep) -> tuple[DisputeEvent, DisputeState, Party | None, object, int | None]:
    """What happened, what it led to, whose side, who it was, and the number that was named."""
    return step.event, step.state, step.party, step.actor_id, step.share_bps


def heard(session: Session, opened: Dispute) -> bool:
    """Every step is news, once."""
    steps = [str(each.id) for each in queries.steps_of_dispute(session, opened.id)]
    return sorted(each["step_id"] for each in posted(session, "DisputeMoved")) == sorted(steps)


def not_reviewed(session: Session, draft: Deliverable, bea: Actor) -> Dispute:
    return dispute(
        session, draft, bea, reason=DisputeReason.NOT_REVIEWED, share=8_000, now=REVIEW_OVER
    )


def test_a_dispute_of_the_brand_knows_all_that_it_is_about(
    session: Session, work: Deliverable, alice: Actor
) -> None:
    opened = dispute(session, work, alice, share=2_500, reason=DisputeReason.RIGHTS)

    assert (opened.deliverable_id, opened.collaboration_id) == (work.id, work.collaboration_id)
    assert (opened.campaign_id, opened.brand_id) == (work.campaign_id, work.brand_id)
    assert (opened.creator_id, opened.reason) == (work.creator_id, DisputeReason.RIGHTS)
    assert (opened.number, opened.stake, opened.result_bps) == (1, usd(40_000), None)
    assert (opened.reminded_at, opened.closed_at) == (None, None)
    fee = fee_of(session, work)
    assert (fee.is_disputed, fee.dispute_id) == (True, opened.id)


def test_a_dispute_of_the_creator_names_their_number(
    session: Session, draft: Deliverable, bea: Actor
) -> None:
    opened = not_reviewed(session, draft, bea)

    assert (opened.opened_by, opened.about) == (Party.CREATOR, DisputeAbout.UNACCEPTED)
    assert (opened.brand_share_bps, opened.creator_share_bps) == (None, 8_000)
    assert (opened.stake, opened.state) == (usd(40_000), S.ASKED)
    assert (opened.opened_at, opened.due_at) == (REVIEW_OVER, REVIEW_OVER + 5 * DAY)
    assert draft.disputed_at == REVIEW_OVER
    assert told(last_step(session, opened)) == (
        E.OPEN,
        S.ASKED,
        Party.CREATOR,
        bea.user_id,
        8_000,
    )


def test_disputes_of_one_collaboration_are_numbered_and_others_begin_anew(
    session: Session,
    campaign: Campaign,
    work: Deliverable,
    alice: Actor,
    carl: Actor,
) -> None:
    first = dispute(session, work, alice)
    payouts.withdraw_dispute(session, dispute_id=first.id, actor=alice, now=LATER)
    session.flush()
    other = make_accepted(session, campaign, by=alice, creator=carl, video_id=VIDEOS[1])
    make_earning(session, other, matured=False)

    assert [dispute(session, each, alice).number for each in (work, other)] == [2, 1]


def test_a_dispute_about_one_work_is_none_about_another(
    session: Session, campaign: Campaign, work: Deliverable, alice: Actor, carl: Actor
) -> None:
    other = make_accepted(session, campaign, by=alice, creator=carl, video_id=VIDEOS[1])
    make_earning(session, other, matured=False)
    first = dispute(session, work, alice, share=5_000)

    payouts.withdraw_dispute(
        session, dispute_id=dispute(session, other, alice).id, actor=alice, now=LATER
    )
    session.flush()

    assert (first.state, fee_of(session, work).is_disputed) == (S.ASKED, True)
    assert not fee_of(session, other).is_disputed


# Each step


def test_what_was_shown_is_kept_with_what_was_said(
    session: Session, work: Deliverable, alice: Actor, bea: Actor
) -> None:
    opened = payouts.open_dispute(
        session,
        deliverable_id=work.id,
        reason=DisputeReason.POST_REMOVED,
        share_bps=0,
        said=Said(f"  {WORDS} ", f" {PROOF} ", PICTURE),
        actor=alice,
        now=LATER,
    )
    step = last_step(session, opened)
    assert (step.dispute_id, step.words, step.link) == (opened.id, WORDS, PROOF)
    assert (step.file_key, step.file_name) == ("a1b2.png", "gone.png")
    assert (step.content_type, step.happened_at) == ("image/png", LATER)
    assert told(step) == (E.OPEN, S.ASKED, Party.BRAND, alice.user_id, 0)

    say(session, opened, bea, now=LATER + DAY)

    plain = last_step(session, opened)
    assert told(plain) == (E.ANSWER, S.WITH_STAFF, Party.CREATOR, bea.user_id, None)
    assert (plain.words, plain.link) == ("It was hidden for an hour only.", None)
    assert (plain.file_key, plain.file_name, plain.content_type) == (None, None, None)
    assert plain.happened_at == LATER + DAY
    assert heard(session, opened)


def test_each_side_names_its_own_number_and_keeps_it_when_it_names_none(
    session: Session, work: Deliverable, alice: Actor, bea: Actor
) -> None:
    opened = dispute(session, work, alice, share=2_500)

    say(session, opened, bea, share=9_000)
    assert (opened.brand_share_bps, opened.creator_share_bps) == (2_500, 9_000)
    assert told(last_step(session, opened))[-1] == 9_000
    say(session, opened, bea)
    say(session, opened, alice)
    assert (opened.brand_share_bps, opened.creator_share_bps) == (2_500, 9_000)
    say(session, opened, alice, share=4_000)
    assert (opened.brand_share_bps, opened.creator_share_bps) == (4_000, 9_000)
    assert told(last_step(session, opened)) == (
        E.SAY,
        S.WITH_STAFF,
        Party.BRAND,
        alice.user_id,
        4_000,
    )


@pytest.mark.parametrize("share", [-1, 10_001])
def test_a_number_that_cannot_be_meant_is_said_by_nobody(
    session: Session, work: Deliverable, alice: Actor, bea: Actor, share: int
) -> None:
    opened = dispute(session, work, alice, share=2_500)

    with pytest.raises(InvalidInput) as refused, session.begin_nested():
        say(session, opened, bea, share=share)

    assert list(refused.value.problems) == ["share"]
    session.refresh(opened)
    assert (opened.state, opened.creator_share_bps) == (S.ASKED, None)
    assert told(last_step(session, opened))[0] is E.OPEN


def test_words_of_nothing_are_no_answer(
    session: Session, work: Deliverable, alice: Actor, bea: Actor
) -> None:
    opened = dispute(session, work, alice)

    with pytest.raises(InvalidInput) as refused, session.begin_nested():
        say(session, opened, bea, words="  ")

    assert list(refused.value.problems) == ["words"]
    session.refresh(opened)
    assert opened.state is S.ASKED


def test_the_answer_gives_staff_a_time_of_their_own_and_a_reminder(
    session: Session, work: Deliverable, alice: Actor, bea: Actor
) -> None:
    opened = dispute(session, work, alice)
    assert payouts.move_disputes_on(session, now=LATER + 4 * DAY) == 1
    assert opened.reminded_at == LATER + 4 * DAY

    say(session, opened, bea, now=LATER + 4 * DAY)

    assert (opened.state, opened.due_at) == (S.WITH_STAFF, LATER + 9 * DAY)
    assert opened.reminded_at is None
    say(session, opened, bea, now=LATER + 6 * DAY)
    assert opened.due_at == LATER + 9 * DAY


# Each end


def test_a_settlement_says_who_took_which_number(
    session: Session, work: Deliverable, alice: Actor, bea: Actor
) -> None:
    opened = dispute(session, work, alice, share=2_500)

    agree(session, opened, bea, 2_500, now=LATER + DAY)

    assert (opened.state, opened.result_bps, opened.closed_at) == (S.SETTLED, 2_500, LATER + DAY)
    step = last_step(session, opened)
    assert told(step) == (E.AGREE, S.SETTLED, Party.CREATOR, bea.user_id, 2_500)
    assert (step.words, step.happened_at) == ("", LATER + DAY)
    assert heard(session, opened)


def test_a_decision_says_why_and_for_neither_side(
    session: Session, work: Deliverable, alice: Actor, bea: Actor, stella: Actor
) -> None:
    opened = dispute(session, work, alice)
    say(session, opened, bea)

    decide(session, opened, stella, 2_500, now=LATER + DAY)

    assert (opened.state, opened.result_bps, opened.closed_at) == (S.DECIDED, 2_500, LATER + DAY)
    step = last_step(session, opened)
    assert told(step) == (E.DECIDE, S.DECIDED, None, stella.user_id, 2_500)
    assert (step.words, step.happened_at) == ("The screenshot shows it.", LATER + DAY)
    assert heard(session, opened)


def test_a_withdrawal_is_a_step_of_whoever_opened_it(
    session: Session, draft: Deliverable, bea: Actor
) -> None:
    opened = not_reviewed(session, draft, bea)

    payouts.withdraw_dispute(session, dispute_id=opened.id, actor=bea, now=REVIEW_OVER + DAY)

    step = last_step(session, opened)
    assert told(step) == (E.WITHDRAW, S.WITHDRAWN, Party.CREATOR, bea.user_id, None)
    assert (step.words, step.happened_at) == ("", REVIEW_OVER + DAY)
    assert (opened.closed_at, draft.disputed_at) == (REVIEW_OVER + DAY, None)
    assert heard(session, opened)


def test_a_dismissal_says_why_and_for_neither_side(
    session: Session, draft: Deliverable, alice: Actor, bea: Actor, stella: Actor
) -> None:
    opened = not_reviewed(session, draft, bea)
    say(session, opened, alice, now=REVIEW_OVER)

    decide(session, opened, stella, None, now=REVIEW_OVER + DAY)

    step = last_step(session, opened)
    assert told(step) == (E.DISMISS, S.DISMISSED, None, stella.user_id, None)
    assert (step.words, step.happened_at) == ("The screenshot shows it.", REVIEW_OVER + DAY)
    assert (opened.state, opened.closed_at) == (S.DISMISSED, REVIEW_OVER + DAY)
    assert heard(session, opened)


@pytest.mark.parametrize("answered", [False, True])
def test_what_is_accepted_meanwhile_overtakes_it_in_nobodys_name(
    session: Session, draft: Deliverable, alice: Actor, bea: Actor, *, answered: bool
) -> None:
    draft.state = DeliverableState.LIVE
    session.flush()
    opened = dispute(session, draft, bea, reason=DisputeReason.OTHER, share=5_000)
    if answered:
        say(session, opened, alice)

    deliverables.accept(session, actor=alice, deliverable_id=draft.id, now=LATER)
    payouts.earn(session, deliverable_id=draft.id)
    payouts.earn(session, deliverable_id=draft.id)

    step = last_step(session, opened)
    assert told(step) == (E.OVERTAKE, S.OVERTAKEN, None, SYSTEM.user_id, None)
    assert (opened.state, opened.closed_at, opened.result_bps) == (S.OVERTAKEN, LATER, None)
    assert heard(session, opened)


def test_what_is_accepted_overtakes_no_dispute_about_other_work_and_none_that_is_over(
    session: Session, campaign: Campaign, draft: Deliverable, alice: Actor, bea: Actor, carl: Actor
) -> None:
    draft.state = DeliverableState.LIVE
    session.flush()
    over = dispute(session, draft, bea, reason=DisputeReason.OTHER, share=5_000)
    payouts.withdraw_dispute(session, dispute_id=over.id, actor=bea, now=LATER)
    other = unaccepted(session, campaign, alice, carl, DeliverableState.IN_REVIEW)
    open_still = dispute(session, other, carl, reason=DisputeReason.OTHER, share=5_000)

    deliverables.accept(session, actor=alice, deliverable_id=draft.id, now=LATER)
    payouts.earn(session, deliverable_id=draft.id)

    assert (over.state, open_still.state) == (S.WITHDRAWN, S.ASKED)
    assert (other.disputed_at, fee_of(session, draft).fee_minor) == (LATER, 40_000)
