"""What is sent to Stripe, the second time too, and how each answer is sorted."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.gateways.stripe_payments import StripePayments
from marketplace.kernel.money import Money
from marketplace.processor.ports import Answer
from marketplace.processor.rules import CallKind, Outcome
from tests.gateways.sandbox_server import RunningSandbox
from tests.gateways.stripe_calls import (
    CAMPAIGN,
    FUNDING,
    NOBODY_HOME,
    PAYOUT,
    REFUND,
    Skip,
    account,
    checkout,
    instruction,
    made,
    pay,
    payable,
    refund,
    transfer,
)
from tests.gateways.stripe_road import onboarded_account, paid_session

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
    stripe_sandbox.control("script", {"path": "/v1/transfers", "method": "POST", "delay": 3})
    answers: list[Answer] = []
    slow = threading.Thread(target=lambda: answers.append(payments.send(wanted)))
    slow.start()
    stripe_sandbox.until_a_key_is_in_use()

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
