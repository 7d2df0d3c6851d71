"""The lives of applications and offers, and the money of an offer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.collaborations.rules import (
    APPLICATION_LIFE,
    BRAND_REASONS,
    COLLABORATION_LIFE,
    INVITATION_LIFE,
    OFFER_LIFE,
    REASON_SENTENCES,
    ApplicationEvent,
    ApplicationState,
    CollaborationEvent,
    CollaborationState,
    DeclineReason,
    InvitationEvent,
    InvitationState,
    OfferEvent,
    OfferState,
    Party,
    in_words,
    money_of,
    other_party,
    split_fee,
    terms_problems,
    too_little_money,
    usage_until,
)
from marketplace.kernel.errors import InvalidTransition
from marketplace.kernel.money import Money
from marketplace.kernel.statechart import Statechart
from tests.factories.collaborations import TERMS, VIDEO

BUDGET = Money(100_000, "USD")
TODAY = date(2026, 11, 2)

DRAWN: dict[str, dict[tuple[str, str], str]] = {
    "invitation": {
        ("sent", "apply"): "applied",
        ("sent", "decline"): "declined",
        ("sent", "expire"): "expired",
        ("declined", "apply"): "applied",
    },
    "application": {
        ("submitted", "shortlist"): "shortlisted",
        ("submitted", "offer"): "offered",
        ("shortlisted", "offer"): "offered",
        ("offered", "offer"): "offered",
        ("offered", "retract"): "shortlisted",
        ("offered", "agree"): "agreed",
        ("submitted", "decline"): "declined",
        ("shortlisted", "decline"): "declined",
        ("submitted", "withdraw"): "withdrawn",
        ("shortlisted", "withdraw"): "withdrawn",
        ("offered", "withdraw"): "withdrawn",
        ("withdrawn", "apply_again"): "submitted",
    },
    "offer": {
        ("open", "accept"): "accepted",
        ("open", "supersede"): "superseded",
        ("open", "decline"): "declined",
        ("open", "withdraw"): "withdrawn",
        ("open", "expire"): "expired",
    },
    "collaboration": {("active", "complete"): "completed", ("active", "cancel"): "cancelled"},
}
LIVES: list[tuple[Statechart[Any, Any], type[StrEnum], type[StrEnum]]] = [
    (INVITATION_LIFE, InvitationState, InvitationEvent),
    (APPLICATION_LIFE, ApplicationState, ApplicationEvent),
    (OFFER_LIFE, OfferState, OfferEvent),
    (COLLABORATION_LIFE, CollaborationState, CollaborationEvent),
]


@pytest.mark.parametrize(
    ("life", "state", "event"),
    [
        (life, state, event)
        for life, states, events in LIVES
        for state in states
        for event in events
    ],
)
def test_each_life_moves_as_drawn_and_no_other_way(
    life: Statechart[Any, Any], state: StrEnum, event: StrEnum
) -> None:
    drawn = DRAWN[life.thing]
    if (state.value, event.value) in drawn:
        assert life.next(state, event) == drawn[state.value, event.value]
    else:
        with pytest.raises(InvalidTransition):
            life.next(state, event)


def usd(*cents: int) -> list[Money]:
    return [Money(each, "USD") for each in cents]


def test_the_money_of_an_offer_is_shown_to_the_cent() -> None:
    found = money_of(usd(40_000), creator_fee_bps=500, brand_fee_bps=1_000)

    assert found.fee == Money(40_000, "USD")
    assert found.brand_fee == Money(4_000, "USD")
    assert found.brand_pays == Money(44_000, "USD")
    assert found.creator_share == Money(2_000, "USD")
    assert found.creator_receives == Money(38_000, "USD")


def test_shares_are_rounded_deliverable_by_deliverable_as_they_are_earned() -> None:
    found = money_of(usd(3_334, 3_333, 3_333), creator_fee_bps=500, brand_fee_bps=1_000)

    assert found.creator_share == Money(167 + 167 + 167, "USD")  # 5 % of the whole would be 500
    assert found.creator_receives == Money(9_499, "USD")
    assert found.brand_fee == Money(333 + 333 + 333, "USD")
    assert found.brand_pays == Money(10_999, "USD")


def test_a_currency_without_decimals_has_whole_shares() -> None:
    found = money_of([Money(15_001, "JPY")], creator_fee_bps=500, brand_fee_bps=1_000)

    assert found.creator_receives == Money(14_251, "JPY")
    assert found.brand_pays == Money(16_501, "JPY")


@given(minor=st.integers(10, 10**9), count=st.integers(1, 10))
def test_splitting_a_fee_loses_nothing(minor: int, count: int) -> None:
    parts = split_fee(Money(minor, "USD"), count=count)
    found = money_of(parts, creator_fee_bps=500, brand_fee_bps=1_000)

    assert found.fee == Money(minor, "USD")
    assert len(parts) == count
    assert found.brand_pays == found.fee + found.brand_fee
    assert found.creator_receives == found.fee - found.creator_share


def test_the_usage_grant_ends_so_many_days_after_the_last_day_to_publish() -> None:
    later = replace(VIDEO, publish_by_on=date(2026, 12, 1))

    assert usage_until([VIDEO, later], usage_days=30) == date(2026, 12, 31)
    assert usage_until([VIDEO, later], usage_days=None) is None


def test_good_terms_have_no_problem() -> None:
    assert terms_problems(TERMS, budget=BUDGET, today=TODAY) == {}


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"fee": Money(40_000, "EUR")}, {"fee": "The fee is in the campaign's currency, USD."}),
        ({"fee": Money(0, "USD")}, {"fee": "The fee must be more than 0."}),
        ({"fee": Money(100_001, "USD")},
         {"fee": "The fee is more than the campaign's budget of USD 1000.00."}),
        ({"fee": Money(1, "USD"), "deliverables": (VIDEO, VIDEO)},
         {"fee": "The fee is too small to divide over the deliverables."}),
        ({"deliverables": ()}, {"deliverables": "An offer asks for at least one deliverable."}),
        ({"deliverables": (VIDEO,) * 11},
         {"deliverables": "One creator can owe 10 deliverables at most."}),
        ({"deliverables": (replace(VIDEO, draft_due_on=date(2026, 11, 1)),)},
         {"draft_due_on": "The draft is due in the past: choose a later day."}),
        ({"deliverables": (replace(VIDEO, publish_by_on=date(2026, 11, 15)),)},
         {"publish_by_on": "The post is due before its draft."}),
        ({"usage_media": "billboard"},
         {"usage_media": "Choose where the brand may show the videos."}),
        ({"usage_days": 0}, {"usage_days": "Between 1 and 3,650 days, or for ever."}),
        ({"revision_rounds": 6}, {"revision_rounds": "Between 0 and 5 rounds."}),
        ({"note": "x" * 1_001}, {"note": "Keep this to 1,000 characters."}),
    ],
)  # fmt: skip
def test_terms_that_cannot_be_agreed_are_refused(
    changes: dict[str, Any], problems: dict[str, str]
) -> None:
    assert terms_problems(replace(TERMS, **changes), budget=BUDGET, today=TODAY) == problems


def test_usage_without_end_may_be_offered() -> None:
    assert terms_problems(replace(TERMS, usage_days=None), budget=BUDGET, today=TODAY) == {}


def test_every_reason_has_a_sentence_and_brands_choose_only_their_own() -> None:
    assert set(REASON_SENTENCES) == set(DeclineReason)
    assert set(DeclineReason) - set(BRAND_REASONS) == {
        DeclineReason.NO_REPLY,
        DeclineReason.CAMPAIGN_CLOSED,
    }


def test_the_other_party_answers() -> None:
    assert other_party(Party.BRAND) is Party.CREATOR
    assert other_party(Party.CREATOR) is Party.BRAND


def test_amounts_in_sentences_carry_their_decimals() -> None:
    assert in_words(Money(125_000, "USD")) == "USD 1250.00"
    assert in_words(Money(1_250, "JPY")) == "JPY 1250"
    assert in_words(Money(1_250, "KWD")) == "KWD 1.250"


def test_too_little_money_is_said_with_both_amounts() -> None:
    sentence = too_little_money(left=Money(12_000, "USD"), needed=Money(40_000, "USD"))

    assert sentence == (
        "The campaign has USD 120.00 left and this offer needs USD 400.00; "
        "the brand must add funds first"
    )
