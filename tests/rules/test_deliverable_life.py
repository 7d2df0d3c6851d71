"""The life of a deliverable as one table, and what may be handed in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from marketplace.deliverables.rules import (
    LIFE,
    DeliverableEvent,
    DeliverableState,
    check_link,
    check_video,
    check_words,
    checklist,
    older_than_agreement,
    unticked,
)
from marketplace.kernel.errors import InvalidInput, InvalidTransition

S, E = DeliverableState, DeliverableEvent

ARROWS = {
    (S.AWAITING_SUBMISSION, E.SUBMIT): S.IN_REVIEW,
    (S.CHANGES_REQUESTED, E.SUBMIT): S.IN_REVIEW,
    (S.IN_REVIEW, E.REQUEST_CHANGES): S.CHANGES_REQUESTED,
    (S.IN_REVIEW, E.APPROVE): S.APPROVED,
    (S.APPROVED, E.CONFIRM_POST): S.LIVE,
    (S.LIVE, E.ACCEPT): S.ACCEPTED,
    (S.LIVE, E.REFUSE_POST): S.APPROVED,
    (S.AWAITING_SUBMISSION, E.CANCEL): S.CANCELLED,
    (S.IN_REVIEW, E.CANCEL): S.CANCELLED,
    (S.CHANGES_REQUESTED, E.CANCEL): S.CANCELLED,
    (S.APPROVED, E.CANCEL): S.CANCELLED,
    (S.LIVE, E.CANCEL): S.CANCELLED,
    (S.IN_REVIEW, E.AWARD): S.ACCEPTED,
    (S.CHANGES_REQUESTED, E.AWARD): S.ACCEPTED,
    (S.APPROVED, E.AWARD): S.ACCEPTED,
    (S.LIVE, E.AWARD): S.ACCEPTED,
    (S.CANCELLED, E.AWARD): S.ACCEPTED,
}


@pytest.mark.parametrize(("state", "event"), sorted(ARROWS))
def test_each_drawn_move_leads_where_it_should(
    state: DeliverableState, event: DeliverableEvent
) -> None:
    assert LIFE.next(state, event) is ARROWS[state, event]


@pytest.mark.parametrize(("state", "event"), sorted({(s, e) for s in S for e in E} - set(ARROWS)))
def test_every_other_move_is_refused(state: DeliverableState, event: DeliverableEvent) -> None:
    with pytest.raises(InvalidTransition) as refusal:
        LIFE.next(state, event)

    assert (refusal.value.state, refusal.value.event) == (state.value, event.value)


def test_what_is_accepted_cannot_be_cancelled() -> None:
    assert not LIFE.allows(S.ACCEPTED, E.CANCEL)


def test_the_checklist_is_every_do_every_dont_and_the_label() -> None:
    points = checklist(["Show the tin"], ["Other brands"], disclosure="Paid partnership")

    assert points == [
        "Do: Show the tin",
        "Don’t: Other brands",
        "The post will carry the label “Paid partnership”",
    ]


def test_points_that_nobody_ticked_are_named() -> None:
    assert unticked(["a", "b", "c"], {0, 2}) == ["b"]
    assert unticked(["a", "b"], {0, 1, 7}) == []


@pytest.mark.parametrize(
    "link",
    [
        "http://drive.example/draft",
        "drive.example/draft",
        "javascript:alert(1)",
        "https://",
        "https://localhost/draft",
        "https://[::1/draft",
        "https://drive.example/a draft",
        "https://drive.example/" + "a" * 2_048,
        "https://bea:secret@drive.example/draft",
        "",
    ],
)
def test_a_link_that_is_none_is_refused_under_its_field(link: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_link(link)

    assert set(refusal.value.problems) == {"link"}


def test_a_link_is_taken_without_the_spaces_around_it() -> None:
    assert check_link(" https://drive.example/d?id=1 ") == "https://drive.example/d?id=1"


@pytest.mark.parametrize("kind", ["video/mp4", "video/quicktime", "video/webm", "video/x-m4v"])
def test_videos_that_browsers_show_are_taken(kind: str) -> None:
    assert check_video(kind) == kind


@pytest.mark.parametrize("kind", ["image/png", "application/pdf", "text/html", "", None])
def test_a_file_that_is_no_video_is_refused(kind: str | None) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_video(kind)

    assert refusal.value.problems == {
        "file": "This file is not a video we can show. Upload an MP4, MOV or WebM file."
    }


def test_a_note_may_have_two_thousand_letters_and_not_one_more() -> None:
    assert check_words("a" * 2_000, field="note") == "a" * 2_000
    with pytest.raises(InvalidInput) as refusal:
        check_words("a" * 2_001, field="note")

    assert refusal.value.problems == {"note": "Write 2,000 letters at most."}


def test_a_post_counts_from_the_second_of_the_agreement_on() -> None:
    agreed = datetime(2026, 11, 2, 12, 0, 5, 900_000, tzinfo=UTC)
    same_second = datetime(2026, 11, 2, 12, 0, 5, tzinfo=UTC)
    second_before = datetime(2026, 11, 2, 12, 0, 4, tzinfo=UTC)

    assert not older_than_agreement(published_at=same_second, agreed_at=agreed)
    assert older_than_agreement(published_at=second_before, agreed_at=agreed)
    assert not older_than_agreement(published_at=None, agreed_at=agreed)
