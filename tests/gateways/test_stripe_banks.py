"""What banks do in the Stripe sandbox: late debits, refunds that fail, disputes, warnings."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe

from tests.gateways.openapi_contract import DOCUMENT, the_contract
from tests.gateways.sandbox_server import RunningSandbox, running_sandbox
from tests.gateways.stripe_road import paid_session, session_params

Skip = Callable[[timedelta], datetime]
FIVE_DAYS = timedelta(days=5)
DISPUTED = "4000000000000259"


def pay(sandbox: RunningSandbox, *, card: str = "4242424242424242") -> stripe.Charge:
    """A charge of 1,000.00."""
    client = sandbox.client()
    session = client.v1.checkout.sessions.create(session_params(100_000))
    assert session.url is not None
    assert sandbox.pay(session.url, card=card).status_code == 303
    return newest(client)


def newest(client: stripe.StripeClient) -> stripe.Charge:
    return client.v1.charges.list().data[0]


def ordered(sandbox: RunningSandbox, *, bank: str = "000123456789") -> stripe.checkout.Session:
    client = sandbox.client()
    session = client.v1.checkout.sessions.create(session_params(100_000))
    assert session.url is not None
    assert sandbox.order_debit(session.url, bank=bank).status_code == 303
    return client.v1.checkout.sessions.retrieve(session.id)


def told(client: stripe.StripeClient) -> list[str]:
    """The kinds of all events, oldest first."""
    return [event.type for event in client.v1.events.list({"limit": 100}).auto_paging_iter()][::-1]


def movements(client: stripe.StripeClient, source: str) -> list[tuple[str, int, int]]:
    lines = client.v1.balance_transactions.list({"source": source}).data
    return [(line.type, line.amount, line.fee) for line in reversed(lines)]


def test_a_bank_debit_is_complete_and_unpaid_until_it_clears(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient, skip: Skip
) -> None:
    session = ordered(stripe_sandbox)

    assert (session.status, session.payment_status) == ("complete", "unpaid")
    intent = stripe_client.v1.payment_intents.retrieve(str(session.payment_intent))
    assert intent.status == "processing"
    waiting = newest(stripe_client)
    assert (waiting.status, waiting.paid, waiting.balance_transaction) == ("pending", False, None)

    skip(FIVE_DAYS)
    session = stripe_client.v1.checkout.sessions.retrieve(session.id)

    assert session.payment_status == "paid"
    assert movements(stripe_client, waiting.id) == [("payment", 100_000, 500)]
    assert told(stripe_client)[-4:] == [
        "checkout.session.completed",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.async_payment_succeeded",
    ]


def test_a_bank_debit_that_is_refused_leaves_the_session_unpaid(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient, skip: Skip
) -> None:
    session = ordered(stripe_sandbox, bank="000222222227")
    skip(FIVE_DAYS)

    session = stripe_client.v1.checkout.sessions.retrieve(session.id)
    intent = stripe_client.v1.payment_intents.retrieve(str(session.payment_intent))
    refused = newest(stripe_client)

    assert (session.status, session.payment_status) == ("complete", "unpaid")
    assert intent.status == "requires_payment_method"
    assert (refused.status, refused.failure_code) == ("failed", "insufficient_funds")
    assert told(stripe_client)[-1] == "checkout.session.async_payment_failed"
    assert movements(stripe_client, refused.id) == []


def test_a_debit_that_the_bank_takes_back_is_a_dispute_lost_from_its_first_moment(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient, skip: Skip
) -> None:
    ordered(stripe_sandbox, bank="000555555559")
    skip(FIVE_DAYS)

    (lost,) = stripe_client.v1.disputes.list().data

    assert (lost.status, lost.reason, lost.amount) == ("lost", "debit_not_authorized", 100_000)
    assert movements(stripe_client, lost.id) == [("adjustment", -100_000, 1_500)]
    assert told(stripe_client)[-3:] == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.closed",
    ]


def test_a_dispute_takes_the_money_and_a_fee_of_15_at_once(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient
) -> None:
    charged = pay(stripe_sandbox, card=DISPUTED)

    (found,) = stripe_client.v1.disputes.list({"charge": charged.id}).data

    assert charged.disputed is True
    assert (found.status, found.amount) == ("needs_response", 100_000)
    assert found.evidence_details.due_by == found.created + 9 * 24 * 60 * 60
    assert [line.net for line in found.balance_transactions] == [-101_500]
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        stripe_client.v1.refunds.create({"charge": charged.id})
    assert refusal.value.code == "charge_disputed"


@pytest.mark.parametrize(
    ("act", "movement"),
    [("win", ("adjustment", 100_000, 0)), ("win_with_fee", ("adjustment", 100_000, -1_500))],
)
def test_a_dispute_that_is_won_gives_the_money_back_and_the_fee_if_the_bank_does(
    stripe_sandbox: RunningSandbox,
    stripe_client: stripe.StripeClient,
    act: str,
    movement: tuple[str, int, int],
) -> None:
    pay(stripe_sandbox, card=DISPUTED)
    (found,) = stripe_client.v1.disputes.list().data

    stripe_sandbox.bank("dispute", found.id, act)

    assert movements(stripe_client, found.id)[1:] == [movement]
    assert stripe_client.v1.disputes.retrieve(found.id).status == "won"
    assert told(stripe_client)[-2:] == [
        "charge.dispute.closed",
        "charge.dispute.funds_reinstated",
    ]


@pytest.mark.parametrize(
    ("words", "status"),
    [("winning_evidence", "won"), ("losing_evidence", "lost"), ("They agreed.", "under_review")],
)
def test_evidence_is_sent_once_and_decides_a_test_dispute_by_its_words(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient, words: str, status: str
) -> None:
    pay(stripe_sandbox, card=DISPUTED)
    (found,) = stripe_client.v1.disputes.list().data
    evidence: Any = {"evidence": {"uncategorized_text": words}, "submit": True}

    stripe_client.v1.disputes.update(found.id, {**evidence, "metadata": {"call_id": "1"}})
    with pytest.raises(stripe.InvalidRequestError):
        stripe_client.v1.disputes.update(found.id, evidence)

    after = stripe_client.v1.disputes.retrieve(found.id)
    assert (after.status, after.evidence.uncategorized_text) == (status, words)
    assert after.evidence_details.submission_count == 1
    assert after.metadata.to_dict() == {"call_id": "1"}


def test_evidence_that_is_only_kept_is_not_sent(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient
) -> None:
    pay(stripe_sandbox, card=DISPUTED)
    (found,) = stripe_client.v1.disputes.list().data

    stripe_client.v1.disputes.update(
        found.id, {"evidence": {"product_description": "Soup"}, "submit": False}
    )

    assert stripe_client.v1.disputes.retrieve(found.id).status == "needs_response"


def test_more_evidence_than_a_bank_reads_is_refused(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient
) -> None:
    pay(stripe_sandbox, card=DISPUTED)
    (found,) = stripe_client.v1.disputes.list().data

    with pytest.raises(stripe.InvalidRequestError):
        stripe_client.v1.disputes.update(
            found.id, {"evidence": {"uncategorized_text": "x" * 150_001}}
        )


def test_a_dispute_that_is_closed_by_us_is_lost_and_stays_so(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient
) -> None:
    pay(stripe_sandbox, card=DISPUTED)
    (found,) = stripe_client.v1.disputes.list().data

    assert stripe_client.v1.disputes.close(found.id).status == "lost"
    with pytest.raises(stripe.InvalidRequestError):
        stripe_client.v1.disputes.close(found.id)


def test_nobody_who_answers_in_time_loses(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient, skip: Skip
) -> None:
    pay(stripe_sandbox, card=DISPUTED)
    skip(timedelta(days=10))

    (found,) = stripe_client.v1.disputes.list().data

    assert (found.status, found.evidence_details.past_due) == ("lost", True)


def test_an_inquiry_takes_nothing_unless_it_becomes_a_dispute(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient
) -> None:
    pay(stripe_sandbox, card="4000000000001976")
    (found,) = stripe_client.v1.disputes.list().data
    assert (found.status, found.balance_transactions) == ("warning_needs_response", [])

    stripe_sandbox.bank("dispute", found.id, "escalate")

    after = stripe_client.v1.disputes.retrieve(found.id)
    assert (after.status, len(after.balance_transactions)) == ("needs_response", 1)


def test_an_inquiry_that_is_closed_leaves_the_charge_as_it_was(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient
) -> None:
    charged = pay(stripe_sandbox, card="4000000000001976")
    (found,) = stripe_client.v1.disputes.list().data

    stripe_sandbox.bank("dispute", found.id, "close_inquiry")

    assert stripe_client.v1.disputes.retrieve(found.id).status == "warning_closed"
    assert stripe_client.v1.charges.retrieve(charged.id).disputed is False
    assert movements(stripe_client, found.id) == []


def test_a_fraud_warning_asks_for_nothing_more_once_the_money_went_back(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient
) -> None:
    pay(stripe_sandbox)
    charged = pay(stripe_sandbox, card="4000000000005423")
    (warning,) = stripe_client.v1.radar.early_fraud_warnings.list({"charge": charged.id}).data
    assert warning.actionable is True

    stripe_client.v1.refunds.create({"charge": charged.id})

    after = stripe_client.v1.radar.early_fraud_warnings.retrieve(warning.id)
    assert after.actionable is False
    assert told(stripe_client)[-1] == "radar.early_fraud_warning.updated"


def test_a_refund_that_pends_has_left_the_balance_and_succeeds_later(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient, skip: Skip
) -> None:
    charged = pay(stripe_sandbox, card="4000000000007726")
    given = stripe_client.v1.refunds.create({"charge": charged.id, "amount": 400})
    assert (given.status, given.pending_reason) == ("pending", "processing")
    assert movements(stripe_client, given.id) == [("refund", -400, 0)]

    skip(timedelta(days=2))

    assert stripe_client.v1.refunds.retrieve(given.id).status == "succeeded"


def test_a_refund_that_fails_after_it_had_succeeded_is_on_our_balance_again(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient, skip: Skip
) -> None:
    charged = pay(stripe_sandbox, card="4000000000005126")
    given = stripe_client.v1.refunds.create({"charge": charged.id, "amount": 400})
    assert given.status == "succeeded"

    skip(timedelta(days=2))

    after = stripe_client.v1.refunds.retrieve(given.id)
    assert (after.status, after.failure_reason) == ("failed", "expired_or_canceled_card")
    assert movements(stripe_client, given.id) == [("refund", -400, 0), ("refund_failure", 400, 0)]
    assert stripe_client.v1.charges.retrieve(charged.id).amount_refunded == 0
    assert told(stripe_client)[-1] == "refund.failed"


def test_the_page_of_the_banks_shows_what_can_be_done_and_does_it(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient
) -> None:
    charged = pay(stripe_sandbox)
    address = f"{stripe_sandbox.base_url}/sandbox/banks"
    assert "Charge it back" in httpx.get(address, trust_env=False).text
    press = f"{address}/charge/{charged.id}/dispute"

    from_elsewhere = httpx.post(press, headers={"Sec-Fetch-Site": "cross-site"}, trust_env=False)
    assert from_elsewhere.status_code == 400
    assert stripe_client.v1.disputes.list().data == []

    assert httpx.post(press, trust_env=False).status_code == 303
    assert httpx.post(press, trust_env=False).status_code == 400
    assert len(stripe_client.v1.disputes.list().data) == 1


@pytest.mark.skipif(
    not DOCUMENT.is_file(), reason="the description of Stripe's API is not beside the repository"
)
def test_all_that_is_said_about_banks_fits_the_description_of_stripes_api(
    tmp_path: Path, skip: Skip
) -> None:
    record = tmp_path / "said.jsonl"
    with running_sandbox(tmp_path, record_path=record) as sandbox:
        client = sandbox.client()
        ordered(sandbox, bank="000555555559")
        ordered(sandbox, bank="000222222227")
        paid_session(sandbox)
        for card in (DISPUTED, "4000000000001976", "4000000000005423", "4000000000007726"):
            pay(sandbox, card=card)
        client.v1.refunds.create({"charge": newest(client).id, "amount": 5_000})
        skip(FIVE_DAYS)
        for found in client.v1.disputes.list().data:
            if found.status.endswith("needs_response"):
                client.v1.disputes.update(
                    found.id,
                    {
                        "evidence": {"product_description": "Soup", "service_date": "2026-11-02"},
                        "metadata": {"call_id": "1"},
                        "submit": True,
                    },
                )
                sandbox.bank(
                    "dispute", found.id, "win" if found.balance_transactions else "close_inquiry"
                )
            client.v1.disputes.retrieve(found.id)
        pay(sandbox, card=DISPUTED)
        client.v1.disputes.close(client.v1.disputes.list().data[0].id)
        warning = client.v1.radar.early_fraud_warnings.list().data[0]
        client.v1.radar.early_fraud_warnings.retrieve(warning.id)
        for refund in client.v1.refunds.list().data:
            client.v1.refunds.retrieve(refund.id)
        for line in client.v1.balance_transactions.list({"limit": 100}).data:
            client.v1.balance_transactions.retrieve(line.id)
        for session in client.v1.checkout.sessions.list().data:
            client.v1.payment_intents.retrieve(
                str(session.payment_intent), {"expand": ["latest_charge.balance_transaction"]}
            )
    said = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    contract = the_contract()

    assert sorted({fault for line in said for fault in contract.faults(line)}) == []
