"""What a campaign's basics and its brief may say."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from marketplace.campaigns.rules import (
    LIFE,
    BriefContent,
    CampaignEvent,
    CampaignState,
    WantedDeliverable,
    budget_problem,
    campaign_problems,
    draft_problems,
    is_open,
    missing,
)
from marketplace.kernel.days import today_somewhere
from marketplace.kernel.errors import InvalidInput, InvalidTransition
from marketplace.kernel.money import Money, parse_money
from tests.factories.campaigns import NOON, content
from tests.factories.terms import platform_terms

BUDGET = Money(100_000, "USD")
TERMS = platform_terms()


def basics(**changes: object) -> dict[str, str]:
    values: dict[str, object] = {
        "name": "Beans",
        "budget": BUDGET,
        "starts_on": date(2026, 11, 3),
        "ends_on": date(2026, 12, 1),
        "category": "food",
        "terms": TERMS,
        "now": NOON,
    }
    return campaign_problems(**(values | changes))  # type: ignore[arg-type]  # overrides by name


@pytest.mark.parametrize("state", list(CampaignState))
@pytest.mark.parametrize("event", list(CampaignEvent))
def test_a_campaign_moves_as_drawn_and_no_other_way(
    state: CampaignState, event: CampaignEvent
) -> None:
    drawn = {
        ("draft", "publish"): "published",
        ("published", "amend"): "published",
        ("draft", "close"): "closed",
        ("published", "close"): "closed",
    }
    if (state.value, event.value) in drawn:
        assert LIFE.next(state, event) == drawn[state.value, event.value]
    else:
        with pytest.raises(InvalidTransition):
            LIFE.next(state, event)


@pytest.mark.parametrize("typed", ["0", "0.001", "1e9", "12,50", "¥100", "-5", "", "abc", "1 000"])
def test_a_budget_that_is_not_a_plain_amount_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_money(typed, "USD", field="budget")

    assert list(refusal.value.problems) == ["budget"]


@pytest.mark.parametrize(
    ("least", "below", "words"),
    [
        (Money(5_000, "USD"), Money(4_999, "USD"), "USD 50.00"),
        (Money(5_000, "JPY"), Money(4_999, "JPY"), "JPY 5,000"),
        (Money(50_000, "KWD"), Money(49_990, "KWD"), "KWD 50.000"),
    ],
)
def test_the_least_budget_is_the_smallest_payment(least: Money, below: Money, words: str) -> None:
    assert budget_problem(least, TERMS) is None
    assert budget_problem(below, TERMS) == f"A campaign needs a budget of at least {words}."


def test_the_largest_budget_is_a_hundred_payments() -> None:
    assert budget_problem(Money(1_000_000_000, "USD"), TERMS) is None
    assert budget_problem(Money(1_000_000_001, "USD"), TERMS) == (
        "A budget can be at most USD 10,000,000.00."
    )


@pytest.mark.parametrize("currency", ["CHF", "XXX", "usd", ""])
def test_a_currency_that_is_not_offered_is_refused(currency: str) -> None:
    assert budget_problem(Money(100_000, currency), TERMS) == (
        "Choose one of these currencies: USD, EUR, JPY, KWD."
    )


def test_good_basics_have_no_problem() -> None:
    assert basics() == {}


def test_a_campaign_needs_a_name_of_sensible_length() -> None:
    assert basics(name="  ") == {"name": "Give the campaign a name."}
    assert basics(name="x" * 121) == {"name": "Keep the name to 120 characters."}


def test_a_campaign_ends_after_it_starts() -> None:
    assert basics(ends_on=date(2026, 11, 2)) == {"ends_on": "The end is before the start."}


def test_days_that_are_past_everywhere_are_refused() -> None:
    problems = basics(starts_on=date(2026, 10, 30), ends_on=date(2026, 10, 31))

    assert problems == {
        "starts_on": "The start is in the past: choose today or a later day.",
        "ends_on": "The end is in the past: choose today or a later day.",
    }


def test_a_campaign_that_ends_in_another_age_is_refused() -> None:
    assert basics(ends_on=date(9999, 12, 31)) == {
        "ends_on": "The end is more than two years from now."
    }


def test_a_day_is_past_only_when_it_is_past_everywhere() -> None:
    just_after_midnight = datetime.fromisoformat("2026-11-02T00:30+00:00")

    assert today_somewhere(just_after_midnight) == date(2026, 11, 1)
    assert basics(starts_on=date(2026, 11, 1), now=just_after_midnight) == {}


def test_a_campaign_is_open_through_its_last_day() -> None:
    last = date(2026, 11, 2)
    assert is_open(state=CampaignState.PUBLISHED, ends_on=last, now=NOON)
    assert not is_open(state=CampaignState.PUBLISHED, ends_on=last, now=NOON + timedelta(days=1))
    assert not is_open(state=CampaignState.DRAFT, ends_on=last, now=NOON)
    assert not is_open(state=CampaignState.CLOSED, ends_on=last, now=NOON)


def test_an_empty_draft_may_be_saved_but_not_published() -> None:
    empty = BriefContent(disclosure="")

    assert draft_problems(empty, budget=BUDGET) == {}
    assert sorted(missing(empty, category=None)) == [
        "category", "deliverables", "disclosure", "fee_low", "summary",
    ]  # fmt: skip


def test_a_complete_brief_misses_nothing() -> None:
    assert draft_problems(content(), budget=BUDGET) == {}
    assert missing(content(), category="food") == {}


@pytest.mark.parametrize(
    ("ages", "found"),
    [
        ({"13-17": 10_000}, ["target_age"]),
        ({"13-17": 5_000, "18-24": 5_000}, []),
        ({}, []),
    ],
)
def test_a_brief_for_children_alone_is_not_published(
    ages: dict[str, int], found: list[str]
) -> None:
    assert list(missing(content(target_age=ages), category="food")) == found


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("target_age", {"18-24": 6_000, "25-34": 5_000},
         "The shares of age add up to 110\xa0%, more than 100\xa0%."),
        ("target_gender", {"female": 10_050},
         "Each share of gender is more than 0\xa0% and at most 100\xa0%."),
        ("target_country", {"US": -1},
         "Each share of country is more than 0\xa0% and at most 100\xa0%."),
        ("target_age", {"18-99": 100}, "There is no age called 18-99 in our list."),
        ("target_country", {"ZZ": 100}, "There is no country called ZZ in our list."),
        ("target_interests", ("gambling",), "There is no interest called gambling in our list."),
        ("target_words", tuple(f"word {n}" for n in range(21)),
         "Name 20 words and hashtags at most."),
        ("target_words", ("x" * 61,), "Keep each word or hashtag to 60 characters."),
        ("target_words", ("soup", "!!!"), "“!!!” has no letter or digit that could be looked for."),
        ("target_words", ("fyp",),
         "“fyp” stands under every second post and finds nobody: leave it out."),
        ("target_words", ("Cooking",), "“Cooking” is an interest of our list: tick it there."),
        ("target_words", ("trail running", "TrailRunning"), "“TrailRunning” is named twice."),
        ("fee_high", Money(9_999, "USD"), "The highest fee is below the lowest."),
        ("fee_high", Money(100_001, "USD"), "This fee is more than the whole budget."),
        ("fee_high", Money(50_000, "EUR"), "Fees are in the campaign’s currency, USD."),
        ("usage_media", "billboard", "Choose where you may show the videos."),
        ("usage_days", 0, "Between 1 and 3,650 days, or for ever."),
        ("revision_rounds", 6, "Between 0 and 5 rounds."),
        ("revision_rounds", -1, "Between 0 and 5 rounds."),
        ("disclosure", "x" * 61, "Keep the label to 60 characters."),
        ("summary", "x" * 2_001, "Keep this to 2,000 characters."),
        ("dos", ("x" * 201,), "Keep each line to 200 characters."),
        ("donts", ("x",) * 21, "Keep this to 20 lines."),
        ("deliverables", (WantedDeliverable("opera", "x"),),
         "Choose a format from the list for each deliverable."),
        ("deliverables", (WantedDeliverable("video", " "),),
         "Describe each deliverable in a few words."),
        ("deliverables", (WantedDeliverable("video", "x", 0),),
         "The number of pieces is 1 or more."),
        ("deliverables", (WantedDeliverable("video", "x", 11),),
         "One creator can owe 10 deliverables at most."),
        ("deliverables", (WantedDeliverable("video", "x" * 201),),
         "Keep each description to 200 characters."),
    ],
)  # fmt: skip
def test_a_brief_that_contradicts_itself_is_refused(
    field: str, value: object, sentence: str
) -> None:
    assert draft_problems(content(**{field: value}), budget=BUDGET) == {field: sentence}


def test_twenty_words_of_any_script_may_stand_in_a_brief() -> None:
    words = ("trail running", "ウルトラマラソン", "x" * 60, *(f"word {n}" for n in range(17)))
    assert draft_problems(content(target_words=words), budget=BUDGET) == {}


def test_usage_for_ever_and_no_revision_rounds_are_allowed() -> None:
    assert draft_problems(content(usage_days=None, revision_rounds=0), budget=BUDGET) == {}
