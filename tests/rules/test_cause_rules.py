"""Organisations, pledges and where their money is, as plain values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.campaigns.rules import CampaignState
from marketplace.causes.rules.chain import (
    PledgeMoney,
    PledgeStage,
    PledgeWait,
    pledge_chain,
    spread_payments,
)
from marketplace.causes.rules.organisations import organisation_problems
from marketplace.causes.rules.pledges import (
    PledgeKind,
    PledgeState,
    PledgeTerms,
    has_ended,
    may_settle,
    pledge_problems,
    settles_on,
    worth_of,
)
from marketplace.kernel.money import Money
from tests.factories.causes import BY_VIEWS, FIXED, REEFS

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
BUDGET = Money(100_000, "USD")
PAID = PledgeStage.PAID


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def test_an_organisation_that_can_be_looked_up_is_accepted() -> None:
    assert organisation_problems(REEFS) == {}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", " ", "Enter its name, as the register has it."),
        ("name", "x" * 121, "Keep this to 120 characters."),
        ("registration_number", "", "Enter its number in the register."),
        ("country", "XX", "Choose the country it is registered in."),
        ("category", "weather", "Choose what it works for."),
        ("register", "register.example/1", "whole web address that begins with https://"),
        ("register", "http://register.example/1", "begins with https://"),
        ("register", "https://[broken", "begins with https://"),
        ("website", "https://user@site.example", "begins with https://"),
        ("website", "https://site.example/a b", "begins with https://"),
        ("website", "https://site.example/" + "a" * 300, "Keep this to 300 characters."),
        ("about", "x" * 401, "Keep this to 400 characters."),
    ],
)
def test_what_cannot_be_looked_up_is_refused(field: str, value: str, said: str) -> None:
    problems = organisation_problems(replace(REEFS, **{field: value}))

    assert list(problems) == [field]
    assert said in problems[field]


@pytest.mark.parametrize(
    ("terms", "problems"),
    [
        (FIXED, {}),
        (BY_VIEWS, {}),
        (replace(FIXED, amount=usd(0)), {"amount": "Pledge more than 0."}),
        (
            replace(FIXED, amount=usd(1_000_001)),
            {"amount": "At most USD 10,000.00, 10 times the budget."},
        ),
        (
            replace(FIXED, amount=Money(100, "EUR")),
            {"amount": "A pledge is in the campaign’s currency, USD."},
        ),
        (replace(BY_VIEWS, rate=None), {"rate": "Enter what 1,000 views are worth."}),
        (replace(BY_VIEWS, rate=usd(0)), {"rate": "Enter what 1,000 views are worth."}),
        (
            replace(BY_VIEWS, rate=usd(20_001)),
            {"rate": "1,000 views are worth more than the ceiling."},
        ),
        (
            replace(BY_VIEWS, rate=Money(5, "EUR")),
            {"rate": "A pledge is in the campaign’s currency, USD."},
        ),
    ],
)
def test_a_pledge_is_an_amount_one_can_mean(terms: PledgeTerms, problems: dict[str, str]) -> None:
    assert pledge_problems(terms, budget=BUDGET) == problems


@pytest.mark.parametrize(
    ("views", "worth"),
    [(-1, 0), (0, 0), (1, 0), (2, 1), (999, 499), (1_000, 500), (40_000, 20000)],
)
def test_views_are_worth_whole_cents_rounded_down(views: int, worth: int) -> None:
    assert worth_of(BY_VIEWS, views=views, ended=False) == usd(worth)


def test_views_are_worth_what_a_card_can_carry_so_that_the_rest_can_go_back() -> None:
    """1,999 views at 0.250 dinars for each 1,000 come to 0.49975; the last decimal is always 0."""
    terms = PledgeTerms(PledgeKind.VIEWS, Money(20_000, "KWD"), Money(250, "KWD"))

    assert worth_of(terms, views=1_999, ended=False) == Money(490, "KWD")


def test_views_are_never_worth_more_than_the_ceiling() -> None:
    assert worth_of(BY_VIEWS, views=40_001, ended=True) == usd(20_000)


@given(st.lists(st.integers(0, 30_000), min_size=1, max_size=8))
def test_steps_of_views_add_up_to_all_of_them(steps: list[int]) -> None:
    booked, seen = usd(0), 0
    for more in steps:
        seen += more
        booked += worth_of(BY_VIEWS, views=seen, ended=False) - booked

    assert booked == usd(min(seen * 500 // 1_000, 20_000))


def test_a_fixed_pledge_is_worth_nothing_before_the_end_and_all_after() -> None:
    assert worth_of(FIXED, views=10**9, ended=False) == usd(0)
    assert worth_of(FIXED, views=0, ended=True) == usd(20_000)


@pytest.mark.parametrize(
    ("state", "ends_on", "closed_at", "ended"),
    [
        (CampaignState.PUBLISHED, date(2026, 11, 2), None, False),
        (CampaignState.PUBLISHED, date(2026, 11, 1), None, True),
        (CampaignState.CLOSED, date(2026, 12, 31), NOON, True),
        (CampaignState.DRAFT, date(2026, 10, 1), None, False),
    ],
)
def test_a_campaign_ends_when_it_is_closed_or_its_last_day_is_over(
    state: CampaignState, ends_on: date, closed_at: datetime | None, ended: bool
) -> None:
    assert has_ended(state=state, ends_on=ends_on, closed_at=closed_at, now=NOON) is ended


def test_views_count_for_thirty_days_after_the_end_and_a_fixed_pledge_waits_for_none() -> None:
    last = date(2026, 11, 30)

    assert settles_on(FIXED, ends_on=last, closed_at=None) == last
    assert settles_on(BY_VIEWS, ends_on=last, closed_at=None) == date(2026, 12, 30)
    assert settles_on(BY_VIEWS, ends_on=last, closed_at=NOON) == date(2026, 12, 2)


@pytest.mark.parametrize(
    ("now", "work_is_open", "in_question", "final"),
    [
        (datetime(2026, 12, 2, 23, tzinfo=UTC), False, False, False),
        (datetime(2026, 12, 3, 12, tzinfo=UTC), False, False, True),
        (datetime(2026, 12, 3, 12, tzinfo=UTC), False, True, False),
        (datetime(2027, 12, 3, 12, tzinfo=UTC), True, False, False),
    ],
)
def test_a_pledge_by_views_is_final_when_they_are_counted_and_the_work_is_done(
    now: datetime, work_is_open: bool, in_question: bool, final: bool
) -> None:
    assert (
        may_settle(
            BY_VIEWS,
            ends_on=date(2026, 12, 31),
            closed_at=NOON,
            work_is_open=work_is_open,
            views_in_question=in_question,
            now=now,
        )
        is final
    )


def money(aside: int = 0, owed: int = 0, paid: int = 0, returned: int = 0) -> PledgeMoney:
    return PledgeMoney(usd(20_000), usd(aside), usd(owed), usd(paid), usd(returned))


@pytest.mark.parametrize(
    ("state", "where", "waits_for", "present"),
    [
        (PledgeState.DRAFTED, money(), PledgeWait.PAYMENT, PledgeStage.PROMISED),
        (PledgeState.DRAFTED, money(20_000), PledgeWait.PUBLISHING, PledgeStage.PROMISED),
        (PledgeState.PROMISED, money(5_000), PledgeWait.PAYMENT, PledgeStage.SET_ASIDE),
        (PledgeState.PROMISED, money(20_000), PledgeWait.ENDING, PledgeStage.OWED),
        (PledgeState.PROMISED, money(20_000, 20_000), PledgeWait.ENDING, PledgeStage.OWED),
        (
            PledgeState.SETTLED,
            money(20_000, 9_000, 0, 11_000),
            PledgeWait.TRANSFER,
            PAID,
        ),
        (
            PledgeState.SETTLED,
            money(20_000, 9_000, 8_999, 11_000),
            PledgeWait.TRANSFER,
            PAID,
        ),
        (PledgeState.SETTLED, money(20_000, 9_000, 9_000, 11_000), PledgeWait.NOTHING, None),
    ],
)
def test_every_pledge_waits_for_one_thing(
    state: PledgeState, where: PledgeMoney, waits_for: PledgeWait, present: PledgeStage | None
) -> None:
    last = date(2026, 12, 30)
    chain = pledge_chain(state, where, settles_on=last)

    assert chain.waits_for is waits_for
    assert [link.stage for link in chain.links] == list(PledgeStage)
    assert next((link.stage for link in chain.links if link.state == "now"), None) is present
    assert chain.by == (last if waits_for is PledgeWait.ENDING else None)


@pytest.mark.parametrize(
    ("state", "waits_for"),
    [
        (PledgeState.PROMISED, PledgeWait.BANK),
        (PledgeState.DRAFTED, PledgeWait.BANK),
        (PledgeState.SETTLED, PledgeWait.TRANSFER),
    ],
)
def test_a_payment_in_doubt_holds_a_pledge_until_it_is_final(
    state: PledgeState, waits_for: PledgeWait
) -> None:
    where = money(20_000, 9_000, 0, 11_000 if state is PledgeState.SETTLED else 0)
    chain = pledge_chain(state, where, settles_on=date(2026, 12, 30), held=True)

    assert (chain.waits_for, chain.by) == (waits_for, None)


def test_money_of_a_pledge_is_in_one_place_at_a_time() -> None:
    where = money(20_000, 9_000, 4_000, 1_000)

    assert (where.kept, where.waiting, where.to_send, where.missing) == (
        usd(19_000),
        usd(10_000),
        usd(5_000),
        usd(1_000),
    )


@pytest.mark.parametrize(
    ("paid", "parts"), [(0, [0, 0]), (299, [299, 0]), (301, [300, 1]), (500, [300, 200])]
)
def test_transfers_pay_what_was_owed_first(paid: int, parts: list[int]) -> None:
    assert spread_payments([usd(300), usd(200)], usd(paid)) == [usd(part) for part in parts]


def test_a_kind_has_a_name_that_the_books_keep() -> None:
    assert [kind.value for kind in PledgeKind] == ["fixed", "views"]
