"""The payments gateway against the sandbox: what it sends, finds and reads, over real HTTP."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from marketplace.funding.ports import CheckoutState, RefundFacts, RefundStatus
from marketplace.gateways.stripe_payments import StripePayments
from marketplace.kernel.clock import utc_now
from marketplace.kernel.money import Money
from marketplace.processor.ports import Answer, Instruction, ProcessorUnavailable
from marketplace.processor.rules import Act, CallKind, Outcome
from marketplace.store.session import reading, transaction
from tests.gateways.sandbox_server import RunningSandbox
from tests.gateways.stripe_road import onboarded_account, paid_session

Skip = Callable[[timedelta], datetime]
NOBODY_HOME = "http://127.0.0.1:9"
FUNDING, CAMPAIGN, PAYOUT, REFUND, ACCOUNT = (UUID(int=n) for n in range(1, 6))


@pytest.fixture
def payments(held_to_contract: RunningSandbox) -> StripePayments:
    return StripePayments(api_key="sk_test_sandbox", api_base=held_to_contract.base_url)


def instruction(kind: CallKind, params: Mapping[str, Any], *, generation: int = 0) -> Instruction:
    call_id = uuid4()
    return Instruction(
        call_id=call_id,
        kind=kind,
        act=Act.SEND,
        params=params,
        idempotency_key=f"{call_id}.{generation}",
        fence=1,
        send_before=utc_now() + timedelta(minutes=2),
    )


def checkout(amount: int = 110_000) -> Instruction:
    return instruction(
        CallKind.CHECKOUT,
        {
            "funding_id": str(FUNDING),
            "campaign_id": str(CAMPAIGN),
            "amount_minor": amount,
            "currency": "USD",
            "description": "Budget and platform fee for “Beans”",
            "success_url": "http://localhost/brand/fundings/1?back=paid",
            "cancel_url": "http://localhost/brand/fundings/1?back=cancelled",
        },
    )


def transfer(account_id: str, amount: int = 38_000) -> Instruction:
    return instruction(
        CallKind.TRANSFER,
        {
            "payout_id": str(PAYOUT),
            "account_id": account_id,
            "amount_minor": amount,
            "currency": "USD",
        },
    )


def refund(payment_intent_id: str, amount: int = 20_000) -> Instruction:
    return instruction(
        CallKind.REFUND,
        {
            "refund_id": str(REFUND),
            "payment_intent_id": payment_intent_id,
            "amount_minor": amount,
            "currency": "USD",
        },
    )


def account() -> Instruction:
    return instruction(
        CallKind.ACCOUNT,
        {
            "payout_account_id": str(ACCOUNT),
            "country": "US",
            "email": "bea@example.test",
            "display_name": "Bea",
        },
    )


def payable(sandbox: RunningSandbox, skip: Skip) -> Instruction:
    """A transfer that nothing stands in the way of."""
    paid_session(sandbox)
    skip(timedelta(days=3))
    return transfer(onboarded_account(sandbox))


def made(sandbox: RunningSandbox, kind: str) -> int:
    return len(sandbox.store.newest(kind))


def pay(sandbox: RunningSandbox, answer: Answer) -> None:
    assert sandbox.pay(answer.facts["url"]).status_code == 303


# What each send does.


def test_a_checkout_is_made_for_the_exact_amount_and_says_whose_it_is(
    stripe_sandbox: RunningSandbox, payments: StripePayments
) -> None:
    wanted = checkout()

    answer = payments.send(wanted)

    assert answer.outcome is Outcome.DONE
    session = stripe_sandbox.client().v1.checkout.sessions.retrieve(str(answer.remote_id))
    assert (session.amount_total, session.currency, session.mode) == (110_000, "usd", "payment")
    assert session.client_reference_id == str(FUNDING)
    assert session.metadata is not None
    assert session.metadata.to_dict() == {
        "funding_id": str(FUNDING),
        "call_id": str(wanted.call_id),
    }
    assert session.success_url == "http://localhost/brand/fundings/1?back=paid"
    assert session.cancel_url == "http://localhost/brand/fundings/1?back=cancelled"
    assert answer.facts == {"url": session.url}


def test_the_payment_of_a_checkout_carries_the_campaign(
    stripe_sandbox: RunningSandbox, payments: StripePayments
) -> None:
    wanted = checkout()
    answer = payments.send(wanted)
    pay(stripe_sandbox, answer)

    facts = payments.checkout(str(answer.remote_id))

    assert facts.charge is not None
    intent = stripe_sandbox.client().v1.payment_intents.retrieve(facts.charge.payment_intent_id)
    assert intent.transfer_group == f"campaign_{CAMPAIGN}"
    assert intent.metadata.to_dict()["call_id"] == str(wanted.call_id)


def test_a_transfer_moves_exactly_the_amount_to_the_account(
    stripe_sandbox: RunningSandbox, payments: StripePayments, skip: Skip
) -> None:
    wanted = payable(stripe_sandbox, skip)
    before = payments.balance()

    answer = payments.send(wanted)

    assert answer.outcome is Outcome.DONE
    sent = stripe_sandbox.client().v1.transfers.retrieve(str(answer.remote_id))
    assert (sent.amount, sent.currency, sent.destination) == (
        38_000,
        "usd",
        wanted.params["account_id"],
    )
    assert sent.transfer_group == f"payout_{PAYOUT}"
    assert sent.metadata.to_dict() == {
        "payout_id": str(PAYOUT),
        "call_id": str(wanted.call_id),
    }
    assert before["USD"] - payments.balance()["USD"] == Money(38_000, "USD")


def test_a_refund_gives_back_exactly_the_amount(
    stripe_sandbox: RunningSandbox, payments: StripePayments
) -> None:
    intent = str(paid_session(stripe_sandbox).payment_intent)
    wanted = refund(intent)

    answer = payments.send(wanted)

    assert answer.outcome is Outcome.DONE
    given = stripe_sandbox.client().v1.refunds.retrieve(str(answer.remote_id))
    assert (given.amount, given.currency, given.payment_intent) == (20_000, "usd", intent)
    assert given.metadata is not None
    assert given.metadata.to_dict() == {
        "refund_id": str(REFUND),
        "call_id": str(wanted.call_id),
    }


# The second time.


def test_a_call_sent_again_is_the_same_object(
    stripe_sandbox: RunningSandbox, payments: StripePayments, skip: Skip
) -> None:
    intent = str(paid_session(stripe_sandbox).payment_intent)
    every = [payable(stripe_sandbox, skip), checkout(), refund(intent), account()]
    kinds = ["transfer", "checkout.session", "refund", "account"]
    first = [payments.send(each) for each in every]
    counts = [made(stripe_sandbox, kind) for kind in kinds]

    second = [payments.send(each) for each in every]

    assert [a.outcome for a in first] == [Outcome.DONE] * 4
    assert [a.remote_id for a in second] == [a.remote_id for a in first]
    assert [made(stripe_sandbox, kind) for kind in kinds] == counts


def test_the_same_key_with_other_parameters_is_a_misuse_and_moves_nothing(
    stripe_sandbox: RunningSandbox, payments: StripePayments, skip: Skip
) -> None:
    wanted = payable(stripe_sandbox, skip)
    payments.send(wanted)

    answer = payments.send(replace(wanted, params={**wanted.params, "amount_minor": 38_001}))

    assert answer.outcome is Outcome.MISUSED
    assert made(stripe_sandbox, "transfer") == 1


def test_a_key_that_is_in_use_has_not_run_a_second_time(
    stripe_sandbox: RunningSandbox, payments: StripePayments, skip: Skip
) -> None:
    wanted = payable(stripe_sandbox, skip)
    stripe_sandbox.control("script", {"path": "/v1/transfers", "method": "POST", "delay": 1.5})
    answers: list[Answer] = []
    slow = threading.Thread(target=lambda: answers.append(payments.send(wanted)))
    slow.start()
    while not stripe_sandbox.sandbox.stripe._keys._running:
        threading.Event().wait(0.02)

    rival = payments.send(wanted)
    slow.join()

    assert (rival.outcome, rival.code, rival.http_status) == (
        Outcome.NOT_RUN,
        "idempotency_key_in_use",
        409,
    )
    assert answers[0].outcome is Outcome.DONE
    assert made(stripe_sandbox, "transfer") == 1


# How each answer is sorted.


@pytest.mark.parametrize(
    ("script", "outcome", "http_status", "transfers"),
    [
        ({"status": 429}, Outcome.NOT_RUN, 429, 0),
        ({"status": 409, "code": "lock_timeout"}, Outcome.NOT_RUN, 409, 0),
        ({"status": 500}, Outcome.UNKNOWN, 500, 0),
        ({"status": 500, "effect": True}, Outcome.UNKNOWN, 500, 1),
        ({"status": 503}, Outcome.UNKNOWN, 503, 0),
        ({"drop": "before"}, Outcome.UNKNOWN, None, 0),
        ({"drop": "after"}, Outcome.UNKNOWN, None, 1),
        ({"status": 401}, Outcome.UNAUTHORISED, 401, 0),
        ({"status": 403}, Outcome.UNAUTHORISED, 403, 0),
        ({"status": 400, "code": "account_invalid"}, Outcome.REFUSED, 400, 0),
        ({"status": 402, "code": "card_declined"}, Outcome.REFUSED, 402, 0),
        ({"status": 404, "code": "resource_missing"}, Outcome.REFUSED, 404, 0),
    ],
)
def test_an_answer_means_what_its_status_and_code_say(
    stripe_sandbox: RunningSandbox,
    payments: StripePayments,
    skip: Skip,
    script: dict[str, object],
    outcome: Outcome,
    http_status: int | None,
    transfers: int,
) -> None:
    wanted = payable(stripe_sandbox, skip)
    stripe_sandbox.control("script", {"path": "/v1/transfers", "method": "POST", **script})

    answer = payments.send(wanted)

    assert (answer.outcome, answer.http_status) == (outcome, http_status)
    assert answer.remote_id is None
    if "code" in script:
        assert answer.code == script["code"]
    assert made(stripe_sandbox, "transfer") == transfers


def test_an_answer_that_was_lost_is_replayed_under_the_same_key(
    stripe_sandbox: RunningSandbox, payments: StripePayments, skip: Skip
) -> None:
    wanted = payable(stripe_sandbox, skip)
    stripe_sandbox.control("script", {"path": "/v1/transfers", "method": "POST", "drop": "after"})

    lost = payments.send(wanted)
    again = payments.send(wanted)

    assert (lost.outcome, again.outcome) == (Outcome.UNKNOWN, Outcome.DONE)
    assert made(stripe_sandbox, "transfer") == 1


def test_a_server_error_that_was_saved_is_replayed_whatever_had_happened(
    stripe_sandbox: RunningSandbox, payments: StripePayments, skip: Skip
) -> None:
    wanted = payable(stripe_sandbox, skip)
    stripe_sandbox.control(
        "script", {"path": "/v1/transfers", "method": "POST", "status": 500, "effect": True}
    )

    answers = [payments.send(wanted), payments.send(wanted)]

    assert [a.outcome for a in answers] == [Outcome.UNKNOWN, Outcome.UNKNOWN]
    assert made(stripe_sandbox, "transfer") == 1


def test_too_little_money_is_told_by_its_code(
    stripe_sandbox: RunningSandbox, payments: StripePayments
) -> None:
    paid_session(stripe_sandbox)  # its money is there in two days

    answer = payments.send(transfer(onboarded_account(stripe_sandbox)))

    assert (answer.outcome, answer.code) == (Outcome.REFUSED, "balance_insufficient")
    assert made(stripe_sandbox, "transfer") == 0


def test_an_account_that_is_not_ready_is_told_by_its_code(
    stripe_sandbox: RunningSandbox, payments: StripePayments, skip: Skip
) -> None:
    paid_session(stripe_sandbox)
    skip(timedelta(days=3))
    fresh = payments.send(account())

    answer = payments.send(transfer(str(fresh.remote_id)))

    assert (answer.outcome, answer.code) == (Outcome.REFUSED, "transfers_not_allowed")
    assert made(stripe_sandbox, "transfer") == 0


def test_a_key_of_another_mode_is_a_matter_of_credentials(
    stripe_sandbox: RunningSandbox,
) -> None:
    live = StripePayments(
        api_key="sk_live_" + "not" + "real",
        api_base=stripe_sandbox.base_url,
    )

    assert live.send(checkout()).outcome is Outcome.UNAUTHORISED


def test_nobody_at_the_other_end_is_unknown() -> None:
    away = StripePayments(api_key="sk_test_sandbox", api_base=NOBODY_HOME)

    answer = away.send(checkout())

    assert (answer.outcome, answer.http_status) == (Outcome.UNKNOWN, None)


def test_parameters_that_lack_something_never_leave_and_say_so(
    stripe_sandbox: RunningSandbox, payments: StripePayments
) -> None:
    answer = payments.send(instruction(CallKind.TRANSFER, {"payout_id": str(PAYOUT)}))

    assert (answer.outcome, answer.code) == (Outcome.UNKNOWN, "KeyError")
    assert stripe_sandbox.sandbox.stripe.requests == []


# Looking for what an earlier send made.


def test_a_transfer_is_found_by_the_call_in_its_metadata(
    stripe_sandbox: RunningSandbox, payments: StripePayments, skip: Skip
) -> None:
    wanted = payable(stripe_sandbox, skip)
    rival = replace(wanted, call_id=uuid4(), idempotency_key="rival.0")
    sent = payments.send(wanted)
    payments.send(rival)  # of the same payout, so in the same group

    found = payments.look_up(wanted)

    assert (found.outcome, found.remote_id) == (Outcome.DONE, sent.remote_id)


def test_a_refund_is_found_by_the_call_in_its_metadata(
    stripe_sandbox: RunningSandbox, payments: StripePayments
) -> None:
    wanted = refund(str(paid_session(stripe_sandbox).payment_intent))
    sent = payments.send(wanted)

    found = payments.look_up(wanted)

    assert (found.outcome, found.remote_id) == (Outcome.DONE, sent.remote_id)


def test_what_was_never_sent_is_not_there(
    stripe_sandbox: RunningSandbox, payments: StripePayments, skip: Skip
) -> None:
    intent = str(paid_session(stripe_sandbox).payment_intent)
    never = [payable(stripe_sandbox, skip), refund(intent), checkout(), account()]

    assert [payments.look_up(each).outcome for each in never] == [Outcome.NOT_RUN] * 4


def test_a_look_up_that_nobody_answers_says_nothing() -> None:
    away = StripePayments(api_key="sk_test_sandbox", api_base=NOBODY_HOME)

    assert away.look_up(transfer("acct_1")).outcome is Outcome.UNKNOWN


def test_a_look_up_that_is_refused_says_nothing(
    stripe_sandbox: RunningSandbox, payments: StripePayments
) -> None:
    stripe_sandbox.control("script", {"path": "/v1/transfers", "method": "GET", "status": 401})

    assert payments.look_up(transfer("acct_1")).outcome is Outcome.UNKNOWN


# How things stand now.


def test_an_open_checkout_has_no_charge(payments: StripePayments) -> None:
    session_id = str(payments.send(checkout()).remote_id)

    facts = payments.checkout(session_id)

    assert (facts.session_id, facts.funding_id) == (session_id, FUNDING)
    assert (facts.state, facts.charge) == (CheckoutState.OPEN, None)


def test_a_declined_card_leaves_the_checkout_open(
    stripe_sandbox: RunningSandbox, payments: StripePayments
) -> None:
    answer = payments.send(checkout())
    declined = stripe_sandbox.pay(answer.facts["url"], card="4000000000000002")

    facts = payments.checkout(str(answer.remote_id))

    assert declined.status_code == 402
    assert (facts.state, facts.charge) == (CheckoutState.OPEN, None)


def test_a_paid_checkout_tells_the_charge_and_what_the_processor_keeps(
    stripe_sandbox: RunningSandbox, payments: StripePayments
) -> None:
    answer = payments.send(checkout())
    pay(stripe_sandbox, answer)

    facts = payments.checkout(str(answer.remote_id))

    assert facts.state is CheckoutState.PAID
    charge = facts.charge
    assert charge is not None
    assert charge.charge_id.startswith("ch_")
    assert charge.amount == Money(110_000, "USD")
    # 2.9 % and 30 cents.
    assert charge.processor_fee == Money(3_220, "USD")
    assert charge.available_on - charge.charged_at == timedelta(days=2)
    (line,) = payments.statement(
        from_at=utc_now() - timedelta(days=1), until_at=utc_now() + timedelta(minutes=1)
    )
    assert (line.line_id, line.source_id) == (charge.balance_transaction_id, charge.charge_id)


def test_a_checkout_expires_after_a_day(payments: StripePayments, skip: Skip) -> None:
    session_id = str(payments.send(checkout()).remote_id)
    skip(timedelta(hours=24, seconds=1))

    facts = payments.checkout(session_id)

    assert (facts.state, facts.charge) == (CheckoutState.EXPIRED, None)


def test_a_checkout_of_somebody_else_is_not_ours(
    stripe_sandbox: RunningSandbox, payments: StripePayments
) -> None:
    stranger = paid_session(stripe_sandbox, metadata={"funding_id": "17"})

    assert payments.checkout(stranger.id).funding_id is None


def test_a_refund_is_paid_when_the_processor_says_so(
    stripe_sandbox: RunningSandbox, payments: StripePayments
) -> None:
    given = payments.send(refund(str(paid_session(stripe_sandbox).payment_intent)))

    facts = payments.refund(str(given.remote_id))

    assert facts == RefundFacts(str(given.remote_id), RefundStatus.PAID, left_balance=True)


def test_the_call_behind_a_transfer_is_told_and_a_strangers_is_none(
    stripe_sandbox: RunningSandbox, payments: StripePayments, skip: Skip
) -> None:
    wanted = payable(stripe_sandbox, skip)
    ours = payments.send(wanted)
    theirs = stripe_sandbox.client().v1.transfers.create(
        {"amount": 100, "currency": "usd", "destination": wanted.params["account_id"]}
    )

    assert payments.transfer(str(ours.remote_id)).call_id == wanted.call_id
    assert payments.transfer(theirs.id).call_id is None


def test_a_statement_holds_every_line_of_every_page_once(
    stripe_sandbox: RunningSandbox, payments: StripePayments, skip: Skip
) -> None:
    paid_session(stripe_sandbox, 10_000_00)
    skip(timedelta(days=3))
    account_id = onboarded_account(stripe_sandbox)
    client = stripe_sandbox.client()
    for amount in range(1, 206):
        client.v1.transfers.create({"amount": amount, "currency": "usd", "destination": account_id})

    lines = list(
        payments.statement(
            from_at=utc_now() - timedelta(days=1), until_at=utc_now() + timedelta(minutes=1)
        )
    )

    assert sorted(-line.net.minor for line in lines) == list(range(1, 206))
    assert len({line.line_id for line in lines}) == 205
    assert {(line.kind, line.fee) for line in lines} == {("transfer", Money(0, "USD"))}


def test_a_statement_keeps_to_its_span_of_time(
    stripe_sandbox: RunningSandbox, payments: StripePayments, skip: Skip
) -> None:
    paid_session(stripe_sandbox, 50_000)
    later = skip(timedelta(days=5))
    paid_session(stripe_sandbox, 60_000)

    old = list(payments.statement(from_at=later - timedelta(days=6), until_at=later))
    new = list(payments.statement(from_at=later, until_at=later + timedelta(minutes=1)))

    assert [line.amount for line in old] == [Money(50_000, "USD")]
    assert [line.amount for line in new] == [Money(60_000, "USD")]


def test_a_line_tells_gross_fee_and_net_and_keeps_the_answer(
    stripe_sandbox: RunningSandbox, payments: StripePayments
) -> None:
    paid_session(stripe_sandbox, 100_000)

    (line,) = payments.statement(
        from_at=utc_now() - timedelta(days=1), until_at=utc_now() + timedelta(minutes=1)
    )

    assert (line.amount, line.fee, line.net) == (
        Money(100_000, "USD"),
        Money(2_930, "USD"),
        Money(97_070, "USD"),
    )
    assert line.occurred_at.tzinfo is UTC
    assert line.available_on == (line.occurred_at + timedelta(days=2)).date()
    assert line.raw["id"] == line.line_id
    assert line.raw["fee_details"][0]["type"] == "stripe_fee"


def test_the_balance_counts_what_is_still_to_settle(
    stripe_sandbox: RunningSandbox, payments: StripePayments, skip: Skip
) -> None:
    paid_session(stripe_sandbox, 100_000)
    skip(timedelta(days=3))
    paid_session(stripe_sandbox, 200_000)
    paid_session(stripe_sandbox, 10_000, currency="eur")

    assert payments.balance() == {
        "USD": Money(97_070 + 194_170, "USD"),
        "EUR": Money(9_680, "EUR"),
    }


# When nobody answers, and when nobody may ask.

READS: list[Callable[[StripePayments], object]] = [
    lambda p: p.checkout("cs_1"),
    lambda p: p.refund("re_1"),
    lambda p: p.transfer("tr_1"),
    lambda p: list(p.statement(from_at=utc_now() - timedelta(days=1), until_at=utc_now())),
    lambda p: p.balance(),
]


@pytest.mark.parametrize("read", READS)
def test_a_read_during_an_outage_says_that_the_processor_is_away(
    stripe_sandbox: RunningSandbox,
    payments: StripePayments,
    read: Callable[[StripePayments], object],
) -> None:
    stripe_sandbox.control("script", {"path": "/v*", "status": 503, "times": 20, "saved": False})

    with pytest.raises(ProcessorUnavailable):
        read(payments)


def test_a_read_gets_over_one_broken_connection(
    stripe_sandbox: RunningSandbox, payments: StripePayments
) -> None:
    paid_session(stripe_sandbox, 100_000)
    stripe_sandbox.control("script", {"path": "/v1/balance", "drop": "before"})

    assert payments.balance() == {"USD": Money(97_070, "USD")}


def test_a_send_is_never_repeated_by_the_library(
    stripe_sandbox: RunningSandbox, payments: StripePayments
) -> None:
    stripe_sandbox.control(
        "script", {"path": "/v1/checkout/sessions", "status": 503, "times": 5, "saved": False}
    )

    payments.send(checkout())

    assert len(stripe_sandbox.sandbox.stripe.requests) == 1


@pytest.mark.parametrize(
    "ask",
    [*READS, lambda p: p.send(checkout()), lambda p: p.look_up(transfer("acct_1"))],
)
def test_nothing_is_asked_while_a_transaction_is_open(
    app: Flask, ask: Callable[[StripePayments], object]
) -> None:
    payments = StripePayments(api_key="sk_test_sandbox", api_base=NOBODY_HOME)

    for door in (transaction, reading):
        with (
            app.app_context(),
            pytest.raises(RuntimeError, match="a transaction was open"),
            door(),
        ):
            ask(payments)
