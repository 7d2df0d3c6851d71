"""What is asked of a creator, in plain words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from marketplace.payouts.rules.accounts import (
    BANK_SENTENCES,
    SENTENCES,
    Requirement,
    bank_said,
    requirement_from,
    sentence_for,
    what_to_do,
)

SOON = datetime(2026, 12, 1, tzinfo=UTC)
LATER = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("external_account", "Give the bank account your money should go to."),
        ("individual.first_name", "Give your first name."),
        ("identity.individual.given_name", "Give your first name."),
        ("person_1MqjB62e.first_name", "Give your first name."),
        ("individual.dob.day", "Give your date of birth."),
        ("individual.address.city", "Give the city of your address."),
        ("individual.verification.document", "Upload a passport or identity card."),
        (
            "individual.verification.additional_document",
            "Upload a second document that proves who you are.",
        ),
        ("tos_acceptance.date", "Accept the terms of the payment service."),
        ("individual.shoe_size", "Stripe asks for: individual.shoe_size."),
        ("", "Stripe asks for: ."),
    ],
)
def test_a_code_is_told_as_what_to_do(code: str, sentence: str) -> None:
    assert sentence_for(code) == sentence


def test_every_sentence_is_one_plain_sentence() -> None:
    for sentence in (*SENTENCES.values(), *BANK_SENTENCES.values()):
        assert sentence.endswith(".")
        assert sentence.count(".") == 1
        assert "_" not in sentence


def test_the_most_pressing_comes_first_and_each_thing_once() -> None:
    asked = [
        Requirement("individual.phone", LATER),
        Requirement("individual.dob.year"),
        Requirement("individual.email", SOON),
        Requirement("individual.id_number", overdue=True),
        Requirement("individual.dob.day"),
    ]

    assert [each.code for each in what_to_do(asked)] == [
        "individual.id_number",
        "individual.dob.year",
        "individual.email",
        "individual.phone",
    ]


@pytest.mark.parametrize(
    "asked", [Requirement("a.b"), Requirement("a.b", SOON), Requirement("a.b", overdue=True)]
)
def test_a_requirement_is_read_as_it_was_kept(asked: Requirement) -> None:
    assert requirement_from(asked.to_json()) == asked


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("account_closed", "The bank says that this account is closed."),
        ("", "The bank did not say why."),
        ("moon_phase", "The bank said: moon_phase."),
    ],
)
def test_why_a_bank_sent_money_back(code: str, said: str) -> None:
    assert bank_said(code) == said
