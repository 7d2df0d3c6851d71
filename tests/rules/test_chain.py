"""Where an amount is, whose step is next, and when it is expected."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from marketplace.collaborations.rules import ACCEPT_DAYS
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.money import Money
from marketplace.payouts.rules import EarningState, Waiting
from marketplace.payouts.rules.accounts import BankState
from marketplace.payouts.rules.chain import (
    WHOSE,
    Chain,
    ChainStep,
    LinkState,
    Whose,
    after_working_days,
    chain_of,
    next_run,
)
from marketplace.payouts.rules.disputes import Disputed, DisputeState, Party
from marketplace.payouts.rules.known import Account, Bank, Earned, Kept, Work

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)  # a Monday
WORK = Work(
    state=DeliverableState.AWAITING_SUBMISSION,
    agreed_at=NOON,
    draft_due_on=date(2026, 11, 6),
    publish_by_on=date(2026, 11, 10),
    hold_days=7,
)
ACCEPTED = replace(
    WORK,
    state=DeliverableState.ACCEPTED,
    approved_at=NOON - timedelta(days=3),
    live_at=NOON - timedelta(days=2),
)
EARNED = Earned(
    state=EarningState.PAYABLE, earned_at=NOON - timedelta(days=8), payable_at=NOON - timedelta(1)
)
READY = Account(exists=True, active=True, ready_at=NOON - timedelta(days=20))
USD_2 = Money(200, "USD")
NEXT = Kept(case_id=UUID(int=1), amount=USD_2, reason="The post was deleted", taken=False)


@pytest.mark.parametrize(
    ("state", "waiting", "whose", "by", "present"),
    [
        ("awaiting_submission", "draft", "creator", date(2026, 11, 6), "approved"),
        ("changes_requested", "draft", "creator", date(2026, 11, 6), "approved"),
        ("in_review", "review", "brand", NOON + timedelta(days=2), "approved"),
        ("approved", "publishing", "creator", date(2026, 11, 10), "live"),
        ("live", "acceptance", "brand", NOON + timedelta(days=2), "earned"),
    ],
)
def test_before_the_fee_is_earned_the_work_says_whose_step_is_next(
    state: str, waiting: str, whose: str, by: object, present: str
) -> None:
    work = replace(
        WORK,
        state=DeliverableState(state),
        answer_by=NOON + timedelta(days=2),
        approved_at=NOON if state in ("approved", "live") else None,
        live_at=NOON if state == "live" else None,
    )

    chain = chain_of(work, None, account=Account(), bank=None, now=NOON)

    assert (chain.waiting, chain.whose, chain.by) == (waiting, whose, by)
    assert [link.step for link in chain.links if link.state is LinkState.NOW] == [present]
    assert chain.links[0].state is LinkState.DONE
    assert chain.links[0].at == NOON


@pytest.mark.parametrize(
    ("state", "opened_by", "waiting", "whose"),
    [
        (DisputeState.ASKED, Party.BRAND, Waiting.DISPUTE_CREATOR, Whose.CREATOR),
        (DisputeState.ASKED, Party.CREATOR, Waiting.DISPUTE_BRAND, Whose.BRAND),
        (DisputeState.WITH_STAFF, Party.BRAND, Waiting.DISPUTE_STAFF, Whose.STAFF),
    ],
)
@pytest.mark.parametrize("held", [True, False])
def test_what_is_disputed_waits_for_whoever_has_to_speak(
    state: DisputeState, opened_by: Party, waiting: Waiting, whose: Whose, held: bool
) -> None:
    open_one = Disputed(UUID(int=7), state, opened_by, NOON + timedelta(days=4))
    work, earned = (ACCEPTED, replace(EARNED, state=EarningState.PENDING)) if held else (WORK, None)

    chain = chain_of(work, earned, account=READY, bank=None, now=NOON, dispute=open_one)

    assert (chain.waiting, chain.whose) == (waiting, whose)
    assert (chain.by, chain.dispute_id) == (NOON + timedelta(days=4), UUID(int=7))


def test_an_entry_to_a_challenge_is_approved_by_nobody() -> None:
    entry = replace(WORK, state=DeliverableState.LIVE, live_at=NOON)

    chain = chain_of(entry, None, account=READY, bank=None, now=NOON)

    assert [link.step for link in chain.links][:3] == ["agreed", "live", "earned"]


@pytest.mark.parametrize(
    ("earned", "account", "waiting"),
    [
        ({"state": EarningState.PENDING}, Account(), Waiting.HOLD),
        ({"frozen": True}, READY, Waiting.FROZEN),
        ({}, Account(), Waiting.NO_ACCOUNT),
        ({}, Account(closed=True), Waiting.ACCOUNT_CLOSED),
        ({}, Account(exists=True), Waiting.ACCOUNT_NOT_READY),
        ({}, Account(exists=True, paused=True), Waiting.ACCOUNT_PAUSED),
        ({}, Account(exists=True, paused=True, under_review=True), Waiting.ACCOUNT_CHECKED),
        ({"missing": USD_2}, READY, Waiting.BELOW_MINIMUM),
        ({"paused_until": NOON + timedelta(minutes=40)}, READY, Waiting.REFUSED),
        ({}, READY, Waiting.NEXT_RUN),
        ({"state": EarningState.PAYING}, READY, Waiting.SENDING),
        ({"state": EarningState.PAYING, "unclear": True}, READY, Waiting.UNCLEAR),
        ({"state": EarningState.PAYING, "unclear": True, "stuck": True}, READY, Waiting.PERSON),
        ({"state": EarningState.PAID, "sent_at": NOON}, READY, Waiting.NOTHING),
        ({"state": EarningState.TAKEN_BACK}, READY, Waiting.CORRECTED),
        ({"state": EarningState.TAKEN_BACK, "given_back": True}, READY, Waiting.GIVEN_BACK),
        ({"state": EarningState.NETTED}, READY, Waiting.NETTED),
        ({"kept": [NEXT]}, READY, Waiting.CLAWBACK),
        ({"kept": [NEXT], "missing": USD_2}, READY, Waiting.CLAWBACK),
        ({"kept": [NEXT], "frozen": True}, READY, Waiting.FROZEN),
        ({"kept": [NEXT]}, Account(), Waiting.NO_ACCOUNT),
        ({"kept": [NEXT], "paused_until": NOON + timedelta(hours=1)}, READY, Waiting.REFUSED),
        ({"kept": [replace(NEXT, taken=True)]}, READY, Waiting.NEXT_RUN),
    ],
)
def test_every_blocked_amount_waits_for_one_thing(
    earned: dict[str, object], account: Account, waiting: Waiting
) -> None:
    facts = replace(EARNED, **earned)  # type: ignore[arg-type]

    chain = chain_of(ACCEPTED, facts, account=account, bank=None, now=NOON)

    assert chain.waiting is waiting
    assert chain.whose is WHOSE[waiting]
    assert len([link for link in chain.links if link.state is LinkState.NOW]) <= 1


SOON = NOON + timedelta(minutes=15)
LATER = NOON + timedelta(days=3)


@pytest.mark.parametrize(
    ("earned", "by"),
    [
        ({"state": EarningState.PENDING, "payable_at": LATER}, LATER),
        ({}, SOON),
        ({"kept": [NEXT]}, SOON),
        ({"paused_until": NOON + timedelta(minutes=40)}, NOON + timedelta(minutes=40)),
        ({"state": EarningState.PAYING, "unclear": True, "next_look_at": LATER}, LATER),
        ({"state": EarningState.PAYING, "next_look_at": LATER}, None),
        ({"frozen": True}, None),
        ({"missing": USD_2}, None),
        ({"state": EarningState.PAID, "sent_at": NOON}, None),
    ],
)
def test_the_next_step_has_a_date_where_somebody_has_promised_one(
    earned: dict[str, object], by: datetime | None
) -> None:
    facts = replace(EARNED, **earned)  # type: ignore[arg-type]

    chain = chain_of(ACCEPTED, facts, account=READY, bank=None, now=NOON)

    assert chain.by == by
    assert [link.by for link in chain.links if link.state is LinkState.NOW] == [by]


@pytest.mark.parametrize(
    ("work", "earned", "now", "late"),
    [
        (WORK, None, datetime(2026, 11, 7, 11, 59, tzinfo=UTC), False),
        (WORK, None, datetime(2026, 11, 7, 12, tzinfo=UTC), True),  # and nowhere is it the 6th
        (replace(WORK, state=DeliverableState.LIVE, answer_by=LATER), None, NOON, False),
        (replace(WORK, state=DeliverableState.LIVE, answer_by=LATER), None, LATER, True),
        (ACCEPTED, replace(EARNED, state=EarningState.PENDING, payable_at=LATER), LATER, True),
        (ACCEPTED, EARNED, NOON, False),
        (ACCEPTED, replace(EARNED, frozen=True), NOON, False),
    ],
)
def test_a_step_is_late_once_its_moment_has_come_or_its_day_is_over(
    work: Work, earned: Earned | None, now: datetime, late: bool
) -> None:
    assert chain_of(work, earned, account=READY, bank=None, now=now).late is late


@pytest.mark.parametrize(("days", "banked"), [(2, False), (3, True)])
def test_money_that_was_sent_should_be_at_the_bank_once_that_day_is_over(
    days: int, banked: bool
) -> None:
    sent = replace(EARNED, state=EarningState.PAID, sent_at=NOON)

    chain = chain_of(ACCEPTED, sent, account=READY, bank=None, now=NOON + timedelta(days=days))

    assert (chain.bank_on, chain.banked) == (date(2026, 11, 4), banked)


def told(chain: Chain) -> list[tuple[object, ...]]:
    return [
        (link.step.value, link.state.value, *filter(None, (link.at, link.by)))
        for link in chain.links
    ]


def test_a_chain_before_the_work_is_done_shows_every_step_to_come() -> None:
    assert told(chain_of(WORK, None, account=Account(), bank=None, now=NOON)) == [
        ("agreed", "done", NOON),
        ("approved", "now", date(2026, 11, 6)),
        ("live", "next"),
        ("earned", "next"),
        ("payable", "next"),
        ("account", "next"),
        ("sent", "next"),
        ("bank", "next"),
    ]


def test_a_chain_in_the_hold_window_shows_when_each_step_was_done() -> None:
    pending = replace(EARNED, state=EarningState.PENDING, payable_at=LATER)

    assert told(chain_of(ACCEPTED, pending, account=READY, bank=None, now=NOON)) == [
        ("agreed", "done", NOON),
        ("approved", "done", NOON - timedelta(days=3)),
        ("live", "done", NOON - timedelta(days=2)),
        ("earned", "done", NOON - timedelta(days=8)),
        ("payable", "now", LATER),
        ("account", "done", NOON - timedelta(days=20)),
        ("sent", "next"),
        ("bank", "next"),
    ]


def test_a_chain_that_was_sent_stays_sent_when_the_account_is_paused_later() -> None:
    sent = replace(EARNED, state=EarningState.PAID, sent_at=NOON)
    paused = replace(READY, active=False, paused=True)

    assert told(chain_of(ACCEPTED, sent, account=paused, bank=None, now=NOON))[4:] == [
        ("payable", "done", NOON - timedelta(days=1)),
        ("account", "done"),
        ("sent", "done", NOON),
        ("bank", "now"),
    ]


def test_an_older_payment_to_the_bank_says_nothing_of_what_is_not_sent() -> None:
    older = Bank(BankState.PAID, date(2026, 10, 30))

    chain = chain_of(ACCEPTED, EARNED, account=READY, bank=older, now=NOON)

    assert told(chain)[6:] == [("sent", "now", SOON), ("bank", "next")]
    assert chain.bank_on == date(2026, 11, 4)


def test_everything_one_can_wait_for_is_somebodys_step() -> None:
    assert set(WHOSE) == set(Waiting)


def test_a_frozen_campaign_or_a_bank_does_not_touch_what_is_sent() -> None:
    sent = replace(EARNED, state=EarningState.PAID, sent_at=NOON, frozen=True)
    failed = Bank(BankState.FAILED, date(2026, 11, 4))

    assert chain_of(ACCEPTED, sent, account=READY, bank=None, now=NOON).waiting is Waiting.NOTHING
    refused = chain_of(ACCEPTED, sent, account=READY, bank=failed, now=NOON)
    assert (refused.waiting, refused.whose) == (Waiting.BANK_REFUSED, Whose.CREATOR)
    assert (refused.expected_on, refused.bank_on) == (date(2026, 11, 2), None)


def test_what_is_missing_what_is_kept_back_and_what_is_left_is_told() -> None:
    below = replace(EARNED, missing=USD_2, kept=[NEXT], left=Money(300, "USD"))

    chain = chain_of(ACCEPTED, below, account=READY, bank=None, now=NOON)
    unearned = chain_of(WORK, None, account=READY, bank=None, now=NOON)

    assert (chain.missing, chain.kept, chain.left) == (USD_2, [NEXT], Money(300, "USD"))
    assert (unearned.missing, unearned.kept, unearned.left) == (None, (), None)


@pytest.mark.parametrize(
    ("at", "runs"),
    [
        (NOON, NOON + timedelta(minutes=15)),
        (NOON + timedelta(minutes=14, seconds=59), NOON + timedelta(minutes=15)),
        (NOON + timedelta(minutes=3, microseconds=7), NOON + timedelta(minutes=15)),
        (NOON + timedelta(minutes=59), NOON + timedelta(hours=1)),
        (datetime(2026, 12, 31, 23, 50, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_everything_payable_is_sent_at_each_quarter_of_an_hour(
    at: datetime, runs: datetime
) -> None:
    assert next_run(at) == runs


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 11, 2), 2, date(2026, 11, 4)),
        (date(2026, 11, 5), 2, date(2026, 11, 9)),
        (date(2026, 11, 6), 2, date(2026, 11, 10)),
        (date(2026, 11, 7), 1, date(2026, 11, 9)),
        (date(2026, 11, 2), 0, date(2026, 11, 2)),
    ],
)
def test_banks_do_not_work_on_saturdays_and_sundays(start: date, count: int, end: date) -> None:
    assert after_working_days(start, count) == end


def test_the_expected_day_follows_from_the_agreed_dates_until_the_work_is_done() -> None:
    chain = chain_of(WORK, None, account=READY, bank=None, now=NOON)

    assert chain.expected_on == date(2026, 11, 10) + timedelta(days=ACCEPT_DAYS + 7)
    late = chain_of(WORK, None, account=READY, bank=None, now=NOON + timedelta(days=30))
    assert late.expected_on == date(2026, 12, 2) + timedelta(days=ACCEPT_DAYS + 7)


@pytest.mark.parametrize(
    ("earned", "expected", "bank"),
    [
        (
            {"state": EarningState.PENDING, "payable_at": NOON + timedelta(days=3)},
            date(2026, 11, 5),
            date(2026, 11, 9),
        ),
        ({}, date(2026, 11, 2), date(2026, 11, 4)),
        ({"paused_until": NOON + timedelta(hours=13)}, date(2026, 11, 3), date(2026, 11, 5)),
        ({"state": EarningState.PAYING}, date(2026, 11, 2), date(2026, 11, 4)),
        ({"state": EarningState.PAYING, "unclear": True}, None, None),
        ({"frozen": True}, None, None),
        ({"missing": USD_2}, None, None),
        ({"kept": [NEXT], "left": USD_2}, date(2026, 11, 2), date(2026, 11, 4)),
        ({"kept": [NEXT], "left": Money(0, "USD")}, None, None),
        ({"kept": [NEXT], "left": USD_2, "missing": USD_2}, None, None),
        ({"state": EarningState.NETTED}, None, None),
    ],
)
def test_the_expected_day_is_told_where_somebody_can_keep_it(
    earned: dict[str, object], expected: date | None, bank: date | None
) -> None:
    facts = replace(EARNED, **earned)  # type: ignore[arg-type]

    chain = chain_of(ACCEPTED, facts, account=READY, bank=None, now=NOON)

    assert (chain.expected_on, chain.bank_on) == (expected, bank)


def test_a_live_post_is_expected_after_silence_and_the_hold_window() -> None:
    live = replace(ACCEPTED, state=DeliverableState.LIVE, answer_by=NOON + timedelta(days=4))

    chain = chain_of(live, None, account=READY, bank=None, now=NOON)

    assert chain.expected_on == date(2026, 11, 13)


def test_a_live_post_that_nobody_has_to_answer_for_is_accepted_at_any_moment() -> None:
    live = replace(ACCEPTED, state=DeliverableState.LIVE)

    chain = chain_of(live, None, account=READY, bank=None, now=NOON)

    assert (chain.by, chain.expected_on) == (None, date(2026, 11, 9))


def test_a_payment_to_the_bank_that_is_known_names_its_own_day() -> None:
    sent = replace(EARNED, state=EarningState.PAID, sent_at=NOON)
    bank = Bank(BankState.PAID, date(2026, 11, 6))

    chain = chain_of(ACCEPTED, sent, account=READY, bank=bank, now=NOON)

    assert chain.bank_on == date(2026, 11, 6)
    assert {link.state for link in chain.links} == {LinkState.DONE}
    assert [link.step for link in chain.links] == list(ChainStep)


def test_what_was_kept_back_whole_has_no_further_step() -> None:
    netted = replace(EARNED, state=EarningState.NETTED)

    chain = chain_of(ACCEPTED, netted, account=READY, bank=None, now=NOON)

    assert chain.links[-1].step is ChainStep.PAYABLE
    assert {link.state for link in chain.links} == {LinkState.DONE}
