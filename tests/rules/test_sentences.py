"""Sentences keep what they name, and are written out as they are kept or as a reader does."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Named, Sentence, Writing

NOON = datetime(2026, 12, 19, 12, tzinfo=UTC)
SHORT = Writing(
    money=lambda amount: f"{amount.minor}c",
    moment=lambda at: f"{at:%d/%m}",
    number=lambda count: f"{count:_}",
)
HELD = Money(125_000, "USD")


@pytest.mark.parametrize(
    ("named", "kept", "written"),
    [
        (HELD, "USD 1,250.00", "125000c"),
        (NOON, "Sat 19 Dec 2026, 12:00 UTC", "19/12"),
        (12_000, "12,000", "12_000"),
        ("USD 5.00", "USD 5.00", "USD 5.00"),
        ((HELD, Money(-7, "EUR")), "USD 1,250.00, -EUR 0.07", "125000c, -7c"),
        (Sentence("{held} left", held=HELD), "USD 1,250.00 left", "125000c left"),
    ],
)
def test_what_a_sentence_names_is_written_twice(named: Named, kept: str, written: str) -> None:
    sentence = Sentence("There is {it} in it.", it=named)

    assert sentence == f"There is {kept} in it."
    assert sentence.written(SHORT) == f"There is {written} in it."


def test_the_braces_of_a_name_are_text() -> None:
    sentence = Sentence("{who} asks {fee}.", who="{fee} & Co", fee=HELD)

    assert sentence == "{fee} & Co asks USD 1,250.00."
    assert sentence.written(SHORT) == "{fee} & Co asks 125000c."


def test_a_sentence_is_text_for_whoever_knows_no_reader() -> None:
    sentence = Sentence("Only {held} is in your wallet.", held=HELD)

    assert f"{sentence} Add money." == "Only USD 1,250.00 is in your wallet. Add money."
    assert {sentence: 1} == {"Only USD 1,250.00 is in your wallet.": 1}
