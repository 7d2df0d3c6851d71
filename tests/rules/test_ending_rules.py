"""Who may end a collaboration, from when, and what goes back to the campaign."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from marketplace.collaborations.rules import Party
from marketplace.deliverables.rules import (
    ENDING_LIFE,
    ENDING_SENTENCES,
    DeliverableState,
    EndingEvent,
    EndingReason,
    EndingState,
    Work,
    alone_from,
    called_off,
)
from marketplace.kernel.errors import InvalidTransition
from tests.factories.ledger import usd

S = DeliverableState
DRAFT_DUE, PUBLISH_BY = date(2026, 11, 16), date(2026, 11, 23)
TODAY = date(2026, 11, 2)
WORK = Work(S.AWAITING_SUBMISSION, usd(40_000), DRAFT_DUE, PUBLISH_BY, moved_on=TODAY)
DRAWN = {
    ("asked", "agree"): "agreed",
    ("asked", "decline"): "declined",
    ("asked", "withdraw"): "withdrawn",
    ("asked", "call_staff"): "with_staff",
    ("asked", "overtake"): "overtaken",
    ("declined", "call_staff"): "with_staff",
    ("with_staff", "withdraw"): "withdrawn",
    ("with_staff", "end"): "ended_by_staff",
    ("with_staff", "keep"): "kept_by_staff",
    ("with_staff", "overtake"): "overtaken",
}


@pytest.mark.parametrize("event", list(EndingEvent))
@pytest.mark.parametrize("state", list(EndingState))
def test_an_ending_takes_the_steps_that_are_drawn_and_no_other(
    state: EndingState, event: EndingEvent
) -> None:
    if (state, event) in DRAWN:
        assert ENDING_LIFE.next(state, event) == DRAWN[state, event]
    else:
        with pytest.raises(InvalidTransition):
            ENDING_LIFE.next(state, event)


def test_every_reason_has_its_sentence() -> None:
    assert set(ENDING_SENTENCES) == set(EndingReason)


@pytest.mark.parametrize("state", [S.AWAITING_SUBMISSION, S.CHANGES_REQUESTED, S.APPROVED])
def test_a_creator_may_call_off_alone_what_waits_for_the_creator(state: S) -> None:
    assert alone_from(Party.CREATOR, [replace(WORK, state=state)], today=TODAY) == TODAY


@pytest.mark.parametrize("party", list(Party))
@pytest.mark.parametrize("state", [S.IN_REVIEW, S.LIVE])
def test_nobody_ends_alone_what_waits_for_the_brands_word(party: Party, state: S) -> None:
    works = [WORK, replace(WORK, state=state)]

    assert alone_from(party, works, today=TODAY) is None


@pytest.mark.parametrize(
    ("changes", "day"),
    [
        ({}, DRAFT_DUE + timedelta(days=8)),
        ({"moved_on": date(2026, 11, 20)}, date(2026, 11, 28)),  # agreed once the draft was due
        ({"state": S.CHANGES_REQUESTED}, DRAFT_DUE + timedelta(days=8)),
        (
            {"state": S.CHANGES_REQUESTED, "moved_on": date(2026, 12, 1)},
            date(2026, 12, 9),
        ),
        ({"state": S.APPROVED}, PUBLISH_BY + timedelta(days=8)),
        ({"state": S.APPROVED, "moved_on": date(2026, 12, 1)}, date(2026, 12, 9)),
    ],
)
def test_a_brand_may_end_alone_once_the_creator_is_a_week_late(
    changes: dict[str, object], day: date
) -> None:
    assert alone_from(Party.BRAND, [replace(WORK, **changes)], today=TODAY) == day  # type: ignore[arg-type]  # fields


def test_a_brand_waits_for_the_last_of_several() -> None:
    works = [WORK, replace(WORK, draft_due_on=date(2026, 12, 24))]

    assert alone_from(Party.BRAND, works, today=TODAY) == date(2027, 1, 1)


def test_accepted_work_neither_hinders_an_ending_nor_goes_back() -> None:
    works = [replace(WORK, state=S.ACCEPTED), replace(WORK, fee=usd(55_000))]

    assert alone_from(Party.CREATOR, works, today=TODAY) == TODAY
    assert called_off(works, currency="USD") == usd(55_000)


def test_where_all_is_done_there_is_nothing_to_end() -> None:
    works = [replace(WORK, state=S.ACCEPTED), replace(WORK, state=S.CANCELLED)]

    assert [alone_from(party, works, today=TODAY) for party in Party] == [None, None]
    assert called_off(works, currency="USD") == usd(0)
