"""The lives of applications and offers, and the money of an offer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
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
    FreeMoney,
    InvitationEvent,
    InvitationState,
    OfferEvent,
    OfferState,
    Party,
    money_of,
    other_party,
    parts_of,
    split_fee,
    terms_problems,
    too_little_money,
    usage_until,
)
from marketplace.kernel.currencies import step
from marketplace.kernel.errors import InvalidTransition
from marketplace.kernel.money import Money, in_words
from marketplace.kernel.statechart import Statechart
from marketplace.terms.rules import Shares
from tests.factories.collaborations import TERMS, VIDEO
from tests.factories.terms import SHARES

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


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def test_the_money_of_an_offer_is_shown_to_the_cent() -> None:
    found = money_of(usd(40_000), SHARES)

    assert found.fee == usd(40_000)
    assert found.brand_fee == usd(4_000)
    assert found.brand_pays == usd(44_000)
    assert found.creator_share == usd(2_000)
    assert found.creator_receives == usd(38_000)


def test_taxes_are_lines_of_their_own() -> None:
    found = money_of(usd(40_000), replace(SHARES, brand_tax=1_900, withheld=1_500))

    assert found.brand_tax == usd(760)
    assert found.brand_pays == usd(44_760)
    assert found.withheld == usd(5_700)
    assert found.creator_receives == usd(32_300)


def test_a_share_is_taken_once_of_the_whole_and_divided_over_the_deliverables() -> None:
    fees = [usd(3_334), usd(3_333), usd(3_333)]

    parts = parts_of(fees, SHARES)

    assert [part.creator_share.minor for part in parts] == [167, 167, 166]  # 5 % of 100.00 is 5.00
    assert [part.brand_fee.minor for part in parts] == [334, 333, 333]
    assert [part.creator_receives.minor for part in parts] == [3_167, 3_166, 3_167]


def test_a_currency_without_decimals_has_whole_shares() -> None:
    found = money_of(Money(15_001, "JPY"), SHARES)

    assert found.creator_receives == Money(14_251, "JPY")
    assert found.brand_pays == Money(16_501, "JPY")


@given(
    minor=st.integers(10, 10**9),
    count=st.integers(1, 10),
    currency=st.sampled_from(["USD", "JPY", "KWD"]),
    shares=st.builds(
        Shares,
        brand=st.integers(0, 10_000),
        creator=st.integers(0, 5_000),
        brand_tax=st.integers(0, 10_000),
        withheld=st.integers(0, 9_999),
    ),
)
def test_what_is_booked_for_the_parts_is_what_was_shown_for_the_whole(
    minor: int, count: int, currency: str, shares: Shares
) -> None:
    fee = Money(minor * step(currency), currency)
    parts = parts_of(split_fee(fee, count=count), shares)
    shown = money_of(fee, shares)

    def together(amounts: Iterable[Money]) -> Money:
        return sum(amounts, Money(0, currency))

    assert len(parts) == count
    assert together(part.fee for part in parts) == fee
    assert together(part.brand_pays for part in parts) == shown.brand_pays
    assert together(part.brand_fee for part in parts) == shown.brand_fee
    assert together(part.creator_share for part in parts) == shown.creator_share
    assert together(part.creator_receives for part in parts) == shown.creator_receives
    assert all(part.creator_receives.minor % step(currency) == 0 for part in parts)
    assert all(part.brand_pays.minor % step(currency) == 0 for part in parts)


def test_the_usage_grant_ends_so_many_days_after_the_last_day_to_publish() -> None:
    later = replace(VIDEO, publish_by_on=date(2026, 12, 1))

    assert usage_until([VIDEO, later], usage_days=30) == date(2026, 12, 31)
    assert usage_until([VIDEO, later], usage_days=None) is None


def test_good_terms_have_no_problem() -> None:
    assert terms_problems(TERMS, budget=BUDGET, shares=SHARES, today=TODAY) == {}


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"fee": Money(40_000, "EUR")}, {"fee": "The fee is in the campaign’s currency, USD."}),
        ({"fee": Money(0, "USD")}, {"fee": "The fee must be more than 0."}),
        ({"fee": Money(100_001, "USD")},
         {"fee": "The fee is more than the campaign’s budget of USD 1,000.00."}),
        ({"fee": Money(1, "USD"), "deliverables": (VIDEO, VIDEO)},
         {"fee": "The fee is too small to divide over the deliverables."}),
        ({"deliverables": ()}, {"deliverables": "An offer asks for at least one deliverable."}),
        ({"deliverables": (VIDEO,) * 11},
         {"deliverables": "One creator can owe 10 deliverables at most."}),
        ({"deliverables": (replace(VIDEO, draft_due_on=date(2026, 11, 1)),)},
         {"draft_due_on": "The draft is due in the past: choose a later day."}),
        ({"deliverables": (replace(VIDEO, publish_by_on=date(2026, 11, 15)),)},
         {"publish_by_on": "The post is due before its draft."}),
        ({"deliverables": (replace(VIDEO, publish_by_on=TODAY + timedelta(days=732)),)},
         {"publish_by_on": "The post is due more than two years from now."}),
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
    assert (
        terms_problems(replace(TERMS, **changes), budget=BUDGET, shares=SHARES, today=TODAY)
        == problems
    )


def test_usage_without_end_may_be_offered() -> None:
    assert (
        terms_problems(replace(TERMS, usage_days=None), budget=BUDGET, shares=SHARES, today=TODAY)
        == {}
    )


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
    assert in_words(Money(125_000, "USD")) == "USD 1,250.00"
    assert in_words(Money(1_250, "JPY")) == "JPY 1,250"
    assert in_words(Money(1_250, "KWD")) == "KWD 1.250"


def test_too_little_money_is_said_with_both_amounts() -> None:
    sentence = too_little_money(
        left=FreeMoney(Money(12_000, "USD")), needed=Money(40_000, "USD"), frozen=Money(0, "USD")
    )

    assert sentence == (
        "The campaign has USD 120.00 left and this offer needs USD 400.00; "
        "the brand must add funds first"
    )


def test_a_fee_of_which_nothing_would_be_left_for_the_creator_is_refused() -> None:
    greedy = replace(SHARES, creator=5_000)
    tiny = replace(TERMS, fee=Money(1, "USD"))

    assert terms_problems(tiny, budget=BUDGET, shares=greedy, today=TODAY) == {
        "fee": "The fee is too small: nothing would be left of it for the creator."
    }


def test_a_fee_in_dinars_that_no_card_carries_is_refused() -> None:
    odd = replace(TERMS, fee=Money(40_005, "KWD"))

    assert terms_problems(odd, budget=Money(100_000, "KWD"), shares=SHARES, today=TODAY) == {
        "fee": "Amounts in KWD end in 0: cards carry no finer ones."
    }
