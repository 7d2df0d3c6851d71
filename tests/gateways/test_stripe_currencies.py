"""Amounts as Stripe counts them, and what it takes: our table against the sandbox's own."""

from __future__ import annotations

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from marketplace.gateways.stripe_currencies import (
    CannotBeSent,
    from_stripe,
    smallest_charge,
    to_stripe,
    to_stripe_payout,
)
from marketplace.gateways.stripe_errors import answer_for
from marketplace.kernel.currencies import KNOWN, exponent, step
from marketplace.kernel.money import LARGEST_MINOR, Money
from marketplace.processor.rules import Outcome
from marketplace.sandbox.stripe_currencies import decimals
from tests.gateways.sandbox_server import RunningSandbox


@pytest.mark.parametrize(
    ("amount", "sent"),
    [
        (Money(1_099, "USD"), 1_099),
        (Money(500, "JPY"), 500),
        (Money(5, "ISK"), 500),
        (Money(5, "UGX"), 500),
        (Money(1_045, "HUF"), 1_045),
        (Money(80_045, "TWD"), 80_045),
        (Money(5_120, "KWD"), 5_120),
        (Money(20_000, "VND"), 20_000),
    ],
)
def test_an_amount_is_sent_as_stripe_counts_and_read_back(amount: Money, sent: int) -> None:
    assert to_stripe(amount) == sent
    assert from_stripe(sent, amount.currency.lower()) == amount


@given(
    currency=st.sampled_from(KNOWN), steps=st.integers(min_value=0, max_value=LARGEST_MINOR // 10)
)
def test_every_currency_we_know_goes_there_and_back(currency: str, steps: int) -> None:
    amount = Money(steps * step(currency), currency)
    sent = to_stripe(amount)

    assert from_stripe(sent, currency) == amount
    # The sandbox has its own table: both say the same number of whole units.
    assert sent * 10 ** exponent(currency) == amount.minor * 10 ** decimals(currency.lower())


@pytest.mark.parametrize("amount", [Money(5_124, "KWD"), Money(1, "BHD")])
def test_three_decimals_that_do_not_end_in_0_are_not_sent(amount: Money) -> None:
    with pytest.raises(CannotBeSent):
        to_stripe(amount)


@pytest.mark.parametrize("amount", [Money(1_045, "HUF"), Money(80_045, "TWD")])
def test_a_payout_to_a_bank_is_of_whole_units_where_stripe_wants_them(amount: Money) -> None:
    whole = Money(amount.minor - amount.minor % 100, amount.currency)

    assert to_stripe_payout(whole) == whole.minor
    with pytest.raises(CannotBeSent):
        to_stripe_payout(amount)


def test_a_fraction_of_a_currency_without_fractions_is_not_read() -> None:
    with pytest.raises(CannotBeSent):
        from_stripe(550, "isk")


@pytest.mark.parametrize(
    ("currency", "least"),
    [("USD", 50), ("GBP", 30), ("HUF", 17_500), ("JPY", 50), ("SEK", 300), ("KWD", 10), ("VND", 1)],
)
def test_the_smallest_charge_is_what_stripe_documents(currency: str, least: int) -> None:
    assert smallest_charge(currency) == Money(least, currency)


def test_what_cannot_be_sent_is_refused_and_not_unknown() -> None:
    answer = answer_for(CannotBeSent("KWD 1 does not end in 0"))

    assert answer.outcome is Outcome.REFUSED
    assert answer.code == "amount_cannot_be_sent"


@pytest.mark.parametrize(
    ("currency", "amount", "code"),
    [
        ("isk", 550, "invalid_charge_amount_no_decimal_compatible"),
        ("kwd", 5_124, "parameter_invalid_integer"),
        ("usd", 49, "amount_too_small"),
        ("huf", 17_499, "amount_too_small"),
    ],
)
def test_the_sandbox_refuses_a_charge_as_stripe_does(
    stripe_sandbox: RunningSandbox, currency: str, amount: int, code: str
) -> None:
    price = {
        "currency": currency, "unit_amount": amount, "product_data": {"name": "Budget"}
    }  # fmt: skip
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        stripe_sandbox.client().v1.checkout.sessions.create(
            {
                "mode": "payment",
                "line_items": [{"price_data": price, "quantity": 1}],  # type: ignore[typeddict-item]
                "success_url": "http://localhost/",
                "cancel_url": "http://localhost/",
            }
        )

    assert refusal.value.code == code
    assert stripe_sandbox.store.newest("checkout.session") == []


@pytest.mark.parametrize(("currency", "amount"), [("huf", 1_045), ("twd", 80_045)])
def test_the_sandbox_refuses_a_payout_of_fractions_as_stripe_does(
    stripe_sandbox: RunningSandbox, currency: str, amount: int
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="divisible by 100"):
        stripe_sandbox.client().v1.payouts.create({"amount": amount, "currency": currency})
