"""What was promised, what is handed in, and the brand's word on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import service as campaigns
from marketplace.deliverables import queries, service
from marketplace.deliverables.models import (
    Deliverable,
    Review,
    Submission,
)
from marketplace.deliverables.rules import DeliverableState, SubmissionKind, Verdict
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import (
    Conflict,
    InvalidInput,
    InvalidTransition,
    NotFound,
    NotPermitted,
)
from marketplace.kernel.files import StoredFile
from marketplace.kernel.money import Money
from marketplace.store.outbox import OutboxMessage
from tests.factories.campaigns import NOON, content, make_campaign
from tests.factories.collaborations import TERMS, VIDEO, make_collaboration
from tests.factories.deliverables import (
    LINK,
    hand_in,
    make_deliverable,
)

S = DeliverableState
FILE = StoredFile(key="0a1b.mp4", name="draft.mp4", content_type="video/mp4", size_bytes=1_000)
ALL = (0, 1, 2)


def posted(session: Session, name: str) -> list[dict[str, object]]:
    session.flush()
    return list(
        session.scalars(
            select(OutboxMessage.body).where(OutboxMessage.name == name).order_by(OutboxMessage.id)
        )
    )


def submit(session: Session, owed: Deliverable, actor: Actor, **changes: object) -> Submission:
    wish: dict[str, object] = {"link": LINK, "file": None, "done": ALL, "note": "", "now": NOON}
    return service.submit(
        session,
        actor=actor,
        deliverable_id=owed.id,
        **(wish | changes),  # type: ignore[arg-type]
    )


@pytest.fixture
def owed(session: Session, acme: Brand, alice: Actor, bea: Actor) -> Deliverable:
    return make_deliverable(session, brand=acme, by=alice, creator=bea)


@pytest.fixture
def in_review(session: Session, acme: Brand, alice: Actor, bea: Actor) -> Deliverable:
    return make_deliverable(session, brand=acme, by=alice, creator=bea, state=S.IN_REVIEW)


# What an offer promises


def test_an_accepted_offer_becomes_its_deliverables_once(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice)
    second = replace(VIDEO, description="A second recipe", publish_by_on=date(2026, 11, 30))
    agreed = make_collaboration(
        session,
        campaign=campaign,
        creator=bea,
        by=alice,
        offered=replace(TERMS, fee=Money(40_001, "USD"), deliverables=(VIDEO, second)),
    )

    with pytest.raises(Conflict, match="This offer was agreed already"):
        service.accept_offer(session, offer_id=agreed.offer_id, actor=bea, now=NOON)

    rows = queries.deliverables_of(session, collaboration_id=agreed.id)
    assert [(row.position, row.description) for row in rows] == [
        (1, "A recipe in a minute"),
        (2, "A second recipe"),
    ]
    assert sum(row.fee_minor for row in rows) == 40_001
    assert {row.state for row in rows} == {S.AWAITING_SUBMISSION}
    assert [row.publish_by_on for row in rows] == [date(2026, 11, 23), date(2026, 11, 30)]
    assert {row.rounds_allowed for row in rows} == {2}


def test_the_checklist_is_of_the_version_that_was_agreed(
    session: Session, owed: Deliverable, alice: Actor
) -> None:
    campaigns.save_brief(
        session,
        campaign_id=owed.campaign_id,
        content=content(dos=("Show two tins", "Sing")),
        actor=alice,
        now=NOON,
    )
    campaigns.amend_brief(
        session,
        campaign_id=owed.campaign_id,
        change_note="More tins",
        actor=alice,
        now=NOON,
    )
    session.flush()

    assert queries.checklist_of(session, owed.collaboration_id) == [
        "Do: Show the tin",
        "Don’t: Do not name other brands",
        "The post will carry the label “Paid partnership”",
    ]


# Handing in


def test_a_link_with_every_point_ticked_starts_the_review_clock(
    session: Session, owed: Deliverable, bea: Actor
) -> None:
    handed = submit(session, owed, bea, note="Second take")

    assert owed.state is S.IN_REVIEW
    assert owed.answer_by == NOON + timedelta(days=5)
    assert (handed.number, handed.kind, handed.link) == (1, SubmissionKind.LINK, LINK)
    assert [point["done"] for point in handed.checklist] == [True, True, True]
    assert posted(session, "SubmissionReceived") == [{"submission_id": str(handed.id)}]


def test_a_file_is_handed_in_under_the_name_we_gave_it(
    session: Session, owed: Deliverable, bea: Actor
) -> None:
    handed = submit(session, owed, bea, link=None, file=FILE)

    assert (handed.kind, handed.file_key, handed.file_name) == (
        SubmissionKind.FILE,
        "0a1b.mp4",
        "draft.mp4",
    )
    assert (handed.content_type, handed.size_bytes, handed.link) == ("video/mp4", 1_000, None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"link": None, "file": None}, "link"),
        ({"link": LINK, "file": FILE}, "link"),
        ({"link": "http://drive.example/draft"}, "link"),
        ({"link": None, "file": replace(FILE, content_type="image/png")}, "file"),
        ({"done": (0, 2)}, "checklist"),
        ({"done": ()}, "checklist"),
        ({"note": "a" * 2_001}, "note"),
    ],
)
def test_what_cannot_be_handed_in_is_refused_and_nothing_changes(
    session: Session, owed: Deliverable, bea: Actor, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        submit(session, owed, bea, **changes)

    assert set(refusal.value.problems) == {field}
    assert owed.state is S.AWAITING_SUBMISSION
    assert session.scalars(select(Submission)).all() == []
    assert posted(session, "SubmissionReceived") == []


def test_points_that_are_not_ticked_are_named(
    session: Session, owed: Deliverable, bea: Actor
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        submit(session, owed, bea, done=(0, 2))

    assert refusal.value.problems == {
        "checklist": "Every point has to be met. Still open: Don’t: Do not name other brands."
    }


def test_nothing_is_handed_in_while_the_brand_looks_at_a_version(
    session: Session, in_review: Deliverable, bea: Actor
) -> None:
    with pytest.raises(InvalidTransition):
        submit(session, in_review, bea)

    assert queries.submission_count(session, in_review.id) == 1


def test_other_creators_and_rival_brands_do_not_know_of_it(
    session: Session, owed: Deliverable, carl: Actor, mallory: Actor
) -> None:
    for stranger in (carl, mallory):
        with pytest.raises(NotFound):
            submit(session, owed, stranger)


def test_the_brand_cannot_hand_in_for_the_creator(
    session: Session, owed: Deliverable, alice: Actor
) -> None:
    with pytest.raises(NotPermitted):
        submit(session, owed, alice)


# Reviewing


def test_an_approval_lets_the_creator_publish(
    session: Session, in_review: Deliverable, ben: Actor
) -> None:
    service.approve(
        session, actor=ben, deliverable_id=in_review.id, version=1, comment="Lovely", now=NOON
    )

    review = session.scalars(select(Review)).one()
    assert in_review.state is S.APPROVED
    assert in_review.answer_by is None
    assert (review.verdict, review.comment, review.reviewed_by) == (
        Verdict.APPROVED,
        "Lovely",
        ben.user_id,
    )
    assert len(posted(session, "SubmissionReviewed")) == 1


def test_asking_for_changes_counts_a_round_and_the_next_version_is_numbered_two(
    session: Session, in_review: Deliverable, alice: Actor, bea: Actor
) -> None:
    service.request_changes(
        session, actor=alice, deliverable_id=in_review.id, version=1, comment="Louder", now=NOON
    )

    assert (in_review.state, in_review.rounds_used) == (S.CHANGES_REQUESTED, 1)
    assert hand_in(session, in_review, creator=bea).number == 2
    assert in_review.state is S.IN_REVIEW


def test_changes_need_a_comment(session: Session, in_review: Deliverable, alice: Actor) -> None:
    with pytest.raises(InvalidInput) as refusal:
        service.request_changes(
            session, actor=alice, deliverable_id=in_review.id, version=1, comment="", now=NOON
        )

    assert refusal.value.problems == {"comment": "Say what should change."}
    assert (in_review.state, in_review.rounds_used) == (S.IN_REVIEW, 0)


@pytest.mark.parametrize(
    ("rounds", "sentence"),
    [
        (0, "No revision rounds were agreed: approve this version or write to the creator"),
        (1, "The agreed revision round is used: approve this version or write to the creator"),
        (2, "All 2 revision rounds are used: approve this version or write to the creator"),
    ],
)
def test_changes_beyond_the_agreed_rounds_are_refused(
    session: Session, acme: Brand, alice: Actor, bea: Actor, rounds: int, sentence: str
) -> None:
    owed = make_deliverable(
        session, brand=acme, by=alice, creator=bea, state=S.IN_REVIEW, rounds=rounds
    )
    for version in range(1, rounds + 1):
        service.request_changes(
            session, actor=alice, deliverable_id=owed.id, version=version, comment="x", now=NOON
        )
        hand_in(session, owed, creator=bea)

    with pytest.raises(Conflict) as refusal:
        service.request_changes(
            session, actor=alice, deliverable_id=owed.id, version=rounds + 1, comment="x", now=NOON
        )

    assert refusal.value.reason == sentence
    assert (owed.state, owed.rounds_used) == (S.IN_REVIEW, rounds)


def test_approving_twice_is_refused(session: Session, in_review: Deliverable, alice: Actor) -> None:
    service.approve(
        session, actor=alice, deliverable_id=in_review.id, version=1, comment="", now=NOON
    )

    with pytest.raises(InvalidTransition):
        service.approve(
            session, actor=alice, deliverable_id=in_review.id, version=1, comment="", now=NOON
        )

    assert len(session.scalars(select(Review)).all()) == 1


def test_a_version_that_nobody_has_seen_cannot_be_approved_from_an_old_page(
    session: Session, in_review: Deliverable, alice: Actor, bea: Actor
) -> None:
    service.request_changes(
        session, actor=alice, deliverable_id=in_review.id, version=1, comment="x", now=NOON
    )
    hand_in(session, in_review, creator=bea)

    with pytest.raises(Conflict) as refusal, session.begin_nested():
        service.approve(
            session, actor=alice, deliverable_id=in_review.id, version=1, comment="", now=NOON
        )

    session.refresh(in_review)
    assert refusal.value.reason == (
        "Version 2 has come in since you looked at version 1; look at it first"
    )
    assert in_review.state is S.IN_REVIEW


def test_only_those_who_run_the_brands_campaigns_judge(
    session: Session, in_review: Deliverable, vic: Actor, fiona: Actor, bea: Actor, stella: Actor
) -> None:
    for onlooker in (vic, fiona, bea, stella):
        with pytest.raises(NotPermitted):
            service.approve(
                session,
                actor=onlooker,
                deliverable_id=in_review.id,
                version=1,
                comment="",
                now=NOON,
            )
        with pytest.raises(NotPermitted):
            service.request_changes(
                session,
                actor=onlooker,
                deliverable_id=in_review.id,
                version=1,
                comment="x",
                now=NOON,
            )

    assert in_review.state is S.IN_REVIEW


def test_a_rival_brand_cannot_judge_what_it_cannot_see(
    session: Session, in_review: Deliverable, mallory: Actor
) -> None:
    with pytest.raises(NotFound):
        service.approve(
            session, actor=mallory, deliverable_id=in_review.id, version=1, comment="", now=NOON
        )
